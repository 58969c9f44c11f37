/* SPDX-License-Identifier: MIT */
#include "net/pcapng_write.h"
#include "net/bytes.h"
#include "net/packet_build.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 6,
	BLOCK_SECRETS = 10,
	OPT_END = 0,
	OPT_COMMENT = 1,
	OPT_TSRESOL = 9,
	OPT_USERAPPL = 4,
	LINKTYPE_RAW = 101,
	TLS_KEY_LOG = 0x544c534b,
	OPTION_MAX = 65000,
	SNAP = 262144
};

/* What a TCP connection (or the SCTP data of an address pair) has sent so far, by direction. */
struct pcapng_stream {
	uint32_t next[2];
};

struct stream_key {
	struct net_addr end[2]; /* the lower one first */
	uint32_t is_sctp;
};
_Static_assert(sizeof(struct stream_key) == 44, "all bytes are significant");

static void put_u16(struct buf *out, uint16_t v)
{
	uint8_t b[2];

	put_le16(b, v);
	buf_add(out, slice_bytes(b, 2));
}

static void put_u32(struct buf *out, uint32_t v)
{
	uint8_t b[4];

	put_le32(b, v);
	buf_add(out, slice_bytes(b, 4));
}

static void put_padded(struct buf *out, struct slice s)
{
	static const char zeros[3];

	buf_add(out, s);
	buf_add(out, (struct slice){zeros, -s.len & 3});
}

static size_t block_begin(struct buf *out, uint32_t type)
{
	size_t at = out->len;

	put_u32(out, type);
	put_u32(out, 0);
	return at;
}

static void block_end(struct buf *out, size_t at)
{
	uint32_t len = (uint32_t)(out->len - at + 4);

	put_u32(out, len);
	put_le32((uint8_t *)out->p + at + 4, len);
}

/* An option's length has 16 bits; a longer text is cut before a character of UTF-8. */
static void put_option(struct buf *out, uint16_t code, struct slice value)
{
	if (value.len > OPTION_MAX) {
		value.len = OPTION_MAX;
		while (value.len && ((unsigned char)value.p[value.len] & 0xc0) == 0x80)
			value.len--;
	}
	put_u16(out, code);
	put_u16(out, (uint16_t)value.len);
	put_padded(out, value);
}

static void write_section(struct buf *out, const char *application, const char *const *comments, size_t comment_count)
{
	size_t at = block_begin(out, BLOCK_SECTION);

	put_u32(out, 0x1a2b3c4d);
	put_u16(out, 1);
	put_u16(out, 0);
	put_u32(out, 0xffffffffu); /* section length: unknown */
	put_u32(out, 0xffffffffu);
	put_option(out, OPT_USERAPPL, slice_of(application));
	for (size_t i = 0; i < comment_count; i++)
		put_option(out, OPT_COMMENT, slice_of(comments[i]));
	put_option(out, OPT_END, SLICE_NONE);
	block_end(out, at);
}

static void write_interface(struct pcapng_writer *w, uint32_t link)
{
	struct buf *out = w->out;
	size_t at = block_begin(out, BLOCK_INTERFACE);

	w->links[w->link_count++] = link;
	put_u16(out, (uint16_t)link);
	put_u16(out, 0);
	put_u32(out, SNAP);
	put_option(out, OPT_TSRESOL, SLICE("\x09"));
	put_option(out, OPT_END, SLICE_NONE);
	block_end(out, at);
}

void pcapng_writer_init(struct pcapng_writer *w, struct buf *out, const char *application)
{
	pcapng_writer_init_noted(w, out, application, NULL, 0);
}

void pcapng_writer_init_noted(struct pcapng_writer *w, struct buf *out, const char *application,
			      const char *const *comments, size_t comment_count)
{
	*w = (struct pcapng_writer){.out = out};
	write_section(out, application, comments, comment_count);
	write_interface(w, LINKTYPE_RAW);
}

void pcapng_writer_done(struct pcapng_writer *w)
{
	size_t at = 0;
	void *stream;

	while (map_next(&w->streams, &at, NULL, &stream))
		free(stream);
	map_done(&w->streams);
	buf_done(&w->packet);
}

