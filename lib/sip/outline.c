/* SPDX-License-Identifier: MIT */
#include "sip/outline.h"
#include "sip/index.h"
#include "sip/names.h"

#include <stddef.h>

enum { ID_BITS = 6, LINE_LEN_MAX = UINT16_MAX >> ID_BITS, CRLF_LEN = 2 };
_Static_assert(SIP_HEADER_COUNT <= 1 << ID_BITS, "a line is its length and its header in 16 bits");

#define VERSION "SIP/2.0"

/* "ACK sip:alice@im.example SIP/2.0" */
static struct slice uri_at(const struct sip_outline *outline, const char *start)
{
	return slice_range(start + outline->method_len + 1,
			   start + outline->start_len - strlen(" " VERSION) - CRLF_LEN);
}

/* "SIP/2.0 200 OK" */
static struct slice reason_at(const struct sip_outline *outline, const char *start)
{
	return slice_range(start + strlen(VERSION " 200 "), start + outline->start_len - CRLF_LEN);
}

/* Behind the number of CSeq, or in front of all. */
static struct slice method_text_at(const struct sip_outline *outline, const struct sip_msg *msg)
{
	struct slice cseq = sip_msg_value(msg, SIP_HEADER_CSEQ);

	if (!outline->status)
		return (struct slice){msg->raw.p, outline->method_len};
	return (struct slice){cseq.p + cseq.len - outline->method_len, outline->method_len};
}

static bool is_same(struct slice a, struct slice b)
{
	return a.p == b.p && a.len == b.len;
}

static bool start_of(const struct sip_msg *msg, struct sip_outline *ret)
{
	uint32_t len = msg->line_count ? msg->lines[0].offset : msg->head_len - CRLF_LEN;

	if (len > UINT16_MAX || msg->method_text.len > UINT8_MAX)
		return false;
	ret->start_len = (uint16_t)len;
	ret->status = msg->status;
	ret->method = (uint8_t)msg->method;
	ret->method_len = (uint8_t)msg->method_text.len;
	return (!msg->method_text.p || is_same(msg->method_text, method_text_at(ret, msg))) &&
	       is_same(msg->is_request ? msg->uri : msg->reason,
		       msg->is_request ? uri_at(ret, msg->raw.p) : reason_at(ret, msg->raw.p));
}

/* Bytes of the line, with its end. */
static uint32_t line_len(const struct sip_msg *msg, uint16_t i)
{
	uint32_t end = i + 1 < msg->line_count ? msg->lines[i + 1].offset : msg->head_len - CRLF_LEN;

	return end - msg->lines[i].offset;
}

size_t sip_outline_of(const struct sip_msg *msg, struct sip_outline *ret)
{
	uint32_t longest = 0;

	if (msg->odd || !msg->plain || msg->line_count > SIP_OUTLINE_LINES || !start_of(msg, ret))
		return 0;
	for (uint16_t i = 0; i < msg->line_count; i++) {
		uint32_t len = line_len(msg, i);

		longest = len > longest ? len : longest;
		ret->lines[i] = (uint16_t)(len << ID_BITS | msg->lines[i].id);
	}
	if (longest > LINE_LEN_MAX)
		return 0;
	ret->line_count = msg->line_count;
	return offsetof(struct sip_outline, lines) + ret->line_count * sizeof(*ret->lines);
}

enum { COLON_LEN = 2 }; /* with its blank */
#define SHAPE(name_len) .value = (name_len) + COLON_LEN, .value_len = -((name_len) + COLON_LEN + CRLF_LEN)

/* Lines of no length at the beginning, of each header by its full name. */
#define X(header, name, compact)                                                                                       \
	[SIP_HEADER_##header] = {SHAPE((uint32_t)sizeof(name) - 1), .name_len = sizeof(name) - 1,                      \
				 .id = SIP_HEADER_##header},
static const struct sip_line shapes[SIP_HEADER_COUNT] = {SIP_HEADERS(X)};
#undef X

/* The same by another name: a compact form, or one that is not known. */
static struct sip_line other_shape(enum sip_header id, const char *line)
{
	uint16_t name_len = (uint16_t)((const char *)memchr(line, ':', LINE_LEN_MAX) - line);

	return (struct sip_line){SHAPE(name_len), .name_len = name_len, .id = (uint8_t)id,
				 .flags = id ? SIP_LINE_COMPACT : 0};
}

/* Returns where the lines end. */
static uint32_t lines_index(const struct sip_outline *outline, struct sip_msg *msg)
{
	struct sip_line *line = msg->lines;
	uint32_t at = outline->start_len;

	for (uint16_t i = 0; i < outline->line_count; i++, line++) {
		uint32_t len = outline->lines[i] >> ID_BITS;
		enum sip_header id = outline->lines[i] & ((1 << ID_BITS) - 1);
		const char *p = msg->raw.p + at;

		*line = id == SIP_HEADER_OTHER || p[1] == ':' ? other_shape(id, p) : shapes[id];
		line->offset = at;
		line->value += at;
		line->value_len += len;
		at += len;
	}
	sip_index_lines(msg);
	return at;
}

void sip_outline_index(const struct sip_outline *outline, struct slice raw, struct sip_msg *ret, struct arena *arena)
{
	sip_index_init(ret, raw);
	ret->line_count = outline->line_count;
	ret->lines = arena_longer(arena, NULL, 0, outline->line_count * sizeof(*ret->lines));
	ret->head_len = lines_index(outline, ret) + CRLF_LEN;
	ret->status = outline->status;
	ret->is_request = !outline->status;
	*(ret->is_request ? &ret->uri : &ret->reason) =
		ret->is_request ? uri_at(outline, raw.p) : reason_at(outline, raw.p);
	ret->method = outline->method;
	if (outline->method_len)
		ret->method_text = method_text_at(outline, ret);
	if (raw.len > ret->head_len)
		ret->body = (struct slice){raw.p + ret->head_len, raw.len - ret->head_len};
	if (sip_msg_has(ret, SIP_HEADER_CONTENT_LENGTH))
		ret->content_length = (int64_t)ret->body.len;
}
