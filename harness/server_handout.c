/* SPDX-License-Identifier: MIT
 *
 * MESSAGEs (RFC 3428) that the server sends a user at his REGISTER: a greeting of its own, as a variant may; and what
 * is stored for him, as nobody may before the PUBLISH (comments I185 and I186). */
#include "harness/server_private.h"

static void ignore(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
}

static void message_write(struct server *s, const struct server_user *user, const char *from, struct slice text,
			  struct buf *to)
{
	char branch[SIP_TEXT_ID_MAX], call_id[SIP_TEXT_ID_MAX], tag[SIP_TEXT_ID_MAX], core[NET_ADDR_TEXT_MAX];

	sip_text_request(to, "MESSAGE", slice_of(user->uri));
	sip_text_via(to, s->config.transport, endpoint_addr(s->endpoint), sip_text_branch(s->world, branch));
	sip_text_header(to, "Max-Forwards", "70");
	if (!s->config.direct)
		sip_text_header(to, "Route", "<sip:%s;lr>", net_addr_format(core, &s->config.core));
	sip_text_header(to, "From", "<%s>;tag=%s", from, sip_text_word(s->world, tag));
	sip_text_header(to, "To", "<%s>", user->uri);
	sip_text_header(to, "Call-ID", "%s", sip_text_word(s->world, call_id));
	sip_text_header(to, "CSeq", "1 MESSAGE");
	sip_text_header(to, "User-Agent", "%s", s->product);
	sip_text_body(to, "text/plain", text);
}

static void message_send(struct server *s, const struct server_user *user, const char *from, struct slice text)
{
	struct buf to = {0};

	message_write(s, user, from, text, &to);
	endpoint_request(s->endpoint,
			 &(struct endpoint_request){s->config.transport, server_hop(s, user), buf_slice(&to), ignore},
			 NULL, NULL);
	buf_done(&to);
}

static void greet(struct server *s, const struct server_user *user)
{
	struct buf from = {0};

	buf_printf(&from, "sip:im-server@%s", s->config.domain);
	message_send(s, user, from.p, SLICE("Welcome."));
	buf_done(&from);
}

/* Some servers put a remark in front, and the time at which it was stored. */
static void hand_out(struct server *s, struct server_user *user, const char *remark)
{
	struct server_deferred *d;
	struct buf text = {0};

	while ((d = user->deferred)) {
		buf_clear(&text);
		buf_puts(&text, remark);
		buf_add(&text, d->body);
		message_send(s, user, d->from, buf_slice(&text));
		server_deferred_remove(user, d->id);
	}
	buf_done(&text);
}

void server_register_messages(struct server *s, struct server_user *user)
{
	if (server_has_variant(s, VARIANT_WELCOME))
		greet(s, user);
	if (server_has_fault(s, FAULT_MESSAGE_ON_REGISTER))
		hand_out(s, user, "");
	if (server_has_fault(s, FAULT_MESSAGE_ON_REGISTER_REMARK))
		hand_out(s, user, "[Offline message, Thu Jan 11 10:04:00 2007] ");
}
