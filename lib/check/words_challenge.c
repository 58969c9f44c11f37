/* SPDX-License-Identifier: MIT
 *
 * Words about a challenge that a client is asked to answer (RFC 3261 22.2 and 22.3). */
#include "check/words.h"

#include "check/secrets.h"
#include "sip/digest.h"

/* A Digest challenge of the final answer, NULL-ended list of lines walked by the caller. */
static bool next_challenge(const struct look *look, const struct sip_line **line, struct sip_digest *ret)
{
	const struct sip_msg *msg = &look->txn->final->msg;
	enum sip_header id = msg->status == 407 ? SIP_HEADER_PROXY_AUTHENTICATE : SIP_HEADER_WWW_AUTHENTICATE;

	*line = *line ? sip_msg_line_next(msg, *line) : sip_msg_line(msg, id);
	for (; *line; *line = sip_msg_line_next(msg, *line))
		if (sip_digest_read(sip_line_value(msg, *line), ret, NULL) == 0)
			return true;
	return false;
}

static bool has_credentials(const struct sip_msg *msg)
{
	return sip_msg_has(msg, SIP_HEADER_AUTHORIZATION) || sip_msg_has(msg, SIP_HEADER_PROXY_AUTHORIZATION);
}

/* Credentials that were refused are not to be tried again, unless only their nonce is too old. */
static enum tri eval_challenges(const struct check *check, const struct look *look)
{
	const struct event *final = look->txn->final;
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	if (!final || (final->msg.status != 401 && final->msg.status != 407))
		return TRI_NO;
	while (next_challenge(look, &line, &challenge))
		if (!has_credentials(&look->txn->request->msg) || slice_is_nocase(challenge.stale, "true"))
			return TRI_YES;
	return TRI_NO;
}

/* MD5, with qop auth or none, is what every SIP client has to know (RFC 3261 22.4). */
static bool is_for_everybody(const struct look *look)
{
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	while (next_challenge(look, &line, &challenge))
		if ((!challenge.algorithm.len || slice_is_nocase(challenge.algorithm, "MD5")) &&
		    (!challenge.qop.len || slice_is_nocase(challenge.qop, "auth") ||
		     slice_find_nocase(challenge.qop, SLICE("auth,")) ||
		     slice_find_nocase(challenge.qop, SLICE(",auth"))))
			return true;
	return false;
}

/* Is there a password that the client could answer with? Who answered once has one. */
static bool has_a_password(const struct look *look)
{
	const struct secrets *secrets = look->secrets;

	for (size_t i = 0; i < look->story->count; i++)
		if (look->story->txns[i]->occasion == OCCASION_REGISTER &&
		    has_credentials(&look->story->txns[i]->request->msg))
			return true;
	return secrets && secrets->able && secrets->able(secrets->arg, look->story->flow->user);
}

static enum tri eval_answers_challenge(const struct check *check, const struct look *look)
{
	const struct event *final = look->txn->final;
	const struct txn *next = look->txn;

	while ((next = look_next(look, OCCASION_REGISTER, next)))
		if (!look_other_device(look, next))
			return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	if (look_request_lost(look, SIP_METHOD_REGISTER, final))
		return look_unknown(look, "a REGISTER is missing from the evidence");
	if (!is_for_everybody(look))
		return look_unknown(look, "the challenge is left unanswered, and asks for more than MD5 with qop auth");
	if (!has_a_password(look))
		return look_unknown(
			look, "the challenge is left unanswered, and whether the client has a password is not known");
	if (!look_client_lives(look, final->time + look->timers->quiet))
		return look_unknown(
			look,
			"the challenge is left unanswered, with no sign of life of the client after the time to wait");
	return look_no(look, final, SLICE_NONE, "no REGISTER after it, the client being alive");
}

const struct word words_challenge[] = {
	{"challenges", "", WORD_LEAF, "a challenge that asks for credentials",
	 "the answer is a 401 or 407 with a Digest challenge to which the request has no credentials yet, or old ones",
	 eval_challenges},
	{"answers_challenge", "", WORD_LEAF, "another REGISTER in answer to the challenge",
	 "the client does not leave the challenge unanswered", eval_answers_challenge},
	{0},
};
