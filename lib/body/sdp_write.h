/* SPDX-License-Identifier: MIT
 *
 * Writes offers and answers with one MSRP section, for the peers that the harness plays and for tests. */
#ifndef BODY_SDP_WRITE_H
#define BODY_SDP_WRITE_H

#include "base/buf.h"
#include "body/sdp.h"

struct sdp_msrp_values {                      /* a NULL string leaves its line out, unless a default is told */
	const char *address;                  /* IPv4 or IPv6 literal; IP6 where it holds a colon; NULL: 127.0.0.1 */
	const char *user;                     /* of o=; NULL: "-" */
	uint64_t session_id, session_version; /* of o= */
	uint16_t port;                        /* 0 refuses the stream */
	bool tls;                             /* TCP/TLS/MSRP */
	const char *path;                     /* "msrp://127.0.0.1:2855/abc;tcp" */
	const char *setup;                    /* "active", "passive", "actpass" */
	const char *accept_types;             /* NULL: "*" */
	const char *accept_wrapped_types;
	enum sdp_direction direction;         /* NONE writes none */
	bool direction_at_session;            /* the direction stands in front of the m= line */
	enum sdp_direction session_direction; /* a second one on session level, for offers whose levels disagree */
	const char *more;                     /* further lines with their CRLF, put at the end of the media section */
};

/* Appends the description, CRLF line ends. Values are written as they are: tests use that to write broken ones. */
void sdp_msrp_write(struct buf *to, const struct sdp_msrp_values *values);

#endif
