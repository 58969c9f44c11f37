/* SPDX-License-Identifier: MIT
 *
 * One MSRP session (RFC 4975) over a stream of a world: sends messages in chunks and learns their answers, takes
 * messages and answers them. Used by the reference IM Server to deliver, and by the users to receive. Either side may
 * connect (a=setup, RFC 6135): the listener is open from the beginning, so that its path can be offered.
 *
 * The owner frees the session; it may do so inside any callback. */
#ifndef HARNESS_MSRP_SESSION_H
#define HARNESS_MSRP_SESSION_H

#include "body/msrp.h"
#include "harness/world.h"

struct msrp_session;

struct msrp_session_events { /* each may be NULL */
	/* The stream is open, by whichever side. */
	void (*on_open)(void *arg, struct msrp_session *session);
	/* A whole message has come, its chunks joined; slices are valid during the call. Returns the status that its
	 * last chunk is answered with: 200, 415, 481 …; 0: the answer is withheld. NULL: 200. Empty SENDs are answered
	 * 200 and not told. */
	unsigned (*on_message)(void *arg, struct msrp_session *session, struct slice content_type, struct slice body);
	/* A message of ours has its answer: 200; the status that refused it; or 408 where none came in 30 s. `cookie`
	 * is the one given to msrp_session_send. */
	void (*on_sent)(void *arg, struct msrp_session *session, void *cookie, unsigned status);
	/* The stream was closed, refused, or carried what is no MSRP; messages without an answer have none coming (no
	 * on_sent for them). err NULL: closed by the other side in order. */
	void (*on_end)(void *arg, struct msrp_session *session, const struct err *err);
};

/* Listens on `bind` (port 0 picks one; NULL: 127.0.0.1). `events` must outlive the session. */
int msrp_session_new(struct world *world, const struct net_addr *bind, const struct msrp_session_events *events,
		     void *arg, struct msrp_session **ret_session, struct err *err);
void msrp_session_free(struct msrp_session *session); /* closes stream and listener; no further callback */

/* For a=path and the m= line: "msrp://127.0.0.1:40001/5f2c…;tcp". Valid as long as the session. */
const char *msrp_session_path(const struct msrp_session *session);
const struct net_addr *msrp_session_addr(const struct msrp_session *session);

/* The other side's a=path, before anything else. `active`: we connect to its first URI now (and send an empty SEND if
 * nothing is queued when the stream opens, RFC 4975 5.4); otherwise we wait. -EBADMSG: no MSRP path, or a host that is
 * a name. */
int msrp_session_start(struct msrp_session *session, struct slice remote_path, bool active, struct err *err);
bool msrp_session_is_open(const struct msrp_session *session);

/* Queues a message: sent when the stream is open and the one before has its answer. Copies everything. */
void msrp_session_send(struct msrp_session *session, const char *content_type, struct slice body, void *cookie);

#endif
