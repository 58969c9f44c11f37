/* SPDX-License-Identifier: MIT
 *
 * What is inside a header value: comma lists, tokens, quoted strings, parameters, addresses, numbers (RFC 3261 20, 25).
 * All functions look at slices of the raw message, folds (CRLF + blank) count as blanks, quoted strings hide commas,
 * semicolons and angle brackets. Nothing is copied; results are slices of the input. */
#ifndef SIP_VALUE_H
#define SIP_VALUE_H

#include "sip/msg.h"

/* Next element of a comma list, blanks trimmed, consumed from *list; empty ones are skipped. False at the end. */
bool sip_list_next(struct slice *list, struct slice *ret_element);

/* Walks all comma-separated values of all lines of one header, in order (RFC 3261 7.3.1). */
struct sip_values {
	const struct sip_msg *msg;
	const struct sip_line *line; /* line of the value last returned */
	struct slice rest;
};
void sip_values_start(struct sip_values *it, const struct sip_msg *msg, enum sip_header id);
/* Next value, blanks trimmed; empty list elements are skipped. False at the end. Not for headers whose one value may
 * hold commas outside quotes (Date, WWW-Authenticate, Authorization, User-Agent comments): use the lines. */
bool sip_values_next(struct sip_values *it, struct slice *ret_value);
/* All values of that header, counted. */
unsigned sip_values_count(const struct sip_msg *msg, enum sip_header id);

/* Splits `value` at its first top-level ';' : *ret_main is trimmed, *ret_params starts behind that ';' (absent if
 * none). */
void sip_value_split(struct slice value, struct slice *ret_main, struct slice *ret_params);

struct sip_param {
	struct slice name;  /* as sent */
	struct slice value; /* quotes kept; absent (p NULL) where there is no '=' */
};
/* Next of ";a=b;c" (or "a=b;c"), consumed from *params. False at the end. */
bool sip_param_next(struct slice *params, struct sip_param *ret);
/* Finds a parameter by name without case. Returns false if it is not there; *ret_value may then be NULL or is absent.
 */
bool sip_param_find_named(struct slice params, struct slice name, struct slice *ret_value);
static inline bool sip_param_find(struct slice params, const char *name, struct slice *ret_value)
{
	return sip_param_find_named(params, slice_of(name), ret_value); /* most names' lengths are known beforehand */
}

/* Content of a quoted-string without the quotes (escapes left), or the slice itself where it is not quoted. */
struct slice sip_unquote(struct slice s);
/* Is every quoted string in it closed? */
bool sip_quotes_close(struct slice s);
bool sip_is_token(struct slice s); /* RFC 3261 25.1, at least one character */
bool sip_is_hex(struct slice s);   /* nothing but hex digits, of either case */

/* One address. Returns 0 or -EBADMSG (unclosed bracket or quote, empty URI). */
int sip_addr_read(struct slice value, struct sip_addr *ret);
/* The first address of a header; -ENOENT where the header is absent; -EBADMSG. From, To, P-Called-Party-ID and
 * P-Served-User hold one address only, so that a comma in an unquoted display name splits nothing there. */
int sip_msg_addr(const struct sip_msg *msg, enum sip_header id, struct sip_addr *ret);
/* From, To and the first Contact are read when they are asked for first. NULL: the header is none of the three. */
static inline const struct sip_party *sip_party_of(const struct sip_msg *msg, enum sip_header id)
{
	return id == SIP_HEADER_FROM      ? &msg->from
	       : id == SIP_HEADER_TO      ? &msg->to
	       : id == SIP_HEADER_CONTACT ? &msg->contact
					  : NULL;
}
const struct sip_party *sip_party_read(const struct sip_msg *msg, enum sip_header id);
/* One of those; all of it is absent where the header is, or can't be read. */
static inline const struct sip_party *sip_msg_party(const struct sip_msg *msg, enum sip_header id)
{
	const struct sip_party *party = sip_party_of(msg, id);

	return party->state == SIP_PARTY_UNREAD ? sip_party_read(msg, id) : party;
}
/* One of the Contacts, `value` of sip_values_next; as sip_addr_read. */
static inline int sip_contact_read(const struct sip_msg *msg, struct slice value, struct sip_addr *ret)
{
	const struct sip_party *first = sip_msg_party(msg, SIP_HEADER_CONTACT);
	const char *uri = first->addr.uri.p;

	if (!uri || uri < value.p || uri >= value.p + value.len)
		return sip_addr_read(value, ret);
	*ret = first->addr;
	return 0;
}
struct slice sip_msg_other_uri(const struct sip_msg *msg, enum sip_header id);
/* The URI of a header's first address; absent where there is none that can be read. */
static inline struct slice sip_msg_uri(const struct sip_msg *msg, enum sip_header id)
{
	return sip_party_of(msg, id) ? sip_msg_party(msg, id)->addr.uri : sip_msg_other_uri(msg, id);
}
/* tag parameter of From or To; absent if none. */
static inline struct slice sip_msg_tag(const struct sip_msg *msg, enum sip_header from_or_to)
{
	return sip_msg_party(msg, from_or_to)->tag;
}

/* delta-seconds, CSeq numbers and the like: first line of that header, its main value as a number.
 * 0; -ENOENT absent; -EBADMSG no number (trailing parameters and comments are allowed). Values over 2^32-1 are given as
 * they are, up to 64 bits. */
int sip_msg_number(const struct sip_msg *msg, enum sip_header id, uint64_t *ret);
/* Does it say Expires: 0? Then it takes back what an earlier one asked for, or asks only once. */
static inline bool sip_msg_is_for_no_time(const struct sip_msg *msg)
{
	uint64_t expires;

	return sip_msg_number(msg, SIP_HEADER_EXPIRES, &expires) == 0 && expires == 0;
}
/* CSeq: number and method (ret_method may be NULL). 0, -ENOENT, -EBADMSG. */
int sip_msg_cseq(const struct sip_msg *msg, uint32_t *ret_number, struct slice *ret_method);

/* Event: the event-type token without parameters, as sent; absent if there is no Event header. */
struct slice sip_msg_event(const struct sip_msg *msg);
/* Is the token in the comma list of that header (Allow, Supported, Require …)? Methods and event packages compare with
 * case (RFC 3261 7.1, RFC 6665 8.2.1), everything else without. */
bool sip_msg_lists(const struct sip_msg *msg, enum sip_header id, struct slice token);

/* Via: one value, split. */
struct sip_via {
	struct slice transport;  /* "UDP", as sent */
	struct slice host, port; /* port may be absent; host with the brackets of IPv6 */
	struct slice branch;     /* absent if none */
	struct slice params;
};
int sip_via_read(struct slice value, struct sip_via *ret);
/* Topmost Via; -ENOENT, -EBADMSG. */
int sip_msg_via(const struct sip_msg *msg, struct sip_via *ret);
/* Its branch, absent where there is none: the same, faster. */
struct slice sip_msg_branch(const struct sip_msg *msg);

/* User-Agent and Server: does the value hold the product `name` with version `version` (either may end in '*', a
 * wildcard for the rest)? Comments in parentheses are skipped. *ret_exact: letter case equals; *ret_first: it is the
 * first product. Either pointer may be NULL. */
bool sip_product_find(struct slice value, const char *name, const char *version, bool *ret_exact, bool *ret_first);

#endif
