/* SPDX-License-Identifier: MIT
 *
 * Words about what followed a request, or did not: pushes, and what was stored and comes by MESSAGE. Silence counts
 * only with proof of life behind it, and absence only where nothing can be missing from the evidence. */
#include "check/words.h"
#include "base/time.h"

static bool is_cause(const struct txn *txn)
{
	return txn->occasion == OCCASION_PUBLISH || txn->occasion == OCCASION_REGISTER ||
	       txn->occasion == OCCASION_THIRD_PARTY;
}

/* When the next thing happened that could cause a push, before the answer or after it; UINT64_MAX if nothing did. */
static uint64_t next_cause(const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (is_cause(txn) && event_after(txn->request, look->txn->request))
			return txn->request->time;
	}
	return UINT64_MAX;
}

static uint64_t due_end(const struct look *look)
{
	return look->txn->final->time + look_longest_wait(look);
}

/* Is there an answer without its request after the one at hand, or something of a dialog without its INVITE, of these
 * methods, 1 << enum sip_method? What it belongs to is then missing from the evidence. */
static bool is_lost(const struct look *look, unsigned methods, uint64_t until)
{
	const struct story *story = look->story;

	for (size_t i = 0; i < story->orphan_count; i++) {
		const struct event *event = story->orphans[i];
		if ((methods & 1u << event->msg.method) && event_after(event, look->txn->request) &&
		    event->time < until)
			return true;
	}
	return false;
}

static bool cause_lost(const struct look *look)
{
	return is_lost(look, 1u << SIP_METHOD_PUBLISH | 1u << SIP_METHOD_REGISTER, look_quiet_end(look));
}

/* A push may have been there. */
static bool dialog_lost(const struct look *look, uint64_t until)
{
	return is_lost(look,
		       1u << SIP_METHOD_INVITE | 1u << SIP_METHOD_ACK | 1u << SIP_METHOD_BYE | 1u << SIP_METHOD_UPDATE,
		       until);
}

/* Was the silence after the answer watched long enough, without anything new in between? */
static enum tri eval_watched(const struct check *check, const struct look *look)
{
	if (look->txn->push)
		return TRI_YES;
	if (!look->txn->final || next_cause(look) < look_quiet_end(look) || cause_lost(look))
		return TRI_NO;
	return look->story->flow->watched_until >= look_quiet_end(look) ? TRI_YES : TRI_UNKNOWN;
}

/* A PUBLISH of settings between the two that was seen on its way, and not at the IM Server: its copy there is missing.
 */
bool look_publish_elsewhere(const struct look *look, const struct event *after, const struct event *until)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct event *request = look->story->txns[i]->request;
		const struct event *final = look->story->txns[i]->final;
		if (request->msg.method == SIP_METHOD_PUBLISH && look->story->txns[i]->occasion != OCCASION_PUBLISH &&
		    !(final && final->msg.status >= 300) && event_after(request, after) &&
		    event_after(until, request) && slice_is(sip_msg_event(&request->msg), look->profile->event))
			return true;
	}
	return false;
}

/* May it follow a PUBLISH that is missing from the evidence? */
static bool publish_lost(const struct look *look, const struct event *push)
{
	for (size_t i = 0; i < look->story->orphan_count; i++) {
		const struct event *event = look->story->orphans[i];
		if (event->msg.method == SIP_METHOD_PUBLISH && event_after(push, event) &&
		    event_after(event, look->txn->request))
			return true;
	}
	return look_publish_elsewhere(look, look->txn->request, push);
}

/* A push as a proxy sent it on, before anything else could cause one: the hop of the IM Server is not in the evidence.
 */
static const struct event *far_push(const struct look *look, uint64_t until)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->far_push && event_after(txn->request, look->txn->request) && txn->request->time < until)
			return txn->request;
	}
	return NULL;
}

/* A push in the time that was to be silent, though something before may have asked for it. */
static bool push_between(const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_PUSH && event_after(txn->request, look->txn->request) &&
		    txn->request->time < look_quiet_end(look))
			return true;
	}
	return false;
}

/* A push that an earlier request caused, and that was not yet answered when this one came: it takes what was stored. */
static bool push_under_way(const struct look *look)
{
	const struct event *request = look->txn->request;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_PUSH && event_after(request, txn->request) &&
		    !(txn->final && event_after(request, txn->final)))
			return true;
	}
	return false;
}

/* Nothing came since the answer, and behind the quiet time there is a sign of life. */
static enum tri proved_silent(const struct look *look)
{
	if (look_silent(look, look->txn->final->time, story_server_alive(look->story)) != TRI_YES)
		return TRI_UNKNOWN;
	if (story_server_alive(look->story) < look_quiet_end(look))
		return look_unknown(look, "silence without a sign of life of the server behind it");
	return TRI_YES;
}

