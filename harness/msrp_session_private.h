/* SPDX-License-Identifier: MIT
 *
 * The inside of an MSRP session: msrp_session.c has its life and its stream, msrp_session_send.c what goes out,
 * msrp_session_take.c what comes in. Nobody else includes this. */
#ifndef HARNESS_MSRP_SESSION_PRIVATE_H
#define HARNESS_MSRP_SESSION_PRIVATE_H

#include "harness/msrp_session.h"
#include "harness/sip_text.h"

struct outgoing {
	struct outgoing *next;
	void *cookie;
	char *content_type;
	char *body;
	size_t len, sent; /* bytes */
	char id[SIP_TEXT_ID_MAX];
};

struct msrp_session {
	struct world *world;
	const struct msrp_session_events *events;
	void *arg;
	struct listener *listener;
	struct net_addr addr;
	struct stream *stream; /* NULL: none yet, or over */
	bool open;
	char *path, *remote_path;
	struct outgoing *queue, **queue_end;
	char transaction[SIP_TEXT_ID_MAX]; /* of the SEND that waits for its answer; "": none */
	struct world_timer timer;
	struct buf in;
	size_t scanned;
	struct buf message; /* chunks that have come of one message */
	char *content_type; /* of that message */
	bool *freed;        /* told when a callback frees the session */
};

/* Calls that may free the session are made through this, so that the caller can tell. */
#define SESSION_ALIVE_AFTER(s, call)                                                                                   \
	({                                                                                                             \
		bool gone = false, *outer = (s)->freed;                                                                \
		(s)->freed = &gone;                                                                                    \
		call;                                                                                                  \
		if (!gone)                                                                                             \
			(s)->freed = outer;                                                                            \
		else if (outer)                                                                                        \
			*outer = true;                                                                                 \
		!gone;                                                                                                 \
	})

/* --- msrp_session_send.c --- */
void msrp_queue_pop(struct msrp_session *s); /* forgets the first message */
void msrp_send_next(struct msrp_session *s); /* if one is queued, and none under way */
/* The connecting side speaks first, so that the other one can bind the stream to its session (RFC 4975 5.4). */
void msrp_empty_send(struct msrp_session *s);
void msrp_response_take(struct msrp_session *s, const struct msrp *response);

/* --- msrp_session_take.c --- */
/* Takes one message off the front of s->in. 0; -EAGAIN; -ECANCELED: the session was freed meanwhile; or an error that
 * ends the stream. */
int msrp_front_take(struct msrp_session *s, struct err *err);

#endif
