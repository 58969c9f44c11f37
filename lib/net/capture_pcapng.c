/* SPDX-License-Identifier: MIT
 *
 * pcapng (draft-ietf-opsawg-pcapng): several sections, byte orders, interfaces, resolutions and snap lengths; Enhanced,
 * Simple and the obsolete Packet Block. Any other block is passed over. */
#include "net/capture_format.h"
#include "base/mem.h"

#include <stdlib.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a,
	BLOCK_INTERFACE = 1,
	BLOCK_OLD_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
	BLOCK_SECRETS = 10,
	SECRETS_HEAD = 16,
	TLS_KEY_LOG = 0x544c534b,
	OPT_END = 0,
	OPT_TSRESOL = 9,
	OPT_TSOFFSET = 14,
	ORDER_MAGIC = 0x1a2b3c4d,
	BLOCK_LEAST = 12,
	SECTION_LEAST = 28,
	INTERFACE_LEAST = 20,
	INTERFACES_MAX = 65536
};

void capture_pcapng_done(struct capture *c)
{
	free(c->ng.interfaces);
}

/* if_tsresol: 10^-n, or 2^-n with the highest bit set (4.2). */
static bool read_resolution(uint8_t value, struct pcapng_interface *i)
{
	uint32_t n = value & 0x7f;

	i->scale = 1;
	i->divide = 1;
	if (value & 0x80) {
		i->scale = 1000000000;
		if (n > 63)
			return false;
		i->divide = 1ull << n;
		return true;
	}
	if (n > 18)
		return false;
	for (; n < 9; n++)
		i->scale *= 10;
	for (; n > 9; n--)
		i->divide *= 10;
	return true;
}

static bool read_option(bool swapped, uint32_t code, const uint8_t *p, uint32_t len, struct pcapng_interface *i)
{
	if (code == OPT_TSRESOL && len == 1)
		return read_resolution(p[0], i);
	if (code == OPT_TSOFFSET && len == 8)
		i->offset_s = (int64_t)capture_u64(swapped, p);
	return true;
}

static int read_interface(struct capture *c, const uint8_t *p, uint32_t len, struct err *err)
{
	bool s = c->ng.swapped;
	struct pcapng_interface i = {.link = capture_u16(s, p + 8), .snap = capture_u32(s, p + 12), .scale = 1000};
	uint32_t at = 16, end = len - 4;

	i.divide = 1;
	while (at + 4 <= end && capture_u16(s, p + at) != OPT_END) {
		uint32_t n = capture_u16(s, p + at + 2);

		if (n > end - at - 4)
			return capture_bad(c, err, "an option of an interface runs over the end of its block");
		if (!read_option(s, capture_u16(s, p + at), p + at + 4, n, &i))
			return capture_bad(c, err, "a time resolution that does not fit 64 bits");
		at += 4 + ((n + 3) & ~3u);
	}
	if (c->ng.count == INTERFACES_MAX)
		return capture_bad(c, err, "more than %d interfaces", INTERFACES_MAX);
	MEM_GROW(c->ng.interfaces, c->ng.count, c->ng.cap);
	c->ng.interfaces[c->ng.count++] = i;
	return 0;
}

static uint64_t time_of(const struct pcapng_interface *i, uint32_t high, uint32_t low)
{
	__extension__ typedef __int128 wide;
	wide ns = (wide)((uint64_t)high << 32 | low) * (wide)i->scale / (wide)i->divide;

	ns += (wide)i->offset_s * 1000000000;
	return ns < 0 ? 0 : (uint64_t)ns;
}

/* Where a packet block keeps what: the three kinds differ in that only. */
struct packet_place {
	uint32_t interface, head; /* bytes from the block's start to the packet */
	uint32_t caplen, origlen;
	const uint8_t *time; /* NULL: none */
};

static struct packet_place read_place(struct capture *c, uint32_t type, const uint8_t *p, uint32_t len)
{
	bool s = c->ng.swapped;
	struct packet_place at = {0};

	if (type == BLOCK_SIMPLE) {
		at.head = 12;
		at.origlen = at.caplen = capture_u32(s, p + 8);
		if (c->ng.count && c->ng.interfaces[0].snap && at.caplen > c->ng.interfaces[0].snap)
			at.caplen = c->ng.interfaces[0].snap;
		if (at.caplen > len - 16)
			at.caplen = len - 16;
		return at;
	}
	at.head = 28;
	at.interface = type == BLOCK_ENHANCED ? capture_u32(s, p + 8) : capture_u16(s, p + 8);
	at.time = p + 12;
	at.caplen = capture_u32(s, p + 20);
	at.origlen = capture_u32(s, p + 24);
	return at;
}

static int read_packet(struct capture *c, uint32_t type, const uint8_t *p, uint32_t len, struct capture_packet *ret,
		       struct err *err)
{
	unsigned long long frame = c->frames + 1;
	struct packet_place at;
	const struct pcapng_interface *i;