static int write_block(struct pcapng_writer *w, uint32_t interface, const struct pcapng_packet *packet,
		       const char *const *comments, size_t comment_count)
{
	size_t at = block_begin(w->out, BLOCK_PACKET);

	put_u32(w->out, interface);
	put_u32(w->out, (uint32_t)(packet->time >> 32));
	put_u32(w->out, (uint32_t)packet->time);
	put_u32(w->out, (uint32_t)packet->bytes.len);
	put_u32(w->out, packet->origlen);
	put_padded(w->out, packet->bytes);
	for (size_t i = 0; i < comment_count; i++)
		put_option(w->out, OPT_COMMENT, slice_of(comments[i]));
	if (comment_count)
		put_option(w->out, OPT_END, SLICE_NONE);
	block_end(w->out, at);
	return (int)++w->frames;
}

int pcapng_write_packet(struct pcapng_writer *w, uint64_t time, struct slice ip_packet, const char *const *comments,
			size_t comment_count)
{
	const struct pcapng_packet packet = {time, LINKTYPE_RAW, (uint32_t)ip_packet.len, ip_packet};

	return write_block(w, 0, &packet, comments, comment_count);
}

int pcapng_copy_packet(struct pcapng_writer *w, const struct pcapng_packet *packet, const char *const *comments,
		       size_t comment_count)
{
	uint32_t i = 0;

	while (i < w->link_count && w->links[i] != packet->link)
		i++;
	if (i == PCAPNG_LINKS_MAX)
		return -ENOSPC;
	if (i == w->link_count)
		write_interface(w, packet->link);
	return write_block(w, i, packet, comments, comment_count);
}

void pcapng_write_tls_secrets(struct pcapng_writer *w, struct slice key_log)
{
	size_t at = block_begin(w->out, BLOCK_SECRETS);

	put_u32(w->out, TLS_KEY_LOG);
	put_u32(w->out, (uint32_t)key_log.len);
	put_padded(w->out, key_log);
	block_end(w->out, at);
}

/* The stream between two addresses, the same for both directions; *ret_dir is the message's index in it. */
static struct pcapng_stream *stream_get(struct pcapng_writer *w, const struct pcapng_message *m, int *ret_dir)
{
	struct stream_key key = {{m->src, m->dst}, m->transport == NET_SCTP};
	struct slice key_bytes = {(const char *)&key, sizeof(key)};
	struct pcapng_stream *s;

	*ret_dir = net_addr_cmp(&m->src, &m->dst) > 0;
	if (*ret_dir) {
		key.end[0] = m->dst;
		key.end[1] = m->src;
	}
	s = map_get(&w->streams, key_bytes);
	if (!s) {
		s = mem_alloc(sizeof(*s));
		s->next[0] = s->next[1] = 1;
		map_set(&w->streams, key_bytes, s);
	}
	return s;
}

static int write_stream(struct pcapng_writer *w, const struct pcapng_message *m)
{
	int dir;
	struct pcapng_stream *s = stream_get(w, m, &dir);
	struct slice rest = m->bytes;

	for (;;) {
		size_t n = rest.len < PACKET_TCP_MAX ? rest.len : PACKET_TCP_MAX;
		bool last = n == rest.len;

		buf_clear(&w->packet);
		packet_build_tcp(&w->packet, &m->src, &m->dst, s->next[dir], s->next[!dir],
				 (uint8_t)(last ? TCP_PSH | TCP_ACK : TCP_ACK), (struct slice){rest.p, n});
		s->next[dir] += (uint32_t)n;
		if (last)
			return pcapng_write_packet(w, m->time, buf_slice(&w->packet), m->comments, m->comment_count);
		pcapng_write_packet(w, m->time, buf_slice(&w->packet), NULL, 0);
		rest.p += n;
		rest.len -= n;
	}
}

int pcapng_write_message(struct pcapng_writer *w, const struct pcapng_message *m)
{
	int dir;

	if (m->src.family != m->dst.family || m->src.family == NET_FAMILY_NONE)
		return -EAFNOSUPPORT;
	if (m->transport != NET_UDP && m->transport != NET_SCTP)
		return write_stream(w, m);
	if (m->bytes.len > (m->transport == NET_UDP ? PACKET_UDP_MAX : PACKET_SCTP_MAX))
		return -EMSGSIZE;
	buf_clear(&w->packet);
	if (m->transport == NET_UDP)
		packet_build_udp(&w->packet, &m->src, &m->dst, m->bytes);
	else
		packet_build_sctp(&w->packet, &m->src, &m->dst, stream_get(w, m, &dir)->next[dir]++, m->bytes);
	return pcapng_write_packet(w, m->time, buf_slice(&w->packet), m->comments, m->comment_count);
}
