/* SPDX-License-Identifier: MIT
 *
 * Words about the credentials by which a client answers a challenge (RFC 3261 22.4, RFC 7616, RFC 8760). */
#include "check/secrets.h"
#include "check/words.h"
#include "sip/aka.h"
#include "sip/digest.h"

/* An absent algorithm is MD5, in challenge and credentials alike (RFC 2617 3.2.1, RFC 7616 3.3). */
static struct slice algorithm_of(const struct sip_digest *digest)
{
	return digest->algorithm.len ? digest->algorithm : SLICE("MD5");
}

/* TS 24.229 5.1.1.5.3, RFC 3310 3.4: the challenge is invalid, says auts or a response that is empty. That proves
 * nothing, and what it leaves out of the challenge's parameters but nonce is not missed. */
static bool is_aka_failure(const struct sip_digest *challenge, const struct sip_digest *given)
{
	return slice_is_nocase(challenge->algorithm, AKA_ALGORITHM) &&
	       (given->auts.p || (given->response.p && !given->response.len));
}

static const char *credentials_fault(const struct sip_digest *challenge, const struct sip_digest *given)
{
	bool sha = slice_is_nocase(given->algorithm, "SHA-256") || slice_is_nocase(given->algorithm, "SHA-256-sess");
	bool failure = is_aka_failure(challenge, given);

	if (!slice_eq(challenge->nonce, given->nonce))
		return "another nonce than the challenge's";
	if (!given->username.len || !given->uri.len)
		return "no username or no uri";
	if (!(failure && !given->algorithm.len) && !slice_eq_nocase(algorithm_of(challenge), algorithm_of(given)))
		return "another algorithm than the challenge's";
	if (challenge->opaque.p && !(failure && !given->opaque.p) && !slice_eq(challenge->opaque, given->opaque))
		return "another opaque than the challenge's";
	if (given->qop.len && challenge->qop.len && !sip_digest_offers(challenge, given->qop))
		return "a qop that the challenge does not offer";
	if (!given->qop.len && !failure && sip_digest_offers(challenge, SLICE("auth"))) /* RFC 3261 22.4, 8 */
		return "no qop, which the challenge asks for";
	if (given->qop.len && (!given->nc.len || !given->cnonce.len))
		return "qop without nc and cnonce";
	if (given->nc.p && !sip_digest_is_nc(given->nc))
		return "an nc that is not eight hex digits";
	if (slice_is(given->nc, "00000000")) /* it counts this one, too */
		return "an nc of nothing";
	if (failure)
		return NULL;
	if (given->response.len != (sha ? 64u : 32u))
		return "a response value of the wrong length";
	return sip_is_hex(given->response) ? NULL : "a response value that is no hex number";
}

static bool next_challenge(const struct sip_msg *answer, const struct sip_line **line, struct sip_digest *ret)
{
	return sip_digest_next(answer, sip_challenge_header(answer->status), line, ret);
}

/* RFC 8760 2.4: the topmost challenge that the client knows SHOULD be answered; any one may be. NULL: one fits. */
static const char *challenges_fault(const struct sip_msg *asked, const struct sip_digest *given)
{
	const char *first = NULL, *what = "";
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	while (what && next_challenge(asked, &line, &challenge)) {
		if (!slice_eq(challenge.realm, given->realm))
			continue;
		what = credentials_fault(&challenge, given);
		first = first ? first : what;
	}
	if (!what)
		return NULL;
	return first ? first : "credentials for a realm that was not asked for";
}

static bool is_another_name(const struct look *look, const struct sip_digest *given)
{
	struct slice name;

	return secrets_name(look->secrets, look->story->flow->user, given->realm, &name) &&
	       !slice_eq(name, given->username);
}

/* The value itself, where the password is known. */
static const char *value_fault(const struct look *look, const struct sip_digest *given)
{
	struct slice password;

	if (is_another_name(look, given))
		return "a username that is not the user's";
	if (slice_is_nocase(given->algorithm, AKA_ALGORITHM) || !given->response.len)
		return look_aka_fault(look, given);
	if (look->event->cut || !secrets_password(look->secrets, given->username, given->realm, &password))
		return NULL;
	if (sip_digest_check(given, password, MSG(look)->method_text, MSG(look)->body, NULL) == -EACCES)
		return "a response value that does not fit the password";
	return NULL;
}

/* SIPp and others write the address there that they send to. */
static bool is_next_hop(const struct look *look, const struct sip_uri *uri)
{
	struct net_addr addr;

	return net_addr_parse(uri->host, 5060, &addr, NULL) == 0 && net_addr_eq_ip(&addr, &look->event->path.dst);
}

