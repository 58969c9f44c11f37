/* SPDX-License-Identifier: MIT
 *
 * Words that join others, by Kleene's three-valued tables, and words that look elsewhere. */
#include "check/words.h"
#include "sip/timer.h"

static enum tri eval_all(const struct check *check, const struct look *look)
{
	enum tri result = TRI_YES;

	for (unsigned i = 0; i < check->kid_count; i++) {
		enum tri one = check_eval(check->kids[i], look);
		if (one == TRI_NO)
			return TRI_NO;
		if (one == TRI_UNKNOWN)
			result = TRI_UNKNOWN;
	}
	return result;
}

const struct check *const *check_parts(const struct check *const *check, unsigned *ret_count)
{
	bool joins = (*check)->word->eval == eval_all;

	*ret_count = joins ? (*check)->kid_count : 1;
	return joins ? (*check)->kids : check;
}

/* What was expected of "any" is the whole of it, whichever of the kids told first. */
static enum tri eval_any(const struct check *check, const struct look *look)
{
	enum tri result = TRI_NO;

	for (unsigned i = 0; i < check->kid_count; i++) {
		enum tri one = check_eval(check->kids[i], look);
		if (one == TRI_YES)
			return TRI_YES;
		if (one == TRI_UNKNOWN)
			result = TRI_UNKNOWN;
	}
	if (look->why) {
		buf_clear(&look->why->expected);
		check_sentence(check, &look->why->expected);
	}
	return result;
}

/* What does not hold, though it should not, has no reasons of its own; of what is not known its reasons are all there
 * is to say. */
static enum tri any_plainly(const struct check *check, const struct look *look, struct why *reasons)
{
	struct look plain = *look;

	plain.why = reasons;
	return eval_any(check, &plain);
}

static enum tri no_unknown(const struct check *check, const struct look *look)
{
	struct why kids = {0};

	any_plainly(check, look, &kids);
	look_say_unknown(look, "%s", kids.reason.len ? kids.reason.p : "the evidence does not decide");
	why_done(&kids);
	return TRI_UNKNOWN;
}

static enum tri eval_no(const struct check *check, const struct look *look)
{
	enum tri result = look->why ? any_plainly(check, look, NULL) : eval_any(check, look);

	if (result == TRI_NO)
		return TRI_YES;
	if (look->why) {
		buf_clear(&look->why->expected);
		check_sentence(check, &look->why->expected);
	}
	if (result == TRI_UNKNOWN)
		return look->why ? no_unknown(check, look) : TRI_UNKNOWN;
	if (look->event && !look->event->msg.is_request)
		return look_no(look, look->event, SLICE_NONE, "the answer %u %s", look->event->msg.status,
			       look_text(look->event->msg.reason));
	return look_no(look, look->event, SLICE_NONE, "it is so");
}

/* Timer E has its longest interval of 4 s seven times before Timer F (32 s) ends it: whoever is still at it after 27 s
 * has had no answer. */
#define REPEATED_FOR (27 * SECOND)

/* The copies of one request tell whether its sender went without an answer: over UDP it repeats itself until there is
 * one (RFC 3261 17.1). A request that was not repeated to the end had its answer, seen here or not; in a run, where
 * nothing is lost, three copies are enough. */
static bool went_on(const struct look *look, const struct event *request)
{
	const struct flow *flow = look->story->flow;
	uint64_t last = request->time;
	unsigned copies = 0;

	for (size_t i = request->number; i < flow->count; i++) {
		if (flow->events[i]->first != request)
			continue;
		copies++;
		last = flow->events[i]->time;
	}
	return flow_is_live(flow) ? copies >= 3 : last >= request->time + REPEATED_FOR;
}

/* On a stream whatever was sent later the same way shows that nothing before it is missing; lib/net tells of holes. */
static bool stream_went_on(const struct look *look, const struct event *request)
{
	const struct flow *flow = look->story->flow;

	if (flow_is_live(flow))
		return true;
	for (size_t i = request->number + 1; i < flow->count; i++)
		if (net_addr_eq(&flow->events[i]->path.src, &request->path.dst) &&
		    net_addr_eq(&flow->events[i]->path.dst, &request->path.src) &&
		    flow->events[i]->time >= request->time + look->timers->answer)
			return true;
	return false;
}

static enum tri unanswered(const struct look *look)
{
	const struct event *request = look->txn->request;
	uint64_t alive = story_server_alive(look->story);

	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (alive < request->time + look->timers->answer)
		return look_unknown(look, "no answer, and no sign that the other side was alive after it");
	if (request->path.transport == NET_UDP && !went_on(look, request))
		return look_unknown(look, "no answer in the evidence, but the request was not repeated either");
	if (request->path.transport != NET_UDP && !stream_went_on(look, request))
		return look_unknown(look, "no answer in the evidence, but nothing came later on the same connection");
	return look_no(look, request, SLICE_NONE, "no final answer, though the other side was alive");
}

