/* SPDX-License-Identifier: MIT */
#include "net/stun.h"

#include "net/bytes.h"

enum {
	BINDING_REQUEST = 0x0001,
	BINDING_SUCCESS = 0x0101,
	BINDING_ERROR = 0x0111,
	ATTR_USERNAME = 0x0006,
	ATTR_INTEGRITY = 0x0008,
	ATTR_ERROR_CODE = 0x0009,
	ATTR_UNKNOWN = 0x000a,
	ATTR_XOR_ADDRESS = 0x0020,
	ATTR_OPTIONAL = 0x8000, /* from here on it need not be understood */
	UNKNOWN_MAX = 8,
};

static void put16(struct buf *to, unsigned value)
{
	buf_putc(to, (char)(value >> 8));
	buf_putc(to, (char)value);
}

static size_t attr_room(size_t len)
{
	return 4 + ((len + 3) & ~(size_t)3);
}

/* Attributes that would have to be understood; -1 where one does not fit. */
static int read_unknown(struct slice request, uint16_t unknown[UNKNOWN_MAX])
{
	const uint8_t *p = (const uint8_t *)request.p + STUN_HEAD, *end = (const uint8_t *)request.p + request.len;
	int count = 0;

	while (p < end) {
		uint16_t type, len;

		if (end - p < 4)
			return -1;
		type = get_be16(p);
		len = get_be16(p + 2);
		if ((size_t)(end - p) < attr_room(len))
			return -1;
		if (type < ATTR_OPTIONAL && type != ATTR_USERNAME && type != ATTR_INTEGRITY && count < UNKNOWN_MAX)
			unknown[count++] = type;
		p += attr_room(len);
	}
	return count;
}

bool stun_is_request(struct slice datagram)
{
	const uint8_t *p = (const uint8_t *)datagram.p;
	uint16_t unknown[UNKNOWN_MAX];

	return datagram.len >= STUN_HEAD && get_be16(p) == BINDING_REQUEST && get_be32(p + 4) == STUN_COOKIE &&
	       get_be16(p + 2) == datagram.len - STUN_HEAD && get_be16(p + 2) % 4 == 0 &&
	       read_unknown(datagram, unknown) >= 0;
}

/* Cookie and transaction are the request's. */
static void put_head(struct buf *to, unsigned type, size_t len, struct slice request)
{
	put16(to, type);
	put16(to, (unsigned)len);
	buf_add(to, (struct slice){request.p + 4, STUN_HEAD - 4});
}

static void put_error(struct buf *to, struct slice request, const uint16_t *unknown, int count)
{
	size_t len = (size_t)count * 2;

	put_head(to, BINDING_ERROR, 8 + attr_room(len), request);
	put16(to, ATTR_ERROR_CODE);
	put16(to, 4);
	put16(to, 0);
	put16(to, 4 << 8 | 20);
	put16(to, ATTR_UNKNOWN);
	put16(to, (unsigned)len);
	for (int i = 0; i < count; i++)
		put16(to, unknown[i]);
	if (count % 2)
		put16(to, 0);
}

void stun_answer(struct buf *to, struct slice request, const struct net_addr *src)
{
	const char *mask = request.p + 4; /* RFC 5389 15.2: the cookie, and for IPv6 the transaction, too */
	size_t ip_len = src->family == NET_FAMILY_V6 ? 16 : 4;
	uint16_t unknown[UNKNOWN_MAX];
	int count = read_unknown(request, unknown);

	if (count > 0) {
		put_error(to, request, unknown, count);
		return;
	}
	put_head(to, BINDING_SUCCESS, 8 + ip_len, request);
	put16(to, ATTR_XOR_ADDRESS);
	put16(to, (unsigned)(4 + ip_len));
	put16(to, src->family == NET_FAMILY_V6 ? 2 : 1);
	put16(to, src->port ^ (STUN_COOKIE >> 16));
	for (size_t i = 0; i < ip_len; i++)
		buf_putc(to, (char)(src->ip[i] ^ (uint8_t)mask[i]));
}