/* RFC 3261 22.4: uri is the Request-URI. Proxies may change that, and some clients leave its parameters out. */
static const char *uri_fault(const struct look *look, const struct sip_digest *given)
{
	struct sip_uri asked, uri;

	if (!story_is_senders_hop(look->story, look->txn) || sip_uri_read(MSG(look)->uri, &asked, NULL) < 0)
		return NULL;
	if (sip_uri_read(given->uri, &uri, NULL) == 0 &&
	    ((slice_eq(uri.user, asked.user) && slice_eq_nocase(uri.host, asked.host)) || is_next_hop(look, &uri)))
		return NULL;
	return "a uri that is not the Request-URI";
}

/* RFC 3261 22.2: a request that is repeated with credentials has a higher CSeq. */
static const char *cseq_fault(const struct look *look)
{
	uint32_t cseq, before;

	if (sip_msg_cseq(MSG(look), &cseq, NULL) < 0 ||
	    sip_msg_cseq(&look->txn->earlier->request->msg, &before, NULL) < 0 || cseq > before)
		return NULL;
	return "a CSeq that is no higher than that of the challenged request";
}

/* A challenge of this call after the one at hand, to a request that is not in the evidence. */
static bool challenged_between(const struct look *look, const struct event *asked)
{
	for (size_t i = 0; i < look->story->orphan_count; i++) {
		const struct event *orphan = look->story->orphans[i];
		if (sip_status_challenges(orphan->msg.status) && event_same_call_id(orphan, look->event) &&
		    event_after(orphan, asked) && event_after(look->event, orphan))
			return true;
	}
	return false;
}

static bool has_nonce(const struct sip_msg *asked, struct slice nonce)
{
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	while (next_challenge(asked, &line, &challenge))
		if (slice_eq(challenge.nonce, nonce))
			return true;
	return false;
}

/* RFC 3261 10.2: each REGISTER of a call has the next number. Where one was left out, or where only an answer was seen,
 * the one at hand need not be the one that answers the challenge. */
static bool misses_an_attempt(const struct look *look, const struct txn *challenged)
{
	return !flow_is_live(look->story->flow) && (look->event->marks.cseq != challenged->request->marks.cseq + 1 ||
						    look_request_lost(look, SIP_METHOD_REGISTER, challenged->final));
}

/* RFC 3261 22.2, RFC 7616 3.4: credentials for a challenge of the same realm, with its nonce. */
static enum tri eval_credentials(const struct check *check, const struct look *look)
{
	const struct event *asked = look->txn->earlier ? look->txn->earlier->final : NULL;
	enum sip_header id = sip_credentials_header(asked ? asked->msg.status : 0);
	static const char missing[] = "the REGISTER that answers the challenge may be missing from the evidence";
	struct sip_digest given;
	const char *what;

	if (!asked)
		return look_unknown(look, "the challenge was not seen");
	if (challenged_between(look, asked))
		return look_unknown(look, "a later challenge was seen, whose REGISTER is missing from the evidence");
	look_also(look, asked);
	if (!sip_msg_has(MSG(look), id) && misses_an_attempt(look, look->txn->earlier))
		return look_unknown(look, missing);
	if (!sip_msg_has(MSG(look), id))
		return look_missing(look, look->event, "no %s header", sip_header_name(id));
	if (!sip_digest_first(MSG(look), id, &given))
		return look_no(look, look->event, sip_msg_value(MSG(look), id), "%s that is no Digest",
			       sip_header_name(id));
	what = challenges_fault(&asked->msg, &given);
	if (what && !has_nonce(&asked->msg, given.nonce) && misses_an_attempt(look, look->txn->earlier))
		return look_unknown(look, missing);
	if (!what)
		what = uri_fault(look, &given);
	if (!what)
		what = cseq_fault(look);
	if (!what)
		what = value_fault(look, &given);
	return what ? look_no(look, look->event, sip_msg_value(MSG(look), id), "%s", what) : TRI_YES;
}

/* --- what was refused --- */

/* The same challenge once more, which does not say that the nonce is too old: it is the rest that is not good. */
static bool repeats_challenge(const struct sip_msg *answer, const struct sip_digest *given)
{
	const struct sip_line *line = NULL;
	struct sip_digest challenge;

	while (next_challenge(answer, &line, &challenge))
		if (challenge.nonce.len && slice_eq(challenge.nonce, given->nonce) &&
		    slice_eq(challenge.realm, given->realm))
			return !slice_is_nocase(challenge.stale, "true");
	return false;
}

