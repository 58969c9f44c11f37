/* SPDX-License-Identifier: MIT
 *
 * A SIP message said otherwise: what a peer of another make writes, applied to the whole text of a message after the
 * reference has written it. Used by server_variants_text.c and client_variants_text.c, which own the tables of changes.
 */
#ifndef HARNESS_RESTYLE_H
#define HARNESS_RESTYLE_H

#include "base/buf.h"
#include "harness/manners.h"

enum restyle_where {
	RESTYLE_EVERYWHERE,
	RESTYLE_REQUESTS,
	RESTYLE_ANSWERS,
	RESTYLE_INVITE,
	RESTYLE_REGISTER,
	RESTYLE_PUBLISH,
	RESTYLE_OK_REGISTER /* a 200 to REGISTER */
};

enum restyle_what {
	RESTYLE_ADD,    /* a line */
	RESTYLE_APPEND, /* to the value of each line of that name */
	RESTYLE_PREPEND,
	RESTYLE_REPLACE,
	RESTYLE_REMOVE,
	RESTYLE_BODY, /* `name` is the old text and `value` the new one; Content-Length follows */
	RESTYLE_FORM  /* another form of all lines: `form` */
};

enum restyle_form { /* RFC 3261 7.3 and 25 */
		    RESTYLE_COMPACT = 1,
		    RESTYLE_LOWER_CASE = 1 << 1,
		    RESTYLE_UPPER_CASE = 1 << 2,
		    RESTYLE_FOLDED = 1 << 3,
		    RESTYLE_SPACED = 1 << 4, /* around the colon and behind the value */
		    RESTYLE_DENSE = 1 << 5,
		    RESTYLE_REVERSED = 1 << 6, /* lines of one name keep their order among each other */
		    RESTYLE_LENGTH_ZEROS = 1 << 7,
		    RESTYLE_REASON_OTHER = 1 << 8,
		    RESTYLE_REASON_EMPTY = 1 << 9,
		    RESTYLE_REASON_UTF8 = 1 << 10,
		    RESTYLE_NAMES = 1 << 11, /* display names in From and To */
};

struct restyle_change {
	unsigned variant; /* that switches it on */
	enum restyle_where where;
	enum restyle_what what;
	const char *name, *value;
	unsigned form;
};

/* Changes that peers of either side have, as variants of these names behind `variant_`. */
/* clang-format off */
#define RESTYLE_FORM_CHANGE(variant_, form_)                                                                           \
	{variant_##form_, RESTYLE_EVERYWHERE, RESTYLE_FORM, .form = RESTYLE_##form_}
#define RESTYLE_COMMON(variant_)                                                                                       \
	RESTYLE_FORM_CHANGE(variant_, COMPACT),                                                                        \
	RESTYLE_FORM_CHANGE(variant_, LOWER_CASE),                                                                     \
	RESTYLE_FORM_CHANGE(variant_, UPPER_CASE),                                                                     \
	RESTYLE_FORM_CHANGE(variant_, FOLDED),                                                                         \
	RESTYLE_FORM_CHANGE(variant_, SPACED),                                                                         \
	RESTYLE_FORM_CHANGE(variant_, DENSE),                                                                          \
	RESTYLE_FORM_CHANGE(variant_, REVERSED),                                                                       \
	RESTYLE_FORM_CHANGE(variant_, LENGTH_ZEROS),                                                                   \
	RESTYLE_FORM_CHANGE(variant_, REASON_OTHER),                                                                   \
	RESTYLE_FORM_CHANGE(variant_, REASON_EMPTY),                                                                   \
	RESTYLE_FORM_CHANGE(variant_, REASON_UTF8),                                                                    \
	{variant_##DISPLAY_NAMES, RESTYLE_REQUESTS, RESTYLE_FORM, .form = RESTYLE_NAMES},                              \
	{variant_##HEADERS_UNKNOWN, RESTYLE_EVERYWHERE, RESTYLE_ADD, "X-Vendor-Trace", "a=1, b=\"two, three\";c"},     \
	{variant_##HEADERS_UNKNOWN, RESTYLE_EVERYWHERE, RESTYLE_ADD, "P-Unheard-Of",                                   \
	 "<sip:nobody@nowhere.example>;event=presence"},                                                               \
	{variant_##HEADERS_INFORMATIVE, RESTYLE_EVERYWHERE, RESTYLE_ADD, "Date", "Thu, 21 Feb 2002 13:02:03 GMT"},     \
	{variant_##HEADERS_INFORMATIVE, RESTYLE_REQUESTS, RESTYLE_ADD, "Timestamp", "54.3"},                           \
	{variant_##HEADERS_INFORMATIVE, RESTYLE_REQUESTS, RESTYLE_ADD, "Organization", "IM, Messages & Co."}
/* clang-format on */

/* Makes all changes whose variant is in the set (harness/manners.h). What is no SIP message, or has too many lines,
 * stays as it is. */
void restyle(struct buf *text, const struct restyle_change *changes, size_t count, const uint64_t *variants);

#endif
