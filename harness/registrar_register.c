/* SPDX-License-Identifier: MIT
 *
 * REGISTER (RFC 3261 10.3): what the plan says, with what a core gives along: Service-Route (RFC 3608), Path (RFC
 * 3327), P-Associated-URI (RFC 7315), GRUU (RFC 5627). */
#include "harness/registrar_private.h"
#include "base/mem.h"
#include "sip/feature.h"
#include "sip/value.h"

#include <stdio.h>
#include <stdlib.h>

/* Of several Contacts the one that speaks IM, else the first. False: there is none. */
static bool im_contact(const struct account *account, const struct sip_msg *msg, struct sip_addr *ret)
{
	struct sip_values it;
	struct slice value;

	sip_values_start(&it, msg, SIP_HEADER_CONTACT);
	while (sip_values_next(&it, &value))
		if (sip_addr_read(value, ret) == 0 &&
		    sip_feature_in(ret->params, account->registrar->config.profile->feature_tag, NULL))
			return true;
	return sip_msg_addr(msg, SIP_HEADER_CONTACT, ret) == 0;
}

static uint32_t time_asked(const struct account *account, const struct sip_msg *msg)
{
	struct sip_addr contact;
	struct slice value;
	uint64_t expires;

	if (!im_contact(account, msg, &contact) || !sip_param_find(contact.params, "expires", &value) ||
	    !slice_to_u64(value, &expires))
		return registrar_expires(msg);
	return expires < UINT32_MAX ? (uint32_t)expires : UINT32_MAX;
}

static void write_binding(struct account *account, struct buf *to, struct sip_addr contact, uint32_t granted)
{
	const struct register_plan *plan = &account->registers;
	struct sip_param param;

	buf_printf(to, "Contact: <%.*s>", SLICE_F(contact.uri));
	while (sip_param_next(&contact.params, &param))
		if (!slice_is_nocase(param.name, "expires"))
			buf_printf(to, ";%.*s%s%.*s", SLICE_F(param.name), param.value.p ? "=" : "",
				   SLICE_F(param.value));
	if (plan->gruu)
		buf_printf(to, ";pub-gruu=\"%s;gr=1\"", account->address);
	if (plan->where != PLAN_IN_HEADER)
		buf_printf(to, ";expires=%u", granted);
	buf_puts(to, "\r\n");
}

/* All that the request binds (RFC 3261 10.3, step 8), and a device of before, if the plan has one. */
static void write_contact(struct account *account, struct buf *to, const struct sip_msg *msg, uint32_t granted)
{
	struct sip_addr contact;
	struct sip_values it;
	struct slice value;

	if (account->registers.several)
		sip_text_header(to, "Contact", "<sip:other-device@192.0.2.77>;expires=%u", granted / 3);
	sip_values_start(&it, msg, SIP_HEADER_CONTACT);
	while (granted && sip_values_next(&it, &value))
		if (sip_addr_read(value, &contact) == 0)
			write_binding(account, to, contact, granted);
}

static void write_gifts(struct account *account, struct buf *to, const struct sip_msg *msg)
{
	const struct register_plan *plan = &account->registers;
	char host[NET_ADDR_TEXT_MAX];

	bool ims = account->registrar->config.ims;

	for (size_t i = 0; i < plan->service_route_count; i++)
		sip_text_header(to, "Service-Route", "%s", plan->service_routes[i]);
	if (ims && !plan->service_route_count) /* TS 24.229 5.4.1.2.2F */
		sip_text_header(to, "Service-Route", "<sip:orig@scscf.%s;lr>", account->registrar->domain);
	if (plan->path || ims)
		sip_text_header(to, "Path", "<sip:edge@%s;lr>",
				net_addr_format(host, registrar_addr(account->registrar)));
	if (ims && !plan->associated)
		account->registers.associated = account_associated_make(account, SLICE("<{address}>, <tel:{number}>"));
	if (plan->associated)
		account_tell_associated(account, to);
	if (plan->gruu)
		sip_text_header(to, "Supported", "gruu");
}

static void bind(struct account *account, const struct sip_msg *msg, uint32_t granted)
{
	struct sip_addr contact;

	account->registered = granted > 0;
	snprintf(account->call_id, sizeof(account->call_id), "%.*s", SLICE_F(sip_msg_value(msg, SIP_HEADER_CALL_ID)));
	if (granted && im_contact(account, msg, &contact)) {
		free(account->contact);
		account->contact = mem_printf("%.*s", SLICE_F(contact.uri));
	}
}

static void accept(struct account *account, struct buf *to, const struct sip_msg *msg, const struct plan_answer *answer)
{
	uint32_t granted = plan_granted(answer, time_asked(account, msg));

	bind(account, msg, granted);
	write_contact(account, to, msg, granted);
	if (account->registers.where != PLAN_IN_CONTACT)
		sip_text_header(to, "Expires", "%u", granted);
	if (granted)
		write_gifts(account, to, msg);
}

static void answer_by_plan(struct account *account, struct server_txn *txn, const struct sip_msg *msg)
{
	const struct plan_answer *answer = plan_next(&account->registers.answers);
	struct buf text = {0};

	account->register_status = answer->status;
	if (!answer->status)
		return;
	registrar_answer_head(account->registrar, &text, txn, answer->status, NULL);
	if (answer->status < 300)
		accept(account, &text, msg, answer);
	else if (answer->contact)
		sip_text_header(&text, "Contact", "%s", answer->contact);
	registrar_answer_lines(&text, answer, time_asked(account, msg));
	registrar_finish(txn, &text);
}

/* Where a client can be asked for a sign of life before it is registered. */
static void note_offer(struct account *account, const struct sip_msg *msg)
{
	struct sip_addr contact;

	if (!im_contact(account, msg, &contact))
		return;
	free(account->offered);
	account->offered = mem_printf("%.*s", SLICE_F(contact.uri));
}

void account_on_register(struct account *account, struct server_txn *txn, const struct sip_msg *msg)
{
	bool rejected;

	note_offer(account, msg);

	if (account_authenticates(account, txn, &rejected)) {
		answer_by_plan(account, txn, msg);
	} else if (rejected) {
		account->register_status = account->registers.proxy ? 407 : 401;
	} else {
		return; /* the next one brings credentials */
	}
	account_tell(account, ACCOUNT_REGISTERED);
}
