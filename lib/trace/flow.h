/* SPDX-License-Identifier: MIT
 *
 * A flow is what one served user did and was done to, in order, with every message's bytes. It is the trace of a live
 * case, the unit that an audit judges and frees, and the unit of work for threads. It owns everything parsed from it.
 *
 * Made and fed by trace/intake; read by trace/story and the judge. */
#ifndef TRACE_FLOW_H
#define TRACE_FLOW_H

#include "base/tape.h"
#include "sip/outline.h"
#include "trace/event.h"

/* Why something may have happened that the flow does not show. A violation that the bytes prove stays one; whatever
 * rests on absence, on the beginning or on order becomes inconc. */
enum flow_gap {
	FLOW_GAP_START = 1,            /* begins in the middle: what was before is unknown */
	FLOW_GAP_LOST = 1 << 1,        /* packets are missing */
	FLOW_GAP_CUT = 1 << 2,         /* packets were cut at the snap length */
	FLOW_GAP_UNREADABLE = 1 << 3,  /* encrypted traffic between the same hosts */
	FLOW_GAP_EVICTED = 1 << 4,     /* a limit dropped earlier parts */
	FLOW_GAP_ORDER = 1 << 5,       /* the network is known to reorder, or one way was several connections that
					  look alike: order of arrival proves nothing */
	FLOW_GAP_LOSSY = 1 << 7,       /* seen from one end of a network that loses: what the other end sent may be
					  missing, but nothing of what this end sent or got */
	FLOW_GAP_STOPPED = 1 << 8,     /* the observer stood still for a while: what seems late may have been in time */
	FLOW_GAP_UNCONNECTED = 1 << 9, /* a connection failed by which something may have been meant to come */
	FLOW_GAP_NAMED = 1 << 10,      /* some of it was seen before it was known whose it is */
	FLOW_GAP_CLOCK = 1 << 11, /* the observer's clock was set back: more time has passed than the times tell, and
				     what they show in force may be over */
};

enum {
	FLOW_GAPS_IN_CALL = FLOW_GAP_LOST | FLOW_GAP_CUT | FLOW_GAP_UNREADABLE | FLOW_GAP_EVICTED,
	FLOW_GAPS_OUTSIDE = FLOW_GAPS_IN_CALL | FLOW_GAP_NAMED, /* what is of a call is the user's by its Call-ID */
	FLOW_GAPS_HOLES = FLOW_GAPS_OUTSIDE | FLOW_GAP_LOSSY | FLOW_GAP_STOPPED | FLOW_GAP_UNCONNECTED,
};

/* What is known of a user at one moment. It carries over from one flow of a user to the next. */
enum __attribute__((packed)) delivery { DELIVERY_UNKNOWN, DELIVERY_NONE, DELIVERY_ABSENT, DELIVERY_OFF, DELIVERY_ON };
/* NONE: no settings are stored; ABSENT: settings without the offline-delivery element */

enum __attribute__((packed)) publication_end {
	PUBLICATION_LIVE,
	PUBLICATION_SUPERSEDED,
	PUBLICATION_REMOVED,
	PUBLICATION_DOUBTFUL
};
/* DOUBTFUL: something that may have ended it was not seen whole */

struct publication {       /* event state under one entity tag (RFC 3903 4.1); never changed once made */
	struct slice etag; /* absent where the answer gave none */
	uint64_t until; /* ns; 0: not known. The time granted runs from the PUBLISH or its answer: till then at most, */
	uint64_t sure_until; /* and at least till then */
	enum delivery delivery;
	enum publication_end end;
	uint32_t epoch; /* the registration in which it was made, as state.epoch counts them */
	uint32_t maker; /* state_maker of the PUBLISH that made it */
	const struct publication *older;
};

struct stored_message {      /* that the IM Server took for the user; never changed once made */
	struct slice writer; /* URI of From */
	struct slice text;   /* without wrapping */
	bool away;           /* the user was not registered: he can't have got it at once */
	bool cut;            /* there was more of it, which was not captured */
	struct event_place place;
	const struct event *request; /* NULL: before the flow */
	const struct stored_message *older;
};

enum { STATE_ASSERTING_MAX = 4, STATE_PUBLICATIONS_MAX = 8, STATE_STORED_MAX = 4, STATE_STORED_LEN_MAX = 256 };

struct state_cause {            /* of a push, where it lies before the flow */
	enum sip_method method; /* NONE: there is none */
	bool third_party;       /* REGISTER of the core */
	enum tri owed;          /* PUBLISH whose push has not come */
	enum tri open;          /* it had not been answered */
	enum tri published;     /* as after it */
	uint64_t time;          /* ns; of the request */
	struct event_path path;
	uint32_t pushes; /* that it had, but for those that were refused */
	struct event_place place;
};