static enum tri eval_no_push(const struct check *check, const struct look *look)
{
	const struct txn *push = look->txn->push;

	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	if (push && look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (push && publish_lost(look, push->request))
		return look_unknown(look, "a PUBLISH is missing from the evidence");
	if (push) {
		look_also(look, look->txn->request);
		return look_no(look, push->request, SLICE_NONE, "an INVITE %llu ms after the request",
			       look_ms(look->txn->request, push->request));
	}
	if (push_between(look))
		return look_unknown(look, "an INVITE that may be of an earlier request");
	if (dialog_lost(look, look_quiet_end(look)))
		return look_unknown(look, "the INVITE of a dialog is missing from the evidence");
	if (far_push(look, look_quiet_end(look)))
		return look_unknown(look, "an INVITE that was seen only as somebody sent it on");
	return proved_silent(look);
}

/* --- what was stored, and comes by MESSAGE --- */

/* The server's MESSAGE to the user before anything else that may cause one. */
static const struct txn *next_message(const struct look *look, const struct txn *after)
{
	uint32_t from = after ? after->request->number : look->txn->request->number;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->request->number > from && is_cause(txn))
			return NULL;
		if (txn->request->number > from && story_is_message(look->story, txn))
			return txn;
	}
	return NULL;
}

/* The first one that brings, or may bring, what was stored; NULL: none. */
static const struct txn *next_handout(const struct look *look, enum tri *ret, const struct stored_message **ret_stored)
{
	const struct txn *message = NULL;

	while ((message = next_message(look, message)))
		if ((*ret = story_handout(look->story, message, ret_stored)) != TRI_NO)
			return message;
	*ret = TRI_NO;
	return NULL;
}

static enum tri eval_handout(const struct check *check, const struct look *look)
{
	const struct stored_message *stored;
	enum tri handout;

	next_handout(look, &handout, &stored);
	return handout == TRI_UNKNOWN ? look_unknown(look, "a MESSAGE of the server's that may have been stored")
				      : handout;
}

static enum tri handed_out(const struct look *look, const struct txn *message, const struct stored_message *stored)
{
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (!look->txn->before.stored || (stored->request && event_after(stored->request, look->txn->request)))
		return look_unknown(look, "the message was not yet stored at the REGISTER");
	if (look->txn->after.published != TRI_NO)
		return look_unknown(look, "an earlier PUBLISH may have asked for it");
	if (publish_lost(look, message->request))
		return look_unknown(look, "a PUBLISH is missing from the evidence");
	look_also(look, stored->request);
	return look_no(look, message->request, message->request->msg.body,
		       "a MESSAGE with what had been stored%s, %llu ms after the REGISTER",
		       stored->request ? "" : " long before", look_ms(look->txn->request, message->request));
}

static enum tri eval_no_handout(const struct check *check, const struct look *look)
{
	const struct stored_message *stored;
	const struct txn *message;
	enum tri handout;

	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	message = next_handout(look, &handout, &stored);
	if (handout == TRI_YES)
		return handed_out(look, message, stored);
	if (handout == TRI_UNKNOWN)
		return look_unknown(look, "a MESSAGE of the server's that may have been stored");
	return proved_silent(look);
}

static bool expires_before(const struct look *look, uint64_t end)
{
	uint64_t expires;

	return sip_msg_number(&look->txn->final->msg, SIP_HEADER_EXPIRES, &expires) == 0 &&
	       expires < (end - look->txn->final->time) / SECOND;
}

static enum tri eval_push_follows(const struct check *check, const struct look *look)
{
	uint64_t end, next;

	if (look->txn->push && !look->txn->final)
		return TRI_YES;
	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	end = due_end(look);
	next = next_cause(look);
	if (look->txn->push && look->txn->push->request->time > end && look->txn->push->request->time > next)
		return look_unknown(look, "a push that came late, and only after another request");
	if (look->txn->push)
		return TRI_YES;
	if (far_push(look, next))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (dialog_lost(look, UINT64_MAX))
		return look_unknown(look, "the INVITE of a dialog is missing from the evidence");
	if (next < end || cause_lost(look))
		return look_unknown(look, "the next request came before the time to wait was over");
	if (push_between(look))
		return look_unknown(look, "an INVITE that may be of an earlier request");
	if (push_under_way(look))
		return look_unknown(look, "a push of an earlier request was still under way");
	if (story_server_alive(look->story) < end)
		return look_unknown(look, "no push, and no sign of life of the server after the time to wait");
	if (expires_before(look, end))
		return look_unknown(look, "the settings ended before the time to wait was over");
	return look_no(look, look->txn->final, SLICE_NONE,
		       "no INVITE within %llu ms of the answer, the server being alive",
		       (unsigned long long)((end - look->txn->final->time) / MILLISECOND));
}

const struct word words_silence[] = {
	{"watched", "", WORD_LEAF, "the time to wait passed undisturbed",
	 "nothing that could cause a push came within the quiet time", eval_watched},
	{"no_push", "", WORD_LEAF, "no push", "no push follows, with proof of life after the quiet time", eval_no_push},
	{"handout", "", WORD_LEAF, "a stored message that comes by MESSAGE",
	 "the server's MESSAGE brings what was stored, before anything else could cause it", eval_handout},
	{"no_handout", "", WORD_LEAF, "no stored message by MESSAGE",
	 "no MESSAGE brings what was stored, with proof of life after the quiet time", eval_no_handout},
	{"push_follows", "", WORD_LEAF, "a push INVITE", "a push follows", eval_push_follows},
	{0},
};
