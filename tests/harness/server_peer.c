/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"
#include "body/settings_default.h"
#include "base/mem.h"
#include "body/sdp_write.h"
#include "harness/harness_test.h"
#include "sip/value.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

const struct profile *server_peer_profile(void)
{
	static struct profile profile = {
		.name = "test",
		.feature_tag = "+g.oma.sip-im",
		.event = "poc-settings",
		.client_product = "IM-client",
		.server_product = "IM-serv",
		.version = "OMA*",
	};

	profile.settings = *settings_profile_default();
	return &profile;
}

/* --- answers to the server's requests --- */

static void came_keep(struct server_peer *peer, const struct sip_msg *msg)
{
	MEM_GROW(peer->came, peer->count, peer->cap);
	peer->came[peer->count++] =
		(struct came){world_now(peer->world), msg->method, mem_printf("%.*s", SLICE_F(msg->raw))};
}

static unsigned on_message(void *arg, struct msrp_session *msrp, struct slice content_type, struct slice body)
{
	struct server_peer *peer = arg;

	buf_add(&peer->delivered, body);
	buf_putc(&peer->delivered, '|');
	return peer->hold ? 0 : 200;
}

static const struct msrp_session_events msrp_events = {.on_message = on_message};

static void sdp_answer(struct server_peer *peer, struct buf *to)
{
	const char *setup = peer->setup ? peer->setup : "passive";
	const struct sip_msg *msg = server_txn_request(peer->invite);
	struct arena arena = {0};
	struct sdp_msrp offer;
	struct sdp sdp;

	msrp_session_free(peer->msrp);
	msrp_session_new(peer->world, NULL, &msrp_events, peer, &peer->msrp, NULL);
	if (sdp_read(&sdp, msg->body, &arena, NULL) == 0 && sdp_msrp_read(&sdp, &offer, NULL) == 0 &&
	    !(peer->hold && !strcmp(setup, "active")))
		msrp_session_start(peer->msrp, offer.path, !strcmp(setup, "active"), NULL);
	arena_done(&arena);
	sdp_msrp_write(to, &(struct sdp_msrp_values){.session_id = 1,
						     .port = msrp_session_addr(peer->msrp)->port,
						     .path = msrp_session_path(peer->msrp),
						     .setup = setup,
						     .direction = SDP_RECVONLY});
}

void peer_answer_invite(struct server_peer *peer, unsigned status)
{
	char host[NET_ADDR_TEXT_MAX];
	struct buf text = {0}, sdp = {0};

	sip_text_answer(&text, server_txn_request(peer->invite), status, "peer");
	if (peer->contact)
		sip_text_header(&text, "Contact", "%s", peer->contact);
	else
		sip_text_header(&text, "Contact", "<sip:ue@%s>", net_addr_format(host, endpoint_addr(peer->endpoint)));
	buf_puts(&text, peer->headers ? peer->headers : "");
	if (status / 100 == 2) {
		sdp_answer(peer, &sdp);
		sip_dialog_accepted(&peer->dialog, server_txn_request(peer->invite), "peer", NULL);
	}
	sip_text_body(&text, sdp.len ? "application/sdp" : NULL, buf_slice(&sdp));
	endpoint_answer(peer->invite, buf_slice(&text), NULL);
	buf_done(&text);
	buf_done(&sdp);
}

static void on_invite(struct server_peer *peer, struct server_txn *txn)
{
	unsigned status;

	peer->invite = txn;
	do {
		status = peer->plan[peer->turn];
		if (status)
			peer_answer_invite(peer, status);
		if (peer->turn + 1 < ARRAY_LEN(peer->plan) && peer->plan[peer->turn + 1])
			peer->turn++;
		else
			break;
	} while (status < 200);
}

