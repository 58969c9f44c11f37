/* SPDX-License-Identifier: MIT */
#include "harness/user_internal.h"

#include <inttypes.h>

/* --- what his client sends, with the client's own Via below the core's; where there is no core, what goes out has one
 * Via, and nobody asserts who sends --- */

static void add_client_via(struct user *user, struct draft *draft)
{
	char branch[SIP_TEXT_ID_MAX], host[NET_ADDR_TEXT_MAX];
	struct net_addr addr = *core_addr(user->core);

	if (core_is_direct(user->core))
		return;
	addr.port = 5062;
	draft_printf(draft, "Via", "SIP/2.0/UDP %s;branch=%s", net_addr_format(host, &addr),
		     sip_text_branch(core_world(user->core), branch));
}

static void add_ids(struct user *user, struct draft *draft, const char *from, const char *to)
{
	char tag[SIP_TEXT_ID_MAX];

	draft_add(draft, "Max-Forwards", SLICE("69"));
	draft_printf(draft, "From", "<%s>;tag=%s", from, sip_text_word(core_world(user->core), tag));
	draft_printf(draft, "To", "<%s>", to);
}

static const char *call_id(struct user *user, char id[SIP_TEXT_ID_MAX], bool fresh)
{
	if (fresh || !id[0])
		sip_text_word(core_world(user->core), id);
	return id;
}

/* What an S-CSCF adds on its way to an application server (3GPP TS 24.229 5.4.3.2, 5.4.3.3). */
static void add_charging(struct user *user, struct draft *draft)
{
	char icid[SIP_TEXT_ID_MAX];

	if (core_is_ims(user->core))
		draft_printf(draft, "P-Charging-Vector", "icid-value=%s;orig-ioi=%s",
			     sip_text_word(core_world(user->core), icid), core_domain(user->core));
}

static void add_asserted(struct user *user, struct draft *draft, const char *identity)
{
	if (!core_is_direct(user->core))
		draft_printf(draft, "P-Asserted-Identity", "<%s>", identity);
}

static void add_isc(struct user *user, struct draft *draft, const char *session_case)
{
	add_charging(user, draft);
	if (core_is_ims(user->core))
		draft_printf(draft, "P-Served-User", "<%s>;sescase=%s;regstate=%s", user->address, session_case,
			     user->registered ? "reg" : "unreg");
}

/* Few settings keep the request under RFC 3261's 1300 bytes, and so on the transport that the answers and pushes take,
 * whose order shows something. */
static void write_settings(struct buf *to, const struct user *user, const struct settings_profile *profile,
			   const struct user_publish *publish)
{
	struct settings_values values = {.entity_id = user->address};

	for (int i = 0; publish->whole && i < SETTINGS_ITEM_COUNT; i++)
		values.item[i] = "false";
	values.item[SETTINGS_SESSION_BARRING] = "false";
	values.item[SETTINGS_OFFLINE_DELIVERY] = publish->active;
	settings_write(to, profile, &values);
}

void user_draft_publish(struct user *user, struct draft *draft, const struct settings_profile *profile,
			const struct user_publish *publish)
{
	struct buf body = {0};

	draft->method = "PUBLISH";
	draft->uri = slice_of(user->address);
	add_client_via(user, draft);
	add_ids(user, draft, user->address, user->address);
	draft_printf(draft, "Call-ID", "%s", call_id(user, user->publish_call_id, !publish->etag));
	draft_printf(draft, "CSeq", "%" PRIu32 " PUBLISH", ++user->publish_cseq);
	add_asserted(user, draft, user->address);
	add_isc(user, draft, "orig");
	draft_add(draft, "Accept-Contact", SLICE("*;" CORE_TAG));
	draft_add(draft, "User-Agent", SLICE("IM-client/OMA1.0"));
	draft_add(draft, "Event", SLICE("poc-settings"));
	draft_printf(draft, "Expires", "%" PRIu64, publish->expires);
	if (publish->etag)
		draft_add(draft, "SIP-If-Match", slice_of(publish->etag));
	if (!publish->with_body)
		return;
	write_settings(&body, user, profile, publish);
	draft->content_type = profile->mime;
	draft->body = arena_copy(draft->arena, buf_slice(&body));
	buf_done(&body);
}

void user_expect_text(struct user *user, struct slice text)
{
	struct user_text *t = arena_alloc(&user->arena, sizeof(*t));

	*t = (struct user_text){user->texts, arena_copy(&user->arena, text)};
	user->texts = t;
}

void user_draft_message(struct user *user, struct draft *draft, const char *from, struct slice text)
{
	char id[SIP_TEXT_ID_MAX];

	draft->method = "MESSAGE";
	draft->uri = slice_of(user->address);
	add_client_via(user, draft);
	add_ids(user, draft, from, user->address);
	draft_printf(draft, "Call-ID", "%s", call_id(user, id, true));
	draft_printf(draft, "CSeq", "%" PRIu32 " MESSAGE", ++user->message_cseq);
	add_asserted(user, draft, from);
	add_isc(user, draft, "term");
	draft_add(draft, "Accept-Contact", SLICE("*;" CORE_TAG));
	draft_add(draft, "User-Agent", SLICE("IM-client/OMA1.0"));
	draft->content_type = "text/plain";
	draft->body = arena_copy(draft->arena, text);
}

/* --- what his S-CSCF sends for him (3GPP TS 24.229 5.4.1.7) --- */

