/* SPDX-License-Identifier: MIT
 *
 * Words about what a client does next: after the answers to its REGISTERs and PUBLISHes, and before the time that they
 * grant is over. */
#include "check/words.h"
#include "base/time.h"

/* --- what follows --- */

const struct txn *look_next(const struct look *look, enum occasion occasion, const struct txn *after)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if (txn->occasion == occasion && event_after(txn->request, after->request))
			return txn;
	}
	return NULL;
}

bool look_request_lost(const struct look *look, enum sip_method method, const struct event *after)
{
	for (size_t i = 0; i < look->story->orphan_count; i++) {
		const struct event *orphan = look->story->orphans[i];
		if (orphan->msg.method == method && (!after || event_after(orphan, after)))
			return true;
	}
	return false;
}

enum tri look_did_not_follow(const struct look *look, enum sip_method method)
{
	uint64_t end = look_quiet_end(look);

	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look_request_lost(look, method, NULL))
		return look_unknown(look, "a %s is missing from the evidence", sip_method_name(method));
	if (!look_client_lives(look, end))
		return look_unknown(look, "no %s, and no sign of life of the client after the time to wait",
				    sip_method_name(method));
	return look_no(look, look->txn->final, SLICE_NONE, "no %s after it, the client being alive",
		       sip_method_name(method));
}

const struct txn *look_next_of_device(const struct look *look, enum occasion occasion, const struct txn *after)
{
	do
		after = look_next(look, occasion, after);
	while (after && look_other_device(look, after));
	return after;
}

/* The hops of the client and of the server may both be in the capture: any PUBLISH of the user after the answer. */
static enum tri eval_publish_follows(const struct check *check, const struct look *look)
{
	const struct txn *publish = look_next_of_device(look, OCCASION_CLIENT_PUBLISH, look->txn);
	const struct txn *again = look_next_of_device(look, OCCASION_REGISTER, look->txn);

	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	if (publish && (!again || look_next_of_device(look, OCCASION_CLIENT_PUBLISH, again) != publish))
		return TRI_YES;
	if (again && again->request->time < look_quiet_end(look))
		return look_unknown(look, "the next REGISTER came before the time to wait was over");
	return look_did_not_follow(look, SIP_METHOD_PUBLISH);
}

/* --- in time --- */

/* When what a 2xx granted comes to its end; 0: that is not known, or it granted nothing. */
static uint64_t end_of_grant(const struct look *look)
{
	const struct event *final = look->txn->final;
	const struct state *after = &look->txn->after;
	uint64_t granted = 0;

	if (!txn_succeeded(look->txn))
		return 0;
	if (look->txn->occasion == OCCASION_REGISTER)
		return after->registered == TRI_YES ? after->registered_until : 0;
	if (sip_msg_number(&final->msg, SIP_HEADER_EXPIRES, &granted) < 0 || granted > UINT32_MAX)
		return 0;
	return granted ? final->time + granted * SECOND : 0;
}

/* Behind the core it is seen by what the core tells the IM Server. */
static bool deregistered_before(const struct look *look, uint64_t end)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];
		if ((txn->occasion == OCCASION_REGISTER || txn->occasion == OCCASION_THIRD_PARTY) &&
		    event_after(txn->request, look->txn->request) && txn->request->time <= end &&
		    txn->after.registered == TRI_NO)
			return true;
	}
	return false;
}

/* Is there a later request of the same kind before the end? A client that deregisters need not refresh. */
static bool is_refreshed(const struct look *look, uint64_t end)
{
	const struct txn *next = look_next(look, look->txn->occasion, look->txn);

	return (next && next->request->time <= end) || deregistered_before(look, end);
}

/* Was the end of the grant watched, with the client still alive after it? One that is switched off owes nothing. */
static enum tri eval_outlived(const struct check *check, const struct look *look)
{
	uint64_t end = end_of_grant(look);

	if (!end || look->story->flow->watched_until < end + look->timers->quiet)
		return TRI_NO;
	if (is_refreshed(look, end) || look_client_lives(look, end))
		return TRI_YES;
	return look_complete(look) == TRI_YES ? TRI_NO : TRI_UNKNOWN;
}

static enum tri eval_refreshed_in_time(const struct check *check, const struct look *look)
{
	uint64_t end = end_of_grant(look);

	if (is_refreshed(look, end))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look_request_lost(look, look->txn->request->msg.method, look->txn->final))
		return look_unknown(look, "a %s is missing from the evidence",
				    look_text(look->txn->request->msg.method_text));
	if (!look_client_lives(look, end))
		return look_unknown(look, "nothing of the client after the time granted was over");
	return look_no(look, look->txn->final, SLICE_NONE, "no refresh before it ended, the client being alive");
}

/* Does the device leave, or does it register again after the time to wait? */
static bool is_leaving(const struct look *look)
{
	uint64_t end = look_quiet_end(look);
	const struct txn *next = look->txn;

	while ((next = look_next_of_device(look, OCCASION_REGISTER, next))) {
		if (next->after.registered == TRI_NO)
			return true;
		if (next->request->time > end)
			return false;
	}
	return false;
}

/* RFC 3903 4.4: a client whose settings are gone publishes them anew, unless it leaves. */
static enum tri eval_published_anew(const struct check *check, const struct look *look)
{
	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	if (look_next_of_device(look, OCCASION_CLIENT_PUBLISH, look->txn) || is_leaving(look))
		return TRI_YES;
	return look_did_not_follow(look, SIP_METHOD_PUBLISH);
}

const struct word words_follows[] = {
	{"publish_follows", "", WORD_LEAF, "a PUBLISH of the settings", "the client publishes afterwards",
	 eval_publish_follows},
	{"outlived", "", WORD_LEAF, "a time granted that ended under observation",
	 "the time that the answer granted was over before the end of the evidence and of the client", eval_outlived},
	{"refreshed_in_time", "", WORD_LEAF, "another one before the time granted is over",
	 "the client refreshes before the end of what was granted, or takes it back", eval_refreshed_in_time},
	{"published_anew", "", WORD_LEAF, "another PUBLISH",
	 "the client publishes again, or takes its registration back", eval_published_anew},
	{0},
};
