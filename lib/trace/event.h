/* SPDX-License-Identifier: MIT
 *
 * One SIP message seen at one place: the atom of the trace. Sockets and captures make the same events; nothing behind
 * this door can tell them apart. */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include "net/addr.h"
#include "sip/msg.h"

enum __attribute__((packed)) tri { TRI_NO, TRI_YES, TRI_UNKNOWN }; /* a byte: states keep many */

static inline enum tri tri_of(bool value)
{
	return value ? TRI_YES : TRI_NO;
}

struct event_path {
	struct net_addr src, dst;
	enum net_transport transport;
};

struct event_place {    /* where a person finds it: in a capture or in the evidence of a run */
	uint32_t file;  /* index into the campaign's list of files */
	uint64_t frame; /* as Wireshark counts, from 1; 0: none */
};

/* What makes two messages of the same call, of the same transaction, or the same at all: where the hashes differ, the
 * messages do. Taken once, when a message comes in. */
struct event_marks {
	uint64_t call;       /* hash of Call-ID, */
	uint64_t hop;        /* of the call and the branch of the topmost Via, */
	uint64_t txn;        /* of the hop and CSeq (RFC 3261 17.1.3, 17.2.3), */
	uint64_t key;        /* of what makes it a repetition, but for the addresses: see event_marks_of */
	struct slice branch; /* of the topmost Via; absent if none. In the message */
	uint32_t cseq;       /* number of CSeq; 0 where it can't be read */
};

/* Two messages with one key are the same message, wherever it was seen: RFC 3261 17.2.3 (transaction, method) and 8.1.3
 * for answers, of which forks send several with several To tags. */
struct event_marks event_marks_of(const struct sip_msg *msg);
/* Its call and hop, by its branch. */
void event_mark_hop(struct event_marks *marks, const struct sip_msg *msg);

struct sdp;

struct event {
	uint64_t time; /* ns; since the epoch in captures, since the campaign's start in runs */
	struct event_path path;
	struct event_place place;
	struct sip_msg msg; /* its bytes and index lie in the flow's arena */
	struct event_marks marks;
	struct { /* what was found out, and is asked again by rule after rule; an enum tri, plus one; 0: not yet */
		uint8_t tagged_contact, tagged_accept_contact; /* story_is_tagged */
		uint8_t originator;
		const struct sdp *offer; /* NULL: not yet */
	} memory;
	uint32_t number;     /* position in its flow, from 0 */
	bool again;          /* a retransmission, or the same packet seen twice: the same event as `first` */
	struct event *first; /* itself where it is no repetition */
	bool cut;            /* snapped or incomplete: what is missing is unknown, never wrong */
};

static inline bool event_same_call_id(const struct event *a, const struct event *b)
{
	return a->marks.call == b->marks.call &&
	       slice_eq(sip_msg_value(&a->msg, SIP_HEADER_CALL_ID), sip_msg_value(&b->msg, SIP_HEADER_CALL_ID));
}

#endif
