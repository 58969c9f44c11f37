/* SPDX-License-Identifier: MIT
 *
 * What is known of the user, moment by moment. Every message moves it; where a message that matters is missing, what it
 * would have said becomes unknown. */
#include "trace/story_parts.h"
#include "base/time.h"

/* --- time --- */

static void publications_expire(struct state *state, uint64_t now)
{
	const struct publication *newest = state->publications;

	if (newest && newest->end != PUBLICATION_REMOVED && newest->until && now >= newest->until)
		state->delivery = DELIVERY_NONE;
}

static void state_pass_time(struct state *state, uint64_t now)
{
	if (state->registered == TRI_YES && state->registered_until && now >= state->registered_until) {
		state->registered = TRI_NO;
		state->published = TRI_NO;
	}
	if (state->subscribed == TRI_YES && state->subscribed_until && now >= state->subscribed_until)
		state->subscribed = TRI_NO;
	publications_expire(state, now);
}

/* --- PUBLISH --- */

static void state_push_publication(struct story *story, struct state *state, struct publication publication)
{
	struct publication *p = arena_alloc(&story->flow->arena, sizeof(*p));

	*p = publication;
	p->older = state->publications;
	state->publications = p;
}

/* The list with one tag's end changed; nodes are shared where nothing changed. */
static const struct publication *with_end(struct arena *arena, const struct publication *list, struct slice etag,
					  enum publication_end end)
{
	struct publication *copy;

	if (!list)
		return NULL;
	if (!list->etag.len || !slice_eq(list->etag, etag)) {
		const struct publication *older = with_end(arena, list->older, etag, end);
		if (older == list->older)
			return list;
		copy = arena_alloc(arena, sizeof(*copy));
		*copy = *list;
		copy->older = older;
		return copy;
	}
	copy = arena_alloc(arena, sizeof(*copy));
	*copy = *list;
	copy->end = end;
	return copy;
}

static enum delivery published_delivery(const struct story *story, const struct txn *txn, const struct state *state)
{
	struct slice match = sip_msg_value(&txn->request->msg, SIP_HEADER_SIP_IF_MATCH);
	const struct publication *refreshed = match.len ? state_publication(state, match) : NULL;
	const struct settings *settings;

	if (!txn->request->msg.body.len && !txn->request->cut)
		return refreshed ? refreshed->delivery : match.len ? state->delivery : DELIVERY_UNKNOWN;
	settings = txn->request->cut ? NULL : story_settings(story, txn->request);
	if (!settings || !settings->well_formed)
		return DELIVERY_UNKNOWN;
	switch (settings_offline_delivery(settings)) {
	case SETTINGS_TRUE:
		return DELIVERY_ON;
	case SETTINGS_FALSE:
		return DELIVERY_OFF;
	case SETTINGS_ABSENT:
		return settings->unknown ? DELIVERY_UNKNOWN : DELIVERY_ABSENT;
	default:
		return DELIVERY_UNKNOWN;
	}
}

static void state_publish(struct story *story, struct state *state, const struct txn *txn)
{
	const struct sip_msg *request = &txn->request->msg, *answer = &txn->final->msg;
	struct slice match = sip_msg_value(request, SIP_HEADER_SIP_IF_MATCH);
	uint64_t granted = 1;
	bool timed = sip_msg_number(answer, SIP_HEADER_EXPIRES, &granted) == 0;
	bool removal = sip_msg_is_for_no_time(request);

	state->there_before |= match.len && state->registered == TRI_UNKNOWN;
	state->delivery = removal ? DELIVERY_NONE : published_delivery(story, txn, state);
	if (match.len)
		state->publications = with_end(&story->flow->arena, state->publications, match,
					       removal ? PUBLICATION_REMOVED : PUBLICATION_SUPERSEDED);
	state_push_publication(
		story, state,
		(struct publication){
			.etag = sip_msg_value(answer, SIP_HEADER_SIP_ETAG),
			.delivery = state->delivery,
			.until = timed && granted <= UINT32_MAX ? txn->final->time + granted * SECOND : 0,
			.sure_until = timed && granted <= UINT32_MAX ? txn->request->time + granted * SECOND : 0,
			.end = removal ? PUBLICATION_REMOVED : PUBLICATION_LIVE,
			.epoch = state->epoch,
			.maker = state_maker(&txn->request->marks),
		});
	if (!removal && (state->published == TRI_NO || state->registered == TRI_YES))
		state->published = TRI_YES;
}

