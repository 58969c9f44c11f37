/* SPDX-License-Identifier: MIT
 *
 * What the files of harness/user share with each other and nobody else. */
#ifndef HARNESS_USER_INTERNAL_H
#define HARNESS_USER_INTERNAL_H

#include "harness/msrp_session.h"
#include "harness/sip_text_dialog.h"
#include "harness/user.h"

enum user_call { /* where an INVITE stands */
		 CALL_RINGING,
		 CALL_UP, /* 2xx sent, or more */
		 CALL_OVER,
};

struct user_session {
	struct user_session *next;
	struct user *user;
	enum user_call call;
	struct server_txn *txn; /* of the INVITE; NULL: it is gone */
	char tag[SIP_TEXT_ID_MAX];
	struct user_plan plan;
	size_t next_answer;
	const struct user_answer *answer; /* the last one sent */
	struct sip_dialog dialog;
	struct world_timer step;   /* next answer by plan, later his BYE */
	struct world_timer clock;  /* session timer */
	uint32_t interval;         /* s; 0: no session timer */
	bool refresher;            /* refreshing is ours */
	bool peer_updates;         /* the server's Allow has UPDATE */
	struct client_txn *asking; /* our request inside the dialog; NULL: none */
	struct client_txn
		*repeated;          /* our re-INVITE that was answered: each copy of its 2xx wants an ACK; NULL: none */
	struct world_timer repeats; /* their end */
	struct msrp_session *msrp;
	char *sdp; /* our answer, for refreshes; NULL: none */
	uint64_t sdp_version;
};

void session_tell(struct user_session *s, enum user_event event);
void session_over(struct user_session *s);
/* Sends BYE and is over. */
void session_hang_up(struct user_session *s);
/* A request of ours inside the dialog: `more` writes headers and the body. */
int session_request(struct user_session *s, const char *method, void (*more)(struct user_session *s, struct buf *to),
		    endpoint_answer_fn *on_answer);

/* user_dialog.c: what the core brings. */
extern const struct core_seat_events user_seat_events;

/* user_session.c: an INVITE outside of any dialog. */
void session_begin(struct user *user, struct server_txn *txn);
void session_free(struct user_session *s);

/* user_timer.c */
void session_timer_headers(struct user_session *s, struct buf *to, const struct user_answer *answer);
void session_timer_start(struct user_session *s);
void session_timer_stop(struct user_session *s); /* for good */
/* The server refreshed: its UPDATE or re-INVITE; writes our Session-Expires. */
void session_timer_refreshed(struct user_session *s, const struct sip_msg *msg, struct buf *to);

/* user_media.c: our answer to the offer; -ENOENT: no offer that we could answer. */
int session_media_answer(struct user_session *s, const struct sip_msg *invite, struct err *err);
void session_media_close(struct user_session *s);

#endif
