/* SPDX-License-Identifier: MIT
 *
 * What the parts of the reference IM Client share. Only client*.c include it; the parts are told in client.h. */
#ifndef HARNESS_CLIENT_PRIVATE_H
#define HARNESS_CLIENT_PRIVATE_H

#include "harness/client.h"
#include "base/time.h"
#include "harness/endpoint.h"
#include "harness/msrp_session.h"
#include "harness/sip_text_dialog.h"
#include "sip/digest.h"

enum { CLIENT_TRIES_MAX = 6 }; /* answers to one request that make it go again: challenges, 423, 412 … */

enum client_aka { CLIENT_AKA_NONE, CLIENT_AKA_RES, CLIENT_AKA_AUTS, CLIENT_AKA_NOTHING };

struct client_auth {         /* what the core asked for last */
	char *challenge;     /* value of the header; NULL: nothing yet */
	enum client_aka aka; /* how a challenge of AKA is answered */
	uint64_t sqn;        /* the highest that the card took */
	bool proxy;          /* 407 */
	unsigned nc;         /* credentials that were made of it */
};

struct client_registration {
	char call_id[SIP_TEXT_ID_MAX], from_tag[SIP_TEXT_ID_MAX];
	uint32_t cseq;
	uint32_t expires; /* s, to ask for */
	bool up, removing;
	bool leaving, again; /* on its way out, settings first; and wanted back after that */
	uint32_t granted;    /* s */
	unsigned tries;
	uint32_t count; /* initial registrations that succeeded */
	struct client_txn *asking;
	struct world_timer timer;                   /* refresh, or another try */
	struct slice routes[SIP_DIALOG_ROUTES_MAX]; /* of Service-Route */
	size_t route_count;
	struct slice preferred; /* identity, where the registered one is barred; absent: that one */
	struct arena arena;     /* holds routes and identity */
};

enum publish_kind { PUBLISH_INITIAL, PUBLISH_REFRESH, PUBLISH_MODIFY, PUBLISH_REMOVE };

struct client_publication {
	char call_id[SIP_TEXT_ID_MAX], from_tag[SIP_TEXT_ID_MAX];
	uint32_t cseq;
	char *etag, *first_etag; /* NULL: nothing is published */
	enum publish_kind kind;  /* under way, or last */
	uint32_t expires;        /* s, to ask for */
	bool changed;            /* the settings are others than those under way */
	bool sent_active;        /* offline delivery as it is in the last PUBLISH with a body */
	unsigned tries;
	struct client_txn *asking;
	struct world_timer timer;
};

struct client_subscription {
	bool wanted, up;
	struct sip_dialog dialog;
	char call_id[SIP_TEXT_ID_MAX], from_tag[SIP_TEXT_ID_MAX];
	char *request; /* that is under way, for the dialog it makes */
	uint32_t cseq;
	unsigned tries;
	struct client_txn *asking;
	struct world_timer timer; /* refresh */
};

struct client_reg { /* the subscription to the state of the registration */
	char call_id[SIP_TEXT_ID_MAX], from_tag[SIP_TEXT_ID_MAX];
	struct client_txn *asking;
};

struct client_push; /* client_push.c */

struct client {
	struct world *world;
	struct client_config config;
	struct endpoint *endpoint;
	char product[64];  /* "IM-client/OMA1.0" (Appendix F) */
	char contact[160]; /* URI */
	struct client_auth auth;
	struct client_registration registration;
	struct client_publication publication;
	struct client_subscription subscription;
	struct client_reg reg;
	struct client_push *pushes;
	bool offline_delivery;
};

static inline bool client_has_fault(const struct client *c, enum client_fault fault)
{
	return client_faults_has(&c->config.faults, fault);
}

static inline bool client_has_variant(const struct client *c, enum client_variant variant)
{
	return client_variants_has(&c->config.variants, variant);
}

/* --- what else would be legal; nothing in the reference --- */

