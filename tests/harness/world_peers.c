/* SPDX-License-Identifier: MIT */
#include "world_peers.h"

#include <criterion/criterion.h>
#include <stdio.h>

void diary_note(struct diary *diary, const char *what)
{
	if (world_is_virtual(diary->world))
		buf_printf(&diary->text, "%llu ", (unsigned long long)(world_now(diary->world) / MS));
	buf_printf(&diary->text, "%s\n", what);
}

/* ---- ports ---- */

const struct slice test_options = SLICE("OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n\r\n");

static void peer_message(void *arg, struct port *port, const struct event_path *path, struct slice bytes, bool is_sip)
{
	struct test_peer *peer = arg;
	char line[200], src[NET_ADDR_TEXT_MAX];

	snprintf(line, sizeof(line), "%s %zu %s %s", is_sip ? "sip" : "junk", bytes.len,
		 net_transport_name(path->transport), net_addr_format(src, &path->src));
	diary_note(&peer->diary, line);
	peer->messages++;
	if (peer->answer.len)
		cr_assert_eq(port_send(port, &path->src, peer->answer, NULL), 0);
	if (peer->closes)
		port_close(port);
}

static void peer_error(void *arg, struct port *port, const struct net_addr *to, const struct err *err)
{
	struct test_peer *peer = arg;

	diary_note(&peer->diary, err->text);
	peer->errors++;
}

const struct port_events test_peer_events = {peer_message, peer_error};

void test_peer_open(struct test_peer *peer, struct world *world, enum net_transport transport, struct net_addr bind)
{
	struct err err = {0};

	peer->diary.world = world;
	cr_assert_eq(port_open(world, transport, &bind, &test_peer_events, peer, &peer->port, &err), 0, "%s", err.text);
}

void test_tcp_messages(struct world *world, struct net_addr bind, struct test_peer *a, struct test_peer *b)
{
	static const struct slice two = SLICE("\r\n\r\nMESSAGE sip:b SIP/2.0\r\nl: 3\r\n\r\nabc"
					      "MESSAGE sip:b SIP/2.0\r\nl: 3\r\n\r\nabc");
	struct slice front = {test_options.p, 20}, back = {test_options.p + 20, test_options.len - 20};

	test_peer_open(a, world, NET_TCP, bind);
	test_peer_open(b, world, NET_TCP, bind);
	cr_assert_eq(port_send(a->port, port_addr(b->port), two, NULL), 0);
	cr_assert_eq(port_send(a->port, port_addr(b->port), front, NULL), 0);
	cr_assert_eq(port_send(a->port, port_addr(b->port), back, NULL), 0);
}

/* ---- streams ---- */

static void talker_open(void *arg, struct stream *stream)
{
	diary_note(&((struct test_talker *)arg)->diary, "open");
}

static void talker_bytes(void *arg, struct stream *stream, struct slice bytes)
{
	struct test_talker *talker = arg;

	buf_add(&talker->diary.text, bytes);
	buf_putc(&talker->diary.text, '\n');
	talker->bytes += (unsigned)bytes.len;
	if (talker->echo)
		cr_assert_eq(stream_send(stream, bytes), 0);
	if (talker->closes)
		stream_close(stream);
}

static void talker_close(void *arg, struct stream *stream, const struct err *err)
{
	struct test_talker *talker = arg;

	diary_note(&talker->diary, err ? err->text : "closed");
	talker->ends++;
}

const struct stream_events test_talker_events = {talker_open, talker_bytes, talker_close};

void test_talker_accept(void *arg, struct stream *stream)
{
	struct test_talker *talker = arg;

	talker->stream = stream;
	stream_set_events(stream, &test_talker_events, talker);
}

/* ---- running ---- */

struct watch {
	struct world *world;
	const unsigned *count;
	unsigned least;
	struct world_timer timer;
	uint64_t deadline;
};

static void watch_look(void *arg)
{
	struct watch *watch = arg;

	if (*watch->count >= watch->least || world_now(watch->world) >= watch->deadline)
		world_stop(watch->world);
	else
		world_timer_start(watch->world, &watch->timer, MS, watch_look, watch);
}

void test_run_until(struct world *world, const unsigned *count, unsigned least)
{
	struct watch watch = {world, count, least, .deadline = world_now(world) + 3000 * MS};

	world_timer_start(world, &watch.timer, MS, watch_look, &watch);
	world_run(world);
}
