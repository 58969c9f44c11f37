/* SPDX-License-Identifier: MIT */
#include "net/ws.h"
#include "net/bytes.h"

#include <errno.h>

enum { HEAD_MAX = 16 * 1024 };
enum { OP_CONTINUE = 0, OP_TEXT = 1, OP_BINARY = 2, OP_CONTROL = 8 };

void ws_done(struct ws *ws)
{
	buf_done(&ws->input);
	buf_done(&ws->message);
}

static bool starts_with(struct slice s, struct slice with)
{
	return s.len >= with.len && memcmp(s.p, with.p, with.len) == 0;
}

bool ws_starts(struct slice bytes)
{
	return (starts_with(bytes, SLICE("GET ")) || starts_with(bytes, SLICE("HTTP/1.1 101 "))) &&
	       slice_find_nocase(bytes, SLICE("\r\nSec-WebSocket-"));
}

void ws_add(struct ws *ws, struct slice bytes)
{
	buf_drop_front(&ws->input, ws->input_at);
	ws->input_at = 0;
	buf_add(&ws->input, bytes);
}

/* The value of the first header line called `name` ("\r\nName:"), or an empty slice. */
static struct slice head_value(struct slice head, struct slice name)
{
	const char *at = slice_find_nocase(head, name), *end = head.p + head.len, *stop;

	if (!at)
		return SLICE_NONE;
	at += name.len;
	stop = memchr(at, '\r', (size_t)(end - at));
	return slice_trim(slice_range(at, stop ? stop : end));
}

/* Does the comma list offer or choose the subprotocol "sip" (RFC 7118 4.1)? */
static bool list_has_sip(struct slice list)
{
	while (list.len) {
		const char *end = list.p + list.len, *comma = memchr(list.p, ',', list.len);

		if (slice_is_nocase(slice_trim(slice_range(list.p, comma ? comma : end)), "sip"))
			return true;
		list = comma ? slice_range(comma + 1, end) : SLICE_NONE;
	}
	return false;
}

/* The HTTP head of either side (RFC 6455 4.1, 4.2.2). */
static int read_head(struct ws *ws)
{
	struct slice head = buf_slice(&ws->input);
	const char *end = slice_find(head, SLICE("\r\n\r\n"));

	if (!end)
		return head.len > HEAD_MAX ? -EBADMSG : 0;
	head = slice_range(head.p, end);
	if (!slice_is_nocase(head_value(head, SLICE("\r\nUpgrade:")), "websocket") ||
	    !list_has_sip(head_value(head, SLICE("\r\nSec-WebSocket-Protocol:"))))
		return -EPROTONOSUPPORT;
	ws->input_at = head.len + 4;
	ws->open = true;
	return 1;
}

struct frame {
	uint8_t opcode;
	bool final;
	const uint8_t *mask; /* NULL: none */
	const uint8_t *p;
	uint64_t len;
	size_t whole_len;
};

/* RFC 6455 5.2. Reserved bits are an extension's, compression as a rule. */
static int read_frame(const struct ws *ws, size_t max, struct frame *ret)
{
	const uint8_t *p = (const uint8_t *)ws->input.p + ws->input_at;
	size_t n = ws->input.len - ws->input_at, head = 2;

	if (n < 2)
		return 0;
	if (p[0] & 0x70)
		return -EBADMSG;
	*ret = (struct frame){.opcode = p[0] & 15, .final = p[0] & 0x80, .len = p[1] & 127};
	head += ret->len == 126 ? 2 : ret->len == 127 ? 8 : 0;
	if (n < head)
		return 0;
	if (ret->len >= 126)
		ret->len = ret->len == 126 ? get_be16(p + 2) : get_be64(p + 2);
	if (ret->len > max)
		return -EMSGSIZE;
	if (p[1] & 0x80) {
		ret->mask = p + head;
		head += 4;
	}
	ret->p = p + head;
	ret->whole_len = head + ret->len;
	return n >= ret->whole_len;
}

static void append(struct buf *to, const struct frame *f)
{
	uint8_t *at = (uint8_t *)buf_reserve(to, f->len);

	for (uint64_t i = 0; i < f->len; i++)
		at[i] = f->mask ? f->p[i] ^ f->mask[i & 3] : f->p[i];
	to->len += f->len;
}

int ws_next(struct ws *ws, size_t max, struct slice *ret)
{
	struct frame f;
	int r = ws->open ? 1 : read_head(ws);

	if (ws->whole)
		buf_clear(&ws->message);
	ws->whole = false;
	if (r <= 0)
		return r;
	while ((r = read_frame(ws, max, &f)) > 0) {
		ws->input_at += f.whole_len;
		if (f.opcode >= OP_CONTROL) /* may stand between the parts of a message */
			continue;
		if (f.opcode > OP_BINARY || ws->message.len + f.len > max)
			return f.opcode > OP_BINARY ? -EBADMSG : -EMSGSIZE;
		append(&ws->message, &f);
		if (f.final) {
			ws->whole = true;
			*ret = buf_slice(&ws->message);
			return 1;
		}
	}
	return r;
}
