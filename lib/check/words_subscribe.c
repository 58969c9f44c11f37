/* SPDX-License-Identifier: MIT
 *
 * Words about the subscription that a client owes when it has set offline delivery to "off" (5.2.4, 12.1.2.2). */
#include "check/words.h"

/* --- what was before --- */

/* A refusal leaves what was there, unless nothing was (RFC 6665 4.1.2.1). */
static bool is_moving(const struct look *look, const struct txn *txn)
{
	return txn->occasion == OCCASION_SUBSCRIBE && profile_is_metadata(look->profile, &txn->request->msg) &&
	       (!txn->final || txn->final->msg.status < 300 || txn->final->msg.status == 481);
}

static bool is_new_registration(const struct txn *txn)
{
	return txn->occasion == OCCASION_REGISTER && txn->initial == TRI_YES && txn_succeeded(txn);
}

/* What the device did last about its subscription before it publishes; NULL: nothing that was seen. */
static const struct txn *last_move(const struct look *look, bool *ret_others)
{
	const struct txn *last = NULL;

	*ret_others = false;
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		bool moves = is_moving(look, txn);
		if (!(moves || is_new_registration(txn)) || !event_after(look->txn->request, txn->request))
			continue;
		if (look_other_device(look, txn))
			*ret_others |= moves;
		else if (!last || event_after(txn->request, last->request))
			last = txn;
	}
	return last;
}

static enum tri in_force_after(const struct txn *last, uint64_t now)
{
	const struct state *after = &last->after;
	bool is_over = after->subscribed_until && now >= after->subscribed_until;

	return last->occasion == OCCASION_REGISTER || is_over ? TRI_NO : after->subscribed;
}

/* Is a subscription of the device's own in force when it publishes? What is known of the user is that of all of his
 * devices: where several subscribe, one that has ended may be the other's. */
static enum tri subscribed_before(const struct look *look)
{
	const struct state *before = &look->txn->before;
	const struct txn *last;
	enum tri own;
	bool others;

	last = last_move(look, &others);
	if (!others)
		return before->subscribed;
	if (!last)
		return look->story->flow->begin.subscribed == TRI_NO ? TRI_NO : TRI_UNKNOWN;
	own = in_force_after(last, look->txn->request->time);
	return own == TRI_YES && before->subscribed != TRI_YES ? TRI_UNKNOWN : own;
}

/* --- what follows --- */

/* The next PUBLISH of the device that sets delivery to "off", after the time to wait: what comes behind it is for that
 * one. NULL: none. */
static const struct txn *next_off(const struct look *look)
{
	uint64_t end = look_quiet_end(look);
	const struct txn *next = look->txn;

	while ((next = look_next_of_device(look, OCCASION_CLIENT_PUBLISH, next)))
		if (next->request->time >= end && next->request->msg.body.len && txn_succeeded(next) &&
		    next->after.delivery == DELIVERY_OFF)
			break;
	return next;
}

static enum tri eval_subscribe_follows(const struct check *check, const struct look *look)
{
	const struct txn *txn = look->txn, *until;
	bool nameless = false, fetched = false;
	enum tri before;

	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	until = next_off(look);
	while ((txn = look_next_of_device(look, OCCASION_SUBSCRIBE, txn)) &&
	       !(until && event_after(txn->request, until->request))) {
		if (sip_msg_is_for_no_time(&txn->request->msg)) {
			fetched = fetched || profile_names_metadata(look->profile, &txn->request->msg);
			continue;
		}
		if (profile_names_metadata(look->profile, &txn->request->msg))
			return TRI_YES;
		nameless = nameless || profile_is_metadata(look->profile, &txn->request->msg);
	}
	before = subscribed_before(look);
	if (before == TRI_YES)
		return TRI_YES;
	if (fetched)
		return look_unknown(look, "a SUBSCRIBE with Expires: 0, which does not last");
	if (nameless)
		return look_unknown(look,
				    "neither Accept nor an AUID says that the SUBSCRIBE is for deferred messages");
	if (before == TRI_NO)
		return look_did_not_follow(look, SIP_METHOD_SUBSCRIBE);
	return look_unknown(look, "an earlier subscription may be in force");
}

const struct word words_subscribe[] = {
	{"subscribe_follows", "", WORD_LEAF, "a SUBSCRIBE to the metadata of deferred messages",
	 "the client subscribes afterwards, the same device and before it publishes such settings once more, or has",
	 eval_subscribe_follows},
	{0},
};
