/* SPDX-License-Identifier: MIT
 *
 * The live door to the trace: every SIP message that a socket's tap sees comes in here and is filed into the flow of
 * the served user that it concerns. Users are known by all identities seen: To, P-Asserted-Identity, P-Associated-URI,
 * Request-URI, sip and tel forms, contacts; answers and requests inside a dialog follow their Call-ID.
 *
 * The runner makes flows for its users beforehand (intake_expect) and takes them at a case's end. The audits' door is
 * trace/ledger. */
#ifndef TRACE_INTAKE_H
#define TRACE_INTAKE_H

#include "base/map.h"
#include "trace/flow.h"
#include "trace/profile.h"

struct intake;

struct intake_config {
	const struct profile *profile; /* must outlive the intake */
	bool live;                     /* users are fresh: nothing was before; else the beginning is unknown */
};

struct intake *intake_new(const struct intake_config *config);
void intake_free(struct intake *intake); /* frees flows that were not taken */

/* Live: a flow for a user that a case is about to play, known by these URIs (the first names it), before any message.
 * Its notes, gaps and beginning are the caller's to fill; its messages are in it once it is filled
 * or taken. */
struct flow *intake_expect(struct intake *intake, const struct slice *uris, size_t count, struct slice label);

/* Files one message. -EBADMSG: it is no SIP; -ENOENT: it concerns no user, and is a sign of life of its sender all the
 * same. */
int intake_message(struct intake *intake, uint64_t time, const struct event_path *path, struct event_place place,
		   struct slice raw, struct err *err);

/* Bytes of the last message that came for the flow, until it is filled or taken; absent: none. */
struct slice intake_last(struct intake *intake, const struct flow *flow);
/* Brings the flow up to `now`: the messages that came and the signs of life. */
void intake_fill(struct intake *intake, struct flow *flow, uint64_t now);
/* The same, and nothing more will come: the flow is the caller's. */
void intake_take(struct intake *intake, struct flow *flow, uint64_t now);

#endif
