/* SPDX-License-Identifier: MIT
 *
 * What a push follows. The change request lets nothing but a successful PUBLISH after a successful initial registration
 * cause one (12.2.2.2), so the question is asked of everything that might have, the likeliest first. */
#include "trace/story_parts.h"
#include "sip/timer.h"

static bool may_cause(const struct txn *txn)
{
	return txn->occasion == OCCASION_PUBLISH || txn->occasion == OCCASION_REGISTER ||
	       txn->occasion == OCCASION_THIRD_PARTY;
}

static bool answered_before(const struct txn *txn, const struct event *event)
{
	return txn->final && txn->final->number < event->number;
}

/* A PUBLISH whose push is due and has not come yet: it may be late, whatever was asked in between. UNKNOWN where it is
 * not known whether messages are stored, or whether the user was registered. */
static enum tri still_owed(const struct story *story, const struct txn *txn, const struct event *push)
{
	bool taken = txn->occasion == OCCASION_PUBLISH && answered_before(txn, push) && txn_succeeded(txn);

	if (txn->occasion == OCCASION_PUBLISH && !txn->final && !txn->push && !flow_is_live(story->flow))
		return TRI_UNKNOWN; /* it may have been taken */
	if (!taken || txn->push || txn->before.registered == TRI_NO)
		return TRI_NO;
	if (txn->after.delivery != DELIVERY_ON)
		return txn->after.delivery == DELIVERY_UNKNOWN && !flow_is_live(story->flow) ? TRI_UNKNOWN : TRI_NO;
	return txn->before.registered == TRI_YES || txn->before.waiting == TRI_NO ? txn->before.waiting : TRI_UNKNOWN;
}

/* Of two requests that may have asked for it, who has had a push for the later one is done with the one long before. */
#define OUTSTANDING_MAX (2 * SIP_HORIZON)

static bool is_settled_since(const struct txn *possible, const struct txn *last, const struct txn *push)
{
	return last->push && last->request->time > possible->request->time &&
	       push->request->time > possible->request->time + OUTSTANDING_MAX;
}

/* --- what lies before the flow --- */

/* As far as it is remembered: who, when, where; none of its bytes. */
static struct txn *remembered_cause(struct story *story)
{
	const struct state_cause *cause = &story->flow->begin.cause;
	struct event *event;
	struct txn *txn;

	if (story->remembered || cause->method == SIP_METHOD_NONE)
		return story->remembered;
	event = arena_alloc(&story->flow->arena, sizeof(*event));
	event->time = cause->time;
	event->path = cause->path;
	event->place = cause->place;
	event->cut = true;
	event->first = event;
	event->msg.is_request = true;
	event->msg.method = cause->method;
	event->msg.method_text = slice_of(sip_method_name(cause->method));
	event->msg.uri = story->flow->user;
	memset(event->msg.first, 0xff, sizeof(event->msg.first));
	event->marks = event_marks_of(&event->msg);
	txn = arena_alloc(&story->flow->arena, sizeof(*txn));
	txn->occasion = cause->method == SIP_METHOD_PUBLISH ? OCCASION_PUBLISH
			: cause->third_party                ? OCCASION_THIRD_PARTY
							    : OCCASION_REGISTER;
	txn->request = event;
	txn->open = cause->open;
	txn->repeat = cause->pushes;
	txn->after.published = cause->published;
	return story->remembered = txn;
}

static const struct txn *find_cause(const struct story *story, const struct txn *push)
{
	const struct txn *last = remembered_cause((struct story *)story), *possible = NULL;

	if (last && !last->push && story->flow->begin.cause.owed == TRI_YES)
		return last;
	if (last && !last->push && story->flow->begin.cause.owed == TRI_UNKNOWN)
		possible = last;
	for (size_t i = 0; i < story->count; i++) {
		const struct txn *txn = story->txns[i];
		enum tri owed;
		if (txn->request->number >= push->request->number)
			break;
		if (!may_cause(txn))
			continue;
		last = txn;
		owed = still_owed(story, txn, push->request);
		if (owed == TRI_YES)
			return txn;
		if (owed == TRI_UNKNOWN)
			possible = txn;
	}
	return possible && !is_settled_since(possible, last, push) ? possible : last;
}

/* It was taken, but its session is over, and for all that is known messages are left. */
static bool may_have_failed(const struct txn *other, const struct txn *push)
{
	return other->end && other->end->number < push->request->number && push->before.waiting != TRI_NO;
}

/* Its session is over, and did not bring everything, as the user knows: what is left needs another. */
static bool has_left(const struct flow *flow, const struct txn *other, const struct txn *push)
{
	if (!other->end || other->end->number > push->request->number)
		return false;
	for (size_t i = 0; i < flow->note_count; i++)
		if (flow->notes[i].kind == FLOW_NOTE_LEFT && flow->notes[i].time >= other->end->time &&
		    flow->notes[i].time <= push->request->time)
			return true;
	return false;
}

/* A push that was refused may be tried again (RFC 3261 8.1.3, RFC 4028 7.4, later attempts), and one that left
 * messages; one that was taken, or is still running, may not. */
