/* SPDX-License-Identifier: MIT */
#include "fuzz/bend.h"
#include "base/buf.h"
#include "harness/world_impl.h"

enum bend_kind {
	BEND_REPLACE,     /* bytes by others */
	BEND_INSERT,      /* bytes */
	BEND_REMOVE,      /* bytes */
	BEND_CUT,         /* the end is missing */
	BEND_REPEAT,      /* it comes twice */
	BEND_LOSE,        /* it never comes */
	BEND_OTHER,       /* something else comes instead */
	BEND_BEFORE,      /* something comes before it */
	BEND_VALUE,       /* of a header line */
	BEND_LINE_INSERT, /* a line */
	BEND_LINE_REMOVE,
	BEND_LINE_REPEAT,
	BEND_LINE_TO_END, /* of the message */
	BEND_BODY,        /* it has another */
	BEND_PIECES,      /* it comes in two */
	BEND_KINDS
};

enum { LENGTH_IS_MENDED = 0x80 }; /* flag of a kind: Content-Length tells what is there */

struct bend {
	unsigned kind;
	size_t at; /* a byte, or a line: modulo what there is */
	struct slice data;
};

static struct bending {
	struct world_ops ops;
	const struct world_ops *real;
	struct slice recipe;
	unsigned rest; /* messages that go by before the next bend */
} bending;

/* --- the recipe --- */

static unsigned next_byte(void)
{
	unsigned byte = bending.recipe.len ? (unsigned char)*bending.recipe.p : 0;

	if (bending.recipe.len)
		bending.recipe = (struct slice){bending.recipe.p + 1, bending.recipe.len - 1};
	return byte;
}

static struct slice next_bytes(size_t len)
{
	struct slice bytes = {bending.recipe.p, len < bending.recipe.len ? len : bending.recipe.len};

	bending.recipe = (struct slice){bytes.p + bytes.len, bending.recipe.len - bytes.len};
	return bytes;
}

static bool next_bend(struct bend *ret)
{
	if (!bending.recipe.len)
		return false;
	if (bending.rest) {
		bending.rest--;
		return false;
	}
	ret->kind = next_byte();
	ret->at = next_byte() << 8;
	ret->at |= next_byte();
	ret->data = next_bytes(next_byte());
	bending.rest = next_byte();
	return true;
}

/* --- lines --- */

static size_t count_lines(struct slice message)
{
	size_t count = 1;

	for (size_t i = 0; i < message.len; i++)
		count += message.p[i] == '\n';
	return count;
}

/* With its end. */
static struct slice line_at(struct slice message, size_t number)
{
	const char *from = message.p, *end = message.p + message.len, *next;

	while ((next = memchr(from, '\n', (size_t)(end - from))) && number--)
		from = next + 1;
	return slice_range(from, next ? next + 1 : end);
}

static struct slice value_of(struct slice line)
{
	const char *colon = line.len ? memchr(line.p, ':', line.len) : NULL;
	struct slice text = slice_trim(line);

	return colon && colon + 1 < text.p + text.len ? slice_range(colon + 1, text.p + text.len) : text;
}

static struct slice body_of(struct slice message)
{
	const char *gap = slice_find(message, SLICE("\r\n\r\n")), *end = message.p + message.len;

	return gap ? slice_range(gap + 4, end) : (struct slice){end, 0};
}

/* --- bending --- */

/* What `part` of the message is becomes `data`. */
static void put_instead(struct buf *to, struct slice message, struct slice part, struct slice data)
{
	buf_add(to, slice_range(message.p, part.p));
	buf_add(to, data);
	buf_add(to, slice_range(part.p + part.len, message.p + message.len));
}

static struct slice bytes_at(struct slice message, size_t at, size_t len)
{
	at %= message.len + 1;
	return (struct slice){message.p + at, len < message.len - at ? len : message.len - at};
}

