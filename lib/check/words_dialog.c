/* SPDX-License-Identifier: MIT
 *
 * Words about the dialog of a push: where its requests go, and which methods they have. */
#include "check/words.h"

static enum tri eval_target_from(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->target_from;

	if (!from)
		return TRI_NO;
	for (unsigned i = 0; i < check->arg_count; i++)
		if (from->msg.status / 100 == check->args[i].number)
			return TRI_YES;
	return TRI_NO;
}

/* Did an early answer give a Contact, too, so that there was a target to keep or to replace? */
static enum tri eval_early_contact(const struct check *check, const struct look *look)
{
	const struct txn *push = look->txn->push;

	for (size_t i = 0; push && i < push->answer_count; i++)
		if (push->answers[i]->msg.status > 100 && push->answers[i]->msg.status < 200 &&
		    event_after(look->txn->request, push->answers[i]) &&
		    sip_msg_has(&push->answers[i]->msg, SIP_HEADER_CONTACT))
			return TRI_YES;
	return TRI_NO;
}

/* May an answer be missing that the request relies on? A PRACK names its answer in RAck (RFC 3262 7.2). Everything else
 * follows the final answer; only an UPDATE may come earlier, unless there was an ACK. */
static bool answer_lost(const struct look *look)
{
	const struct sip_msg *msg = &look->txn->request->msg;
	const struct txn *push = look->txn->push;
	uint64_t wanted, seen;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *other = look->story->txns[i];
		bool moves = other->request->msg.method == SIP_METHOD_UPDATE ||
			     other->request->msg.method == SIP_METHOD_INVITE;
		if (moves && other->push == push && !other->final && event_after(look->txn->request, other->request))
			return true;
	}
	if (look->story->flow->gaps & FLOW_GAPS_IN_CALL)
		return true;
	if (msg->method != SIP_METHOD_PRACK)
		return (msg->method != SIP_METHOD_UPDATE || push->ack) && !push->final;
	if (sip_msg_number(msg, SIP_HEADER_RACK, &wanted) < 0)
		return false;
	for (size_t i = 0; i < push->answer_count; i++)
		if (sip_msg_number(&push->answers[i]->msg, SIP_HEADER_RSEQ, &seen) == 0 && seen == wanted)
			return false;
	return true;
}

static enum tri eval_to_target(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->target_from;
	struct sip_addr contact;

	if (answer_lost(look))
		return look_unknown(look, "an answer that may have moved the target was not seen");
	if (!from || sip_msg_addr(&from->msg, SIP_HEADER_CONTACT, &contact) < 0)
		return look_unknown(look, "no answer with a readable Contact was seen");
	if (sip_uri_equal(contact.uri, look->txn->request->msg.uri))
		return TRI_YES;
	if (look_complete(look) != TRI_YES) /* the last answer may not have reached him */
		return TRI_UNKNOWN;
	look_also(look, from);
	return look_no(look, look->txn->request, look->txn->request->msg.uri, "%s to %s, the Contact being %s",
		       look_text(look->txn->request->msg.method_text), look_text(look->txn->request->msg.uri),
		       look_text(contact.uri));
}

static enum tri eval_allow_from(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->allow_from;

	return tri_of(from && from->msg.status / 100 == check->args[0].number);
}

static enum tri eval_allowed(const struct check *check, const struct look *look)
{
	const struct event *from = look->txn->allow_from;

	if (answer_lost(look))
		return look_unknown(look, "an answer that may have had another Allow was not seen");
	if (look->txn->request->msg.method == SIP_METHOD_PRACK) /* RFC 3262 4: who requires 100rel is owed it */
		return TRI_YES;
	if (!from)
		return look_unknown(look, "no answer with an Allow was seen");
	if (sip_msg_lists(&from->msg, SIP_HEADER_ALLOW, look->txn->request->msg.method_text))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	look_also(look, from);
	return look_no(look, look->txn->request, SLICE_NONE, "%s, the Allow being: %s",
		       look_text(look->txn->request->msg.method_text), look_header(from, SIP_HEADER_ALLOW));
}

const struct word words_dialog[] = {
	{"target_from", "n*", WORD_LEAF, "the target given by an answer of class %+",
	 "inside a push's dialog: the last Contact came in such an answer", eval_target_from},
	{"early_contact", "", WORD_LEAF, "a provisional answer with a Contact before",
	 "inside a push's dialog: a 1xx with Contact went before", eval_early_contact},
	{"to_target", "", WORD_LEAF, "the Contact of the last answer as Request-URI",
	 "inside a push's dialog: the Request-URI is the remote target", eval_to_target},
	{"allow_from", "n", WORD_LEAF, "the Allow given by an answer of class %1",
	 "inside a push's dialog: the last Allow came in such an answer", eval_allow_from},
	{"allowed", "", WORD_LEAF, "a method that the last Allow lists",
	 "inside a push's dialog: the peer allows the method", eval_allowed},
	{0},
};