/* Live settings may have been replaced or removed by a PUBLISH that was not seen whole: of those with the tag, or of
 * all. */
static const struct publication *with_doubt(struct arena *arena, const struct publication *list, struct slice etag)
{
	struct publication *copy;

	if (!list)
		return NULL;
	copy = arena_alloc(arena, sizeof(*copy));
	*copy = *list;
	if (copy->end == PUBLICATION_LIVE && (!etag.len || slice_eq(copy->etag, etag)))
		copy->end = PUBLICATION_DOUBTFUL;
	copy->older = with_doubt(arena, list->older, etag);
	return copy;
}

static void state_publish_unknown(struct story *story, struct state *state, const struct sip_msg *msg)
{
	state->publications =
		with_doubt(&story->flow->arena, state->publications, sip_msg_value(msg, SIP_HEADER_SIP_IF_MATCH));
	state_push_publication(story, state,
			       (struct publication){.delivery = DELIVERY_UNKNOWN, .end = PUBLICATION_DOUBTFUL});
	state->delivery = DELIVERY_UNKNOWN;
	state->published = state->published == TRI_YES ? TRI_YES : TRI_UNKNOWN;
	state->publications_complete = false;
}

/* --- SUBSCRIBE --- */

/* RFC 6665 4.1.2.1: the answer tells the time that is granted. A refusal leaves what was there, unless nothing was. */
static void after_subscribe(const struct story *story, struct state *state, const struct txn *txn)
{
	const struct event *final = txn->final;
	uint64_t expires = 0;
	bool timed;

	if (!profile_is_metadata(story->profile, &txn->request->msg))
		return;
	if (!final) {
		state->subscribed = state->subscribed == TRI_YES ? TRI_YES : TRI_UNKNOWN;
		return;
	}
	if (final->msg.status == 481)
		state->subscribed = TRI_NO;
	if (final->msg.status / 100 != 2)
		return;
	timed = sip_msg_number(&final->msg, SIP_HEADER_EXPIRES, &expires) == 0 ||
		sip_msg_number(&txn->request->msg, SIP_HEADER_EXPIRES, &expires) == 0;
	if (timed && !expires)
		state->subscribed = TRI_NO;
	else if (profile_names_metadata(story->profile, &txn->request->msg) || state->subscribed == TRI_YES)
		state->subscribed = TRI_YES; /* a refresh need not name it again */
	else
		state->subscribed = TRI_UNKNOWN;
	state->subscribed_until = timed && expires <= UINT32_MAX ? final->time + expires * SECOND : 0;
}

/* RFC 6665 4.1.3 */
static void after_notify(const struct story *story, struct state *state, const struct sip_msg *msg)
{
	struct slice value, params;

	sip_value_split(sip_msg_value(msg, SIP_HEADER_SUBSCRIPTION_STATE), &value, &params);
	if (profile_is_metadata(story->profile, msg) && slice_is_nocase(value, "terminated"))
		state->subscribed = TRI_NO;
}

/* --- moving on --- */

/* A PUBLISH of settings that was seen on its way, and not at the IM Server before it was answered. What was refused,
 * for want of credentials, say, stored nothing. */
static bool publishes_elsewhere(const struct story *story, const struct txn *txn)
{
	return txn->request->msg.method == SIP_METHOD_PUBLISH && txn->occasion == OCCASION_OTHER &&
	       !(txn->final && txn->final->msg.status >= 300) &&
	       slice_is(sip_msg_event(&txn->request->msg), story->profile->event) && !story_handed_on(story, txn);
}

/* Whoever hands it on, an answer that reached the sender is the IM Server's, and tells what was stored; unless more was
 * published in the meantime. */
static void learn_publish(struct story *story, struct state *state, const struct txn *txn)
{
	if (txn->final->msg.status / 100 != 2 || state->publications != txn->after.publications)
		return;
	state->publications = txn->before.publications;
	state_publish(story, state, txn);
}

