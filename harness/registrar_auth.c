/* SPDX-License-Identifier: MIT
 *
 * RFC 3261 22.1 to 22.3, RFC 7616, RFC 8760 from the registrar's side: one challenge for each algorithm of the plan. */
#include "harness/registrar_private.h"
#include "base/hash.h"
#include "sip/digest.h"
#include "sip/value.h"

static void write_challenge(struct account *account, struct buf *to, const char *realm, const char *algorithm,
			    bool stale)
{
	const struct register_plan *plan = &account->registers;

	buf_printf(to, "%s: Digest realm=\"%s\", nonce=\"%s\", opaque=\"o-%s\", algorithm=%s",
		   plan->proxy ? "Proxy-Authenticate" : "WWW-Authenticate", realm, account->nonce, account->nonce,
		   algorithm);
	if (plan->qop)
		buf_printf(to, ", qop=\"%s\"", plan->qop);
	buf_printf(to, "%s\r\n", stale ? ", stale=true" : "");
}

/* AKA stands first where it stands at all: its nonce says something. */
static bool is_aka(const struct register_plan *plan)
{
	return plan->algorithm_count && !strcmp(plan->algorithms[0], AKA_ALGORITHM);
}

bool account_lacks_keys(const struct account *account)
{
	return is_aka(&account->registers) && !account->keys;
}

static uint64_t call_of(const struct sip_msg *msg)
{
	return hash_slice(sip_msg_value(msg, SIP_HEADER_CALL_ID), 0);
}

/* Devices of one user are asked side by side: what one is given takes nothing from the other. */
static void keep_nonce_of_other(struct account *account, uint64_t call)
{
	if (account->nonce[0] && account->nonce_call != call) {
		memcpy(account->other_nonce, account->nonce, sizeof(account->other_nonce));
		account->other_call = account->nonce_call;
	}
	account->nonce_call = call;
}

static bool is_given_nonce(const struct account *account, const struct sip_msg *msg, const struct sip_digest *given)
{
	if (account->nonce[0] && slice_is(given->nonce, account->nonce))
		return true;
	return account->other_nonce[0] && slice_is(given->nonce, account->other_nonce) &&
	       account->other_call == call_of(msg) && !slice_is_nocase(given->algorithm, AKA_ALGORITHM);
}

static uint16_t challenge_status(const struct register_plan *plan)
{
	return plan->proxy ? 407 : 401;
}

static void challenge(struct account *account, struct server_txn *txn, bool stale)
{
	const struct register_plan *plan = &account->registers;
	struct registrar *r = account->registrar;
	struct buf text = {0};

	account->challenges++;
	keep_nonce_of_other(account, call_of(server_txn_request(txn)));
	if (is_aka(plan))
		account_aka_challenge(account);
	else if (!plan->reject || !account->nonce[0]) /* who takes nothing, repeats himself */
		sip_text_word(r->world, account->nonce);
	registrar_answer_head(r, &text, txn, challenge_status(plan), NULL);
	if (plan->other_realm)
		write_challenge(account, &text, "elsewhere.example", plan->algorithms[0], false);
	for (size_t i = 0; i < plan->algorithm_count; i++)
		write_challenge(account, &text, r->domain, plan->algorithms[i], stale);
	registrar_finish(txn, &text);
}

/* The credentials for our realm; false: there are none. */
static bool credentials(const struct account *account, const struct sip_msg *msg, struct sip_digest *ret)
{
	enum sip_header id = sip_credentials_header(challenge_status(&account->registers));
	const struct sip_line *line = NULL;

	while (sip_digest_next(msg, id, &line, ret))
		if (ret->nonce.len && slice_is(ret->realm, account->registrar->domain))
			return true;
	return false;
}

/* Does the value fit? Where the password is not known, its form has to do. */
static bool is_right(const struct account *account, const struct sip_msg *msg, const struct sip_digest *given)
{
	if (!account->password)
		return true;
	return slice_is(given->username, account->username) &&
	       sip_digest_check(given, slice_of(account->password), msg->method_text, msg->body, NULL) == 0;
}

static bool ask_again(struct account *account, struct server_txn *txn, bool stale, bool *ret_rejected)
{
	*ret_rejected = !stale;
	challenge(account, txn, stale);
	return false;
}

bool account_authenticates(struct account *account, struct server_txn *txn, bool *ret_rejected)
{
	const struct sip_msg *msg = server_txn_request(txn);
	struct register_plan *plan = &account->registers;
	struct sip_digest given;
	bool again;

	*ret_rejected = false;
	if (!plan->algorithm_count)
		return true;
	if (!credentials(account, msg, &given)) {
		challenge(account, txn, false);
		*ret_rejected = account->challenges > 1; /* he was asked before */
		return false;
	}
	if (!is_given_nonce(account, msg, &given))
		return ask_again(account, txn, true, ret_rejected);
	if (slice_is_nocase(given.algorithm, AKA_ALGORITHM) || (is_aka(plan) && !given.algorithm.len)) {
		if (!account_aka_is_right(account, msg, &given, &again))
			return ask_again(account, txn, again, ret_rejected);
	} else if (!is_right(account, msg, &given)) {
		return ask_again(account, txn, false, ret_rejected);
	}
	if (plan->reject)
		return ask_again(account, txn, false, ret_rejected);
	if (plan->stale) {
		plan->stale--;
		return ask_again(account, txn, true, ret_rejected);
	}
	account->challenges = 0;
	if (slice_is_nocase(given.algorithm, AKA_ALGORITHM))
		memcpy(account->taken_nonce, account->nonce, sizeof(account->taken_nonce));
	return true;
}
