/* SPDX-License-Identifier: MIT
 *
 * 5.3 Getting information on client status: the third-party REGISTER of the SIP/IP core (TS 24.229 5.4.1.7). To is the
 * user; Contact is the core's, so the feature tag is not looked for. Bodies (message/sip, service information) tell
 * nothing that is needed here. Where there is no core, it is the client's own, and the tag counts. */
#include "base/mem.h"
#include "harness/server_private.h"
#include "sip/value.h"

#include <stdio.h>
#include <stdlib.h>

enum { EXPIRES_UNSAID = 3600 }; /* RFC 3261 10.2.1.1: up to the registrar */

/* False: malformed. All lines must agree; *ret_text stays absent where there is none. */
static bool expires_read(const struct sip_msg *msg, uint64_t *ret, struct slice *ret_text)
{
	*ret = EXPIRES_UNSAID;
	*ret_text = SLICE_NONE;
	for (const struct sip_line *l = sip_msg_line(msg, SIP_HEADER_EXPIRES); l; l = sip_msg_line_next(msg, l)) {
		struct slice value = sip_line_value(msg, l);

		if (ret_text->p && !slice_eq(*ret_text, value))
			return false;
		if (!slice_to_u64(value, ret) || *ret > UINT32_MAX)
			return false;
		*ret_text = value;
	}
	return true;
}

/* Is it another registration than the one in force? The core keeps the Call-ID for refreshes (RFC 3261 10.2.4). */
static bool is_initial(const struct server *s, const struct server_user *user, struct slice call_id)
{
	return !server_user_registered(s, user) || !slice_is(call_id, user->call_id);
}

static void registration_store(struct server *s, struct server_user *user, struct server_txn *txn, uint64_t expires)
{
	const struct sip_msg *msg = server_txn_request(txn);
	struct slice call_id = sip_msg_value(msg, SIP_HEADER_CALL_ID);

	if (expires && is_initial(s, user, call_id)) {
		user->epoch++;
		free(user->call_id);
		user->call_id = mem_printf("%.*s", SLICE_F(call_id));
	}
	if (s->config.direct)
		server_direct_bind(user, msg, &server_txn_path(txn)->src);
	user->registered_until = expires ? world_now(s->world) + expires * SECOND : 0;
}

/* "the 200 (OK) response shall contain Expires value equal to the value received": the digits as they came. */
static void registration_answer(struct server *s, const struct server_user *user, struct server_txn *txn,
				uint64_t expires, struct slice text)
{
	struct arena arena = {0};
	struct server_answer answer = {
		.status = 200, .expires = text, .charging = server_ims_charged(s, server_txn_request(txn), &arena)};
	char half[24];

	if (s->config.direct)
		answer.contact = server_direct_contact(user, expires, &arena);
	snprintf(half, sizeof(half), "%llu", (unsigned long long)expires / 2);
	if (server_has_fault(s, FAULT_REGISTER_EXPIRES_UNEQUAL))
		answer.expires = slice_of(half);
	if (server_has_fault(s, FAULT_REGISTER_EXPIRES_CAPPED) && expires > EXPIRES_UNSAID)
		answer.expires = SLICE("3600");
	if (server_has_fault(s, FAULT_REGISTER_EXPIRES_MISSING))
		answer.expires = SLICE_NONE;
	server_answer(s, txn, &answer);
	arena_done(&arena);
}

/* RFC 3261 10.3, step 7 */
static bool is_brief(struct server *s, struct server_txn *txn, uint64_t expires)
{
	char least[16];

	if (expires == 0 || expires >= s->config.min_registration)
		return false;
	snprintf(least, sizeof(least), "%u", s->config.min_registration);
	server_answer(s, txn, &(struct server_answer){.status = 423, .min_expires = least});
	return true;
}

void server_on_register(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	struct server_user *user;
	struct sip_addr to;
	struct slice text;
	uint64_t expires;
	bool readable;

	if (server_has_fault(s, FAULT_REGISTER_SILENT))
		return;
	if (server_has_variant(s, VARIANT_REGISTER_UNSUPPORTED) || server_has_fault(s, FAULT_REGISTER_UNSUPPORTED)) {
		server_answer(s, txn, &(struct server_answer){.status = 405, .allow = "INVITE, PUBLISH, MESSAGE"});
		return;
	}
	if (server_has_fault(s, FAULT_REGISTER_302)) {
		server_answer(s, txn, &(struct server_answer){.status = 302, .contact = "<sip:im-server@127.0.0.1>"});
		return;
	}
	if (!server_ims_takes_body(s, txn, msg))
		return;
	readable = expires_read(msg, &expires, &text);
	if (!readable && server_has_variant(s, VARIANT_REGISTER_LENIENT)) { /* RFC 3261 10.3, step 7 */
		readable = true;
		expires = EXPIRES_UNSAID;
		text = SLICE("3600");
	}
	if (sip_msg_addr(msg, SIP_HEADER_TO, &to) < 0 || !readable) {
		server_answer_status(s, txn, 400);
		return;
	}
	if (is_brief(s, txn, expires))
		return;
	user = server_user_of(s, to.uri);
	if (!user) {
		server_answer_status(s, txn, 404);
		return;
	}
	server_user_rename(user, to.uri);
	if (!s->config.direct || server_direct_binds(s, msg))
		registration_store(s, user, txn, expires);
	registration_answer(s, user, txn, expires, text);
	if (expires)
		server_register_messages(s, user);
	if (expires && server_faults_push_on_register(s, user))
		server_push(s, user);
}
