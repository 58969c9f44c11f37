/* SPDX-License-Identifier: MIT
 *
 * Words about what an IMS asks of a client (3GPP TS 24.229 5.1): its registrations, and the requests that follow. */
#include "check/words.h"
#include "sip/timer.h"

/* --- REGISTER --- */

static enum tri eval_asks_for(const struct check *check, const struct look *look)
{
	struct slice at;
	uint64_t asked;

	if (!look_time_asked(MSG(look), &asked, &at))
		return look_missing(look, look->event, "no time asked for");
	if (asked >= (uint64_t)check->args[0].number)
		return TRI_YES;
	return look_no(look, look->event, at, "%llu s asked for", (unsigned long long)asked);
}

/* TS 24.229 5.1.1.4.1: 600 s before the end of a registration of more than 1200 s, after half of a shorter one. What a
 * client and the network between need to do it comes on top. */
static uint64_t refresh_due(const struct look *look)
{
	const struct state *after = &look->txn->after;
	uint64_t granted = after->registered_for;
	uint64_t slack = look->timers->answer + granted * SECOND / 20;

	if (!txn_succeeded(look->txn) || after->registered != TRI_YES || !granted)
		return 0;
	return look->txn->final->time + (granted > 1200 ? granted - 600 : granted / 2) * SECOND + slack;
}

/* In a capture a client that was not seen again has left, for all that is known, and owes nothing any more. */
static enum tri eval_refresh_due(const struct check *check, const struct look *look)
{
	const struct flow *flow = look->story->flow;
	uint64_t due = refresh_due(look);

	if (!due || flow->watched_until < due)
		return TRI_NO;
	return tri_of(flow_is_live(flow) || look_client_lives(look, due) ||
		      look_next(look, OCCASION_REGISTER, look->txn));
}

static enum tri eval_refreshed_early(const struct check *check, const struct look *look)
{
	uint64_t due = refresh_due(look);
	const struct txn *next = look_next(look, OCCASION_REGISTER, look->txn);

	if (next && next->request->time <= due)
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (!look_client_lives(look, due))
		return look_unknown(look, "nothing of the client after the time to register again");
	return look_no(look, next ? next->request : look->txn->final, SLICE_NONE, "%s, %llu s having been granted",
		       next ? "a later REGISTER" : "no further REGISTER",
		       (unsigned long long)look->txn->after.registered_for);
}

/* The resource is the user (TS 24.229 5.1.1.3): inside a dialog its Request-URI is the notifier's, and To names it. */
static enum tri is_own_reg(const struct look *look, const struct sip_msg *msg)
{
	struct slice resource = sip_msg_tag(msg, SIP_HEADER_TO).p ? sip_msg_uri(msg, SIP_HEADER_TO) : msg->uri;

	if (!slice_is(sip_msg_event(msg), "reg") || sip_msg_is_for_no_time(msg))
		return TRI_NO;
	if (look_is_user(look, resource))
		return TRI_YES;
	return look_may_be_alias(look, resource) ? TRI_UNKNOWN : TRI_NO;
}

/* TS 24.229 5.1.1.3 */
static enum tri eval_reg_subscribed(const struct check *check, const struct look *look)
{
	const struct txn *txn = look->txn, *again = look_next(look, OCCASION_REGISTER, look->txn);
	enum tri own, alias = TRI_NO;

	if (!look->txn->final)
		return look_unknown(look, "the answer was not seen");
	while ((txn = look_next(look, OCCASION_SUBSCRIBE, txn))) {
		own = is_own_reg(look, &txn->request->msg);
		if (own == TRI_YES)
			return TRI_YES;
		alias = own == TRI_UNKNOWN ? own : alias;
	}
	if (alias == TRI_UNKNOWN)
		return look_unknown(look, "whose registration state the SUBSCRIBE is for was not seen");
	if (again && again->request->time < look_quiet_end(look))
		return look_unknown(look, "the next REGISTER came before the time to wait was over");
	return look_did_not_follow(look, SIP_METHOD_SUBSCRIBE);
}

/* --- other requests --- */

/* Until when the client may not have got the answer: it is under way for T1, and where messages are lost, the client
 * asks again for 64 T1. */
static uint64_t last_unread(const struct look *look, const struct txn *txn)
{
	const struct flow *flow = look->story->flow;
	uint64_t last = txn->final->time;

	for (size_t i = txn->final->number + 1; i < flow->count; i++)
		if (flow->events[i]->first == txn->request || flow->events[i]->first == txn->final)
			last = flow->events[i]->time;
	return last + (flow->gaps & (FLOW_GAP_LOST | FLOW_GAP_ORDER) ? SIP_HORIZON : SIP_T1);
}

