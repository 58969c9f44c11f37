/* SPDX-License-Identifier: MIT
 *
 * One push (12.2.2.2): from its INVITE to the end of its session. Shared by server_push.c, server_invite.c,
 * server_answered.c, server_session.c and server_timer.c only. */
#ifndef HARNESS_SERVER_SESSION_H
#define HARNESS_SERVER_SESSION_H

#include "harness/server_private.h"

enum push_state {
	PUSH_INVITED,   /* no final answer yet */
	PUSH_CANCELLED, /* CANCEL was sent, or is sent at the first provisional answer */
	PUSH_RUNNING,   /* 200 came, ACK went */
	PUSH_OVER,      /* failed, or BYE was sent: lingers for 200s that come again */
};

/* A request in a dialog, as text: head first, then more lines, then push_send, which ends it (without a body where
 * `sdp` is NULL), sends it by the dialog's route and frees the text. `ret_txn` may be NULL. */
struct push_text {
	struct buf text;
	struct net_addr dst;
	enum net_transport transport;
};

struct push {
	struct server *server;
	struct server_user *user;
	enum push_state state;
	uint64_t serial; /* tells the messages that this push has tried */
	uint32_t epoch;  /* the user's initial registration that it belongs to */
	struct arena arena;
	char call_id[SIP_TEXT_ID_MAX], from_tag[SIP_TEXT_ID_MAX];
	struct slice address; /* the served user's public identity */
	struct slice target;  /* Request-URI of the INVITE: the address, or where a 302 points to */
	uint32_t cseq;
	enum net_transport transport;  /* of the INVITE */
	struct sip_msg invite;         /* as it was sent */
	struct client_txn *invite_txn; /* NULL: none, or it has its final answer */
	bool redirected, enlarged;     /* a 302, a 422 was followed already */
	bool provisional;              /* a provisional answer came: CANCEL may go */

	struct sip_dialog dialog;
	struct push_text *ack; /* sent again for each 200 that comes again; NULL: none yet */
	bool allow_known;
	uint32_t allow; /* bit n: enum sip_method n; the latest Allow of an answer */

	uint32_t interval, min_se; /* s, RFC 4028; interval 0: no session timer */
	bool refresher;            /* we are */
	struct client_txn *refresh_txn;
	struct world_timer refresh;  /* the next refresh of ours, or the BYE for want of theirs */
	struct world_timer patience; /* ringing; cancelled; the stream; lingering */

	struct msrp_session *msrp;
	struct slice accept_types; /* of the answer's SDP */
	const char *sdp;           /* the offer, repeated in a refresh by INVITE; in the arena */
	uint64_t sdp_id;
	bool connects; /* we opened the stream, not the client */
};

/* --- server_invite.c --- */
/* Appends the INVITE with everything of steps 2a to 2i. */
void push_invite_write(struct push *push, struct buf *to, const char *branch);
const char *push_contact(struct push *push); /* value of Contact, in the arena */

/* --- server_push.c --- */
int push_invite_send(struct push *push);
void push_over(struct push *push);   /* no more requests; lingers, then frees itself */
void push_cancel(struct push *push); /* CANCEL now or as soon as it is allowed */
void push_free(struct push *push);

/* --- server_answered.c --- */
void push_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);
void push_allow_keep(struct push *push, const struct sip_msg *msg);

/* --- server_delivery.c --- */
int push_offer_make(struct push *push, struct err *err);            /* opens the listener, fills push->sdp */
const char *push_media_answer(struct push *push);                   /* to an offer of the other side; in the arena */
void push_deliver(struct push *push, const struct sip_msg *answer); /* by the answer's SDP */

/* --- server_session.c --- */
void push_bye(struct push *push);
void push_begin(struct push *push, struct sip_dialog *dialog, const char *method, struct push_text *ret);
int push_send(struct push *push, struct push_text *text, const char *sdp, endpoint_answer_fn *on_answer,
	      struct client_txn **ret_txn);
void push_ignore(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);
/* ACK to a 2xx of the INVITE numbered `cseq`; again for each one that comes again. */
void push_ack(struct push *push, uint32_t cseq);
void push_ack_again(struct push *push);
/* A 200 that nobody wants any more, of a fork: ACK and BYE in its own dialog (RFC 3261 13.2.2.4). */
void push_refuse(struct push *push, const struct sip_msg *answer);
void push_on_request(struct push *push, struct server_txn *txn, const struct sip_msg *msg);

/* --- server_timer.c, RFC 4028 --- */
void push_timer_take(struct push *push, const struct sip_msg *answer);
/* UPDATE, or INVITE within the dialog, of the other side. */
void push_timer_on_refresh(struct push *push, struct server_txn *txn, const struct sip_msg *msg);
void push_timer_stop(struct push *push);

/* --- server_faults_push.c --- */
struct invite_text { /* NULL and absent leave the header out */
	struct slice uri;
	const char *accept_contact, *user_agent, *server, *allow, *contact, *session_expires;
	const char *sdp;
};
void server_faults_address(struct push *push);
void server_faults_invite(const struct push *push, struct invite_text *text);
void server_faults_offer(const struct server *s, struct sdp_msrp_values *offer);
/* The dialog as a request of that method shows it; a correct server's is as it is. What it points to is the dialog's or
 * the push's. */
struct sip_dialog server_faults_dialog(struct push *push, const struct sip_dialog *dialog, const char *method);
void server_faults_ack(const struct push *push, uint32_t *cseq, char branch[SIP_TEXT_ID_MAX]);

#endif
