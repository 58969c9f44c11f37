/* SPDX-License-Identifier: MIT
 *
 * Feature tags in Contact and Accept-Contact (RFC 3840 9, RFC 3841 9.2). */
#ifndef SIP_FEATURE_H
#define SIP_FEATURE_H

#include "sip/msg.h"

/* Does any value of that header (all lines, comma lists, folded, compact) carry the tag as a header parameter that is
 * true? The name compares without case and as a whole, %-escapes undone; bare, ="TRUE" and a quoted list that contains
 * TRUE count (so does =TRUE without its quotes), ="FALSE" and ="!TRUE" don't. A parameter inside the angle brackets
 * belongs to the URI and doesn't count. In Accept-Contact and Reject-Contact the value may lack its "*;", or have a
 * word or a URI in place of "*" (malformed, but the tag is there); an address that can't be read has no tags.
 * *ret_line (may be NULL): the line on which it was found; *ret_at: the parameter's bytes. */
bool sip_feature_found(const struct sip_msg *msg, enum sip_header id, const char *tag, const struct sip_line **ret_line,
		       struct slice *ret_at);

/* The same for the parameters of one value. */
bool sip_feature_in(struct slice params, const char *tag, struct slice *ret_at);

/* Is it written in the plainest way: one line, canonical header name, not folded, one value, "*" where it belongs,
 * `tag` bare and in the letter case given? Where it is not, a refusal may be blamed on the reading of this form. */
bool sip_feature_plain(const struct sip_msg *msg, enum sip_header id, const char *tag);

#endif