static void put_bent(struct buf *to, struct slice message, const struct bend *bend)
{
	struct slice line = line_at(message, bend->at % count_lines(message)), end = {message.p + message.len, 0};

	switch (bend->kind & ~LENGTH_IS_MENDED) {
	case BEND_REPLACE:
		put_instead(to, message, bytes_at(message, bend->at, bend->data.len), bend->data);
		break;
	case BEND_INSERT:
		put_instead(to, message, bytes_at(message, bend->at, 0), bend->data);
		break;
	case BEND_REMOVE:
		put_instead(to, message, bytes_at(message, bend->at, bend->data.len), SLICE_NONE);
		break;
	case BEND_CUT:
		put_instead(to, message, bytes_at(message, bend->at, message.len), SLICE_NONE);
		break;
	case BEND_OTHER:
		buf_add(to, bend->data);
		break;
	case BEND_VALUE:
		put_instead(to, message, value_of(line), bend->data);
		break;
	case BEND_LINE_INSERT:
		put_instead(to, message, (struct slice){line.p, 0}, bend->data);
		break;
	case BEND_LINE_REMOVE:
		put_instead(to, message, line, SLICE_NONE);
		break;
	case BEND_LINE_REPEAT:
		put_instead(to, message, (struct slice){line.p, 0}, line);
		break;
	case BEND_LINE_TO_END:
		put_instead(to, message, line, SLICE_NONE);
		buf_add(to, line);
		break;
	case BEND_BODY:
		put_instead(to, message, body_of(message), bend->data);
		break;
	default:
		put_instead(to, message, end, SLICE_NONE);
		break;
	}
}

static void mend_length(struct buf *message)
{
	struct slice old = buf_slice(message), body = body_of(old);
	const char *name = slice_find_nocase(old, SLICE("\nContent-Length:"));
	struct buf mended = {0}, length = {0};

	if (!name || name >= body.p)
		return;
	buf_printf(&length, " %zu", body.len);
	put_instead(&mended, old, value_of(line_at(slice_range(name + 1, old.p + old.len), 0)), buf_slice(&length));
	buf_done(&length);
	buf_done(message);
	*message = mended;
}

/* --- the world --- */

struct way { /* of a datagram or of a piece of a stream */
	struct port *port;
	const struct net_addr *dst;
	struct stream *stream;
	struct err *err;
};

static int pass(const struct way *way, struct slice bytes)
{
	if (way->stream)
		return bending.real->stream_send(way->stream, bytes);
	return bending.real->udp_send(way->port, way->dst, bytes, way->err);
}

static int pass_bent(const struct way *way, struct slice bytes, const struct bend *bend)
{
	unsigned kind = bend->kind & ~LENGTH_IS_MENDED;
	struct slice front = bytes_at(bytes, 0, bend->at % (bytes.len + 1));
	struct buf bent = {0};
	int rc = 0;

	if (kind == BEND_LOSE)
		return 0;
	put_bent(&bent, bytes, bend);
	if (bend->kind & LENGTH_IS_MENDED)
		mend_length(&bent);
	if (kind == BEND_PIECES)
		rc = pass(way, front);
	else if (kind == BEND_REPEAT || kind == BEND_BEFORE)
		rc = pass(way, kind == BEND_REPEAT ? bytes : bend->data);
	if (rc == 0)
		rc = pass(way, kind == BEND_PIECES ? bytes_at(bytes, front.len, bytes.len) : buf_slice(&bent));
	buf_done(&bent);
	return rc;
}

static int bend_way(const struct way *way, struct slice bytes)
{
	struct bend bend;

	return bytes.len && next_bend(&bend) ? pass_bent(way, bytes, &bend) : pass(way, bytes);
}

static int udp_send(struct port *port, const struct net_addr *dst, struct slice bytes, struct err *err)
{
	return bend_way(&(struct way){.port = port, .dst = dst, .err = err}, bytes);
}

static int stream_send_bent(struct stream *stream, struct slice bytes)
{
	return bend_way(&(struct way){.stream = stream}, bytes);
}

void bend_world(struct world *world, struct slice recipe)
{
	bending.real = world->ops;
	bending.ops = *world->ops;
	bending.ops.udp_send = udp_send;
	bending.ops.stream_send = stream_send_bent;
	bending.recipe = recipe;
	bending.rest = next_byte();
	world->ops = &bending.ops;
}
