/* SPDX-License-Identifier: MIT */
#include "samples_parts.h"
#include "net/bytes.h"
#include "net/packet_build.h"
#include "net_help.h"
#include "base/mem.h"

#include <stdlib.h>

/* A TCP connection in few words. */
struct tcp_maker {
	struct buf *to;
	struct net_addr end[2];
	uint32_t seq[2];
};

static void tcp_at(struct tcp_maker *m, int dir, uint32_t seq, uint8_t flags, struct slice bytes)
{
	struct buf packet = {0};

	packet_build_tcp(&packet, &m->end[dir], &m->end[!dir], seq, flags & TCP_ACK ? m->seq[!dir] : 0, flags, bytes);
	help_pcap_packet(m->to, buf_slice(&packet));
	buf_done(&packet);
}

static void tcp_send(struct tcp_maker *m, int dir, uint8_t flags, struct slice bytes)
{
	tcp_at(m, dir, m->seq[dir], flags, bytes);
	m->seq[dir] += (uint32_t)bytes.len + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0);
}

#define SERVER "10.0.0.2:5060"

static void tcp_open(struct tcp_maker *m, struct buf *to, uint32_t isn, const char *server)
{
	*m = (struct tcp_maker){to, {help_addr("10.0.0.1:40000"), help_addr(server)}, {isn, 7000}};
	help_pcap_head(to, LINK_RAW);
	tcp_send(m, 0, TCP_SYN, SLICE_NONE);
	tcp_send(m, 1, TCP_SYN | TCP_ACK, SLICE_NONE);
	tcp_send(m, 0, TCP_ACK, SLICE_NONE);
}

static void tcp_close(struct tcp_maker *m)
{
	tcp_send(m, 0, TCP_FIN | TCP_ACK, SLICE_NONE);
	tcp_send(m, 1, TCP_FIN | TCP_ACK, SLICE_NONE);
	tcp_send(m, 0, TCP_ACK, SLICE_NONE);
}

static const char answer[] =
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP 10.0.0.1;branch=z9hG4bKx\r\nFrom: <sip:a@example.com>;tag=1\r\n"
	"To: <sip:b@example.com>;tag=2\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

void make_tcp(struct buf *to)
{
	struct tcp_maker m;

	tcp_open(&m, to, 1000, SERVER);
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, slice_of(help_request("tcp")));
	tcp_send(&m, 1, TCP_PSH | TCP_ACK, slice_of(answer));
	tcp_close(&m);
}

/* Two messages and a keep-alive in one segment, then one message in many; the sequence numbers wrap. */
void make_tcp_cut(struct buf *to)
{
	struct tcp_maker m;
	struct buf two = {0};
	const char *text;

	tcp_open(&m, to, 0xffffff00u, SERVER);
	buf_puts(&two, help_request("one"));
	buf_puts(&two, "\r\n\r\n");
	buf_puts(&two, help_request("two"));
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, buf_slice(&two));
	buf_done(&two);
	for (text = help_request("three"); *text; text += strlen(text) < 50 ? strlen(text) : 50)
		tcp_send(&m, 0, TCP_PSH | TCP_ACK, (struct slice){text, strlen(text) < 50 ? strlen(text) : 50});
	tcp_close(&m);
}

/* Four segments of one message: the third before the second, the second once more. */
void make_tcp_reordered(struct buf *to)
{
	struct tcp_maker m;
	const char *text = help_request("mixed");
	size_t q = strlen(text) / 4;
	uint32_t s;

	tcp_open(&m, to, 1000, SERVER);
	s = m.seq[0];
	tcp_at(&m, 0, s, TCP_ACK, (struct slice){text, q});
	tcp_at(&m, 0, s + 2 * (uint32_t)q, TCP_ACK, (struct slice){text + 2 * q, q});
	tcp_at(&m, 0, s + (uint32_t)q, TCP_ACK, (struct slice){text + q, q});
	tcp_at(&m, 0, s + (uint32_t)q, TCP_ACK, (struct slice){text + q, q});
	m.seq[0] += 3 * (uint32_t)q;
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, slice_of(text + 3 * q));
	tcp_close(&m);
}