static void answer_refresh(struct server_peer *peer, struct server_txn *txn)
{
	unsigned status = peer->refresh_status ? peer->refresh_status : 200;
	struct buf text = {0};

	sip_text_answer(&text, server_txn_request(txn), status, "peer");
	buf_puts(&text, peer->refresh_headers ? peer->refresh_headers : "");
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

static void answer_ok(struct server_txn *txn)
{
	struct buf text = {0};

	sip_text_answer(&text, server_txn_request(txn), 200, "peer");
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_answer(txn, buf_slice(&text), NULL);
	buf_done(&text);
}

static void on_request(void *arg, struct server_txn *txn, const struct sip_msg *msg, const struct event_path *path)
{
	struct server_peer *peer = arg;

	came_keep(peer, msg);
	if (!txn)
		return;
	if (msg->method == SIP_METHOD_INVITE && !sip_msg_tag(msg, SIP_HEADER_TO).p)
		on_invite(peer, txn);
	else if (msg->method == SIP_METHOD_INVITE || msg->method == SIP_METHOD_UPDATE)
		answer_refresh(peer, txn);
	else if (msg->method != SIP_METHOD_MESSAGE || !peer->silent)
		answer_ok(txn);
}

static void on_cancel(void *arg, struct server_txn *invite)
{
	struct server_peer *peer = arg;

	MEM_GROW(peer->came, peer->count, peer->cap);
	peer->came[peer->count++] = (struct came){world_now(peer->world), SIP_METHOD_CANCEL, mem_strdup("")};
}

/* --- our requests --- */

static void stop(void *arg)
{
	world_stop(arg);
}

void peer_run(struct server_peer *peer, double seconds)
{
	struct world_timer timer = {0};

	world_timer_start(peer->world, &timer, (uint64_t)(seconds * 1e9), stop, peer->world);
	world_run(peer->world);
	world_timer_stop(&timer);
}

static void answer_take(void *arg, struct client_txn *txn, const struct sip_msg *msg, const struct err *err)
{
	struct server_peer *peer = arg;
	struct slice etag;

	if (msg && msg->status < 200)
		return;
	if (msg) {
		peer->status = msg->status;
		peer->answer = mem_printf("%.*s", SLICE_F(msg->raw));
		etag = sip_msg_value(msg, SIP_HEADER_SIP_ETAG);
		if (etag.p)
			snprintf(peer->etag, sizeof(peer->etag), "%.*s", SLICE_F(etag));
	}
	if (msg && msg->method == SIP_METHOD_INVITE && msg->status < 300)
		client_txn_detach(txn); /* that the 200 comes again stops no run */
	peer->answered_at = world_now(peer->world);
	world_stop(peer->world);
}

static unsigned request_run(struct server_peer *peer, struct buf *text)
{
	struct err err;

	free(peer->answer);
	peer->answer = NULL;
	peer->status = 0;
	if (endpoint_request(
		    peer->endpoint,
		    &(struct endpoint_request){NET_UDP, server_addr(peer->server), buf_slice(text), answer_take, peer},
		    NULL, &err) == 0)
		world_run(peer->world);
	buf_done(text);
	return peer->status;
}

unsigned peer_request(struct server_peer *peer, const char *method, const char *uri, const char *headers,
		      const char *content_type, const char *body)
{
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_text_request(&text, method, slice_of(uri));
	sip_text_via(&text, NET_UDP, endpoint_addr(peer->endpoint), sip_text_branch(peer->world, branch));
	sip_text_header(&text, "CSeq", "%u %s", ++peer->serial, method);
	buf_puts(&text, headers);
	if (!strstr(headers, "Call-ID:"))
		sip_text_header(&text, "Call-ID", "request-%u", peer->serial);
	if (!strstr(headers, "From:"))
		buf_puts(&text, "From: <" ALICE ">;tag=1\r\n");
	if (!strstr(headers, "To:"))
		buf_puts(&text, "To: <" ALICE ">\r\n");
	sip_text_body(&text, content_type, slice_of(body));
	return request_run(peer, &text);
}

unsigned peer_register(struct server_peer *peer, const char *expires)
{
	char lines[200];

	snprintf(lines, sizeof(lines),
		 "From: <sip:core@im.example>;tag=1\r\nTo: <" ALICE ">\r\nCall-ID: registration\r\n"
		 "Contact: <sip:core@127.0.0.1>\r\n%s%s%s",
		 *expires ? "Expires: " : "", expires, *expires ? "\r\n" : "");
	return peer_request(peer, "REGISTER", "sip:server@im.example", lines, NULL, NULL);
}

unsigned peer_deposit(struct server_peer *peer, const char *text)
{
	return peer_request(peer, "MESSAGE", ALICE, "From: <sip:bob@im.example>;tag=1\r\n", "text/plain", text);
}

static void line(struct buf *to, const char *name, const char *given, const char *right)
{
	const char *value = given ? given : right;

	if (*value)
		buf_printf(to, "%s: %s\r\n", name, value);
}

unsigned peer_publish(struct server_peer *peer, const struct peer_publish *p)
{
	const char *body = p->body ? p->body : p->if_match ? "" : peer_settings("true");
	const char *type = p->type ? p->type : server_peer_profile()->settings.mime;
	struct buf lines = {0};
	unsigned status;

	line(&lines, "Accept-Contact", p->accept_contact, "*;+g.oma.sip-im");
	line(&lines, "Event", p->event, "poc-settings");
	line(&lines, "P-Asserted-Identity", p->identity, "<" ALICE ">");
	line(&lines, "SIP-If-Match", p->if_match, "");
	line(&lines, "Expires", p->expires, "3600");
	buf_puts(&lines, p->more ? p->more : "");
	status = peer_request(peer, "PUBLISH", p->uri ? p->uri : ALICE, buf_slice(&lines).p,
			      *body && *type ? type : NULL, *body ? body : NULL);
	buf_done(&lines);
	return status;
}

const char *peer_settings(const char *active)
{
	static char text[2048];
	struct settings_values values = {
		.entity_id = ALICE,
		.item = {"false", "false", "false", active, "false", "true"},
	};
	struct buf to = {0};

	settings_write(&to, settings_profile_default(), &values);
	snprintf(text, sizeof(text), "%s", to.p);
	buf_done(&to);
	return text;
}

static void invite_ack(struct server_peer *peer)
{
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_dialog_ack(&text, &peer->dialog, peer->dialog.cseq, NET_UDP, endpoint_addr(peer->endpoint),
		       sip_text_branch(peer->world, branch));
	sip_text_body(&text, NULL, SLICE_NONE);
	endpoint_send(peer->endpoint, NET_UDP, server_addr(peer->server), buf_slice(&text), NULL);
	buf_done(&text);
}

unsigned peer_in_dialog(struct server_peer *peer, const char *method, const char *headers)
{
	char branch[SIP_TEXT_ID_MAX];
	struct buf text = {0};

	sip_dialog_request(&text, &peer->dialog, method, NET_UDP, endpoint_addr(peer->endpoint),
			   sip_text_branch(peer->world, branch));
	buf_puts(&text, headers);
	sip_text_body(&text, NULL, SLICE_NONE);
	if (request_run(peer, &text) / 100 == 2 && !strcmp(method, "INVITE") && !peer->ack_not)
		invite_ack(peer);
	return peer->status;
}

/* --- what came --- */

size_t peer_count(const struct server_peer *peer, enum sip_method method)
{
	size_t count = 0;

	for (size_t i = 0; i < peer->count; i++)
		count += peer->came[i].method == method;
	return count;
}

const struct came *peer_came(const struct server_peer *peer, enum sip_method method, size_t nth)
{
	for (size_t i = 0; i < peer->count; i++)
		if (peer->came[i].method == method && nth-- == 0)
			return &peer->came[i];
	return NULL;
}

bool peer_has(const struct came *came, const char *text)
{
	return came && strstr(came->text, text) != NULL;
}

bool peer_answer_has(const struct server_peer *peer, const char *text)
{
	return peer->answer && strstr(peer->answer, text) != NULL;
}

/* --- life --- */

struct server_peer *server_peer_new(const char *fault, const struct server_config *more)
{
	static const struct endpoint_events events = {.on_request = on_request, .on_cancel = on_cancel};
	struct server_config config = more ? *more : (struct server_config){0};
	struct server_peer *peer = mem_alloc(sizeof(*peer));
	struct net_addr bind = loopback4(5060);
	size_t number = 0;
	int rc;

	settings_init();
	peer->world = world_new_virtual(1, NULL);
	rc = endpoint_new(peer->world, &bind, &events, peer, &peer->endpoint, NULL);
	assert(rc == 0);
	config.bind = loopback4(5070);
	config.core = bind;
	config.profile = server_peer_profile();
	if (fault) {
		bool found = manner_find(&server_faults, slice_of(fault), &number);

		assert(found);
		server_faults_set(&config.faults, number);
	}
	rc = server_new(peer->world, &config, &peer->server, NULL);
	assert(rc == 0);
	peer->plan[0] = 200;
	return peer;
}

void server_peer_free(struct server_peer *peer)
{
	server_free(peer->server);
	endpoint_free(peer->endpoint);
	msrp_session_free(peer->msrp);
	sip_dialog_done(&peer->dialog);
	for (size_t i = 0; i < peer->count; i++)
		free(peer->came[i].text);
	free(peer->came);
	free(peer->answer);
	buf_done(&peer->delivered);
	world_free(peer->world);
	free(peer);
}

/* --- a whole push --- */

void peer_push(struct server_peer *peer)
{
	cr_assert_eq(peer_deposit(peer, "hello"), 202);
	cr_assert_eq(peer_register(peer, "3600"), 200);
	cr_assert_eq(PUBLISH(peer), 200);
}

struct server_peer *peer_pushed(const char *fault)
{
	struct server_peer *peer = server_peer_new(fault, NULL);

	peer_push(peer);
	peer_run(peer, 5);
	return peer;
}