static enum tri eval_credentials_refused(const struct check *check, const struct look *look)
{
	const struct event *final = look->txn->final;
	struct sip_digest given;

	return tri_of(final && sip_status_challenges(final->msg.status) &&
		      sip_digest_first(MSG(look), sip_credentials_header(final->msg.status), &given) &&
		      repeats_challenge(&final->msg, &given));
}

/* Is the value that of the user's password, as far as that is known? */
static bool fits_password(const struct look *look, const struct event *event, const struct sip_digest *given)
{
	struct slice password;

	return !event->cut && secrets_password(look->secrets, given->username, given->realm, &password) &&
	       sip_digest_check(given, password, event->msg.method_text, event->msg.body, NULL) == 0;
}

/* Another cnonce makes another value of the same password. */
static bool is_same(const struct look *look, const struct event *again)
{
	enum sip_header id = sip_credentials_header(look->txn->final->msg.status);
	struct sip_digest first, second;

	return sip_digest_first(MSG(look), id, &first) && sip_digest_first(&again->msg, id, &second) &&
	       slice_eq(first.nonce, second.nonce) && slice_eq(first.username, second.username) &&
	       (slice_eq(first.response, second.response) ||
		(fits_password(look, look->event, &first) && fits_password(look, again, &second)));
}

/* RFC 3261 22.1: credentials that have just been rejected are not tried again. A client may ask its user for others, so
 * only what it sends at once counts. */
static enum tri eval_not_tried_again(const struct check *check, const struct look *look)
{
	enum sip_header id = sip_credentials_header(look->txn->final->msg.status);
	uint64_t end = look_quiet_end(look);
	const struct txn *next = look->txn;
	bool other = false;

	while ((next = look_next_of_device(look, OCCASION_REGISTER, next)) && next->request->time < end) {
		if (event_after(next->request, look->txn->final) && is_same(look, next->request))
			return look_no(look, next->request, sip_msg_value(&next->request->msg, id),
				       "the credentials that were refused just before");
		other = true;
	}
	if (other)
		return TRI_YES;
	if (look_complete(look) != TRI_YES)
		return TRI_UNKNOWN;
	return look_client_lives(look, end) ? TRI_YES : look_unknown(look, "nothing of the client after the refusal");
}

/* --- before any challenge --- */

static bool is_realm_of_another(const struct look *look, const struct sip_digest *given)
{
	struct sip_uri asked;

	return story_is_senders_hop(look->story, look->txn) && sip_uri_read(MSG(look)->uri, &asked, NULL) == 0 &&
	       !slice_eq_nocase(asked.host, given->realm);
}

/* TS 24.229 5.1.1.2.2, 5.1.1.2.3: it names the user and the domain, and proves nothing yet. */
static enum tri eval_initial_authorization(const struct check *check, const struct look *look)
{
	struct slice at = sip_msg_value(MSG(look), SIP_HEADER_AUTHORIZATION);
	struct sip_digest given;

	if (!at.p)
		return look_missing(look, look->event, "no Authorization header");
	if (sip_digest_read(at, &given, NULL) < 0)
		return look_no(look, look->event, at, "Authorization that is no Digest");
	if (!given.username.len || !given.realm.len || !given.uri.len)
		return look_no(look, look->event, at, "Authorization without username, realm or uri");
	if (!given.nonce.p || given.nonce.len || !given.response.p || given.response.len)
		return look_no(look, look->event, at, "Authorization whose nonce and response are not empty");
	if (is_another_name(look, &given))
		return look_no(look, look->event, at, "Authorization with a username that is not the user's");
	if (uri_fault(look, &given) || is_realm_of_another(look, &given))
		return look_no(look, look->event, at, "Authorization for another domain than the Request-URI's");
	return TRI_YES;
}

const struct word words_credentials[] = {
	{"credentials_refused", "", WORD_LEAF, "credentials that are refused",
	 "the answer challenges once more with the nonce of the credentials, and does not call it stale",
	 eval_credentials_refused},
	{"not_tried_again", "", WORD_LEAF, "no REGISTER with the same credentials at once",
	 "the client does not try again what was just refused", eval_not_tried_again},
	{"credentials", "", WORD_LEAF, "Digest credentials for the challenge",
	 "realm, nonce, algorithm and form of the credentials fit", eval_credentials},
	{"initial_authorization", "", WORD_LEAF,
	 "an Authorization with username, realm, uri and an empty nonce and response",
	 "Authorization says who registers, and proves nothing yet (TS 24.229 5.1.1.2)", eval_initial_authorization},
	{0},
};