struct state {
	enum tri registered;                    /* an initial registration succeeded and is in force */
	enum tri published;                     /* a PUBLISH has succeeded since the initial registration */
	enum delivery delivery;                 /* as the stored settings have it */
	enum tri waiting;                       /* deferred messages are stored for the user */
	uint32_t epoch;                         /* initial registrations seen so far */
	uint64_t registered_until;              /* ns; 0: not known */
	uint64_t registered_for;                /* s, as granted; 0: not known */
	const struct stored_message *stored;    /* those that were seen and may still be, newest first */
	const struct publication *publications; /* newest first */
	struct slice call_id;                   /* of the registration in force (5.2.2, NOTE 2) */
	uint32_t cseq;
	bool publications_complete; /* no entity tag can have been given that the list does not name */
	enum tri subscribed; /* in this registration a subscription to the metadata of deferred messages is in force, */
	uint64_t subscribed_until;  /* ns; 0: not known */
	bool im;                    /* IM was spoken with the user */
	bool there_before;          /* he was reached, or settings of his were refreshed, while nothing was known of a
				       registration: the first REGISTER that is seen need not be his first one */
	bool third_party_refused;   /* a third-party REGISTER was answered 405 or 501: they are not supported */
	bool device_im;             /* the device of `contact` speaks IM */
	bool registered_here;       /* the client's successful REGISTER was seen, */
	struct net_addr registrar;  /* went there (family NONE: it was seen farther on only), */
	struct slice service_route; /* and its answer gave this (RFC 3608); absent: none */
	struct slice associated;    /* and this, of P-Associated-URI (RFC 7315); absent: none */
	struct slice registered_as; /* URI of its To */
	struct slice contact;       /* and of its Contact: which of the user's devices it was */
	struct slice reg_id;        /* of that Contact (RFC 5626 4.2); absent: none */
	uint64_t instance;          /* of that Contact (RFC 5626 4.1), as a hash; 0: none */
	uint64_t asserting[STATE_ASSERTING_MAX]; /* hops (story_hop) on which the core says who sends; 0: none */
	struct state_cause cause;                /* the last thing that may have caused a push */
};

/* Hops are told apart by the sender's host and the receiver. */
uint64_t state_hop(const struct event_path *path);
bool state_asserts(const struct state *state, uint64_t hop);
void state_add_asserting(struct state *state, uint64_t hop);
/* A copy with all that it points to. Of the publications and of the stored messages only the newest are kept, and of a
 * message its beginning. */
void state_write(const struct state *state, struct tape *tape, struct tape_pool *pool);
/* As it was written; what it points to is in the arena. */
struct state state_read(const struct tape *tape, struct arena *arena);
/* Tells the requests of a user apart, by Call-ID and CSeq. */
static inline uint32_t state_maker(const struct event_marks *marks)
{
	return (uint32_t)(marks->call >> 32) + marks->cseq;
}
/* The publication with that entity tag, NULL if none is known. */
const struct publication *state_publication(const struct state *state, struct slice etag);

enum flow_note_kind {
	FLOW_NOTE_DELIVERED,    /* all stored messages reached the user over MSRP */
	FLOW_NOTE_DEPOSITED,    /* a message was stored for him, by other means than SIP */
	FLOW_NOTE_LEFT,         /* a session of his is over, and not all stored messages have reached him */
	FLOW_NOTE_CLIENT_ALIVE, /* the user's client said something, on whatever way */
};

struct flow_note { /* what is known from outside of SIP */
	uint64_t time;
	enum flow_note_kind kind;
};

enum __attribute__((packed)) flow_role { FLOW_ROLE_UNTOLD, FLOW_ROLE_SERVER, FLOW_ROLE_CLIENT, FLOW_ROLE_CORE };
/* as a person told it */

struct flow_peer {
	struct net_addr addr;
	enum flow_role role;
	bool server;    /* known as an IM Server, told or from other flows */
	uint64_t alive; /* ns; last moment at which it sent anything, in whatever flow */
};

struct flow {
	struct arena arena;
	struct slice user;        /* the served user as a URI, for people: "sip:alice@im.example" */
	struct slice *identities; /* keys (sip_uri_user_key) of all identities seen */
	size_t identity_count, identity_cap;
	struct event **events;
	size_t count, cap;
	struct state begin;      /* what was known before the first event */
	uint32_t gaps;           /* enum flow_gap, or-ed */
	uint64_t watched_until;  /* ns; traffic was observed up to here */
	struct flow_peer *peers; /* every address that sent or got one of the events */
	size_t peer_count, peer_cap;
	struct flow_note *notes; /* in order of time */
	size_t note_count, note_cap;
	uint32_t roles_told; /* bits 1 << enum flow_role: somebody told who plays it */
	bool im;             /* known to concern IM, whatever its messages say: live users, --server */
	struct settings_cache *settings_cache; /* of the thread that judges, which owns it; NULL: none */
	struct slice label;                    /* name of the live case; absent in audits */
};

/* Is it of a run? Then nothing of it is missing, and all identities are told. */
static inline bool flow_is_live(const struct flow *flow)
{
	return flow->label.p != NULL;
}

struct flow *flow_new(struct slice user_uri);
void flow_free(struct flow *flow);
/* The same with memory that is used again and again: takes what the caller's arena has, and gives it back, rewound. */
struct flow *flow_new_from(struct arena *spare, struct slice user_uri);
void flow_free_to(struct flow *flow, struct arena *spare);

/* Appends a message: copies the bytes, indexes them, finds whether it repeats an earlier event (same bytes of Via
 * branch, CSeq, Call-ID, status and path). Returns the event, owned by the flow; NULL and err for what is no SIP. */
struct event *flow_append(struct flow *flow, uint64_t time, const struct event_path *path, struct event_place place,
			  struct slice raw, struct err *err);
struct flow_lent { /* a message that was read before */
	struct slice raw;
	const struct sip_outline *outline; /* NULL: it has none, and is read anew */
	struct event_marks marks;          /* but for those that are made of others */
};
/* The same without a copy: all stays the caller's and outlives the flow, whose peers he tells. */
struct event *flow_append_lent(struct flow *flow, uint64_t time, const struct event_path *path,
			       struct event_place place, const struct flow_lent *lent);

void flow_add_note(struct flow *flow, uint64_t time, enum flow_note_kind kind);

/* Another identity of the same user. Known ones are ignored. */
void flow_add_identity(struct flow *flow, struct slice key);
/* The peer's entry, NULL if it is none. */
struct flow_peer *flow_peer(const struct flow *flow, const struct net_addr *addr);
bool flow_has_identity(const struct flow *flow, struct slice key);
/* Is the URI that of one of the user's identities? */
bool flow_is_user(const struct flow *flow, struct slice uri);

#endif
