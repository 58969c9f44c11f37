/* SPDX-License-Identifier: MIT
 *
 * Reader of session descriptions (RFC 4566) over raw bytes. Fed with the body of an INVITE or of its answer; read by
 * the checks of the offer and by the peers. It keeps every line with its place, so that a finding can mark it, and goes
 * on behind a grammar error as far as it can. All slices point into the body; arrays are in the caller's arena. */
#ifndef BODY_SDP_H
#define BODY_SDP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

enum { SDP_LEN_MAX = 256 * 1024, SDP_LINES_MAX = 4000, SDP_ERRORS_MAX = 16 };

enum sdp_direction { /* RFC 4566 6; NONE: no such attribute is given */
		     SDP_DIRECTION_NONE,
		     SDP_SENDRECV,
		     SDP_SENDONLY,
		     SDP_RECVONLY,
		     SDP_INACTIVE,
};

struct sdp_line {
	struct slice line;  /* "a=sendonly", without its line end */
	struct slice value; /* "sendonly" */
	uint16_t number;    /* 1 is the first line of the body */
	char type;          /* 'a' */
};

struct sdp_error {
	uint16_t line;   /* number; 0: something is missing altogether */
	struct slice at; /* the line, or absent where something is missing */
	char text[128];  /* "line 3: the media port is no number"; safe to print */
};

struct sdp_media { /* of m=<media> <port>[/<count>] <proto> <fmt> … */
	const struct sdp_line *line;
	struct slice media, port_text, proto, formats;
	uint16_t port;                /* 0 also where the port is no number */
	const struct sdp_line *first; /* lines behind the m= line: first[0..count) */
	uint16_t count;
};

struct sdp {
	struct slice raw;
	const struct sdp_line *lines;
	uint16_t line_count;
	uint16_t session_count; /* lines in front of the first m= line */
	const struct sdp_media *media;
	uint16_t media_count;
	const struct sdp_error *errors; /* in the order of the lines; at most SDP_ERRORS_MAX */
	uint16_t error_count;
};

/* Reads `raw`, CRLF or LF line ends, by the grammar of RFC 4566 9. Returns 0, or -EBADMSG with the first error in err;
 * *ret is then filled too, as far as the lines can be told apart (empty where the body is over SDP_LEN_MAX bytes or
 * SDP_LINES_MAX lines). `raw` must stay alive and unchanged as long as *ret is used. */
int sdp_read(struct sdp *ret, struct slice raw, struct arena *arena, struct err *err);

/* First line of that type of a media section, or of the session level where `media` is NULL; NULL if there is none. */
const struct sdp_line *sdp_line_find(const struct sdp *sdp, const struct sdp_media *media, char type);

/* First attribute of that name ("a=name" or "a=name:value"; names compare exactly) on that level only. *ret_value (may
 * be NULL) is absent where there is no colon. Returns NULL if there is none. */
const struct sdp_line *sdp_attribute(const struct sdp *sdp, const struct sdp_media *media, const char *name,
				     struct slice *ret_value);

/* The first direction on one level (`media` NULL: the session's) that is another than the one that counts there; NULL:
 * there is none. */
const struct sdp_line *sdp_direction_against(const struct sdp *sdp, const struct sdp_media *media);

/* The direction given on one level (`media` NULL: the session's): the first such attribute counts. */
enum sdp_direction sdp_direction_given(const struct sdp *sdp, const struct sdp_media *media,
				       const struct sdp_line **ret_line);
/* The direction in force for a media section: its own, else the session's, else sendrecv (RFC 4566 6, RFC 3264 5.1).
 * *ret_line (may be NULL): the line that says so, or NULL for the default. Never SDP_DIRECTION_NONE. */
enum sdp_direction sdp_direction_effective(const struct sdp *sdp, const struct sdp_media *media,
					   const struct sdp_line **ret_line);
/* "sendonly"; NONE is "". */
const char *sdp_direction_name(enum sdp_direction direction);
/* What an answer says to an offer where the answerer wants everything that is allowed (RFC 3264 6.1). */
enum sdp_direction sdp_direction_answer(enum sdp_direction offered);
/* May `answer` stand against `offered` (RFC 3264 6.1)? inactive always may. */
bool sdp_direction_answers(enum sdp_direction offered, enum sdp_direction answer);

/* First section m=message (any protocol), or NULL. */
const struct sdp_media *sdp_message_media(const struct sdp *sdp);

struct sdp_msrp { /* an MSRP media section (RFC 4975 8, RFC 4145 setup, RFC 6135) */
	const struct sdp_media *media;
	bool tls;                  /* TCP/TLS/MSRP */
	uint16_t port;             /* 0: refused or removed */
	struct slice address;      /* of the c= line in force: "192.0.2.1"; absent if there is none */
	struct slice path;         /* a=path, all URIs as sent; absent if missing */
	struct slice setup;        /* a=setup: active, passive, actpass, holdconn; absent if missing */
	struct slice accept_types; /* as sent; absent if missing */
	struct slice accept_wrapped_types;
	enum sdp_direction direction; /* in force */
};
/* Reads the first m=message section. 0; -ENOENT: no such section; -EPROTONOSUPPORT: its protocol is not TCP/MSRP or
 * TCP/TLS/MSRP (*ret is filled); -EBADMSG: a=path or a=accept-types is missing (*ret is filled). */
int sdp_msrp_read(const struct sdp *sdp, struct sdp_msrp *ret, struct err *err);
/* The same of the session description in a message's body of that Content-Type, which may be one part of several
 * (multipart_find). Errors of its grammar are passed over, for peers that try to talk all the same. *ret points into
 * the body and `arena`. -ENOENT also where there is no session description. */
int sdp_msrp_find(struct slice content_type, struct slice body, struct arena *arena, struct sdp_msrp *ret,
		  struct err *err);

#endif
