/* SPDX-License-Identifier: MIT
 *
 * What the parts of the reference IM Server share. Only server*.c include it; the parts are told in server.h. */
#ifndef HARNESS_SERVER_PRIVATE_H
#define HARNESS_SERVER_PRIVATE_H

#include "base/map.h"
#include "base/time.h"
#include "body/sdp_write.h"
#include "harness/endpoint.h"
#include "harness/msrp_session.h"
#include "harness/server.h"
#include "harness/sip_text_dialog.h"

struct push;

struct server {
	struct world *world;
	struct server_config config;
	struct endpoint *endpoint;
	struct settings_reader *reader;
	char product[64];                /* "IM-serv/OMA1.0" (Appendix F) */
	struct map users;                /* user key -> struct server_user */
	struct map sessions;             /* Call-ID -> struct push */
	struct server_forward *forwards; /* MESSAGEs that wait for the online user's answer */
	uint64_t serial;                 /* of the last session */
	char nonce[SIP_TEXT_ID_MAX];     /* of every challenge */
	struct server_wait *waits;       /* of a slow server */
};

static inline bool server_has_fault(const struct server *s, enum server_fault fault)
{
	return server_faults_has(&s->config.faults, fault);
}

static inline bool server_has_variant(const struct server *s, enum server_variant variant)
{
	return server_variants_has(&s->config.variants, variant);
}

/* --- server_user.c: what is known of a user --- */

struct server_publication { /* one entity of event state (RFC 3903 3) */
	struct server_publication *next;
	char etag[SIP_TEXT_ID_MAX];
	char old_etag[SIP_TEXT_ID_MAX]; /* the one before; only a faulty server still takes it */
	struct settings settings;
	uint64_t until; /* ns */
};

struct server_deferred { /* one deferred message */
	struct server_deferred *next;
	uint64_t id; /* from 1, among the user's */
	char *content_type;
	char *from;        /* URI of who wrote it */
	struct slice body; /* owned */
	uint64_t tried;    /* serial of the session that sent it last; 0: none yet */
};

struct server_user {
	char *uri;                               /* public identity, as registered or published */
	char *call_id;                           /* of the third-party registration in force */
	char *contact;                           /* where he registered by himself; NULL: he did not */
	struct net_addr hop;                     /* and where that is */
	uint64_t registered_until;               /* ns; 0: not registered */
	uint32_t epoch;                          /* initial registrations so far */
	uint32_t delivered;                      /* the one of the last PUBLISH that was answered */
	struct server_publication *publications; /* latest content first: that one is in force */
	struct server_deferred *deferred;        /* oldest first */
	uint64_t deferred_ids;                   /* given so far */
	struct push *push;                       /* the push that is under way, or NULL */
};

/* The user that a URI names, made if new; NULL: nobody whom this server serves. */
struct server_user *server_user_of(struct server *s, struct slice uri);
bool server_user_is(const struct server *s, const struct server_user *user, struct slice uri);
void server_user_rename(struct server_user *user, struct slice uri);
void server_user_free(struct server_user *user);
bool server_user_registered(const struct server *s, const struct server_user *user);

/* Settings in force, or NULL; the publication that a tag names, or NULL. Expired ones are dropped first. */
const struct settings *server_settings(struct server *s, struct server_user *user);
struct server_publication *server_publication_find(struct server *s, struct server_user *user, struct slice etag);
struct server_publication *server_publication_add(struct server_user *user);
void server_publication_to_front(struct server_user *user, struct server_publication *publication);
void server_publication_remove(struct server_user *user, struct server_publication *publication);

void server_deferred_add(struct server_user *user, const struct sip_msg *message);
/* Delivered; fine where another push was faster. */
void server_deferred_remove(struct server_user *user, uint64_t id);

/* --- server_answer.c --- */

struct server_answer { /* NULL and absent values leave their header out */
	unsigned status;
	const char *to_tag; /* NULL: a new one */
	struct slice expires;
	const char *etag, *min_expires, *accept, *accept_encoding, *allow_events, *allow;
	struct slice unsupported;
	const char *contact, *require, *session_expires, *min_se;
	const char *content_type, *charging, *challenge;
	struct slice body;
};
extern const char server_methods[]; /* Allow */
void server_answer(struct server *s, struct server_txn *txn, const struct server_answer *answer);
void server_answer_status(struct server *s, struct server_txn *txn, unsigned status);

/* --- the clauses --- */

void server_on_request(struct server *s, struct server_txn *txn, const struct sip_msg *msg);

