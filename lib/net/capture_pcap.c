/* SPDX-License-Identifier: MIT
 *
 * Classic pcap (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds. The fast path of every audit. */
#include "net/capture_format.h"
#include "base/time.h"
#include "net/link.h"

enum {
	MAGIC_US = (int)0xa1b2c3d4,
	MAGIC_NS = (int)0xa1b23c4d,
	MAGIC_KUZNETZOV = (int)0xa1b2cd34,
	FILE_HEAD = 24,
	PACKET_HEAD = 16,
	PACKET_HEAD_KUZNETZOV = 24
};

static int next_packet(struct capture *c, struct capture_packet *ret, struct err *err)
{
	bool swapped = c->pcap.swapped;
	uint32_t caplen, origlen;
	const uint8_t *p;
	int r = input_need(&c->in, c->pcap.head_len, err);

	if (r <= 0)
		return r ? r : capture_cut(c);
	p = input_at(&c->in);
	caplen = capture_u32(swapped, p + 8);
	origlen = capture_u32(swapped, p + 12);
	if (caplen > CAPTURE_PACKET_MAX)
		return capture_bad(c, err, "frame %llu claims %u bytes", (unsigned long long)c->frames + 1, caplen);
	r = input_need(&c->in, c->pcap.head_len + caplen, err);
	if (r <= 0)
		return r ? r : capture_cut(c);
	p = input_at(&c->in);
	ret->time = capture_u32(swapped, p) * SECOND + (uint64_t)capture_u32(swapped, p + 4) * c->pcap.fraction_ns;
	ret->frame = ++c->frames;
	ret->offset = c->in.offset + c->pcap.head_len;
	ret->p = p + c->pcap.head_len;
	ret->caplen = caplen;
	ret->origlen = origlen < caplen ? caplen : origlen;
	ret->link = c->pcap.link;
	input_skip(&c->in, c->pcap.head_len + caplen);
	return 1;
}

static bool read_magic(struct pcap_state *s, uint32_t magic)
{
	s->fraction_ns = (int)magic == MAGIC_NS ? 1 : 1000;
	s->head_len = (int)magic == MAGIC_KUZNETZOV ? PACKET_HEAD_KUZNETZOV : PACKET_HEAD;
	return (int)magic == MAGIC_US || (int)magic == MAGIC_NS || (int)magic == MAGIC_KUZNETZOV;
}

int capture_pcap_init(struct capture *c, struct err *err)
{
	const uint8_t *p = input_at(&c->in);
	int r;

	c->pcap.swapped = false;
	if (!read_magic(&c->pcap, capture_u32(false, p))) {
		c->pcap.swapped = true;
		if (!read_magic(&c->pcap, capture_u32(true, p)))
			return -EBADMSG;
	}
	r = input_need(&c->in, FILE_HEAD, err);
	if (r < 0)
		return r;
	if (r == 0)
		return capture_bad(c, err, "the file ends within its header");
	p = input_at(&c->in);
	if (capture_u16(c->pcap.swapped, p + 4) != 2)
		return capture_bad(c, err, "pcap version %u.%u is unknown", capture_u16(c->pcap.swapped, p + 4),
				   capture_u16(c->pcap.swapped, p + 6));
	c->pcap.link = capture_u32(c->pcap.swapped, p + 20) & 0xffff; /* above: the length of a frame check sequence */
	input_skip(&c->in, 20);
	if (!link_known(c->pcap.link)) {
		capture_bad(c, err, "unknown link type %u", c->pcap.link);
		return err->code = -EPROTONOSUPPORT;
	}
	input_skip(&c->in, FILE_HEAD - 20);
	c->next = next_packet;
	return 0;
}
