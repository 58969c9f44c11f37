/* SPDX-License-Identifier: MIT
 *
 * Is the core an IMS (3GPP TS 24.229)? Only what the core itself says shows it, and only what no other core says: a
 * client that tells of its access network may do so anywhere, and one header of RFC 7315 alone is copied by others. */
#include "trace/story_parts.h"
#include "sip/digest.h"

/* TS 24.229 5.4.1.7, 5.4.3.2: on its way to the IM Server, each request is given an ICID. */
static bool is_charged(const struct sip_msg *request)
{
	struct slice value, params = sip_msg_value(request, SIP_HEADER_P_CHARGING_VECTOR);

	return params.p && sip_param_find(params, "icid-value", &value) && value.len;
}

/* TS 24.229 5.4.1.2.2F: the 200 to a REGISTER brings both. */
static bool gives_both(const struct sip_msg *answer)
{
	return answer->status / 100 == 2 && sip_msg_has(answer, SIP_HEADER_P_ASSOCIATED_URI) &&
	       sip_msg_has(answer, SIP_HEADER_SERVICE_ROUTE);
}

/* TS 33.203: nobody else asks for AKA. */
static bool asks_for_aka(const struct sip_msg *answer)
{
	struct sip_digest challenge;

	for (const struct sip_line *l = sip_msg_line(answer, SIP_HEADER_WWW_AUTHENTICATE); l;
	     l = sip_msg_line_next(answer, l))
		if (sip_digest_read(sip_line_value(answer, l), &challenge, NULL) == 0 && challenge.algorithm.len > 4 &&
		    slice_eq_nocase((struct slice){challenge.algorithm.p, 4}, SLICE("AKAv")))
			return true;
	return false;
}

bool story_shows_ims(const struct txn *txn)
{
	const struct sip_msg *final = txn->final ? &txn->final->msg : NULL;

	switch (txn->occasion) {
	case OCCASION_THIRD_PARTY:
	case OCCASION_PUBLISH:
		return is_charged(&txn->request->msg);
	case OCCASION_REGISTER:
		return final && (gives_both(final) || asks_for_aka(final));
	default:
		return false;
	}
}
