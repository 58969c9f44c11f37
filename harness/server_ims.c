/* SPDX-License-Identifier: MIT
 *
 * What an IMS asks of its application servers beyond the change request (3GPP TS 24.229 5.7): charging goes along, the
 * served user is whom the S-CSCF names, and what the server sends has an originator and an ICID of its own. */
#include "harness/server_private.h"
#include "sip/value.h"

/* 5.4.1.7: the filter criteria decide what is in a REGISTER; all that they can ask for is read, or passed over. */
bool server_ims_takes_body(struct server *s, struct server_txn *txn, const struct sip_msg *msg)
{
	if (!msg->body.len || !server_has_fault(s, FAULT_IMS_BODY))
		return true;
	server_answer(s, txn, &(struct server_answer){.status = 415, .accept = s->config.profile->settings.mime});
	return false;
}

/* 5.7.1.1: ICID and orig-ioi go back as they came, with a term-ioi that names this side. */
const char *server_ims_charged(struct server *s, const struct sip_msg *msg, struct arena *arena)
{
	struct slice vector = sip_msg_value(msg, SIP_HEADER_P_CHARGING_VECTOR), icid, orig = SLICE_NONE;
	bool charged = vector.p && sip_param_find(vector, "icid-value", &icid);

	if (!s->config.ims || !charged || server_has_fault(s, FAULT_IMS_CHARGED_NONE))
		return NULL;
	if (!sip_param_find(vector, "orig-ioi", &orig))
		return arena_printf(arena, "icid-value=%.*s;term-ioi=%s", SLICE_F(icid), s->config.domain);
	if (server_has_fault(s, FAULT_IMS_CHARGED_OTHER))
		orig = SLICE("nowhere.example");
	return arena_printf(arena, "icid-value=%.*s;orig-ioi=%.*s;term-ioi=%s", SLICE_F(icid), SLICE_F(orig),
			    s->config.domain);
}

/* 5.7.1.3A. Only with an asserted identity beside it: the core has then authenticated somebody. */
bool server_ims_serves(const struct server *s, const struct server_user *user, const struct sip_msg *msg)
{
	struct sip_addr addr;

	return s->config.ims && !server_has_fault(s, FAULT_IMS_SERVED_USER) &&
	       sip_msg_has(msg, SIP_HEADER_P_ASSERTED_IDENTITY) &&
	       sip_msg_addr(msg, SIP_HEADER_P_SERVED_USER, &addr) == 0 && server_user_is(s, user, addr.uri);
}

/* 5.7.3 */
void server_ims_originate(struct server *s, struct buf *to, const char *identity)
{
	char icid[SIP_TEXT_ID_MAX];

	if (!server_has_fault(s, FAULT_IMS_ASSERTED_NONE))
		sip_text_header(to, "P-Asserted-Identity", "<sip:%s@%s>", identity, s->config.domain);
	if (!s->config.ims || server_has_fault(s, FAULT_IMS_ICID_NONE))
		return;
	sip_text_word(s->world, icid);
	sip_text_header(to, "P-Charging-Vector", "icid-value=%s;orig-ioi=%s",
			server_has_fault(s, FAULT_IMS_ICID_SAME) ? "one-for-all" : icid, s->config.domain);
}