/* Has a registration been answered so shortly before that the request may have been under way, and by another route
 * than the one before? */
static bool is_crossing(const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];

		if (txn->occasion == OCCASION_REGISTER && txn_succeeded(txn) && txn->initial != TRI_YES &&
		    txn->final->time <= look->event->time &&
		    !slice_eq(txn->before.service_route, txn->after.service_route) &&
		    look->event->time < last_unread(look, txn))
			return true;
	}
	return false;
}

/* TS 24.229 5.1.2A.1.1: the P-CSCF, then what Service-Route had, and nothing else. */
static enum tri eval_preloaded_route(const struct check *check, const struct look *look)
{
	const struct state *registration = look_registration(look);
	struct slice wanted = registration ? registration->service_route : SLICE_NONE, have, want;
	bool right, more;
	struct sip_values it;

	sip_values_start(&it, MSG(look), SIP_HEADER_ROUTE);
	right = sip_values_next(&it, &have) && look_may_be_next_hop(look, have);
	while (right && sip_list_next(&wanted, &want))
		right = sip_values_next(&it, &have) && sip_same_hop(have, want);
	more = right && sip_values_next(&it, &have);
	if (right && !more)
		return TRI_YES;
	if (is_crossing(look))
		return look_unknown(look,
				    "the answer that gave the Service-Route may have come later than the request went");
	if (!sip_msg_has(MSG(look), SIP_HEADER_ROUTE))
		return look_missing(look, look->event, "no Route header");
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_ROUTE),
		       "Route: %s, Service-Route having been %s", look_header(look->event, SIP_HEADER_ROUTE),
		       look_text(registration ? registration->service_route : SLICE_NONE));
}

static enum tri eval_begins(const struct check *check, const struct look *look)
{
	return tri_of(!sip_msg_tag(MSG(look), SIP_HEADER_TO).p);
}

static enum tri eval_associated(const struct check *check, const struct look *look)
{
	return tri_of(look->txn->before.associated.p != NULL);
}

static enum tri eval_prefers_registered(const struct check *check, const struct look *look)
{
	return tri_of(look_names_user(look, SIP_HEADER_P_PREFERRED_IDENTITY, look->txn->before.registered_as));
}

/* TS 24.229 5.1.1.2.1: an identity that was registered and is not in P-Associated-URI is barred. */
static enum tri eval_not_barred(const struct check *check, const struct look *look)
{
	const struct state *before = &look->txn->before;
	struct slice list = before->associated, value;
	struct sip_addr addr;

	while (sip_list_next(&list, &value))
		if (sip_addr_read(value, &addr) == 0 && sip_uri_same_user(addr.uri, before->registered_as))
			return TRI_YES;
	return look_no(look, look->event, sip_msg_value(MSG(look), SIP_HEADER_P_PREFERRED_IDENTITY),
		       "P-Preferred-Identity %s, P-Associated-URI having been %s",
		       look_header(look->event, SIP_HEADER_P_PREFERRED_IDENTITY), look_text(before->associated));
}

const struct word words_ims[] = {
	{"asks_for", "n", WORD_LEAF, "a registration of at least %1 s asked for",
	 "the time asked for is not below this", eval_asks_for},
	{"refresh_due", "", WORD_LEAF, "a registration watched beyond the time to renew it",
	 "the time at which TS 24.229 5.1.1.4.1 has a client register again was over before the end of the evidence, "
	 "and the client was seen after it",
	 eval_refresh_due},
	{"refreshed_early", "", WORD_LEAF, "another REGISTER 600 s before the end, or after half of 1200 s or less",
	 "the client registers again as early as TS 24.229 5.1.1.4.1 says", eval_refreshed_early},
	{"reg_subscribed", "", WORD_LEAF, "a SUBSCRIBE to the registration state (Event: reg)",
	 "the client subscribes to the reg event package afterwards, as to himself", eval_reg_subscribed},
	{"preloaded_route", "", WORD_LEAF, "a Route of the P-CSCF and the Service-Route, and nothing else",
	 "Route is the next hop and then all of Service-Route (TS 24.229 5.1.2A.1.1)", eval_preloaded_route},
	{"associated", "", WORD_LEAF, "a registration that gave P-Associated-URI",
	 "the registration gave P-Associated-URI", eval_associated},
	{"prefers_registered", "", WORD_LEAF, "the registered identity in P-Preferred-Identity",
	 "one of P-Preferred-Identity is the identity of the client's REGISTER", eval_prefers_registered},
	{"begins", "", WORD_LEAF, "a request in no dialog", "the request has no tag in To", eval_begins},
	{"not_barred", "", WORD_LEAF, "an identity that is not barred",
	 "what was registered was not left out of P-Associated-URI", eval_not_barred},
	{0},
};
