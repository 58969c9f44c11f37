/* SPDX-License-Identifier: MIT
 *
 * Media types and multipart bodies (RFC 2045 5.1, RFC 2046 5.1) over raw bytes. Fed with a Content-Type value and a
 * body; used to find the settings document or an embedded message/sip. All slices point into the input; arrays are in
 * the caller's arena. */
#ifndef BODY_MULTIPART_H
#define BODY_MULTIPART_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum { MULTIPART_PARTS_MAX = 64, MULTIPART_HEADERS_MAX = 64, MULTIPART_DEPTH_MAX = 4 };

/* Is the Content-Type value of that type? "multipart/…" ranges: `type` may end in "/" followed by "*". Letter case and
 * parameters don't count; folds and blanks around the slash do not matter. */
bool media_type_is(struct slice content_type, const char *type);
/* A parameter of a Content-Type value, name without case, quotes removed and escapes undone (then in `arena`). Returns
 * false where it is not there or its quote is not closed. */
bool media_type_param(struct slice content_type, const char *name, struct arena *arena, struct slice *ret);

struct multipart_header {
	struct slice name, value; /* value trimmed; inner folds left as they are */
};

struct multipart_part {
	struct slice raw; /* head, blank line and body; without the line end in front of the next boundary */
	const struct multipart_header *headers;
	uint16_t header_count;
	struct slice body; /* len 0 where the part has none; .p is never NULL */
};

struct multipart {
	const struct multipart_part *parts;
	uint16_t count;
	bool closed; /* the closing boundary is there */
};

/* Splits a multipart body (any subtype). Returns 0; -ENOTSUP: the type is not multipart; -EBADMSG: no boundary
 * parameter, a boundary that RFC 2046 does not allow, no part, or the closing boundary is missing (then *ret holds the
 * parts there are); -E2BIG: more parts or header lines than the limits. */
int multipart_read(struct multipart *ret, struct slice content_type, struct slice body, struct arena *arena,
		   struct err *err);

/* Value of the first header of that name (without case); absent if there is none. */
struct slice multipart_value(const struct multipart_part *part, const char *name);

/* The body of the first part of media type `type`: the body itself where `content_type` is that type, else searched in
 * multiparts, nested ones included down to MULTIPART_DEPTH_MAX. A missing closing boundary is forgiven. A part's
 * transfer encoding is undone (then it is in `arena`); one that is not known is left as it is. Returns false
 * where there is none. */
bool multipart_find(struct slice content_type, struct slice body, const char *type, struct arena *arena,
		    struct slice *ret_body);

#endif
