/* SPDX-License-Identifier: MIT
 *
 * Captures of public projects, where they are at hand beside the source: the counts are tshark's. */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "base/mem.h"
#include "net/merge.h"
#include "net_help.h"
#include "sip/frame.h"
#include "sip/msg.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(net_public);

/* Messages by file. */
static const struct {
	const char *name;
	size_t messages;
} captures[] = {
	{"aflnet_sip-1.pcap", 16},
	{"aiengine_gprs_sip_flow.pcap", 22},
	{"goffinet_REGISTER-Request.pcap", 2},
	{"goffinet_SIP-Call-Flow-Over-TCP.pcap", 7},
	{"goffinet_sip-2phones-B2BUA-Asterisk.pcapng", 60},
	{"goffinet_sip-register-ok-unregister.pcapng", 18},
	{"heplify_erspan_sip_ipv4_udp.pcapng", 140},
	{"heplify_ipip0.pcap", 8},
	{"heplify_sip_ipv4_tcp_retrans.pcap", 8},
	{"heplify_sip_ipv6_udp.pcap", 6},
	{"ndpi_gre.pcapng", 1},
	{"ndpi_sip.pcap", 81},
	{"open5gs_nonipsec_reg.pcapng", 50},
	{"pcpp_sip_reqs.pcap", 4},
	{"pcpp_sip_resp.pcap", 7},
	{"sngrep_ipip.pcap", 4},
	{"sv_sip-body-large_sip-body-large.pcap", 2},
	{"sv_sip-compact-form_sip_compact_form.pcap", 1},
	{"zeek_invalid-content-length.pcap", 2},
	{"zeek_sip-junk-before-request.pcap", 1},
	/* tshark finds none: it takes what is said on port 80 for HTTP, and a web server answers there with SIP's first
	   line */
	{"sv_http-evader_http-evader-486_input.pcap", 1},
};

struct counter {
	size_t messages;
	struct buf rest[2]; /* of the one stream that is open */
};

static enum net_probe probe(struct slice s)
{
	return sip_msg_probe(s) ? NET_PROBE_YES : NET_PROBE_NO;
}

static void on_datagram(void *ctx, const struct net_datagram *d)
{
	((struct counter *)ctx)->messages++;
}

static void on_bytes(void *ctx, struct net_stream *s, int dir, struct slice bytes, const struct net_ref *from,
		     const struct net_ref *now)
{
	struct counter *c = ctx;
	enum sip_frame frame;
	size_t skip, len;

	s->user = c;
	buf_add(&c->rest[dir], bytes);
	do {
		frame = sip_frame_stream(buf_slice(&c->rest[dir]), 1 << 20, &skip, &len, NULL);
		c->messages += frame == SIP_FRAME_MESSAGE;
		buf_drop_front(&c->rest[dir], skip + (frame == SIP_FRAME_MESSAGE ? len : 0));
	} while (frame != SIP_FRAME_MORE && c->rest[dir].len);
}

static void on_gap(void *ctx, struct net_stream *s, int dir, uint64_t missing, const struct net_ref *now)
{
	buf_clear(&((struct counter *)ctx)->rest[dir]);
}

static void on_end(void *ctx, struct net_stream *s)
{
	buf_clear(&((struct counter *)ctx)->rest[0]);
	buf_clear(&((struct counter *)ctx)->rest[1]);
}

static size_t count_messages(const char *path)
{
	struct counter c = {0};
	struct net_sink sink = {&c, probe, on_datagram, on_bytes, on_gap, on_end};
	struct net *net = net_new(NULL, &sink);
	struct merge *m = merge_new(NULL);
	const struct capture_packet *p;
	struct err err;
	uint32_t file;

	cr_assert_eq(merge_add(m, path, &err), 0, "%s", err.text);
	while (merge_next(m, &p, &file, &err) > 0)
		net_feed(net, p, file);
	net_finish(net);
	net_free(net);
	merge_free(m);
	buf_done(&c.rest[0]);
	buf_done(&c.rest[1]);
	return c.messages;
}

Test(net_public, as_many_messages_as_tshark_finds)
{
	char *folder = NULL, *path = NULL;

	cr_assert(asprintf(&folder, "%s/../shared/captures", SOURCE_ROOT) > 0);
	if (access(folder, R_OK) != 0)
		cr_skip("no folder of public captures beside the source");
	for (size_t i = 0; i < ARRAY_LEN(captures); i++) {
		size_t n;

		cr_assert(asprintf(&path, "%s/%s", folder, captures[i].name) > 0);
		n = count_messages(path);
		cr_expect_eq(n, captures[i].messages, "%s: %zu", captures[i].name, n);
		free(path);
	}
	free(folder);
}