void server_on_register(struct server *s, struct server_txn *txn, const struct sip_msg *msg); /* 5.3 */
void server_on_publish(struct server *s, struct server_txn *txn, const struct sip_msg *msg);  /* 6.1.1.5 */
void server_on_message(struct server *s, struct server_txn *txn, const struct sip_msg *msg);
void server_forwards_free(struct server *s);
/* What goes to the user by MESSAGE after his REGISTER was taken: nothing, in the reference. */
void server_register_messages(struct server *s, struct server_user *user);

/* 6.1.1.5 */
enum { PUBLISH_STEPS = 7 };
struct publish {
	struct server *server;
	struct server_txn *txn;
	const struct sip_msg *msg;
	struct server_user *user;               /* of the Request-URI; NULL: nobody served here */
	struct server_publication *publication; /* that SIP-If-Match names; NULL: an initial publication */
	bool has_settings;                      /* the body; without: a refresh or a removal */
	struct settings settings;
	uint64_t expires; /* s, granted */
	struct server_answer answer;
	char number[24]; /* text behind the answer's numbers */
	struct arena arena;
};
bool publish_refuse(struct publish *p, unsigned status); /* answers; false */
bool publish_process(struct publish *p);                 /* step 4, RFC 3903 6 */

/* 12.2.2.2: push what is stored, if the conditions are met. */
void server_deliver(struct server *s, struct server_user *user, bool refresh);
/* An INVITE to that user, whatever the conditions. */
void server_push(struct server *s, struct server_user *user);

/* --- server_ims.c: nothing where the core is no IMS --- */

/* False: the body is none that this server reads, and it says so. */
bool server_ims_takes_body(struct server *s, struct server_txn *txn, const struct sip_msg *msg);
/* P-Charging-Vector of the answer to a REGISTER, in the arena; NULL: none. */
const char *server_ims_charged(struct server *s, const struct sip_msg *msg, struct arena *arena);
/* Is it the user whom the S-CSCF names in P-Served-User? */
bool server_ims_serves(const struct server *s, const struct server_user *user, const struct sip_msg *msg);
/* P-Asserted-Identity and P-Charging-Vector of a push. */
void server_ims_originate(struct server *s, struct buf *to, const char *identity);

/* --- server_direct.c: nothing where there is a core --- */

/* Where requests for that user go: the core, or his client. */
const struct net_addr *server_hop(const struct server *s, const struct server_user *user);
/* Does a client's REGISTER carry the feature tag? */
bool server_direct_binds(const struct server *s, const struct sip_msg *msg);
void server_direct_bind(struct server_user *user, const struct sip_msg *msg, const struct net_addr *from);
/* Contact of the 200, in the arena; NULL: none is left. */
const char *server_direct_contact(const struct server_user *user, uint64_t expires, struct arena *arena);
/* True: the sender has been asked for his password. */
bool server_direct_asks(struct server *s, struct server_txn *txn, const struct sip_msg *msg);
/* Is it that user who sends? */
bool server_direct_sends(const struct server *s, const struct server_user *user, const struct sip_msg *msg);

/* --- faults that change what is written, not what is done --- */

unsigned server_faults_status(const struct server *s, enum server_fault of_400, unsigned right);
void server_faults_publish_answer(const struct server *s, struct publish *p);
void server_faults_order(const struct server *s, size_t order[PUBLISH_STEPS]);
bool server_faults_tag_found(const struct server *s, const struct sip_msg *msg, bool right);
/* True: a request that is going to be refused was read, and shall be stored all the same. */
bool server_faults_reads_refused(const struct server *s, struct publish *p);
bool server_faults_push_on_register(struct server *s, struct server_user *user);
bool server_faults_event_right(const struct server *s, struct slice event, bool right);

/* --- what else would be legal; nothing in the reference --- */

/* Writes the message otherwise. */
void server_variants_write(const struct server *s, struct buf *text);
/* True: the request will be taken up later. */
bool server_variants_slow(struct server *s, struct server_txn *txn);
/* 12.2.2.2, as step 7 of 6.1.1.5 asks for it. */
void server_variants_deliver(struct server *s, struct server_user *user, bool refresh);
/* True: the push that is due will come later. */
bool server_variants_push_later(struct server *s, struct server_user *user);
uint64_t server_variants_expires(const struct server *s, uint64_t expires);
void server_variants_etag(struct server *s, char etag[SIP_TEXT_ID_MAX]);
void server_variants_done(struct server *s);

#endif
