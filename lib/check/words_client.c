/* SPDX-License-Identifier: MIT
 *
 * Words about what a client owes: REGISTER and PUBLISH as it sends them. */
#include "check/words.h"

const struct word words_client[] = {
	{0},
};
