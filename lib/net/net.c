/* SPDX-License-Identifier: MIT */
#include "net/net.h"
#include "base/time.h"
#include "net/net_priv.h"
#include "base/mem.h"

#include <stdlib.h>

static const struct net_limits defaults = {
	.fragment_bytes = 4 << 20,
	.fragment_count = 4096,
	.fragment_ns = 60 * SECOND,
	.stream_count = 16384,
	.stream_bytes = 4 << 20,
	.message_bytes = 1 << 20,
};

const char *net_reason_name(enum net_reason reason)
{
	static const char *const names[NET_REASON_COUNT] = {
		[NET_LOST_LINK_UNKNOWN] = "unknown link type",
		[NET_LOST_SNAPPED] = "cut by the capture",
		[NET_LOST_BROKEN] = "broken headers",
		[NET_LOST_TOO_DEEP] = "too many tunnels",
		[NET_LOST_FRAGMENTS_UNFINISHED] = "fragments missing",
		[NET_LOST_FRAGMENTS_EVICTED] = "fragments over the limit",
		[NET_LOST_FRAGMENT_CONFLICT] = "fragments that contradict",
		[NET_LOST_TCP_GAP] = "gaps in TCP",
		[NET_LOST_TCP_CONFLICT] = "TCP segments that contradict",
		[NET_LOST_TCP_EVICTED] = "connections over the limit",
		[NET_LOST_SCTP_UNFINISHED] = "SCTP chunks missing",
		[NET_LOST_WS_BROKEN] = "unreadable WebSocket",
		[NET_LOST_TLS] = "TLS without keys",
	};

	return names[reason];
}

static void limits_set(struct net_limits *to, const struct net_limits *from)
{
	*to = (struct net_limits){
		.fragment_bytes = from->fragment_bytes ? from->fragment_bytes : defaults.fragment_bytes,
		.fragment_count = from->fragment_count ? from->fragment_count : defaults.fragment_count,
		.fragment_ns = from->fragment_ns ? from->fragment_ns : defaults.fragment_ns,
		.stream_count = from->stream_count ? from->stream_count : defaults.stream_count,
		.stream_bytes = from->stream_bytes ? from->stream_bytes : defaults.stream_bytes,
		.message_bytes = from->message_bytes ? from->message_bytes : defaults.message_bytes,
	};
}

struct net *net_new(const struct net_config *config, const struct net_sink *sink)
{
	struct net *net = mem_alloc(sizeof(*net));

	net->sink = *sink;
	limits_set(&net->limits, config ? &config->limits : &defaults);
	if (config && config->port_count) {
		net->port_count = config->port_count;
		net->ports = mem_alloc(config->port_count * sizeof(*net->ports));
		memcpy(net->ports, config->ports, config->port_count * sizeof(*net->ports));
	}
	return net;
}

void net_free(struct net *net)
{
	if (!net)
		return;
	fragments_done(&net->fragments);
	tcp_done(&net->tcp);
	sctp_done(&net->sctp);
	free(net->ports);
	free(net);
}

void net_feed(struct net *net, const struct capture_packet *packet, uint32_t file)
{
	net->now = (struct net_ref){packet->time, packet->frame, packet->offset, file};
	net->first = net->now;
	net->stats.packets++;
	if (net->tcp.queued_bytes)
		tcp_sweep(net);
	link_packet(net, packet->link, (struct layer){packet->p, packet->caplen, packet->origlen - packet->caplen, 0});
}

void net_finish(struct net *net)
{
	fragments_finish(net);
	tcp_finish(net);
	sctp_finish(net);
}

const struct net_stats *net_stats(const struct net *net)
{
	return &net->stats;
}

bool net_port_forced(const struct net *net, uint16_t sport, uint16_t dport)
{
	for (size_t i = 0; i < net->port_count; i++)
		if (net->ports[i] == sport || net->ports[i] == dport)
			return true;
	return false;
}

void net_emit(struct net *net, struct net_datagram *d)
{
	net->stats.datagrams++;
	if (d->missing)
		net_count(net, NET_LOST_SNAPPED);
	if (!d->first.frame)
		d->first = net->first;
	d->last = net->now;
	net->sink.datagram(net->sink.ctx, d);
}

bool net_is_tls(struct slice bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.p;

	return bytes.len >= 5 && p[0] >= 20 && p[0] <= 23 && p[1] == 3 && p[2] <= 4 &&
	       (p[3] << 8 | p[4]) <= (1 << 14) + 2048;
}

static bool pair_is(const struct net_tls_pair *pair, const struct net_addr *a, const struct net_addr *b)
{
	return net_addr_eq_ip(&pair->client, a) && net_addr_eq(&pair->server, b);
}

void net_count_tls(struct net *net, const struct net_addr *src, const struct net_addr *dst)
{
	struct net_stats *s = &net->stats;
	struct net_tls_pair *pair;

	net_count(net, NET_LOST_TLS);
	for (pair = s->tls; pair < s->tls + s->tls_count; pair++) {
		if (pair_is(pair, src, dst) || pair_is(pair, dst, src)) {
			pair->packets++;
			return;
		}
	}
	if (s->tls_count == NET_TLS_PAIRS_MAX)
		return;
	s->tls_count++;
	*pair = (struct net_tls_pair){*src, *dst, 1};
	pair->client.port = 0;
}
