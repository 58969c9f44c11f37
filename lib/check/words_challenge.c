/* SPDX-License-Identifier: MIT
 *
 * Words about a challenge that a client is asked to answer (RFC 3261 22.2 and 22.3). */
#include "check/words.h"

#include "check/secrets.h"
#include "sip/aka.h"
#include "sip/digest.h"

/* A Digest challenge of a 401 or 407, one line after the other; `line` is walked by the caller. */
static bool next_challenge(const struct sip_msg *msg, const struct sip_line **line, struct sip_digest *ret)
{
	return sip_digest_next(msg, sip_challenge_header(msg->status), line, ret);
}

static bool has_credentials_in(const struct sip_msg *msg, enum sip_header id)
{
	const struct sip_line *line = sip_msg_line(msg, id);
	struct sip_digest given;

	for (; line; line = sip_msg_line_next(msg, line))
		if (sip_digest_read(sip_line_value(msg, line), &given, NULL) < 0 || given.nonce.len)
			return true;
	return false;
}

/* What a UE writes before it was asked answers nothing yet: its nonce is empty (TS 24.229 5.1.1.2). */
static bool has_credentials(const struct sip_msg *msg)
{
	return has_credentials_in(msg, SIP_HEADER_AUTHORIZATION) ||
	       has_credentials_in(msg, SIP_HEADER_PROXY_AUTHORIZATION);
}

static bool is_challenge(const struct event *final)
{
	return final && sip_status_challenges(final->msg.status);
}

/* Credentials that were refused are not to be tried again, unless only their nonce is too old. */
static bool asks_for_credentials(const struct txn *txn)
{
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	while (next_challenge(&txn->final->msg, &line, &challenge))
		if (!has_credentials(&txn->request->msg) || slice_is_nocase(challenge.stale, "true"))
			return true;
	return false;
}

static enum tri eval_challenges(const struct check *check, const struct look *look)
{
	return tri_of(is_challenge(look->txn->final) && asks_for_credentials(look->txn));
}

/* A client whose credentials were refused may begin anew without any: that is no answer to the refusal. */
static bool begins_anew(const struct look *look, const struct txn *earlier)
{
	return has_credentials(&earlier->request->msg) && !asks_for_credentials(earlier) &&
	       !has_credentials(&look->event->msg);
}

static enum tri eval_challenged(const struct check *check, const struct look *look)
{
	const struct txn *earlier = look->txn->earlier;

	return tri_of(earlier && is_challenge(earlier->final) && event_after(look->txn->request, earlier->final) &&
		      !begins_anew(look, earlier));
}

/* The keys of the client's card: whose it is, the REGISTER says, else the user's only name does. */
static bool find_card(const struct look *look, struct slice realm, struct milenage *ret)
{
	struct sip_digest given;

	if (!sip_digest_first(REQUEST(look), SIP_HEADER_AUTHORIZATION, &given) &&
	    !secrets_name(look->secrets, look->story->flow->user, realm, &given.username))
		return false;
	return secrets_keys(look->secrets, given.username, ret);
}

/* Is one of the challenges made for the client's card (TS 24.229 5.1.1.5.1)? A forged one may be ignored. */
static bool is_for_card(const struct look *look)
{
	const struct sip_line *line = NULL;
	struct sip_digest challenge;
	struct aka_reading reading;
	struct milenage keys;

	while (next_challenge(&look->txn->final->msg, &line, &challenge))
		if (slice_is_nocase(challenge.algorithm, AKA_ALGORITHM) && find_card(look, challenge.realm, &keys) &&
		    aka_read(&keys, challenge.nonce, &reading, NULL) == 0 && reading.sign == AKA_GENUINE)
			return true;
	return false;
}

static bool is_plain(const struct sip_digest *challenge)
{
	return (!challenge->algorithm.len || slice_is_nocase(challenge->algorithm, "MD5")) &&
	       (!challenge->qop.len || sip_digest_offers(challenge, SLICE("auth")));
}

/* MD5, with qop auth or none, is what every SIP client has to know (RFC 3261 22.4). */
static bool is_for_everybody(const struct look *look)
{
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	while (next_challenge(&look->txn->final->msg, &line, &challenge))
		if (is_plain(&challenge))
			return true;
	return false;
}

/* Is there a password that the client could answer with? Who answered once has one. */
static bool has_a_password(const struct look *look)
{
	for (size_t i = 0; i < look->story->count; i++)
		if (look->story->txns[i]->occasion == OCCASION_REGISTER &&
		    has_credentials(&look->story->txns[i]->request->msg))
			return true;
	return secrets_able(look->secrets, look->story->flow->user);
}

static enum tri eval_answers_challenge(const struct check *check, const struct look *look)
{
	const struct event *final = look->txn->final;
	bool card = is_for_card(look);

	if (look_next_of_device(look, OCCASION_REGISTER, look->txn))
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look_request_lost(look, SIP_METHOD_REGISTER, final))
		return look_unknown(look, "a REGISTER is missing from the evidence");
	if (!card && !is_for_everybody(look))
		return look_unknown(look, "the challenge is left unanswered, and asks for more than MD5 with qop auth");
	if (!card && !has_a_password(look))
		return look_unknown(
			look, "the challenge is left unanswered, and whether the client has a password is not known");
	if (!look_client_lives(look, look_quiet_end(look)))
		return look_unknown(
			look,
			"the challenge is left unanswered, with no sign of life of the client after the time to wait");
	return look_no(look, final, SLICE_NONE, "no REGISTER after it, the client being alive");
}

const struct word words_challenge[] = {
	{"challenged", "", WORD_LEAF, "a request repeated after a 401 or 407",
	 "the request before in this call was challenged, and this does not begin anew after a refusal",
	 eval_challenged},
	{"challenges", "", WORD_LEAF, "a challenge that asks for credentials",
	 "the answer is a 401 or 407 with a Digest challenge to which the request has no credentials yet, or old ones",
	 eval_challenges},
	{"answers_challenge", "", WORD_LEAF, "another REGISTER in answer to the challenge",
	 "the client does not leave the challenge unanswered", eval_answers_challenge},
	{0},
};
