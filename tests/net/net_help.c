/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "net_help.h"
#include "net/bytes.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINK_RAW = 101 };

const char *help_request(const char *tag)
{
	static char text[512];

	snprintf(text, sizeof(text),
		 "OPTIONS sip:%s@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK%s\r\n"
		 "From: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: %s\r\nCSeq: 1 OPTIONS\r\n"
		 "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		 tag, tag, tag);
	return text;
}

struct net_addr help_addr(const char *text)
{
	struct net_addr addr;
	struct err err;

	cr_assert_eq(net_addr_parse(slice_of(text), 0, &addr, &err), 0, "%s", err.text);
	return addr;
}

static void put_u32(struct buf *to, uint32_t v)
{
	uint8_t b[4];

	put_le32(b, v);
	buf_add(to, slice_bytes(b, 4));
}

void help_pcap_head(struct buf *to, uint32_t link)
{
	put_u32(to, 0xa1b23c4d);
	put_u32(to, 4 << 16 | 2);
	put_u32(to, 0);
	put_u32(to, 0);
	put_u32(to, 262144);
	put_u32(to, link);
}

void help_pcap_snapped(struct buf *to, struct slice packet, uint32_t caplen)
{
	put_u32(to, 1700000000 + (uint32_t)(to->len / 1000)); /* later than the one before, whatever that was */
	put_u32(to, (uint32_t)((to->len - 4) % 1000) * 1000000);
	put_u32(to, caplen);
	put_u32(to, (uint32_t)packet.len);
	buf_add(to, (struct slice){packet.p, caplen});
}

void help_pcap_packet(struct buf *to, struct slice packet)
{
	help_pcap_snapped(to, packet, (uint32_t)packet.len);
}

void help_wrap(struct buf *packet, const void *head, size_t n)
{
	struct buf whole = {0};

	buf_add(&whole, (struct slice){head, n});
	buf_add(&whole, buf_slice(packet));
	buf_done(packet);
	*packet = whole;
}

int help_open(struct slice bytes, struct capture **ret, struct err *err)
{
	int fd = memfd_create("capture", 0);

	cr_assert(fd >= 0);
	cr_assert_eq(write(fd, bytes.p, bytes.len), (ssize_t)bytes.len);
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	return capture_open_fd(fd, "x.pcap", NULL, ret, err);
}

static enum net_probe probe(struct slice s)
{
	if (s.len && (s.p[0] == '\r' || s.p[0] == '\n'))
		return NET_PROBE_MAYBE;
	return s.len >= 8 && (!memcmp(s.p, "OPTIONS ", 8) || !memcmp(s.p, "SIP/2.0 ", 8)) ? NET_PROBE_YES
											  : NET_PROBE_NO;
}

static void on_datagram(void *ctx, const struct net_datagram *d)
{
	struct recorder *r = ctx;
	char src[NET_ADDR_TEXT_MAX], dst[NET_ADDR_TEXT_MAX];
	const char *at = memchr(d->bytes.p, '@', d->bytes.len);

	buf_printf(&r->log, "%s %s > %s f%llu-%llu %.*s", net_transport_name(d->transport),
		   net_addr_format(src, &d->src), net_addr_format(dst, &d->dst), (unsigned long long)d->first.frame,
		   (unsigned long long)d->last.frame, at ? (int)(at - d->bytes.p) : 0, d->bytes.p);
	if (d->missing)
		buf_printf(&r->log, " -%u", d->missing);
	buf_putc(&r->log, '\n');
	r->messages++;
}

static void on_bytes(void *ctx, struct net_stream *s, int dir, struct slice bytes, const struct net_ref *from,
		     const struct net_ref *now)
{
	struct recorder *r = ctx;

	cr_assert(from->time <= now->time);
	s->user = r;
	buf_printf(&r->log, "%d f%llu %zu\n", dir, (unsigned long long)from->frame, bytes.len);
	buf_add(&r->stream[dir], bytes);
}

static void on_gap(void *ctx, struct net_stream *s, int dir, uint64_t missing, const struct net_ref *now)
{
	struct recorder *r = ctx;

	cr_assert_eq(s->user, r);
	buf_printf(&r->log, "%d gap %llu\n", dir, (unsigned long long)missing);
}

static void on_end(void *ctx, struct net_stream *s)
{
	struct recorder *r = ctx;

	cr_assert_eq(s->user, r);
	buf_puts(&r->log, "end\n");
	for (int dir = 0; dir < 2; dir++) {
		struct slice rest = buf_slice(&r->stream[dir]);
		const char *at;

		while ((at = slice_find(rest = slice_trim(rest), SLICE("\r\n\r\n"))))
			rest = slice_range(at + 4, rest.p + rest.len), r->messages++;
		r->messages += rest.len > 0;
	}
}

struct net *recorder_net(struct recorder *r, const struct net_config *config)
{
	struct net_sink sink = {r, probe, on_datagram, on_bytes, on_gap, on_end};

	*r = (struct recorder){0};
	buf_puts(&r->log, "");
	return net_new(config, &sink);
}

void recorder_clear(struct recorder *r)
{
	buf_clear(&r->log);
	buf_clear(&r->stream[0]);
	buf_clear(&r->stream[1]);
}

void recorder_done(struct recorder *r)
{
	buf_done(&r->log);
	buf_done(&r->stream[0]);
	buf_done(&r->stream[1]);
}

void help_feed(struct net *net, struct slice file)
{
	struct capture *capture;
	struct capture_packet packet;
	struct err err = {0};
	int r;

	cr_assert_eq(help_open(file, &capture, &err), 0, "%s", err.text);
	while ((r = capture_next(capture, &packet, &err)) > 0)
		net_feed(net, &packet, 0);
	cr_assert_eq(r, 0, "%s", err.text);
	capture_free(capture);
}

void help_feed_ip(struct net *net, uint64_t ms, uint64_t *frame, struct slice packet)
{
	uint8_t *copy = malloc(packet.len); /* of its own size, so that a sanitizer sees reads past the end */
	struct capture_packet p = {.time = ms * 1000000,
				   .frame = ++*frame,
				   .p = copy,
				   .caplen = (uint32_t)packet.len,
				   .origlen = (uint32_t)packet.len,
				   .link = LINK_RAW};

	memcpy(copy, packet.p, packet.len);
	net_feed(net, &p, 0);
	free(copy);
}
