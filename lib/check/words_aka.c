/* SPDX-License-Identifier: MIT
 *
 * Words about AKA (RFC 3310, 3GPP TS 24.229 5.1.1.5): what was asked, and what the client made of it. Where the
 * subscriber's keys are known, values are computed; where not, forms have to do. */
#include "check/words.h"
#include "sip/aka.h"
#include "sip/digest.h"

/* --- what was asked, what was said --- */

static bool read_aka(const struct sip_msg *msg, struct sip_digest *ret)
{
	const struct sip_line *line = NULL;

	while (sip_digest_next(msg, SIP_HEADER_WWW_AUTHENTICATE, &line, ret))
		if (slice_is_nocase(ret->algorithm, AKA_ALGORITHM))
			return aka_is_nonce(ret->nonce);
	return false;
}

static bool read_given(const struct sip_msg *msg, struct sip_digest *ret)
{
	*ret = (struct sip_digest){0};
	return sip_digest_first(msg, SIP_HEADER_AUTHORIZATION, ret);
}

/* The AKA challenge (RFC 3310) that the request answers, and its credentials as far as there are any; false: none
 * asked.
 */
static bool look_aka(const struct look *look, struct sip_digest *ret_challenge, struct sip_digest *ret_given)
{
	const struct txn *earlier = look->txn->earlier;

	if (!earlier || !earlier->final || earlier->final->msg.status != 401 ||
	    !read_aka(&earlier->final->msg, ret_challenge))
		return false;
	read_given(MSG(look), ret_given);
	return true;
}

static bool reading_of(const struct look *look, const struct sip_digest *given, struct slice nonce,
		       struct aka_reading *ret)
{
	struct milenage keys;

	return secrets_keys(look->secrets, given->username, &keys) && aka_read(&keys, nonce, ret, NULL) == 0;
}

/* Has the client taken RAND and AUTN of this challenge before, and got in by them? */
static bool was_taken(const struct look *look, struct slice nonce)
{
	struct sip_digest given;

	for (size_t i = 0; i < look->story->count; i++) {
		const struct txn *txn = look->story->txns[i];

		if (txn->occasion == OCCASION_REGISTER && txn_succeeded(txn) &&
		    event_after(look->txn->earlier->final, txn->final) && read_given(&txn->request->msg, &given) &&
		    !given.auts.p && given.response.len && aka_same(given.nonce, nonce))
			return true;
	}
	return false;
}

/* What is wrong with auts; in `ret_ahead`, whether the card has seen a later sequence number than the challenge's, as
 * far as anybody can tell. */
static const char *auts_fault(const struct look *look, const struct sip_digest *challenge,
			      const struct sip_digest *given, bool *ret_ahead)
{
	struct aka_reading reading;
	struct milenage keys;
	uint64_t sqn;

	*ret_ahead = true;
	if (given->auts.len != AKA_AUTS_TEXT - 1)
		return "auts that is no base64 of 14 bytes";
	if (!secrets_keys(look->secrets, given->username, &keys) ||
	    aka_read(&keys, challenge->nonce, &reading, NULL) < 0)
		return NULL;
	if (aka_auts_read(&keys, reading.rand, given->auts, &sqn, NULL) < 0)
		return "auts whose MAC-S is wrong";
	*ret_ahead = sqn >= reading.sqn;
	return NULL;
}

/* A card outlives the campaign, and has seen more than the evidence: what it says of its sequence number is believed
 * (TS 33.102 6.3.3). Not twice running: the network has gone on from there. */
static bool is_outrun(const struct look *look, const struct sip_digest *challenge, const struct sip_digest *given)
{
	struct sip_digest before;
	bool ahead;

	read_given(&look->txn->earlier->request->msg, &before);
	return given->auts.p && !before.auts.p && !auts_fault(look, challenge, given, &ahead) && ahead;
}

enum said { SAID_RESPONSE, SAID_RESYNC, SAID_NONE };

static enum said said(const struct sip_digest *given)
{
	if (given->auts.p)
		return SAID_RESYNC;
	return given->response.len ? SAID_RESPONSE : SAID_NONE;
}

/* --- what was asked --- */

static const char *const asked_names[] = {"any", "replayed", "forged", NULL};

/* A client that gives no response may have seen that the network is none. */
static enum tri is_forged(const struct look *look, const struct sip_digest *challenge, const struct sip_digest *given)
{
	struct aka_reading reading;

	if (reading_of(look, given, challenge->nonce, &reading))
		return tri_of(reading.sign == AKA_FORGED);
	if (said(given) != SAID_NONE)
		return TRI_NO;
	return look_unknown(look, "whether the network's AUTN was genuine: the subscriber's keys are not known");
}

static enum tri eval_aka_asked(const struct check *check, const struct look *look)
{
	struct sip_digest challenge, given;

	if (!look_aka(look, &challenge, &given))
		return TRI_NO;
	switch (check->args[0].number) {
	case 0:
		return TRI_YES;
	case 1:
		return tri_of(was_taken(look, challenge.nonce) || is_outrun(look, &challenge, &given));
	default:
		return is_forged(look, &challenge, &given);
	}
}

/* --- what was answered --- */

static const char *const answered_names[] = {"response", "resync", "none", NULL};

/* RFC 3310 3.3: the RES that RAND makes is the password. */
const char *look_aka_fault(const struct look *look, const struct sip_digest *given)
{
	struct aka_reading reading;
	struct slice res;

	if (look->event->cut || said(given) != SAID_RESPONSE || !reading_of(look, given, given->nonce, &reading))
		return NULL;
	res = (struct slice){(const char *)reading.res, sizeof(reading.res)};
	if (sip_digest_check(given, res, MSG(look)->method_text, MSG(look)->body, NULL) == -EACCES)
		return "a response value that is not made of the RES of this challenge";
	return NULL;
}

static enum tri eval_aka_answered(const struct check *check, const struct look *look)
{
	static const char *const seen[] = {"a response", "a request to synchronise (auts)", "no response"};
	enum said wanted = (enum said)check->args[0].number;
	struct slice at = sip_msg_value(MSG(look), SIP_HEADER_AUTHORIZATION);
	struct sip_digest challenge, given;
	const char *fault = NULL;
	bool ahead;

	if (look->event->cut)
		return look_cut(look);
	if (!look_aka(look, &challenge, &given))
		return look_unknown(look, "the challenge was not seen");
	look_also(look, look->txn->earlier->final);
	if (said(&given) != wanted)
		return look_no(look, look->event, at, "%s", seen[said(&given)]);
	if (wanted == SAID_RESYNC)
		fault = auts_fault(look, &challenge, &given, &ahead);
	else if (wanted == SAID_RESPONSE)
		fault = look_aka_fault(look, &given);
	return fault ? look_no(look, look->event, at, "%s", fault) : TRI_YES;
}

const struct word words_aka[] = {
	{"aka_asked", "e", WORD_LEAF, "an AKA challenge, %1",
	 "the request before was challenged with AKAv1-MD5 (RFC 3310), of the kind: any replayed forged",
	 eval_aka_asked, asked_names},
	{"aka_answered", "e", WORD_LEAF, "as answer to the AKA challenge: %1",
	 "the AKA challenge is answered by: response resync none", eval_aka_answered, answered_names},
	{0},
};