/* RFC 3261 17.1.2.2: the sender gives up after Timer F. Over UDP it repeats the request until then: if it did not, an
 * earlier answer is missing. */
static enum tri eval_in_time(const struct check *check, const struct look *look)
{
	static const uint64_t blur = SECOND;
	const struct event *request = look->txn->request, *final = look->txn->final;

	if (!final || final->time <= request->time + SIP_HORIZON + blur)
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (request->path.transport == NET_UDP && !went_on(look, request))
		return look_unknown(look, "an earlier answer may be missing from the evidence");
	return look_no(look, final, SLICE_NONE, "an answer %llu s after the request",
		       (unsigned long long)((final->time - request->time) / SECOND));
}

/* Looks at the final answer. */
static enum tri eval_answer(const struct check *check, const struct look *look)
{
	struct look there = *look;

	there.event = look->txn->final;
	there.memory = NULL;
	if (!there.event)
		return unanswered(look);
	look_also(look, look->txn->request);
	return eval_all(check, &there);
}

static enum tri eval_answered(const struct check *check, const struct look *look)
{
	return look->txn->final ? TRI_YES : unanswered(look);
}

static enum tri eval_final_seen(const struct check *check, const struct look *look)
{
	return tri_of(look->txn->final != NULL);
}

static enum tri eval_known(const struct check *check, const struct look *look)
{
	struct look plain = *look;

	plain.why = NULL;
	return tri_of(eval_all(check, &plain) != TRI_UNKNOWN);
}

/* The same look at another request. */
static enum tri all_at(const struct check *check, const struct look *look, const struct txn *txn)
{
	struct look there = *look;

	there.txn = txn;
	there.event = txn->request;
	there.memory = look->why ? NULL : txn->memory;
	return eval_all(check, &there);
}

/* Looks at the request of what caused the push. */
static enum tri eval_cause(const struct check *check, const struct look *look)
{
	if (!look->txn->cause)
		return look_unknown(look, "what caused it is not known");
	return all_at(check, look, look->txn->cause);
}

static enum tri eval_previous(const struct check *check, const struct look *look)
{
	for (size_t i = look->story->count; i-- > 0;) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == OCCASION_PUBLISH && event_after(look->txn->request, txn->request))
			return all_at(check, look, txn);
	}
	return look_no(look, look->txn->request, SLICE_NONE, "no PUBLISH before it");
}

static enum tri eval_invite(const struct check *check, const struct look *look)
{
	if (!look->txn->push)
		return look_unknown(look, "its INVITE was not seen");
	return all_at(check, look, look->txn->push);
}

static enum tri eval_undecided(const struct check *check, const struct look *look)
{
	return look_unknown(look, "%s", check->args[0].text);
}

/* Signs of IM: ordinary telephony in the same capture is none of our business. */
static enum tri eval_im(const struct check *check, const struct look *look)
{
	return tri_of(look->story->im);
}

const struct word words_logic[] = {
	{"all", "", WORD_KIDS, "%*", "every one of the checks holds", eval_all},
	{"any", "", WORD_KIDS, "%|", "at least one of the checks holds", eval_any},
	{"no", "", WORD_KIDS, "not (%|)", "none of the checks holds", eval_no},
	{"answer", "", WORD_KIDS, "the answer: %*", "there is a final answer, and the checks hold for it", eval_answer},
	{"answered", "", WORD_LEAF, "there is a final answer", "a final answer was seen", eval_answered},
	{"final_seen", "", WORD_LEAF, "a final answer in the evidence",
	 "as answered; where none was seen, it is not asked why", eval_final_seen},
	{"known", "", WORD_KIDS, "it is known whether %*", "it is known whether the checks hold", eval_known},
	{"in_time", "", WORD_LEAF, "not after Timer F",
	 "the final answer came before its asker gave up (RFC 3261 17.1.2.2)", eval_in_time},
	{"cause", "", WORD_KIDS, "what caused it: %*", "of a push: the checks hold for the request that caused it",
	 eval_cause},
	{"previous", "", WORD_KIDS, "the PUBLISH before it: %*",
	 "the checks hold for the user's PUBLISH before this request", eval_previous},
	{"invite", "", WORD_KIDS, "its INVITE: %*",
	 "inside a push's dialog, or after a PUBLISH: the checks hold for the INVITE", eval_invite},
	{"undecided", "t", WORD_LEAF, "undecided: %1", "never decides; the text is the reason", eval_undecided},
	{"im", "", WORD_LEAF, "instant messaging is spoken here", "a sign of IM: feature tag, event or release token",
	 eval_im},
	{0},
};
