/* SPDX-License-Identifier: MIT */
#include "harness/client_private.h"
#include "sip/value.h"

#include <inttypes.h>

const char client_methods[] = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, NOTIFY, MESSAGE";

static void write_routes_joined(const struct client_registration *r, struct buf *to)
{
	buf_puts(to, "Route: ");
	for (size_t i = 0; i < r->route_count; i++) {
		buf_puts(to, i ? ", " : "");
		buf_add(to, r->routes[i]);
	}
	buf_puts(to, "\r\n");
}

/* RFC 3608 5: the Service-Route is the route; the outbound proxy is where everything goes anyway. */
static void write_routes(struct client *c, struct buf *to)
{
	const struct client_registration *r = &c->registration;
	size_t count = client_has_fault(c, CLIENT_FAULT_ROUTE_NONE) ? 0 : r->route_count;
	char proxy[NET_ADDR_TEXT_MAX];

	if (client_has_fault(c, CLIENT_FAULT_ROUTE_FIRST) && count > 1)
		count = 1;
	if (count)
		client_ims_route(c, to);
	if (count && client_has_variant(c, CLIENT_VARIANT_ROUTE_JOINED)) {
		write_routes_joined(r, to);
		return;
	}
	if (count && !c->config.ims && client_has_variant(c, CLIENT_VARIANT_ROUTE_PROXY))
		sip_text_header(to, "Route", "<sip:%s;lr>", net_addr_format(proxy, &c->config.core));
	for (size_t i = 0; i < count; i++)
		sip_text_header_slice(to, "Route", r->routes[i]);
}

static void write_request(struct client *c, struct buf *to, const struct client_request *request,
			  enum net_transport transport)
{
	bool no_tag = client_has_fault(c, CLIENT_FAULT_PUBLISH_NO_FROM_TAG) && !strcmp(request->method, "PUBLISH");
	char branch[SIP_TEXT_ID_MAX];

	sip_text_request(to, request->method, request->uri);
	sip_text_via(to, transport, client_addr(c), sip_text_branch(c->world, branch));
	if (!client_has_variant(c, CLIENT_VARIANT_NO_RPORT)) {
		to->len -= strlen("\r\n");
		buf_puts(to, ";rport\r\n"); /* RFC 3581 3 */
	}
	if (!request->no_max_forwards)
		sip_text_header(to, "Max-Forwards", "70");
	if (request->routed)
		write_routes(c, to);
	sip_text_header(to, "From", "<%s>%s%s", c->config.address,
			no_tag ? "" : ";tag=", no_tag ? "" : request->from_tag);
	sip_text_header(to, "To", "<%s>", c->config.address);
	sip_text_header(to, "Call-ID", "%s", request->call_id);
	sip_text_header(to, "CSeq", "%" PRIu32 " %s", request->cseq, request->method);
	request->more(c, to);
	client_variants_write(c, to);
}

struct client_txn *client_send(struct client *c, const struct client_request *request, endpoint_answer_fn *on_answer,
			       char **ret_text)
{
	enum net_transport transport = c->config.transport;
	struct client_txn *txn = NULL;
	struct buf text = {0};

	write_request(c, &text, request, transport);
	if (transport == NET_UDP && text.len > SIP_TEXT_UDP_MAX) {
		transport = NET_TCP;
		buf_clear(&text);
		write_request(c, &text, request, transport);
	}
	if (endpoint_request(c->endpoint,
			     &(struct endpoint_request){transport, &c->config.core, buf_slice(&text), on_answer, c},
			     &txn, NULL) < 0)
		txn = NULL;
	if (ret_text)
		*ret_text = buf_take(&text);
	buf_done(&text);
	return txn;
}

void client_answer(struct client *c, struct server_txn *txn, unsigned status, const char *to_tag,
		   void (*more)(struct client *c, struct buf *to))
{
	char word[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_text_answer(&text, server_txn_request(txn), status, to_tag ? to_tag : sip_text_word(c->world, word));
	if (more)
		more(c, &text);
	sip_text_body(&text, NULL, SLICE_NONE);
	client_variants_write(c, &text);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

uint64_t client_retry_after(const struct sip_msg *answer, uint64_t fallback)
{
	uint64_t seconds;

	if (sip_msg_number(answer, SIP_HEADER_RETRY_AFTER, &seconds) < 0 || seconds > 86400)
		return fallback;
	return seconds * SECOND;
}
