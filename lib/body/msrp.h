/* SPDX-License-Identifier: MIT
 *
 * MSRP (RFC 4975) over raw bytes: framing of a stream, reading and writing of SEND, REPORT and responses. Fed by the
 * peers that take deferred messages, and by captures. All slices point into the message's bytes; nothing is allocated.
 */
#ifndef BODY_MSRP_H
#define BODY_MSRP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum { MSRP_MESSAGE_MAX = 1024 * 1024, MSRP_ID_MIN = 4, MSRP_ID_MAX = 32 };

/* Where does the MSRP message end that stands at the front of a stream's bytes? At the end-line with its transaction
 * id; the body may hold anything else. *scanned is the caller's memory between calls for one message: 0 before the
 * first, so that a stream in tiny pieces is looked at once. Returns 0 and its length; -EAGAIN: more bytes are needed;
 * -EBADMSG: no MSRP start line, or over MSRP_MESSAGE_MAX (a stream can't be picked up again behind that). The errors of
 * -EAGAIN say what is missing. */
int msrp_frame(struct slice bytes, size_t *scanned, size_t *ret_len, struct err *err);

enum msrp_kind { MSRP_SEND, MSRP_REPORT, MSRP_OTHER, MSRP_RESPONSE };

struct msrp {
	struct slice raw;
	struct slice head; /* the header lines */
	enum msrp_kind kind;
	struct slice transaction;
	struct slice method;             /* as sent; absent in responses */
	uint16_t status;                 /* of a response */
	struct slice comment;            /* of a response; may be absent */
	struct slice to_path, from_path; /* all URIs as sent; never absent */
	struct slice message_id, content_type, success_report, failure_report, status_header; /* absent if missing */
	bool has_range;
	uint64_t range_from;           /* first byte counts as 1 */
	int64_t range_to, range_total; /* -1: "*" */
	struct slice body;             /* absent where there is no blank line */
	char flag;                     /* '$' last chunk, '+' more follow, '#' aborted */
};

/* Reads one whole message, as msrp_frame cut it out. Returns 0, or -EBADMSG with what is wrong: start line, header
 * lines, To-Path and From-Path first and in that order (RFC 4975 7.1), Byte-Range, a missing Message-ID, end-line. */
int msrp_read(struct msrp *ret, struct slice message, struct err *err);

/* First header of that name (without case); absent if there is none. */
struct slice msrp_header(const struct msrp *msrp, const char *name);

struct msrp_send { /* strings that are NULL leave their header out */
	const char *transaction, *to_path, *from_path, *message_id, *content_type;
	const char *success_report, *failure_report; /* "yes", "no", "partial" */
	uint64_t range_from;                         /* 0: no Byte-Range */
	int64_t range_to, range_total;               /* -1: "*" */
	char flag;                                   /* 0 is '$' */
	struct slice body;                           /* absent: no body (a SEND that only opens the connection) */
};
/* Appends a SEND request. Asserts that the id may frame the body (msrp_transaction_fits). */
void msrp_send_write(struct buf *to, const struct msrp_send *send);
/* ident of RFC 4975 9: a letter or digit, then 3 to 31 more or ".-+%=". */
bool msrp_is_transaction(struct slice s);
/* Is it a legal transaction id, and does its end-line not stand in `body` (RFC 4975 7.1)? */
bool msrp_transaction_fits(struct slice transaction, struct slice body);

/* Appends the response to a request: paths turned, only the nearest hop for SEND (RFC 4975 7.2). */
void msrp_response_write(struct buf *to, const struct msrp *request, unsigned status, const char *comment);
/* Appends the REPORT on a SEND (RFC 4975 7.1.2): its whole From-Path, Message-ID, Byte-Range, "Status: 000 <status>".
 */
void msrp_report_write(struct buf *to, const struct msrp *send, const char *transaction, unsigned status);

struct msrp_uri { /* msrp(s)://[user@]host[:port]/session;tcp (RFC 4975 6) */
	bool secure;
	struct slice host; /* with the brackets of IPv6 */
	uint16_t port;     /* 2855 where none is given */
	struct slice session, transport;
};
/* Reads the first URI of a path. *ret_rest (may be NULL): what follows it. 0 or -EBADMSG. */
int msrp_uri_read(struct slice path, struct msrp_uri *ret, struct slice *ret_rest, struct err *err);

#endif
