/* SPDX-License-Identifier: MIT
 *
 * What Route, Record-Route, Path and Service-Route have in common: a value is a hop on the way. Read by the words of
 * lib/check; owns nothing. */
#ifndef SIP_ROUTE_H
#define SIP_ROUTE_H

#include "base/slice.h"

#include <stdbool.h>

/* Do two values name the same hop? Their URIs are equal by RFC 3261 19.1.4, and both have lr or neither: without it,
 * it is the address of a strict router, to which other rules apply (16.12). What can't be read is no hop. */
bool sip_same_hop(struct slice a, struct slice b);

/* Does the Route lead to the recorded hop, with all that the hop wrote into its Record-Route? A user where it had none
 * takes nothing away (an IMS tells by one, as in sip:orig@, whom the hop is to serve). */
bool sip_hop_kept(struct slice recorded, struct slice route);

#endif
