/* SPDX-License-Identifier: MIT
 *
 * The story of a flow: its messages grown together to transactions and dialogs, each with what was known of the user
 * before and after. Built once per judging from a flow, lives in the flow's arena, read by the words of lib/check.
 *
 * Clauses: RFC 3261 17 (transactions), 12 (dialogs); RFC 3903 (publications); the change request's 5.3 and 12.2.2.2
 * (what a push is and what may cause it). */
#ifndef TRACE_STORY_H
#define TRACE_STORY_H

#include "trace/flow.h"
#include "trace/profile.h"
#include "body/sdp.h"

/* What a transaction is in the eyes of the specification. */
enum occasion {
	OCCASION_OTHER,
	OCCASION_REGISTER,       /* the client's own REGISTER, at the client's hop */
	OCCASION_THIRD_PARTY,    /* REGISTER from the core to the IM Server, at the server's hop */
	OCCASION_PUBLISH,        /* at the hop of the server that answers it */
	OCCASION_CLIENT_PUBLISH, /* at the hop of the client that sent it */
	OCCASION_SUBSCRIBE,      /* the client's, at its hop */
	OCCASION_DEPOSIT,        /* MESSAGE for the served user, at the server's hop */
	OCCASION_PUSH, /* initial INVITE of the IM Server that delivers deferred messages, at the server's hop */
	OCCASION_PUSH_REQUEST, /* what the IM Server sends inside such a dialog: ACK, PRACK, UPDATE, INVITE, BYE */
	OCCASION_COUNT
};

/* As in the clause files: "register", "third_party_register", "publish", "client_publish", "subscribe", "deposit",
 * "push", "push_request"; "" for OTHER. */
const char *occasion_name(enum occasion occasion);

struct txn {
	enum occasion occasion;
	const struct event *request;  /* first copy; never NULL */
	const struct event **answers; /* first copies, in order of arrival, provisional ones too */
	size_t answer_count, answer_cap;
	const struct event *final;   /* first final answer, NULL if none was seen */
	const struct event *ack;     /* INVITE: the ACK that was seen, or NULL */
	const struct event *end;     /* PUSH: the BYE of either side, or NULL */
	const struct event *refresh; /* PUSH: the first later INVITE or UPDATE of either side, or NULL */
	unsigned vias;               /* of the request: how far from its origin this hop is */
	struct state before, after;  /* what was known of the user when the request was sent, and after the final */
	const struct txn *cause;     /* PUSH: the PUBLISH or REGISTER that it follows, NULL if none is known */
	const struct txn *push;    /* PUSH_REQUEST: its dialog's INVITE; PUBLISH, REGISTER: the first push it caused */
	const struct txn *earlier; /* REGISTER, PUBLISH: the one before in the same Call-ID */
	const struct event *target_from; /* PUSH_REQUEST: the answer whose Contact is the target when it was sent */
	const struct event *allow_from;  /* PUSH_REQUEST: the last answer with an Allow then, NULL if none */
	unsigned repeat;                 /* PUSH: how many pushes of the same cause were not refused before it */
	bool repeat_doubt;               /* PUSH: of one of those the final answer was not seen */
	bool foreign;                    /* REGISTER: of a device that shows nothing of IM */
	bool far_push;                   /* OTHER: a push, but as a proxy or B2BUA sent it on */
	enum tri initial;                /* REGISTER and THIRD_PARTY: not the refresh of a known registration */
	enum tri open;                   /* PUSH: the final answer to its cause had not been sent yet */
	uint8_t *memory; /* by number of a check: what came of it (enum tri) plus one; 0: not asked yet. NULL: none */
};

static inline bool txn_succeeded(const struct txn *txn)
{
	return txn->final && txn->final->msg.status / 100 == 2;
}

struct story {
	struct flow *flow;
	const struct profile *profile;
	struct txn **txns; /* in order of their requests */
	size_t count, cap;
	struct txn **of_event;        /* by event number: the transaction of a request or answer, or NULL */
	const struct event **orphans; /* answers without a request, requests in dialogs without an INVITE */
	size_t orphan_count, orphan_cap;
	struct net_addr *servers; /* addresses that act as the IM Server in this flow */
	size_t server_count, server_cap;
	bool im; /* there is a sign that IM is spoken here (feature tag, event, release token) */
	const struct event
		*settings_of; /* the document that was read last, which most words ask for again; NULL: none */
	bool has_settings;
	struct settings settings;
	struct txn *remembered; /* what the flow's beginning tells of a cause before it, or NULL */
	struct state end;       /* what is known after the last event */
};

/* Tells the story. Everything in it lies in the flow's arena. */
void story_tell(struct story *story, struct flow *flow, const struct profile *profile);

/* Last moment at which the IM Server is known to have been alive; 0: never. */
uint64_t story_server_alive(const struct story *story);

/* Does it act as the IM Server in this flow? */
bool story_is_server(const struct story *story, const struct net_addr *addr);

/* Is the request seen as its sender sent it? Farther on, proxies have made something else of it: at least its
 * Request-URI and the identity that it asserts. Who is told by role, or by a run, may be several hosts. */
bool story_is_senders_hop(const struct story *story, const struct txn *txn);

/* Has a value of the header, mostly Contact or Accept-Contact, the IM feature tag of the profile? */
bool story_is_tagged(const struct story *story, const struct event *event, enum sip_header id);

/* Did an answer to the push of at least that status have this tag in To? Forks answer with several. */
bool story_answered_with(const struct txn *push, struct slice tag, unsigned least);

/* Is it a MESSAGE that the IM Server sends the user, outside of dialogs? */
bool story_is_message(const struct story *story, const struct txn *txn);

/* Does such a MESSAGE bring one that was stored while the user was away? YES, and *ret_stored is the first that it may
 * be; UNKNOWN where the same may have been said once more. */
enum tri story_handout(const struct story *story, const struct txn *message, const struct stored_message **ret_stored);

/* The reg-id of a REGISTER's first Contact; absent: none. One instance may hold several flows, each known by its own
 * (RFC 5626 4.2). */
struct slice story_reg_id(const struct sip_msg *reg);
/* The instance that it is of (RFC 5626 4.1); absent: it does not say. */
struct slice story_instance(const struct sip_msg *reg);
/* The same as a number; 0: it does not say. */
uint64_t story_instance_hash(const struct sip_msg *reg);

/* The settings document of a PUBLISH (also as a part of a multipart), until another one is asked for. NULL: it has no
 * body of that type. */
const struct settings *story_settings(const struct story *story, const struct event *publish);

#endif
