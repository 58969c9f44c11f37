/* SPDX-License-Identifier: MIT
 *
 * The grammar's half of the SDP reader; only sdp.c uses it. */
#ifndef BODY_SDP_GRAMMAR_H
#define BODY_SDP_GRAMMAR_H

#include "body/sdp.h"

/* "m=message 9 TCP/MSRP *": splits the value; what is missing stays absent. Returns NULL, or what is wrong with it. */
const char *sdp_media_split(struct slice value, struct sdp_media *ret);

/* Looks at all lines and sections of *sdp, and fills its errors. */
void sdp_grammar_check(struct sdp *sdp, struct arena *arena);

#endif
