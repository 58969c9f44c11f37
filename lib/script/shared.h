/* SPDX-License-Identifier: MIT
 *
 * What plays share: the locals of their file. A play that changed one would make the verdicts of others hang on the
 * order of the campaign, so each is compared with how it was when loading was finished. */
#ifndef SCRIPT_SHARED_H
#define SCRIPT_SHARED_H

#include "script/script_lua.h"

/* Remembers what the play sees, in the catalogue's arena. */
void shared_note(struct script *script, const struct play *play);
/* -EINVAL: something that the play sees is not as it was. */
int shared_check(struct script *script, const struct play *play, struct err *err);

#endif