/* Where there is no core, his client registers itself (RFC 3261 10.2). */
static void draft_own_register(struct user *user, struct draft *draft, uint64_t expires)
{
	draft->method = "REGISTER";
	draft->uri = slice_of(arena_printf(draft->arena, "%s:%s", core_scheme(user->core), core_domain(user->core)));
	add_ids(user, draft, user->address, user->address);
	draft_printf(draft, "Call-ID", "%s", call_id(user, user->register_call_id, !user->registered && expires));
	draft_printf(draft, "CSeq", "%" PRIu32 " REGISTER", ++user->register_cseq);
	draft_printf(draft, "Contact", "<%s>;" CORE_TAG, user->contact);
	draft_printf(draft, "Expires", "%" PRIu64, expires);
	draft_add(draft, "User-Agent", SLICE("IM-client/OMA1.0"));
}

static void draft_third_party_register(struct user *user, struct draft *draft, uint64_t expires)
{
	char core[NET_ADDR_TEXT_MAX], target[NET_ADDR_TEXT_MAX], tag[SIP_TEXT_ID_MAX];
	struct world *world = core_world(user->core);

	net_addr_format(core, core_addr(user->core));
	draft->method = "REGISTER";
	draft->uri = slice_of(arena_printf(draft->arena, "%s:%s%s", core_scheme(user->core),
					   net_addr_format(target, core_target(user->core)),
					   core_transport_text(user->core)));
	draft_add(draft, "Max-Forwards", SLICE("70"));
	draft_printf(draft, "From", "<sip:scscf@%s>;tag=%s", core, sip_text_word(world, tag));
	draft_printf(draft, "To", "<%s>", user->address);
	draft_printf(draft, "Call-ID", "%s", call_id(user, user->register_call_id, !user->registered && expires));
	draft_printf(draft, "CSeq", "%" PRIu32 " REGISTER", ++user->register_cseq);
	draft_printf(draft, "Contact", "<%s:scscf@%s%s>", core_scheme(user->core), core,
		     core_transport_text(user->core));
	draft_printf(draft, "Expires", "%" PRIu64, expires);
	draft_add(draft, "P-Visited-Network-ID", slice_of(core_domain(user->core)));
	add_charging(user, draft);
}

void user_draft_register(struct user *user, struct draft *draft, uint64_t expires)
{
	if (core_is_direct(user->core))
		draft_own_register(user, draft, expires);
	else
		draft_third_party_register(user, draft, expires);
}

/* The client's REGISTER as it would have come to the S-CSCF, with the tag in his Contact. */
static void write_client_register(struct buf *to, struct user *user, uint64_t expires)
{
	char branch[SIP_TEXT_ID_MAX], tag[SIP_TEXT_ID_MAX];
	struct net_addr addr = *core_addr(user->core);

	addr.port = 5062;
	buf_printf(to, "REGISTER sip:%s SIP/2.0\r\n", core_domain(user->core));
	sip_text_via(to, NET_UDP, &addr, sip_text_branch(core_world(user->core), branch));
	sip_text_header(to, "Max-Forwards", "70");
	sip_text_header(to, "From", "<%s>;tag=%s", user->address, sip_text_word(core_world(user->core), tag));
	sip_text_header(to, "To", "<%s>", user->address);
	sip_text_header(to, "Call-ID", "%s-ue", user->register_call_id);
	sip_text_header(to, "CSeq", "%" PRIu32 " REGISTER", user->register_cseq);
	sip_text_header(to, "Contact", "<%s>;%s", user->contact, core_tag(user->core));
	sip_text_header(to, "Expires", "%" PRIu64, expires);
	sip_text_body(to, NULL, SLICE_NONE);
}

/* The answer that the client got, which filter criteria may ask for, too: with his implicit registration set. */
static void write_core_answer(struct buf *to, struct user *user, struct slice request, uint64_t expires)
{
	struct arena arena = {0};
	struct sip_msg msg;

	if (sip_msg_index(&msg, request, &arena, NULL) == 0) {
		sip_text_answer(to, &msg, 200, "scscf");
		sip_text_header(to, "Contact", "<%s>;" CORE_TAG ";expires=%" PRIu64, user->contact, expires);
		if (user->tel)
			sip_text_header(to, "P-Associated-URI", "<%s>, <%s>", user->address, user->tel);
		else
			sip_text_header(to, "P-Associated-URI", "<%s>", user->address);
		sip_text_body(to, NULL, SLICE_NONE);
	}
	arena_done(&arena);
}

static const char service_info[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				   "<ims-3gpp version=\"1\"><service-info>im-server</service-info></ims-3gpp>\n";

static void write_part(struct buf *to, const char *type, struct slice body)
{
	buf_puts(to, "--part\r\n");
	sip_text_header(to, "Content-Type", "%s", type);
	buf_puts(to, "\r\n");
	buf_add(to, body);
	buf_puts(to, "\r\n");
}

void user_draft_register_body(struct user *user, struct draft *draft, enum register_body kind, uint64_t expires)
{
	static const char *const types[] = {NULL, "message/sip", "application/3gpp-ims+xml",
					    "multipart/mixed;boundary=part"};
	struct buf message = {0}, answer = {0}, body = {0};

	if (kind == REGISTER_PLAIN)
		return;
	write_client_register(&message, user, expires);
	if (kind == REGISTER_MESSAGE_SIP) {
		buf_add(&body, buf_slice(&message));
	} else if (kind == REGISTER_SERVICE_INFO) {
		buf_puts(&body, service_info);
	} else {
		write_part(&body, "application/3gpp-ims+xml", slice_of(service_info));
		write_part(&body, "message/sip", buf_slice(&message));
		if (core_is_ims(user->core)) {
			write_core_answer(&answer, user, buf_slice(&message), expires);
			write_part(&body, "message/sip", buf_slice(&answer));
		}
		buf_puts(&body, "--part--\r\n");
	}
	draft->content_type = types[kind];
	draft->body = arena_copy(draft->arena, buf_slice(&body));
	buf_done(&message);
	buf_done(&answer);
	buf_done(&body);
}
