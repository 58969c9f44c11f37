/* SPDX-License-Identifier: MIT
 *
 * How long silence is watched and how long an answer may take: from the IXIT, the same for runs and audits. */
#ifndef CHECK_TIMERS_H
#define CHECK_TIMERS_H

#include "base/time.h"

#include <stdint.h>

struct timers {
	uint64_t quiet;  /* ns; IXIT timers.quiet_ms, default 2 s: a push that has not come by then is missing or absent
			  */
	uint64_t answer; /* ns; IXIT timers.answer_ms, default 4 s: what a person would wait for; Timer F (32 s) stays
			    the law */
};

#define TIMERS_DEFAULT ((struct timers){2 * SECOND, 4 * SECOND})

#endif
