/* SPDX-License-Identifier: MIT */
#include "harness/vnet.h"

#include "base/mem.h"

#include <stdlib.h>

enum { DATAGRAM_MAX = 65507 };

struct vnet_packet {
	struct world_timer timer;
	struct vnet *net;
	struct vnet_packet *next, **at; /* in net->packets */
	struct net_addr src, dst;
	size_t len;
	char bytes[];
};

static struct vnet_packet *packet_new(struct vnet *net, const struct net_addr *src, const struct net_addr *dst,
				      struct slice bytes)
{
	struct vnet_packet *packet = mem_alloc(sizeof(*packet) + bytes.len);

	packet->net = net;
	packet->src = *src;
	packet->dst = *dst;
	packet->len = bytes.len;
	if (bytes.len)
		memcpy(packet->bytes, bytes.p, bytes.len);
	packet->next = net->packets;
	packet->at = &net->packets;
	if (packet->next)
		packet->next->at = &packet->next;
	net->packets = packet;
	return packet;
}

static void packet_free(struct vnet_packet *packet)
{
	world_timer_stop(&packet->timer);
	*packet->at = packet->next;
	if (packet->next)
		packet->next->at = packet->at;
	free(packet);
}

void vnet_udp_done(struct vnet *net)
{
	while (net->packets)
		packet_free(net->packets);
}

/* The answer "nobody is here" is back at the sender. */
static void packet_refused(void *arg)
{
	struct vnet_packet *packet = arg;
	struct port *port = map_get(&packet->net->ports, vnet_key(&packet->src));
	struct net_addr dst = packet->dst;

	packet_free(packet);
	if (port)
		port_fail(port, &dst, -ECONNREFUSED, "send to");
}

static void packet_arrives(void *arg)
{
	struct vnet_packet *packet = arg;
	struct vnet *net = packet->net;
	struct port *port = map_get(&net->ports, vnet_key(&packet->dst));

	if (!port) {
		world_timer_start(&net->world, &packet->timer, vnet_delay(net), packet_refused, packet);
		return;
	}
	port_receive(port, &packet->src, (struct slice){packet->bytes, packet->len});
	packet_free(packet);
}

int vnet_udp_open(struct world *world, const struct net_addr *bind, struct port **ret_port, struct err *err)
{
	struct port *port = mem_alloc(sizeof(*port));
	int rc = vnet_claim(vnet_of(world), &vnet_of(world)->ports, bind, port, &port->addr, err);

	port->world = world;
	if (rc)
		free(port);
	else
		*ret_port = port;
	return rc;
}

void vnet_udp_close(struct port *port)
{
	map_remove(&vnet_of(port->world)->ports, vnet_key(&port->addr));
	free(port);
}

static bool dice_says(struct vnet *net, uint32_t per_mille)
{
	return per_mille && rng_below(&net->dice, 1000) < per_mille;
}

int vnet_udp_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err)
{
	struct vnet *net = vnet_of(port->world);
	struct vnet_packet *packet;
	int copies;

	if (bytes.len > DATAGRAM_MAX)
		return world_fail(err, -EMSGSIZE, "send to", dst);
	copies = 1 + dice_says(net, net->weather.duplicate);
	if (dice_says(net, net->weather.loss))
		copies--;
	while (copies--) {
		packet = packet_new(net, &port->addr, dst, bytes);
		world_timer_start(&net->world, &packet->timer, vnet_delay(net), packet_arrives, packet);
	}
	return 0;
}
