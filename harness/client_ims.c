/* SPDX-License-Identifier: MIT
 *
 * What an IMS asks of a client beyond the change request (3GPP TS 24.229 5.1): who registers is told from the first
 * REGISTER on, identities come from P-Associated-URI, and the registration's state is subscribed to. AKA is in
 * client_aka.c. */
#include "harness/client_private.h"
#include "sip/uri.h"
#include "sip/value.h"

enum { EXPIRES_WANTED = 600000 };

void client_ims_begin(struct client_config *config)
{
	if (config->ims && !config->expires && !client_faults_has(&config->faults, CLIENT_FAULT_IMS_EXPIRES))
		config->expires = EXPIRES_WANTED; /* 5.1.1.2.1 */
}

void client_ims_access(struct client *c, struct buf *to)
{
	if (c->config.ims && !client_has_fault(c, CLIENT_FAULT_IMS_NO_ACCESS))
		sip_text_header(to, "P-Access-Network-Info", "IEEE-802.11"); /* 5.1.2A.1.1 */
}

/* 5.1.1.2.2, 5.1.1.2.3 */
void client_ims_authorization(struct client *c, struct buf *to)
{
	if (!c->config.ims || c->auth.challenge || client_has_fault(c, CLIENT_FAULT_IMS_NO_AUTHORIZATION))
		return;
	sip_text_header(to, "Authorization",
			"Digest username=\"%s\", realm=\"%s\", uri=\"sip:%s\", nonce=\"\", response=\"\"",
			c->config.username, c->config.domain, c->config.domain);
}

/* 5.1.2A.1.1: the P-CSCF comes first, then what Service-Route had. */
void client_ims_route(struct client *c, struct buf *to)
{
	char host[NET_ADDR_TEXT_MAX];

	if (c->config.ims && c->registration.route_count && !client_has_fault(c, CLIENT_FAULT_IMS_ROUTE))
		sip_text_header(to, "Route", "<sip:%s;lr>", net_addr_format(host, &c->config.core));
}

/* --- identities --- */

/* 5.1.1.2.1: the first of P-Associated-URI is the default; who is not in it is barred. */
void client_ims_identities(struct client *c, const struct sip_msg *answer)
{
	struct client_registration *r = &c->registration;
	struct slice value, first = SLICE_NONE;
	struct sip_values it;
	struct sip_addr addr;
	bool barred = true;

	r->preferred = SLICE_NONE;
	sip_values_start(&it, answer, SIP_HEADER_P_ASSOCIATED_URI);
	while (sip_values_next(&it, &value)) {
		if (sip_addr_read(value, &addr) < 0)
			continue;
		first = first.p ? first : addr.uri;
		barred = barred && !sip_uri_same_user(addr.uri, slice_of(c->config.address));
	}
	if (c->config.ims && barred && first.p && !client_has_fault(c, CLIENT_FAULT_IMS_BARRED))
		r->preferred = arena_copy(&r->arena, first);
}

/* --- the state of the registration --- */

static void write_subscribe(struct client *c, struct buf *to)
{
	sip_text_header(to, "Contact", "<%s>", c->contact);
	sip_text_header(to, "Event", "reg");
	sip_text_header(to, "Accept", "application/reginfo+xml");
	sip_text_header(to, "Expires", "%d", EXPIRES_WANTED);
	sip_text_header(to, "User-Agent", "%s", c->product);
	client_ims_access(c, to);
	client_credentials(c, to, "SUBSCRIBE", slice_of(c->config.address), SLICE_NONE);
	sip_text_body(to, NULL, SLICE_NONE);
}

static void on_answer(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct client *c = arg;

	if (!msg || msg->status >= 200)
		c->reg.asking = NULL;
}

/* 5.1.1.3 */
void client_ims_registered(struct client *c)
{
	struct client_request request = {
		.method = "SUBSCRIBE",
		.uri = slice_of(c->config.address),
		.call_id = c->reg.call_id,
		.from_tag = c->reg.from_tag,
		.cseq = 1,
		.more = write_subscribe,
		.routed = true,
	};

	if (!c->config.ims || c->reg.asking || client_has_fault(c, CLIENT_FAULT_IMS_NO_REG))
		return;
	sip_text_word(c->world, c->reg.call_id);
	sip_text_word(c->world, c->reg.from_tag);
	c->reg.asking = client_send(c, &request, on_answer, NULL);
}

bool client_ims_on_notify(struct client *c, struct server_txn *txn, const struct sip_msg *msg)
{
	if (!c->reg.call_id[0] || !slice_is(sip_msg_value(msg, SIP_HEADER_CALL_ID), c->reg.call_id))
		return false;
	client_answer(c, txn, 200, NULL, NULL);
	return true;
}
