/* SPDX-License-Identifier: MIT */
#include "harness/null_client.h"
#include "base/mem.h"
#include "harness/sip_text.h"
#include "harness/tester_ask.h"

#include <stdio.h>
#include <stdlib.h>

struct member { /* one user's client */
	struct member *next;
	struct nulls *nulls;
	char *address;
	struct null_peer *peer;
	struct stream *stream; /* of one that closes it */
	unsigned sent;
};

struct nulls {
	struct tester tester;
	struct tester_asks asks;
	enum null_client_kind kind;
	struct world *world;
	struct net_addr core;
	const char *domain;
	struct member *members;
};

static const struct manner kinds[] = {
#define X(id, name, peer, earns, text) [NULL_CLIENT_##id] = {name, earns, text},
	NULL_CLIENTS(X)
#undef X
};

static const enum null_peer_kind peers[] = {
#define X(id, name, peer, earns, text) [NULL_CLIENT_##id] = NULL_PEER_##peer,
	NULL_CLIENTS(X)
#undef X
};

const struct manners null_clients = {kinds, ARRAY_LEN(kinds)};

/* --- what it says --- */

static void write_register(struct member *m, enum net_transport transport, const struct net_addr *from, struct buf *to)
{
	const struct nulls *n = m->nulls;
	bool stranger = n->kind == NULL_CLIENT_STRANGER;
	char word[SIP_TEXT_ID_MAX], host[NET_ADDR_TEXT_MAX];
	const char *who = stranger ? "sip:somebody-else@nowhere.example" : m->address;
	char uri[128];

	snprintf(uri, sizeof(uri), "sip:%s", n->domain);
	sip_text_request(to, "REGISTER", slice_of(uri));
	sip_text_via(to, transport, from, sip_text_branch(n->world, word));
	sip_text_header(to, "Max-Forwards", "70");
	sip_text_header(to, "From", "<%s>;tag=null-%u", who, ++m->sent);
	sip_text_header(to, "To", "<%s>", who);
	sip_text_header(to, "Call-ID", "%s", sip_text_word(n->world, word));
	sip_text_header(to, "CSeq", "1 REGISTER");
	sip_text_header(to, "Contact", "<sip:x@%s>%s", net_addr_format(host, from),
			n->kind == NULL_CLIENT_REGISTERS ? ";+g.oma.sip-im" : "");
	sip_text_body(to, NULL, SLICE_NONE);
}

static void on_open(void *arg, struct stream *stream)
{
	struct member *m = arg;
	struct buf text = {0};

	write_register(m, NET_TCP, stream_local(stream), &text);
	stream_send(stream, buf_slice(&text));
	buf_done(&text);
	m->stream = NULL;
	stream_close(stream);
}

static void on_bytes(void *arg, struct stream *stream, struct slice bytes)
{
}

static void on_close(void *arg, struct stream *stream, const struct err *err)
{
	((struct member *)arg)->stream = NULL;
}

static void come(struct member *m)
{
	static const struct stream_events events = {on_open, on_bytes, on_close};
	struct nulls *n = m->nulls;
	struct buf text = {0};

	if (n->kind == NULL_CLIENT_CLOSE && !m->stream)
		stream_connect(n->world, &n->core, &events, m, &m->stream, NULL);
	if (n->kind == NULL_CLIENT_CLOSE || n->kind == NULL_CLIENT_SILENT)
		return;
	if (n->kind == NULL_CLIENT_GARBAGE)
		buf_printf(&text, "HELO %s\r\n\r\n", n->domain);
	else
		write_register(m, NET_UDP, null_peer_addr(m->peer), &text);
	null_peer_send(m->peer, &n->core, buf_slice(&text));
	buf_done(&text);
}

/* --- one client for each user --- */

static struct member **place_of(struct nulls *n, const char *address)
{
	struct member **at = &n->members;

	while (*at && strcmp((*at)->address, address))
		at = &(*at)->next;
	return at;
}

static void member_remove(struct member **at)
{
	struct member *m = *at;

	*at = m->next;
	stream_close(m->stream);
	null_peer_free(m->peer);
	free(m->address);
	free(m);
}

static void member_add(struct nulls *n, const char *address)
{
	struct member *m = mem_alloc(sizeof(*m));
	struct net_addr bind = n->core;

	bind.port = 0;
	*m = (struct member){.next = n->members, .nulls = n, .address = mem_strdup(address)};
	n->members = m;
	null_peer_new(n->world, peers[n->kind], &bind, &m->peer, NULL);
}

static void ask(struct tester *tester, const struct tester_request *request, tester_done_fn *done, void *to)
{
	struct nulls *n = (struct nulls *)tester;
	struct member **at = place_of(n, request->user->address);

	if (request->command == TESTER_STOP && *at)
		member_remove(at);
	if (request->command == TESTER_REGISTER && !*at)
		member_add(n, request->user->address);
	if (request->command == TESTER_REGISTER)
		come(*place_of(n, request->user->address));
	tester_asks_answer(&n->asks, done, to, TESTER_DONE, "");
}

static void forget(struct tester *tester, void *to)
{
	tester_asks_forget(&((struct nulls *)tester)->asks, to);
}

static void nulls_free(struct tester *tester)
{
	struct nulls *n = (struct nulls *)tester;

	tester_asks_done(&n->asks);
	while (n->members)
		member_remove(&n->members);
	free(n);
}

struct tester *null_client_new(struct world *world, enum null_client_kind kind, const struct net_addr *core,
			       const char *domain)
{
	struct nulls *n = mem_alloc(sizeof(*n));

	*n = (struct nulls){.tester = {.name = "a useless client", .ask = ask, .forget = forget, .free = nulls_free},
			    .asks = {world, NULL},
			    .kind = kind,
			    .world = world,
			    .core = *core,
			    .domain = domain};
	return &n->tester;
}
