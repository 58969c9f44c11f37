/* SPDX-License-Identifier: MIT */
#include "harness/server_private.h"

const char server_methods[] = "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, OPTIONS, MESSAGE, PUBLISH, REGISTER";

static void line(struct buf *to, const char *name, const char *value)
{
	if (value)
		sip_text_header(to, name, "%s", value);
}

static void line_slice(struct buf *to, const char *name, struct slice value)
{
	if (value.p)
		sip_text_header_slice(to, name, value);
}

void server_answer(struct server *s, struct server_txn *txn, const struct server_answer *a)
{
	const struct sip_msg *request = server_txn_request(txn);
	char tag[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_text_answer(&text, request, a->status, a->to_tag ? a->to_tag : sip_text_word(s->world, tag));
	line(&text, "Server", s->product); /* Appendix F */
	line_slice(&text, "Expires", a->expires);
	line(&text, "SIP-ETag", a->etag);
	line(&text, "Min-Expires", a->min_expires);
	line(&text, "Accept", a->accept);
	line(&text, "Accept-Encoding", a->accept_encoding);
	line(&text, "Allow-Events", a->allow_events);
	line(&text, "Allow", a->allow);
	line_slice(&text, "Unsupported", a->unsupported);
	line(&text, "Contact", a->contact);
	line(&text, "Require", a->require);
	line(&text, "Session-Expires", a->session_expires);
	line(&text, "Min-SE", a->min_se);
	line(&text, "P-Charging-Vector", a->charging);
	line(&text, "WWW-Authenticate", a->challenge);
	sip_text_body(&text, a->content_type, a->body);
	server_variants_write(s, &text);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

void server_answer_status(struct server *s, struct server_txn *txn, unsigned status)
{
	server_answer(s, txn, &(struct server_answer){.status = status});
}