void client_variants_begin(struct client_config *config);
/* ns from what granted so many seconds to its refresh. */
uint64_t client_variants_refresh(const struct client *c, uint64_t granted, uint64_t usual);
/* True: `call` will come later. */
bool client_variants_later(struct client *c, enum client_variant variant, struct world_timer *timer,
			   void (*call)(void *arg));
uint32_t client_variants_publish_expires(const struct client *c, uint32_t expires);
uint32_t client_variants_subscribe_expires(const struct client *c);
uint32_t client_variants_cseq(const struct client *c, uint32_t cseq); /* the next one */
/* Writes the message, the document, the value of Authorization otherwise. */
void client_variants_write(const struct client *c, struct buf *text);
void client_variants_body(const struct client *c, struct buf *body);
void client_variants_credentials(const struct client *c, struct buf *value);

/* --- client_request.c --- */

struct client_request {
	const char *method;
	struct slice uri;
	const char *call_id, *from_tag;
	uint32_t cseq;
	void (*more)(struct client *c, struct buf *to); /* further headers, and the body */
	bool routed;                                    /* along the Service-Route */
	bool no_max_forwards;
};
/* Over TCP where UDP is too small (RFC 3261 18.1.1). NULL where it could not be sent. */
struct client_txn *client_send(struct client *c, const struct client_request *request, endpoint_answer_fn *on_answer,
			       char **ret_text);
void client_answer(struct client *c, struct server_txn *txn, unsigned status, const char *to_tag,
		   void (*more)(struct client *c, struct buf *to));
extern const char client_methods[]; /* Allow */
/* Seconds that the answer's Retry-After or, where there is none, `fallback` tells; in ns. */
uint64_t client_retry_after(const struct sip_msg *answer, uint64_t fallback);

/* --- client_auth.c --- */

/* Takes a 401 or 407 in, the `tries`th answer to one request. False: nothing to be gained by asking again. */
bool client_challenged(struct client *c, const struct sip_msg *answer, unsigned tries);
void client_auth_forget(struct client *c);
/* Writes the credentials for a request, where the core has ever asked for them. */
void client_credentials(struct client *c, struct buf *to, const char *method, struct slice uri, struct slice body);

/* --- client_aka.c --- */

/* False: there are no keys, or it is no challenge of AKA. */
bool client_aka_challenged(struct client *c, const struct sip_digest *challenge);
/* Appends the value of an Authorization header; the password is made of the challenge. */
void client_aka_answer(struct client *c, const struct sip_digest *challenge, struct sip_digest_request *request,
		       struct buf *to);

/* --- client_ims.c: nothing where the core is no IMS --- */

void client_ims_begin(struct client_config *config);
void client_ims_access(struct client *c, struct buf *to);
void client_ims_authorization(struct client *c, struct buf *to);
void client_ims_route(struct client *c, struct buf *to);
void client_ims_identities(struct client *c, const struct sip_msg *answer);
void client_ims_registered(struct client *c);
bool client_ims_on_notify(struct client *c, struct server_txn *txn, const struct sip_msg *msg);

/* --- the clauses --- */

void client_publish(struct client *c);   /* 5.2.4 */
void client_unpublish(struct client *c); /* calls client_deregister_now in the end */
void client_deregister_now(struct client *c);
void client_settings_write(struct client *c, struct buf *to); /* headers of the PUBLISH and its body, steps 3 to 8 */
void client_settings_published(struct client *c);             /* 200: subscribe where it is owed */
void client_unsubscribe(struct client *c);
void client_subscription_done(struct client *c);

bool client_on_notify(struct client *c, struct server_txn *txn, const struct sip_msg *msg);
void client_on_invite(struct client *c, struct server_txn *txn, const struct sip_msg *msg);
/* False: not inside a call of ours. */
bool client_on_call_request(struct client *c, struct server_txn *txn, const struct sip_msg *msg);
void client_on_cancel(struct client *c, struct server_txn *invite);
void client_on_call_end(struct client *c, struct server_txn *txn, bool ack_missing);
void client_pushes_free(struct client *c);

#endif
