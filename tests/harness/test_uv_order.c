/* SPDX-License-Identifier: MIT
 *
 * Sockets that become readable together, on 127.0.0.1. */
#include "world_peers.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

struct crossing { /* a peer of plain sockets, who answers on our connection and asks on new ones of his own */
	struct world *world;
	struct port *port;
	int answers;
	char order[8]; /* how each message began */
	unsigned count;
};

static void crossing_message(void *arg, struct port *port, const struct event_path *path, struct slice bytes,
			     bool is_sip)
{
	struct crossing *c = arg;

	cr_assert(is_sip && c->count < sizeof(c->order) - 1);
	c->order[c->count++] = bytes.p[0];
}

static const struct port_events crossing_events = {crossing_message};

static int plain_socket(struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	cr_assert_eq(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)), 0);
	return fd;
}

static void plain_say(int fd, struct slice bytes)
{
	cr_assert_eq(write(fd, bytes.p, bytes.len), (ssize_t)bytes.len);
}

/* We connect to him, and have heard from him. */
static void crossing_open(struct crossing *c)
{
	struct net_addr addr = loopback4(0);
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	int listener = plain_socket(&at);

	c->world = world_new_real(NULL);
	cr_assert_eq(port_open(c->world, NET_TCP, &addr, &crossing_events, c, &c->port, NULL), 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&at, len), 0);
	cr_assert_eq(listen(listener, 1), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	addr.port = ntohs(at.sin_port);
	cr_assert_eq(port_send(c->port, &addr, test_options, NULL), 0);
	c->answers = accept(listener, NULL, NULL);
	cr_assert_eq(setsockopt(c->answers, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int)), 0);
	close(listener);
	plain_say(c->answers, test_options);
	test_run_until(c->world, &c->count, 1);
}

static const struct slice crossing_ok = SLICE("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");

static int crossing_ask(struct crossing *c)
{
	struct sockaddr_in to;
	int fd = plain_socket(&to);

	to.sin_port = htons(port_addr(c->port)->port);
	cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	plain_say(fd, SLICE("INVITE sip:a@x SIP/2.0\r\nContent-Length: 0\r\n\r\n"));
	return fd;
}

/* The loop accepts the connection, reads the answer, and reads from the new connection in the next round only. */
Test(harness_uv_order, messages_are_told_in_the_order_in_which_they_came)
{
	struct crossing c = {0};
	int first, second;

	crossing_open(&c);
	first = crossing_ask(&c);
	plain_say(c.answers, crossing_ok);
	test_run_until(c.world, &c.count, 3);
	cr_expect_str_eq(c.order, "OIS");
	plain_say(c.answers, crossing_ok);
	second = crossing_ask(&c);
	test_run_until(c.world, &c.count, 5);
	cr_expect_str_eq(c.order, "OISSI");
	close(first);
	close(second);
	close(c.answers);
	world_free(c.world);
}

/* As a push that is too large for a datagram (RFC 3261 18.1.1). */
Test(harness_uv_order, a_datagram_waits_for_what_came_before_by_tcp)
{
	struct crossing c = {0};
	struct net_addr addr = loopback4(0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct port *udp;
	int datagrams = socket(AF_INET, SOCK_DGRAM, 0), stream;

	crossing_open(&c);
	cr_assert_eq(port_open(c.world, NET_UDP, &addr, &crossing_events, &c, &udp, NULL), 0);
	to.sin_port = htons(port_addr(udp)->port);
	stream = crossing_ask(&c);
	cr_assert_gt(sendto(datagrams, crossing_ok.p, crossing_ok.len, 0, (struct sockaddr *)&to, sizeof(to)), 0);
	test_run_until(c.world, &c.count, 3);
	cr_expect_str_eq(c.order, "OIS");
	close(stream);
	close(datagrams);
	close(c.answers);
	world_free(c.world);
}
