/* SPDX-License-Identifier: MIT
 *
 * Timers of RFC 3261 17 in their default values, in nanoseconds. libosip2 has the same ones compiled in. */
#ifndef SIP_TIMER_H
#define SIP_TIMER_H

#include "base/time.h"

#define SIP_T1      (SECOND / 2) /* estimate of a round trip */
#define SIP_T2      (4 * SECOND)
#define SIP_HORIZON (64 * SIP_T1) /* timers B, F, H, J, L, M: whoever waits gives up */

#endif