	if (len < (type == BLOCK_SIMPLE ? 16 : 32))
		return capture_bad(c, err, "frame %llu: a packet block of %u bytes", frame, len);
	at = read_place(c, type, p, len);
	if (at.interface >= c->ng.count)
		return capture_bad(c, err, "frame %llu: interface %u of %zu", frame, at.interface, c->ng.count);
	if (at.caplen > len - at.head - 4)
		return capture_bad(c, err, "frame %llu claims %u bytes in a block of %u", frame, at.caplen, len);
	i = &c->ng.interfaces[at.interface];
	if (at.time)
		c->last_time = time_of(i, capture_u32(c->ng.swapped, at.time), capture_u32(c->ng.swapped, at.time + 4));
	ret->time = c->last_time;
	ret->frame = ++c->frames;
	ret->offset = c->in.offset + at.head;
	ret->p = p + at.head;
	ret->caplen = at.caplen;
	ret->origlen = at.origlen < at.caplen ? at.caplen : at.origlen;
	ret->link = i->link;
	return 1;
}

/* A section starts: its byte order holds for its own length already (4.1). */
static int read_section_order(struct capture *c, struct err *err)
{
	int r = input_need(&c->in, BLOCK_LEAST, err);

	if (r <= 0)
		return r;
	if (capture_u32(false, input_at(&c->in) + 8) == ORDER_MAGIC)
		c->ng.swapped = false;
	else if (capture_u32(true, input_at(&c->in) + 8) == ORDER_MAGIC)
		c->ng.swapped = true;
	else
		return capture_bad(c, err, "a section without a byte order");
	c->ng.count = 0;
	return 1;
}

static int check_section(struct capture *c, const uint8_t *p, struct err *err)
{
	uint32_t major = capture_u16(c->ng.swapped, p + 12);

	return major == 1 ? 0
			  : capture_bad(c, err, "pcapng version %u.%u is unknown", major,
					capture_u16(c->ng.swapped, p + 14));
}

/* The whole of the next block at input_at(): 1, 0 at the end, negative errno. */
static int need_block(struct capture *c, uint32_t *ret_type, uint32_t *ret_len, struct err *err)
{
	int r = input_need(&c->in, 8, err);
	uint32_t least = BLOCK_LEAST;

	if (r <= 0)
		return r;
	*ret_type = capture_u32(c->ng.swapped, input_at(&c->in));
	if (*ret_type == BLOCK_SECTION) { /* reads the same in both orders */
		r = read_section_order(c, err);
		if (r <= 0)
			return r;
		least = SECTION_LEAST;
	} else if (*ret_type == BLOCK_INTERFACE) {
		least = INTERFACE_LEAST;
	}
	*ret_len = capture_u32(c->ng.swapped, input_at(&c->in) + 4);
	if (*ret_len < least || *ret_len % 4 || *ret_len > CAPTURE_BLOCK_MAX)
		return capture_bad(c, err, "a block of type %u claims %u bytes", *ret_type, *ret_len);
	r = input_need(&c->in, *ret_len, err);
	if (r <= 0)
		return r;
	if (capture_u32(c->ng.swapped, input_at(&c->in) + *ret_len - 4) != *ret_len)
		return capture_bad(c, err, "a block of type %u gives two different lengths", *ret_type);
	return 1;
}

/* Of other protocols, or with a length that lies: passed over. */
static void tell_secrets(struct capture *c, const uint8_t *p, uint32_t len)
{
	uint32_t own = len >= SECRETS_HEAD + 4 ? capture_u32(c->ng.swapped, p + 12) : 0;

	if (c->on_secrets && own && own <= len - SECRETS_HEAD - 4 && capture_u32(c->ng.swapped, p + 8) == TLS_KEY_LOG)
		c->on_secrets(c->secrets_arg, (struct slice){(const char *)p + SECRETS_HEAD, own});
}

static int next_packet(struct capture *c, struct capture_packet *ret, struct err *err)
{
	uint32_t type, len;
	int r;

	while ((r = need_block(c, &type, &len, err)) > 0) {
		const uint8_t *p = input_at(&c->in);

		r = 0;
		if (type == BLOCK_SECTION)
			r = check_section(c, p, err);
		else if (type == BLOCK_INTERFACE)
			r = read_interface(c, p, len, err);
		else if (type == BLOCK_SECRETS)
			tell_secrets(c, p, len);
		else if (type == BLOCK_ENHANCED || type == BLOCK_SIMPLE || type == BLOCK_OLD_PACKET)
			r = read_packet(c, type, p, len, ret, err);
		if (r < 0)
			return r;
		input_skip(&c->in, len);
		if (r > 0)
			return r;
	}
	return r < 0 ? r : capture_cut(c);
}

int capture_pcapng_init(struct capture *c, struct err *err)
{
	uint32_t type, len;
	int r = need_block(c, &type, &len, err);

	if (r == 0)
		return capture_bad(c, err, "the file ends within its first section header");
	c->next = next_packet;
	return r < 0 ? r : 0;
}
