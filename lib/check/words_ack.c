/* SPDX-License-Identifier: MIT
 *
 * Words about the ACK to the final answer of a push (RFC 3261 13.2.2.4, 17.1.1.3). */
#include "check/words.h"
#include "sip/timer.h"

/* After Timer B without any answer the INVITE is given up (RFC 3261 17.1.1.2), and no transaction is left that could
 * acknowledge a refusal. */
static enum tri eval_awaited(const struct check *check, const struct look *look)
{
	static const uint64_t blur = SECOND;
	const struct txn *push = look->txn;
	uint64_t answered, end;

	if (!push->final || push->ack)
		return tri_of(push->ack != NULL);
	answered = push->answers[0]->time;
	end = push->request->time + SIP_HORIZON;
	if (answered + blur < end)
		return TRI_YES;
	return answered < end + blur ? look_unknown(look, "the answer came as Timer B ended") : TRI_NO;
}

/* --- which ACK is one to it --- */

static bool is_tag_of_final(const struct txn *push, struct slice tag)
{
	return story_answered_with(push, tag, 200);
}

/* The INVITE's number, and the tag of an answer to it. */
static bool acknowledges(const struct event *ack, const struct txn *push)
{
	uint32_t number, wanted;
	struct slice method;

	if (sip_msg_cseq(&push->request->msg, &wanted, &method) == 0 &&
	    (sip_msg_cseq(&ack->msg, &number, &method) < 0 || number != wanted))
		return false;
	return is_tag_of_final(push, sip_msg_tag(&ack->msg, SIP_HEADER_TO));
}

/* The ACK to a 2xx is a request of its own, with a branch of its own (8.1.1.7). Branches without the magic cookie, from
 * before RFC 3261, say nothing. */
static bool has_branch_of(const struct event *ack, const struct txn *push)
{
	return push->final->msg.status < 300 && ack->marks.branch.len > 7 &&
	       memcmp(ack->marks.branch.p, "z9hG4bK", 7) == 0 &&
	       slice_eq_nocase(ack->marks.branch, push->request->marks.branch);
}

/* The ACK that is right in everything, else the last one for this INVITE; NULL: there is none. */
static const struct event *find_ack(const struct look *look)
{
	const struct txn *push = look->txn;
	const struct event *found = push->final && push->ack && acknowledges(push->ack, push) ? push->ack : NULL;

	for (size_t i = 0; push->ack && (!found || has_branch_of(found, push)) && i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->push == push && txn->request->msg.method == SIP_METHOD_ACK && acknowledges(txn->request, push))
			found = txn->request;
	}
	return found;
}

/* --- one that is not --- */

static bool is_to_tag(const struct txn *txn, struct slice tag)
{
	return slice_eq_nocase(sip_msg_tag(&txn->request->msg, SIP_HEADER_TO), tag);
}

/* May the ACK be for another INVITE, which is missing from the capture? Not if its number is below that of the push,
 * nor if the server sent the same or a lower number later: numbers only rise. */
static bool is_number_of_nothing(const struct look *look, const struct event *ack)
{
	bool low = ack->marks.cseq < look->txn->request->marks.cseq;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		enum sip_method method = txn->request->msg.method;
		if (txn->push != look->txn || method == SIP_METHOD_ACK)
			continue;
		if (method == SIP_METHOD_INVITE && txn->request->marks.cseq == ack->marks.cseq)
			return false;
		low |= txn->occasion == OCCASION_PUSH_REQUEST && method != SIP_METHOD_INVITE &&
		       event_after(txn->request, ack) && txn->request->marks.cseq <= ack->marks.cseq;
	}
	return low;
}

/* May the ACK be for the 2xx of another client, which is missing from the capture? Then the server would have sent that
 * client more than an ACK: at least a BYE, as it sent to others. */
static bool is_tag_of_nothing(const struct look *look, const struct event *ack)
{
	struct slice tag = sip_msg_tag(&ack->msg, SIP_HEADER_TO);
	bool ended = false;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->push != look->txn || txn->request == ack)
			continue;
		if (is_to_tag(txn, tag))
			return false;
		ended |= txn->request->msg.method == SIP_METHOD_BYE && txn->occasion == OCCASION_PUSH_REQUEST &&
			 event_after(txn->request, ack) &&
			 is_tag_of_final(look->txn, sip_msg_tag(&txn->request->msg, SIP_HEADER_TO));
	}
	return ended;
}

