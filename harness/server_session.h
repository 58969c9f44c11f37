/* SPDX-License-Identifier: MIT
 *
 * One push (12.2.2.2): from its INVITE to the end of its session. Shared by server_push.c, server_invite.c,
 * server_answered.c, server_session.c and server_timer.c only. */
#ifndef HARNESS_SERVER_SESSION_H
#define HARNESS_SERVER_SESSION_H

#include "harness/server_private.h"

enum session_state {
	SESSION_INVITED,   /* no final answer yet */
	SESSION_CANCELLED, /* CANCEL was sent, or is sent at the first provisional answer */
	SESSION_RUNNING,   /* 200 came, ACK went */
	SESSION_OVER,      /* failed, or BYE was sent: lingers for 200s that come again */
};

/* A request in a dialog, as text: head first, then more lines, then session_send, which ends it (without a body where
 * `sdp` is NULL), sends it by the dialog's route and frees the text. `ret_txn` may be NULL. */
struct session_text {
	struct buf text;
	struct net_addr dst;
	enum net_transport transport;
};

struct server_session {
	struct server *server;
	struct server_user *user;
	enum session_state state;
	uint64_t serial;             /* tells the messages that this push has tried */
	uint32_t epoch;              /* the user's initial registration that it belongs to */
	struct arena arena;
	char call_id[SIP_TEXT_ID_MAX], from_tag[SIP_TEXT_ID_MAX];
	struct slice address;        /* the served user's public identity */
	struct slice target;         /* Request-URI of the INVITE: the address, or where a 302 points to */
	uint32_t cseq;
	enum net_transport transport; /* of the INVITE */
	struct sip_msg invite;       /* as it was sent */
	struct client_txn *invite_txn; /* NULL: none, or it has its final answer */
	bool redirected, enlarged;   /* a 302, a 422 was followed already */
	bool provisional;            /* a provisional answer came: CANCEL may go */

	struct sip_dialog dialog;
	struct session_text *ack;    /* sent again for each 200 that comes again; NULL: none yet */
	bool allow_known;
	uint32_t allow;              /* bit n: enum sip_method n; the latest Allow of an answer */

	uint32_t interval, min_se;   /* s, RFC 4028; interval 0: no session timer */
	bool refresher;              /* we are */
	struct client_txn *refresh_txn;
	struct world_timer refresh;  /* the next refresh of ours, or the BYE for want of theirs */
	struct world_timer patience; /* ringing; cancelled; the stream; lingering */

	struct msrp_session *msrp;
	struct slice accept_types;   /* of the answer's SDP */
	const char *sdp;             /* the offer, repeated in a refresh by INVITE; in the arena */
};

/* --- server_invite.c --- */
/* Appends the INVITE with everything of steps 2a to 2i. */
void session_invite_write(struct server_session *session, struct buf *to, const char *branch);
const char *session_contact(struct server_session *session); /* value of Contact, in the arena */

/* --- server_push.c --- */
int session_invite_send(struct server_session *session);
void session_over(struct server_session *session);                   /* no more requests; lingers, then frees itself */
void session_cancel(struct server_session *session);                 /* CANCEL now or as soon as it is allowed */
void session_free(struct server_session *session);

/* --- server_answered.c --- */
void session_answered(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);
void session_allow_keep(struct server_session *session, const struct sip_msg *msg);

/* --- server_delivery.c --- */
int session_offer_make(struct server_session *session, struct err *err); /* opens the listener, fills session->sdp */
void session_deliver(struct server_session *session, const struct sip_msg *answer); /* by the answer's SDP */

/* --- server_session.c --- */
void session_bye(struct server_session *session);
void session_begin(struct server_session *session, struct sip_dialog *dialog, const char *method,
		   struct session_text *ret);
int session_send(struct server_session *session, struct session_text *text, const char *sdp,
		 endpoint_answer_fn *on_answer, struct client_txn **ret_txn);
void session_ignore(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err);
/* ACK to a 2xx of the INVITE numbered `cseq`; again for each one that comes again. */
void session_ack(struct server_session *session, uint32_t cseq);
void session_ack_again(struct server_session *session);
/* A 200 that nobody wants any more, of a fork: ACK and BYE in its own dialog (RFC 3261 13.2.2.4). */
void session_refuse(struct server_session *session, const struct sip_msg *answer);
void session_on_request(struct server_session *session, struct server_txn *txn, const struct sip_msg *msg);

/* --- server_timer.c, RFC 4028 --- */
void session_timer_take(struct server_session *session, const struct sip_msg *answer);
/* UPDATE, or INVITE within the dialog, of the other side. */
void session_timer_on_refresh(struct server_session *session, struct server_txn *txn, const struct sip_msg *msg);
void session_timer_stop(struct server_session *session);

/* --- server_faults_push.c --- */
struct invite_text { /* NULL and absent leave the header out */
	struct slice uri;
	const char *accept_contact, *user_agent, *server, *allow, *contact, *session_expires;
	const char *sdp;
};
void server_faults_address(struct server_session *session);
void server_faults_invite(const struct server_session *session, struct invite_text *text);
void server_faults_offer(const struct server *s, struct sdp_msrp_values *offer);
/* The target of an ACK or BYE; the dialog's, in a correct server. */
void server_faults_target(const struct server_session *session, struct sip_dialog *dialog, const char *method);

#endif
