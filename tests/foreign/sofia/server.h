// SPDX-License-Identifier: MIT
/*
 * An IM Server on Sofia-SIP's transaction layer (nta): clauses 5.3, 6.1.1.5 and 12.2.2.2, a store, MSRP. It knows none
 * of imconform's code. One thread, one loop (su_root); everything lives until the process ends, but legs and
 * transactions.
 *
 * Words of the command line make it deviate: legal ones ("styles") and wrong ones ("faults"), see words.c.
 */
#ifndef SOFIA_SERVER_H
#define SOFIA_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NTA_LEG_MAGIC_T      void
#define NTA_OUTGOING_MAGIC_T void
#define NTA_INCOMING_MAGIC_T void
#define SU_ROOT_MAGIC_T      void
#define SU_TIMER_ARG_T       void
#define SU_WAKEUP_ARG_T      void

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/su_wait.h>

#define FEATURE_TAG "+g.oma.sip-im"
#define METHODS     "INVITE,ACK,BYE,CANCEL,OPTIONS,PRACK,UPDATE"

struct message {
	struct message *next;
	char *type;
	char *body;
};

/* What one entity tag stands for (RFC 3903). */
struct publication {
	struct publication *next;
	char etag[40];
	bool active;      /* offline delivery */
	uint64_t until;   /* ms, when it ends */
	uint64_t changed; /* counts up: the latest of the living ones decides */
};

struct user {
	struct user *next;
	char *address; /* "alice@im.example" */
	uint64_t registered_until;
	unsigned published; /* since the initial registration */
	struct publication *publications;
	struct message *messages;
	struct session *session; /* the push under way, or NULL */
};

struct server {
	su_home_t home[1];
	su_root_t *root;
	nta_agent_t *agent;
	nta_leg_t *leg;   /* takes what belongs to no dialog */
	const char *core; /* its URI: everything goes there */
	const char *host; /* ours, with brackets where it is IPv6 */
	const char *port;
	const char *over; /* ";transport=tcp", or empty */
	bool ipv6;
	struct user *users;
	uint64_t changes;
};

extern struct server server;

/* words.c */
int words_take(const char *word);
bool is(const char *word);
void words_print(void);

/* main.c */
uint64_t now_ms(void);
void later(unsigned ms, su_timer_f callback, void *arg);
struct user *user_of(const url_t *url);
bool url_is_user(const url_t *url, const struct user *user);

/* register.c, settings.c: answer one request; return what nta is to answer itself, 0 for nothing. */
int register_recv(nta_incoming_t *irq, const sip_t *sip);
int publish_recv(nta_incoming_t *irq, const sip_t *sip);
bool settings_active(struct user *user);

/* document.c: 0, or the status to refuse it with. */
int document_read(const char *text, size_t len, bool *ret_active);

/* push.c: the INVITE of 12.2.2.2 where its conditions hold. */
void push_consider(struct user *user);
void push_send(struct user *user);
bool push_retry(struct session *session, const sip_t *sip);

/* sdp.c: an offer (or, with `answer`, an answer) for a session; in the server's home. */
char *sdp_write(struct session *session, bool answer);

/* session.c */
struct dialog {
	nta_leg_t *leg;
	char *tag;
	uint32_t rseq;
	sip_contact_t *target; /* the first one */
	bool update;           /* Allow has UPDATE */
	bool allow;            /* an Allow was seen */
};

struct session {
	struct user *user;
	nta_leg_t *leg; /* of the initial INVITE */
	nta_outgoing_t *invite;
	char *address; /* whom the INVITE is for: a URI */
	char *contact;
	char *path;            /* our end of MSRP */
	unsigned port;         /* of it */
	unsigned version, id;  /* of the SDP */
	unsigned long expires; /* asked for, or agreed */
	unsigned long min_se;
	bool we_refresh, timed, confirmed, over;
	unsigned timer_round; /* timers of earlier rounds are void */
	struct dialog dialogs[4];
	unsigned dialogs_len;
	struct dialog *dialog; /* the confirmed one */
	struct msrp *msrp;
};

int session_answered(void *session, nta_outgoing_t *orq, const sip_t *sip);
void session_bye(struct session *session);
int session_request(void *session, nta_leg_t *leg, nta_incoming_t *irq, const sip_t *sip);
void session_timer(struct session *session, const sip_t *sip);

/* msrp.c: hands the user's messages over, and says BYE when all are taken. */
char *msrp_listen(struct session *session);
void msrp_start(struct session *session, const char *sdp);
void msrp_stop(struct session *session);

#endif
