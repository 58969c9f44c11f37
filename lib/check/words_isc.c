/* SPDX-License-Identifier: MIT
 *
 * Words about what an IMS asks of an application server on its ISC interface (3GPP TS 24.229 5.7). */
#include "check/words.h"

/* A parameter of P-Charging-Vector (RFC 7315 5.6), quotes removed; absent where there is none. */
static struct slice charging(const struct sip_msg *msg, const char *name)
{
	struct slice value;

	if (!sip_msg_has(msg, SIP_HEADER_P_CHARGING_VECTOR) ||
	    !sip_param_find(sip_msg_value(msg, SIP_HEADER_P_CHARGING_VECTOR), name, &value))
		return SLICE_NONE;
	return sip_unquote(value);
}

static enum tri eval_icid(const struct check *check, const struct look *look)
{
	return charging(MSG(look), "icid-value").len ? TRI_YES : look_other(look, SIP_HEADER_P_CHARGING_VECTOR);
}

/* "Globally unique": no other push, and nothing that the server got, has it. */
static enum tri eval_icid_new(const struct check *check, const struct look *look)
{
	struct slice icid = charging(MSG(look), "icid-value");

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];

		if (txn->occasion != OCCASION_PUSH || event_same_call_id(txn->request, look->event) ||
		    !slice_eq(charging(&txn->request->msg, "icid-value"), icid))
			continue;
		look_also(look, txn->request);
		return look_no(look, look->event, icid, "the icid-value %s of another push", look_text(icid));
	}
	return TRI_YES;
}

static bool goes_back(const struct look *look, const char *name)
{
	struct slice asked = charging(&look->txn->request->msg, name);

	return !asked.p || slice_eq(charging(MSG(look), name), asked);
}

/* TS 24.229 5.7.1.1: what came as orig-ioi goes back, with a term-ioi of the server's own; the icid-value is that of
 * the whole transaction (RFC 7315 5.6). */
static enum tri eval_charged_back(const struct check *check, const struct look *look)
{
	bool right = charging(MSG(look), "icid-value").len && charging(MSG(look), "term-ioi").len &&
		     goes_back(look, "icid-value") && goes_back(look, "orig-ioi");

	return right ? TRI_YES : look_other(look, SIP_HEADER_P_CHARGING_VECTOR);
}

static bool is_identity(struct slice value)
{
	struct sip_addr addr;
	struct sip_uri uri;

	return sip_addr_read(value, &addr) == 0 && sip_uri_read(addr.uri, &uri, NULL) == 0 && uri.scheme_text.len;
}

/* RFC 3325 9.1: values that are addresses. */
static enum tri eval_identities(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;
	struct sip_values it;
	struct slice value;
	bool right = sip_values_count(MSG(look), id) > 0;

	sip_values_start(&it, MSG(look), id);
	while (right && sip_values_next(&it, &value))
		right = is_identity(value);
	if (right)
		return TRI_YES;
	return look_missing(look, look->event, "%s: %s", sip_header_name(id), look_header(look->event, id));
}

/* Is one of the header's identities, written as it is, the user of the Request-URI? */
static enum tri eval_names_uri(const struct check *check, const struct look *look)
{
	enum sip_header id = check->args[0].header;

	if (look_names_user(look, id, MSG(look)->uri))
		return TRI_YES;
	return look_missing(look, look->event, "%s: %s", sip_header_name(id), look_header(look->event, id));
}

const struct word words_isc[] = {
	{"icid", "", WORD_LEAF, "a P-Charging-Vector with an icid-value",
	 "P-Charging-Vector has an icid-value (RFC 7315 5.6)", eval_icid},
	{"icid_new", "", WORD_LEAF, "an icid-value of its own", "of a push: no other push has its icid-value",
	 eval_icid_new},
	{"charged_back", "", WORD_LEAF, "a P-Charging-Vector with a term-ioi, and the icid-value and orig-ioi received",
	 "the answer's P-Charging-Vector is what TS 24.229 5.7.1.1 asks for", eval_charged_back},
	{"identities", "h", WORD_LEAF, "identities in %1",
	 "the header is there, and each of its values is a URI (RFC 3325 9)", eval_identities},
	{"names_uri", "h", WORD_LEAF, "the user of the Request-URI in %1",
	 "one of the header's identities is the user of the Request-URI as it is written", eval_names_uri},
	{0},
};