static void apply_final(struct story *story, struct state *state, struct txn *txn)
{
	uint16_t status = txn->final->msg.status;

	if (txn->request->msg.method == SIP_METHOD_SUBSCRIBE)
		after_subscribe(story, state, txn);
	switch (txn->occasion) {
	case OCCASION_REGISTER:
	case OCCASION_THIRD_PARTY:
		story_after_register(story, state, txn);
		if (txn->initial == TRI_YES && state->published == TRI_NO && story_is_late_news(story, txn))
			state->published = TRI_UNKNOWN;
		break;
	case OCCASION_PUBLISH:
		story_settle_order(story, state, txn);
		if (status / 100 == 2) {
			state_publish(story, state, txn);
			story_settle_overtaken(state, txn);
		}
		break;
	case OCCASION_DEPOSIT:
		if (status / 100 == 2)
			story_store(story, state, txn);
		if (status == 202 || (status / 100 == 2 && state->registered == TRI_NO))
			state->waiting = TRI_YES;
		else if (status / 100 == 2 && state->waiting == TRI_NO)
			state->waiting = TRI_UNKNOWN;
		break;
	default:
		if (publishes_elsewhere(story, txn))
			learn_publish(story, state, txn);
		break;
	}
	txn->after = *state;
}

static bool was_repeated(const struct story *story, const struct event *request)
{
	for (size_t i = request->number + 1; i < story->flow->count; i++)
		if (story->flow->events[i]->first == request)
			return true;
	return false;
}

/* Over UDP who gets no answer asks again (RFC 3261 17.1.2.2): whoever did not has got one, and the capture lacks it. */
static bool answer_lost(const struct story *story, const struct txn *txn)
{
	enum sip_method method = txn->request->msg.method;

	return !flow_is_live(story->flow) && txn->request->path.transport == NET_UDP && method != SIP_METHOD_ACK &&
	       method != SIP_METHOD_CANCEL && method != SIP_METHOD_INVITE && !was_repeated(story, txn->request);
}

/* A request whose answer was not seen may have been obeyed. */
static void apply_unanswered(struct story *story, struct state *state, const struct txn *txn)
{
	if (answer_lost(story, txn))
		state->publications_complete = false;
	if (txn->far_push && state->waiting == TRI_YES)
		state->waiting = TRI_UNKNOWN;
	if (txn->request->msg.method == SIP_METHOD_SUBSCRIBE)
		after_subscribe(story, state, txn);
	switch (txn->occasion) {
	case OCCASION_REGISTER:
	case OCCASION_THIRD_PARTY:
		story_after_register(story, state, txn);
		break;
	case OCCASION_PUBLISH:
		state_publish_unknown(story, state, &txn->request->msg);
		break;
	case OCCASION_DEPOSIT:
		if (state->waiting == TRI_NO)
			state->waiting = TRI_UNKNOWN;
		break;
	case OCCASION_PUSH: /* runs know by themselves what was delivered */
		if (state->waiting == TRI_YES && !flow_is_live(story->flow))
			state->waiting = TRI_UNKNOWN;
		break;
	default:
		break;
	}
}

static void apply_orphan(struct story *story, struct state *state, const struct event *event)
{
	if (event->msg.is_request)
		return;
	state->publications_complete =
		false; /* where its request is missing, a PUBLISH may be missing with its answer */
	if (event->msg.status / 100 != 2)
		return;
	switch (event->msg.method) {
	case SIP_METHOD_REGISTER:
		state->registered = state->published = TRI_UNKNOWN;
		break;
	case SIP_METHOD_PUBLISH:
		state_publish_unknown(story, state, &event->msg);
		break;
	case SIP_METHOD_MESSAGE:
		if (state->waiting == TRI_NO)
			state->waiting = TRI_UNKNOWN;
		break;
	case SIP_METHOD_INVITE: /* of a push that was not seen, perhaps */
		if (state->waiting == TRI_YES)
			state->waiting = TRI_UNKNOWN;
		break;
	default:
		break;
	}
}

static const struct txn *earlier_of(const struct story *story, const struct txn *txn)
{
	const struct txn *earlier = NULL;

	for (size_t i = 0; i < story->count && story->txns[i]->request->number < txn->request->number; i++)
		if (story->txns[i]->occasion == txn->occasion &&
		    event_same_call_id(story->txns[i]->request, txn->request))
			earlier = story->txns[i];
	return earlier;
}

/* What a PUBLISH has done already, where it was seen first. */
static void forget_settings_of(struct state *before, const struct txn *first)
{
	before->delivery = first->before.delivery;
	before->published = first->before.published;
	before->publications = first->before.publications;
}

