/* SPDX-License-Identifier: MIT
 *
 * What a server knew of its dialog when it sent a request in it: the target and the Allow of the last message that told
 * them (RFC 3261 12.1.2, 12.2.1.2, 12.2.2). What came a moment before may have crossed the request on its way. */
#include "trace/story_parts.h"
#include "base/time.h"

#include "sip/uri.h"
#include "sip/value.h"

#define CROSSING (2 * SECOND) /* longer than a busy machine leaves what has come unread */
enum { SOURCES_MAX = 64 };

struct sources { /* in the order of their numbers; the latest, where there are too many */
	const struct event *events[SOURCES_MAX];
	size_t count;
};

static void sources_add(struct sources *sources, const struct event *event)
{
	size_t at = sources->count;

	if (at == SOURCES_MAX) {
		if (event->number < sources->events[0]->number)
			return;
		memmove(sources->events, sources->events + 1, --at * sizeof(*sources->events));
	} else {
		sources->count++;
	}
	for (; at > 0 && sources->events[at - 1]->number > event->number; at--)
		sources->events[at] = sources->events[at - 1];
	sources->events[at] = event;
}

/* Forks answer with tags of their own, each for a dialog of its own (RFC 3261 12.1.2). What is sent by a tag that
 * nobody has given may be meant for any of them. */
static bool is_in_dialog_of(const struct txn *txn, struct slice clients_tag)
{
	struct slice to = sip_msg_tag(&txn->request->msg, SIP_HEADER_TO);

	return !clients_tag.p || slice_eq_nocase(clients_tag, to) || !story_answered_with(txn->push, to, 101);
}

static void add_answers(struct sources *sources, const struct txn *source, const struct txn *txn)
{
	for (size_t i = 0; i < source->answer_count; i++) {
		const struct event *answer = source->answers[i];
		if (answer->number < txn->request->number && answer->msg.status != 100 && answer->msg.status < 300 &&
		    is_in_dialog_of(txn, sip_msg_tag(&answer->msg, SIP_HEADER_TO)))
			sources_add(sources, answer);
	}
}

static bool refreshes(const struct event *request)
{
	return request->msg.method == SIP_METHOD_INVITE || request->msg.method == SIP_METHOD_UPDATE;
}

/* The client's own target refresh requests move the target, too. */
static bool is_clients_refresh(const struct txn *other, const struct txn *txn)
{
	const struct event *request = other->request;

	return refreshes(request) && other != txn->push && request->number < txn->request->number &&
	       event_same_call_id(request, txn->request) && !story_same_call(request, txn->push->request) &&
	       sip_msg_has(&request->msg, SIP_HEADER_CONTACT) &&
	       is_in_dialog_of(txn, sip_msg_tag(&request->msg, SIP_HEADER_FROM));
}

static void collect(const struct story *story, const struct txn *txn, struct sources *sources)
{
	add_answers(sources, txn->push, txn);
	for (size_t i = 0; i < story->count; i++) {
		const struct txn *other = story->txns[i];
		if (is_clients_refresh(other, txn))
			sources_add(sources, other->request);
		else if (other->occasion == OCCASION_PUSH_REQUEST && other->push == txn->push && other != txn &&
			 refreshes(other->request))
			add_answers(sources, other, txn);
	}
}

/* RFC 3262 7.2: a PRACK tells by RAck which answer it is for. */
static bool was_pracked(const struct story *story, const struct txn *txn, const struct event *answer)
{
	uint64_t sent, known;

	if (sip_msg_number(&answer->msg, SIP_HEADER_RSEQ, &sent) < 0)
		return false;
	for (size_t i = 0; i < story->count; i++) {
		const struct txn *other = story->txns[i];
		if (other->push == txn->push && other->request->msg.method == SIP_METHOD_PRACK &&
		    other->request->number <= txn->request->number &&
		    sip_msg_number(&other->request->msg, SIP_HEADER_RACK, &known) == 0 && known == sent)
			return true;
	}
	return false;
}

/* Whether the server may not have read it yet when it sent the request: nothing that it sent before shows it. */
static bool may_have_crossed(const struct story *story, const struct event *source, const struct txn *txn)
{
	const struct txn *of = story->of_event[source->number];
	const struct event *ack = of && !source->msg.is_request ? of->ack : NULL;

	if (txn->request->msg.method == SIP_METHOD_ACK || (ack && ack->number < txn->request->number))
		return false;
	if (ack && source->msg.status >= 200) /* who has read a 200 acknowledges it at once (RFC 3261 13.2.2.4) */
		return true;
	if (source->time + CROSSING < txn->request->time)
		return false;
	if (source->msg.is_request)
		return !of || !of->final || of->final->number > txn->request->number;
	return !was_pracked(story, txn, source);
}

static bool fits_target(const struct event *source, const struct event *request)
{
	struct sip_addr contact;

	return sip_msg_addr(&source->msg, SIP_HEADER_CONTACT, &contact) == 0 &&
	       sip_uri_equal(contact.uri, request->msg.uri);
}

static bool fits_allow(const struct event *source, const struct event *request)
{
	return sip_msg_lists(&source->msg, SIP_HEADER_ALLOW, request->msg.method_text);
}

/* The last one with that header; or, where it may have crossed the request, one before that the request fits. */
static const struct event *known(const struct story *story, const struct txn *txn, const struct sources *sources,
				 enum sip_header header,
				 bool (*fits)(const struct event *source, const struct event *request))
{
	const struct event *last = NULL;

	for (size_t i = sources->count; i-- > 0;) {
		const struct event *source = sources->events[i];
		if (!sip_msg_has(&source->msg, header) || (header == SIP_HEADER_ALLOW && source->msg.is_request))
			continue;
		if (!last)
			last = source;
		if (fits(source, txn->request))
			return source;
		if (!may_have_crossed(story, source, txn))
			break;
	}
	return last;
}

void story_explain_push_request(const struct story *story, struct txn *txn)
{
	struct sources sources = {.count = 0};

	collect(story, txn, &sources);
	txn->target_from = known(story, txn, &sources, SIP_HEADER_CONTACT, fits_target);
	txn->allow_from = known(story, txn, &sources, SIP_HEADER_ALLOW, fits_allow);
}
