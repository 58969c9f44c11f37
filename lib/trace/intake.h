/* SPDX-License-Identifier: MIT
 *
 * The door to the trace: every SIP message, from a socket's tap or from a capture, comes in here and is filed into the
 * flow of the served user that it concerns. Users are known by all identities seen: To, P-Asserted-Identity,
 * P-Associated-URI, Request-URI, sip and tel forms, contacts; answers and requests inside a dialog follow their Call-ID.
 *
 * Live: the runner makes flows for its users beforehand (intake_expect) and takes them at a case's end. Audits: flows
 * come into being as users show up, and are taken when the input is over, or handed out by a limit. */
#ifndef TRACE_INTAKE_H
#define TRACE_INTAKE_H

#include "base/map.h"
#include "trace/flow.h"
#include "trace/profile.h"

struct intake;

struct intake_config {
	const struct profile *profile; /* must outlive the intake */
	bool live;           /* users are fresh: nothing was before; else the beginning is unknown */
	size_t flows_max;    /* open flows; 0: no limit. The least recently used one is handed out as evicted */
	size_t flow_len_max; /* bytes of one flow; 0: no limit. It is handed out and goes on as a new one */
	/* A flow is over by a limit: the callee owns it now. `evicted` flows have FLOW_GAP_EVICTED already. */
	void (*on_flow)(void *arg, struct flow *flow);
	void *arg;
};

struct intake *intake_new(const struct intake_config *config);
void intake_free(struct intake *intake); /* frees flows that were not taken */

/* Live: a flow for a user that a case is about to play, known by these URIs (the first names it), before any message. */
struct flow *intake_expect(struct intake *intake, const struct slice *uris, size_t count, struct slice label);

/* Files one message. Returns the event, owned by its flow (*ret_flow, may be NULL); NULL and err for what is no SIP
 * (-EBADMSG) or concerns no user (-ENOENT): it counts as a sign of life of its sender all the same. */
struct event *intake_message(struct intake *intake, uint64_t time, const struct event_path *path,
			     struct event_place place, struct slice raw, struct flow **ret_flow, struct err *err);

/* `server` heard and answered something at `time`: proof of life for flows in which it takes part. Messages tell so by
 * themselves; this is for what is not SIP. */
void intake_alive(struct intake *intake, const struct net_addr *sender, uint64_t time);

/* Something is missing between these hosts from now on (either may be NULL: everywhere). */
void intake_gap(struct intake *intake, uint64_t time, const struct net_addr *a, const struct net_addr *b, uint32_t gaps);

/* Takes the flow of a user out, finished: signs of life and gaps are filled in. NULL where there is none. The caller owns it. */
struct flow *intake_take(struct intake *intake, struct slice user_uri, uint64_t now);
/* Takes the oldest flow out, for the end of an audit; NULL when all are gone. */
struct flow *intake_take_any(struct intake *intake, uint64_t now);

size_t intake_flow_count(const struct intake *intake);

#endif