/* One message of three loses its middle; the two around it remain. */
void make_tcp_gap(struct buf *to)
{
	struct tcp_maker m;
	const char *text = help_request("lost");

	tcp_open(&m, to, 1000, SERVER);
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, slice_of(help_request("before")));
	text = help_request("lost");
	tcp_send(&m, 0, TCP_ACK, (struct slice){text, 40});
	m.seq[0] += (uint32_t)strlen(text) - 40;
	tcp_send(&m, 1, TCP_ACK, SLICE_NONE);
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, slice_of(help_request("after")));
	tcp_close(&m);
}

/* The capture starts late: the tail of a message, then a whole one. */
void make_tcp_midstream(struct buf *to)
{
	struct tcp_maker m = {to, {help_addr("10.0.0.1:40000"), help_addr("10.0.0.2:5060")}, {5000, 7000}};

	help_pcap_head(to, LINK_RAW);
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, SLICE("Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"));
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, slice_of(help_request("late")));
	tcp_send(&m, 1, TCP_PSH | TCP_ACK, slice_of(answer));
}

void make_tls(struct buf *to)
{
	struct tcp_maker m;

	tcp_open(&m, to, 1000, "10.0.0.2:5061");
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, SLICE("\x16\x03\x01\0\x05\x01\0\0\x01\0"));
	tcp_send(&m, 1, TCP_PSH | TCP_ACK, SLICE("\x17\x03\x03\0\x05\x01\x02\x03\x04\x05"));
}

static void put_sctp(struct buf *to, struct slice bytes, uint8_t flags, uint32_t tsn)
{
	struct net_addr a = help_addr("10.0.0.1:5060"), b = help_addr("10.0.0.2:5060");
	struct buf packet = {0};

	packet_build_sctp(&packet, &a, &b, tsn, bytes);
	packet.p[20 + 12 + 1] = (char)flags;
	help_pcap_packet(to, buf_slice(&packet));
	buf_done(&packet);
}

void make_sctp(struct buf *to)
{
	help_pcap_head(to, LINK_RAW);
	put_sctp(to, slice_of(help_request("sctp")), 3, 1);
}

/* In three chunks, the last before the middle. */
void make_sctp_fragments(struct buf *to)
{
	const char *text = help_request("chunks");

	help_pcap_head(to, LINK_RAW);
	put_sctp(to, (struct slice){text, 80}, 2, 1);
	put_sctp(to, slice_of(text + 160), 1, 3);
	put_sctp(to, (struct slice){text + 80, 80}, 0, 2);
}

static void ws_frame(struct buf *to, uint8_t first, const uint8_t mask[4], struct slice payload)
{
	buf_putc(to, (char)first);
	buf_putc(to, (char)((mask ? 0x80 : 0) | 126));
	buf_putc(to, (char)(payload.len >> 8));
	buf_putc(to, (char)payload.len);
	if (mask)
		buf_add(to, slice_bytes(mask, 4));
	for (size_t i = 0; i < payload.len; i++)
		buf_putc(to, (char)(payload.p[i] ^ (mask ? mask[i & 3] : 0)));
}

/* RFC 7118: a masked request in two frames with a ping between them, an answer in one. */
void make_websocket(struct buf *to)
{
	static const uint8_t mask[4] = {1, 2, 3, 4};
	struct slice text = slice_of(help_request("ws"));
	struct tcp_maker m;
	struct buf frames = {0};

	tcp_open(&m, to, 1000, "10.0.0.2:80");
	tcp_send(&m, 0, TCP_PSH | TCP_ACK,
		 SLICE("GET / HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n"
		       "Sec-WebSocket-Version: 13\r\n\r\n"));
	tcp_send(&m, 1, TCP_PSH | TCP_ACK,
		 SLICE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		       "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n"));
	ws_frame(&frames, 0x01, mask, (struct slice){text.p, 100});
	buf_add(&frames, SLICE("\x89\x80\0\0\0\0"));
	ws_frame(&frames, 0x80, mask, (struct slice){text.p + 100, text.len - 100});
	tcp_send(&m, 0, TCP_PSH | TCP_ACK, buf_slice(&frames));
	buf_clear(&frames);
	ws_frame(&frames, 0x82, NULL, slice_of(answer));
	tcp_send(&m, 1, TCP_PSH | TCP_ACK, buf_slice(&frames));
	buf_done(&frames);
	tcp_close(&m);
}