static void begin_txn(struct story *story, struct state *state, struct txn *txn)
{
	txn->before = *state;
	if (txn->occasion == OCCASION_PUBLISH && story_came_answered(story, txn))
		forget_settings_of(&txn->before, story_first_seen(story, txn));
	if (publishes_elsewhere(story, txn)) {
		state_publish_unknown(story, state, &txn->request->msg);
		state->publications_complete = txn->before.publications_complete && txn->final;
	}
	if (state->registered == TRI_NO && story_news_comes_late(story, txn))
		txn->before.registered = TRI_UNKNOWN;
	txn->after = *state;
	txn->earlier = earlier_of(story, txn);
	if (txn->occasion == OCCASION_REGISTER || txn->occasion == OCCASION_THIRD_PARTY)
		txn->initial = story_is_initial(story, txn, state);
	if (txn->occasion == OCCASION_PUSH)
		story_explain_push(story, txn);
	if (state->waiting == TRI_YES && story_is_message(story, txn) && story_takes_away(story, txn))
		state->waiting = TRI_UNKNOWN;
	if (txn->request->msg.method == SIP_METHOD_NOTIFY)
		after_notify(story, state, &txn->request->msg);
	if (!txn->final)
		apply_unanswered(story, state, txn);
}

/* After a push was answered nobody but the IM Server knows what is left, unless a note tells. */
static void push_answered(struct state *state, const struct txn *push)
{
	if (push->final->msg.status / 100 != 2)
		return;
	state->there_before |= state->registered == TRI_UNKNOWN;
	state->stored = NULL;
	if (state->waiting == TRI_YES)
		state->waiting = TRI_UNKNOWN;
}

static size_t apply_notes(const struct flow *flow, struct state *state, size_t at, uint64_t until)
{
	for (; at < flow->note_count && flow->notes[at].time <= until; at++)
		if (flow->notes[at].kind == FLOW_NOTE_DEPOSITED)
			state->waiting = TRI_YES;
		else if (flow->notes[at].kind == FLOW_NOTE_DELIVERED)
			state->waiting = TRI_NO;
	return at;
}

/* What a hole in the flow may have hidden is not known behind it either. */
static void state_doubt(struct story *story, struct state *state)
{
	state->registered = state->published = state->waiting = TRI_UNKNOWN;
	state->delivery = DELIVERY_UNKNOWN;
	state->publications = with_doubt(&story->flow->arena, state->publications, SLICE_NONE);
	state->publications_complete = false;
}

/* Where pushes are seen only as somebody sent them on, the messages that go to the IM Server are not seen at all. */
static bool is_server_elsewhere(const struct story *story)
{
	for (size_t i = 0; i < story->count; i++)
		if (story->txns[i]->far_push && !story_seen_nearer(story, story->txns[i]))
			return true;
	return false;
}

void story_follow_state(struct story *story)
{
	const struct flow *flow = story->flow;
	struct state state = flow->begin;
	size_t note = 0;

	if (state.waiting == TRI_NO && is_server_elsewhere(story))
		state.waiting = TRI_UNKNOWN;
	for (size_t i = 0; i < flow->count; i++) {
		const struct event *event = flow->events[i];
		struct txn *txn = story->of_event[i];

		note = apply_notes(flow, &state, note, event->time);
		state_pass_time(&state, event->time);
		if (event->again)
			continue;
		if (event->msg.is_request && sip_msg_has(&event->msg, SIP_HEADER_P_ASSERTED_IDENTITY))
			state_add_asserting(&state, state_hop(&event->path));
		if (txn && event == txn->request)
			begin_txn(story, &state, txn);
		else if (txn && event == txn->final && (txn->occasion == OCCASION_PUSH || txn->far_push))
			push_answered(&state, txn);
		else if (txn && event == txn->final)
			apply_final(story, &state, txn);
		else if (!txn)
			apply_orphan(story, &state, event);
	}
	apply_notes(flow, &state, note, UINT64_MAX);
	story->end = state;
	if (flow->gaps & FLOW_GAPS_HOLES)
		state_doubt(story, &story->end);
	story->end.im = story->im;
	story_remember_cause(story);
	for (size_t i = 0; i < story->count; i++) /* the client's views of what the server's hop showed */
		if (story->txns[i]->occasion == OCCASION_CLIENT_PUBLISH ||
		    story->txns[i]->occasion == OCCASION_SUBSCRIBE) {
			const struct txn *txn = story->of_event[story->txns[i]->request->number];
			story->txns[i]->before = story_first_seen(story, txn)->before;
			story->txns[i]->after = txn->after;
			story->txns[i]->earlier = txn->earlier;
		}
}