static unsigned count_before(const struct story *story, struct txn *push)
{
	unsigned count = push->cause == story->remembered ? push->cause->repeat : 0;

	push->repeat_doubt = count && push->before.waiting != TRI_NO; /* what was before the flow is over */
	for (size_t i = 0; i < story->count; i++) {
		const struct txn *other = story->txns[i];
		if (other->occasion == OCCASION_PUSH && other != push && other->cause == push->cause &&
		    other->request->number < push->request->number &&
		    !(answered_before(other, push->request) && other->final->msg.status >= 300) &&
		    !has_left(story->flow, other, push)) {
			count++;
			push->repeat_doubt |= !other->final || may_have_failed(other, push); /* or been refused */
		}
	}
	return count;
}

/* Datagrams from host to host keep their order on the whole, whichever ports they have; connections wait each for its
 * own losses. */
static bool same_way(const struct event_path *a, const struct event_path *b)
{
	bool (*same)(const struct net_addr *, const struct net_addr *) =
		a->transport == NET_UDP ? net_addr_eq_ip : net_addr_eq;

	return a->transport == b->transport && same(&a->src, &b->src) && same(&a->dst, &b->dst);
}

static bool was_repeated(const struct story *story, const struct event *request, const struct event *until)
{
	for (size_t i = request->number + 1; i < until->number; i++)
		if (story->flow->events[i]->first == request)
			return true;
	return false;
}

#define OVERTAKEN_MAX (5 * SECOND) /* longer than TCP takes to send again what was lost once or twice */

/* On loopback nothing gets lost. But TCP may hold an answer back until what went before it is acknowledged, which takes
 * up to 0.2 s there (RFC 1122 4.2.3.2, 4.2.3.4), and a server of several processes may leave it to one that waits. */
#define OVERTAKEN_MAX_LOOPBACK (250 * MILLISECOND)

static bool is_loopback(const struct event_path *way)
{
	return net_addr_is_loopback(&way->src) && net_addr_is_loopback(&way->dst);
}

/* Two messages on two ways may overtake each other, and so may any two where packets get lost: that the answer came
 * after the push does not show that it was sent after it. Nor does it where the frames stand in another order than
 * their times, those of two interfaces, say. */
static bool may_have_overtaken(const struct story *story, const struct txn *push, const struct txn *cause)
{
	bool two_ways = !same_way(&push->request->path, &cause->final->path);
	uint64_t longest = is_loopback(&cause->final->path) ? OVERTAKEN_MAX_LOOPBACK : OVERTAKEN_MAX;

	return (two_ways && cause->final->time < push->request->time + longest) ||
	       cause->final->time < push->request->time || was_repeated(story, cause->request, cause->final) ||
	       (story->flow->gaps & FLOW_GAP_ORDER);
}

/* The push that was refused, where this one is it once more, as the answer asked (RFC 3261 8.1.3.5, RFC 4028 7.4): what
 * came in between has not caused it. */
static const struct txn *tried_before(const struct story *story, const struct txn *push)
{
	for (size_t i = story->count; i-- > 0;) {
		const struct txn *other = story->txns[i];
		if (other->occasion == OCCASION_PUSH && answered_before(other, push->request) &&
		    other->final->msg.status >= 300 && story_same_call(other->request, push->request))
			return other;
	}
	return NULL;
}

void story_explain_push(struct story *story, struct txn *push)
{
	const struct txn *before = tried_before(story, push);
	struct txn *cause = (struct txn *)(before ? before->cause : find_cause(story, push));

	push->cause = cause;
	if (!cause)
		return;
	push->repeat = count_before(story, push);
	if (cause == story->remembered)
		push->open = cause->open;
	else
		push->open = cause->final ? tri_of(!answered_before(cause, push->request)) : TRI_UNKNOWN;
	if (push->open == TRI_YES && cause->occasion == OCCASION_PUBLISH && may_have_overtaken(story, push, cause)) {
		push->open = TRI_UNKNOWN;
		push->before.delivery = DELIVERY_UNKNOWN;
		push->before.published = TRI_UNKNOWN;
	}
	if (!cause->push)
		cause->push = push;
}

void story_settle_overtaken(const struct state *state, const struct txn *publish)
{
	struct txn *push = (struct txn *)publish->push;

	if (push && push->open == TRI_UNKNOWN && state->delivery == DELIVERY_ON)
		push->before.delivery = DELIVERY_ON;
}

static unsigned pushes_of(const struct story *story, const struct txn *cause)
{
	unsigned count = cause == story->remembered ? cause->repeat : 0;

	for (size_t i = 0; i < story->count; i++) {
		const struct txn *push = story->txns[i];
		if (push->occasion == OCCASION_PUSH && push->cause == cause &&
		    !(push->final && push->final->msg.status >= 300))
			count++;
	}
	return count;
}

/* A push that comes after the flow follows what it would follow at the flow's end. */
void story_remember_cause(struct story *story)
{
	const struct event after = {.number = UINT32_MAX};
	const struct txn probe = {.request = &after}, *cause = find_cause(story, &probe);

	story->end.cause = story->flow->begin.cause;
	if (!cause)
		return;
	story->end.cause.pushes = pushes_of(story, cause);
	if (cause != story->remembered)
		story->end.cause.owed = still_owed(story, cause, &after);
	else if (cause->push)
		story->end.cause.owed = TRI_NO;
	if (cause == story->remembered)
		return;
	story->end.cause.method = cause->request->msg.method;
	story->end.cause.third_party = cause->occasion == OCCASION_THIRD_PARTY;
	story->end.cause.time = cause->request->time;
	story->end.cause.path = cause->request->path;
	story->end.cause.place = cause->request->place;
	story->end.cause.open = cause->final ? TRI_NO : TRI_UNKNOWN;
	story->end.cause.published = cause->after.published;
}