/* Is it proved that the ACK is for nothing? In a capture, the answer or the INVITE that it is for may be missing. */
static bool is_for_nothing(const struct look *look, const struct event *ack)
{
	if (flow_is_live(look->story->flow))
		return true;
	if (look->txn->final->msg.status >= 300 || !event_after(ack, look->txn->final))
		return false;
	return is_tag_of_final(look->txn, sip_msg_tag(&ack->msg, SIP_HEADER_TO)) ? is_number_of_nothing(look, ack)
										 : is_tag_of_nothing(look, ack);
}

/* --- each 2xx of a forked INVITE has an ACK of its own (RFC 3261 13.2.2.4) --- */

static bool has_ack(const struct look *look, const struct event *answer)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->request->msg.method == SIP_METHOD_ACK &&
		    event_same_call_id(txn->request, look->txn->request) &&
		    is_to_tag(txn, sip_msg_tag(&answer->msg, SIP_HEADER_TO)))
			return true;
	}
	return false;
}

static const struct event *find_fork_without_ack(const struct look *look)
{
	const struct txn *push = look->txn;

	for (size_t i = 0; i < push->answer_count; i++) {
		const struct event *answer = push->answers[i];
		if (answer != push->final && answer->msg.status / 100 == 2 && !has_ack(look, answer))
			return answer;
	}
	return NULL;
}

enum { COPIES_MIN = 4 };
#define COPIES_TIME (7 * SIP_T1) /* from the first to the last of so many over UDP: 0.5 s, 1 s and 2 s */

/* Over TCP a refusal is sent once (RFC 3261 17.2.1): as much time has to pass as it takes to repeat it over UDP. */
static enum tri not_answered(const struct look *look)
{
	const struct event *final = look->txn->final;

	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (story_server_alive(look->story) < final->time + COPIES_TIME + look->timers->quiet)
		return look_unknown(look,
				    "no ACK in the evidence, but the server was not watched long enough to prove it");
	return look_no(look, final, SLICE_NONE, "no ACK");
}

/* A 2xx that is not acknowledged is sent again and again (RFC 3261 13.3.1.4), and so is a refusal over UDP. */
static enum tri not_repeated(const struct look *look, const struct event *final)
{
	uint64_t last = 0;
	unsigned copies = 0;

	for (size_t i = 0; i < look->story->flow->count; i++)
		if (look->story->flow->events[i]->first == final) {
			copies++;
			last = look->story->flow->events[i]->time;
		}
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (copies < COPIES_MIN || story_server_alive(look->story) < last + look->timers->quiet)
		return look_unknown(
			look,
			"no ACK in the evidence, but the answer was not repeated and watched long enough to prove it");
	return look_no(look, final, SLICE_NONE, "no ACK, the answer being sent %u times", copies);
}

static enum tri eval_acknowledged(const struct check *check, const struct look *look)
{
	const struct event *ack = look->txn->ack, *fork;

	if (!look->txn->final)
		return ack ? TRI_YES : look_unknown(look, "the answer was not seen");
	if (find_ack(look)) {
		fork = find_fork_without_ack(look);
		return fork ? not_repeated(look, fork) : TRI_YES;
	}
	if (ack && look_complete(look) == TRI_YES && is_for_nothing(look, ack))
		return look_no(look, ack, sip_msg_value(&ack->msg, SIP_HEADER_CSEQ),
			       "an ACK that has not the CSeq of the INVITE and the To tag of the answer");
	if (look->txn->final->msg.status >= 300 && look->txn->final->path.transport != NET_UDP)
		return not_answered(look);
	return not_repeated(look, look->txn->final);
}

static enum tri eval_ack_branch(const struct check *check, const struct look *look)
{
	const struct event *ack = find_ack(look);

	if (!ack || !has_branch_of(ack, look->txn))
		return TRI_YES;
	return look_no(look, ack, sip_msg_value(&ack->msg, SIP_HEADER_VIA), "an ACK to a 2xx with the INVITE's branch");
}

const struct word words_ack[] = {
	{"awaited", "", WORD_LEAF, "an answer that came before Timer B",
	 "of a push: its first answer came while the INVITE was waited for", eval_awaited},
	{"acknowledged", "", WORD_LEAF, "an ACK", "the final answer to the INVITE was acknowledged", eval_acknowledged},
	{"ack_branch", "", WORD_LEAF, "an ACK with a branch of its own",
	 "of a push that was accepted: its ACK has another branch than the INVITE", eval_ack_branch},
	{0},
};
