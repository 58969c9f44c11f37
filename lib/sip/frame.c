/* SPDX-License-Identifier: MIT */
#include "sip/frame.h"
#include "base/text.h"
#include "sip/chars.h"
#include "sip/msg.h"

/* Where sip_msg_probe() has seen enough. */
enum { PROBE_LEN = 80, KEEPALIVE_MAX = 4 };

enum sip_frame sip_frame_datagram(struct slice bytes, size_t *ret_skip, size_t *ret_len)
{
	size_t n = 0;

	while (n < bytes.len && (bytes.p[n] == '\r' || bytes.p[n] == '\n'))
		n++;
	*ret_skip = bytes.len;
	*ret_len = 0;
	if (n == bytes.len || bytes.len <= KEEPALIVE_MAX)
		return SIP_FRAME_KEEPALIVE;
	if (!sip_msg_probe((struct slice){bytes.p + n, bytes.len - n}))
		return SIP_FRAME_JUNK;
	*ret_skip = n;
	*ret_len = bytes.len - n;
	return SIP_FRAME_MESSAGE;
}

/* RFC 5626 4.4.1: CRLFCRLF is a ping, CRLF its pong. Half a CRLF behind a CRLF may still become a ping; a CRLF alone
 * can't wait for that, or a pong would never be seen. */
static enum sip_frame keepalive(struct slice bytes, size_t *ret_skip)
{
	if (bytes.p[0] == '\n') {
		*ret_skip = 1;
		return SIP_FRAME_KEEPALIVE;
	}
	if (bytes.len == 1 || (bytes.len == 3 && memcmp(bytes.p, "\r\n\r", 3) == 0))
		return SIP_FRAME_MORE;
	if (bytes.p[1] != '\n')
		*ret_skip = 1;
	else
		*ret_skip = bytes.len >= 4 && memcmp(bytes.p, "\r\n\r\n", 4) == 0 ? 4 : 2;
	return SIP_FRAME_KEEPALIVE;
}

static enum sip_frame junk(struct slice bytes, size_t *ret_skip, struct err *err)
{
	const char *lf = memchr(bytes.p, '\n', bytes.len);
	size_t n = lf ? (size_t)(lf - bytes.p) + 1 : bytes.len;
	char text[160];

	*ret_skip = n;
	err_set(err, -EBADMSG, "no SIP message starts here: %s",
		text_clean_fixed(text, sizeof(text), slice_trim((struct slice){bytes.p, n})));
	return SIP_FRAME_JUNK;
}

/* The line's value where it is a Content-Length line, folds and line end included; absent otherwise. */
static struct slice length_value(struct slice line)
{
	size_t n = 0, colon;

	while (n < line.len && sip_is_token_char(line.p[n]))
		n++;
	for (colon = n; colon < line.len && (line.p[colon] == ' ' || line.p[colon] == '\t');)
		colon++;
	if (colon == line.len || line.p[colon] != ':' ||
	    sip_header_of((struct slice){line.p, n}) != SIP_HEADER_CONTENT_LENGTH)
		return SLICE_NONE;
	return slice_trim((struct slice){line.p + colon + 1, line.len - colon - 1});
}

/* One header line with its folds; 0 where its end is not there yet (what follows tells whether it is folded). */
static size_t logical_line(struct slice rest)
{
	size_t n = 0;
	const char *lf;

	while ((lf = memchr(rest.p + n, '\n', rest.len - n))) {
		n = (size_t)(lf - rest.p) + 1;
		if (n == rest.len)
			return 0;
		if (rest.p[n] != ' ' && rest.p[n] != '\t')
			return n;
	}
	return 0;
}

/* Length of the head with its blank line, 0 while that is not there. *ret_length: as in struct sip_msg. *ret_odd: there
 * are lengths that differ. */
static size_t head_read(struct slice bytes, int64_t *ret_length, bool *ret_odd)
{
	const char *lf = memchr(bytes.p, '\n', bytes.len);
	size_t n = lf ? (size_t)(lf - bytes.p) + 1 : bytes.len, line_len;
	struct slice rest, value;

	*ret_length = -1;
	for (rest = (struct slice){bytes.p + n, bytes.len - n}; rest.len; rest.p += line_len, rest.len -= line_len) {
		if (rest.p[0] == '\n')
			return (size_t)(rest.p - bytes.p) + 1;
		if (rest.p[0] == '\r' && (rest.len == 1 || rest.p[1] == '\n'))
			return rest.len == 1 ? 0 : (size_t)(rest.p - bytes.p) + 2;
		line_len = logical_line(rest);
		if (line_len == 0)
			return 0;
		value = length_value((struct slice){rest.p, line_len});
		if (!value.p)
			continue;
		if (*ret_length != -1 && sip_length_read(value) != *ret_length)
			*ret_odd = true;
		*ret_length = sip_length_read(value);
	}
	return 0;
}

/* Is there too little to tell whether this is SIP? */
static bool undecided(struct slice bytes)
{
	return bytes.len < PROBE_LEN && sip_is_token_char(bytes.p[0]) && !memchr(bytes.p, '\n', bytes.len);
}

/* A head that is complete, and what its Content-Length says. */
static enum sip_frame whole(struct slice bytes, size_t head, int64_t length, size_t max, size_t *ret_len,
			    struct err *err)
{
	uint64_t body = length > 0 ? (uint64_t)length : 0;

	if (length == -2) {
		err_set(err, -EBADMSG, "Content-Length is no number");
		return SIP_FRAME_JUNK;
	}
	if (head > max || body > max - head) {
		err_set(err, -EBADMSG, "message of over %zu bytes", max);
		return SIP_FRAME_JUNK;
	}
	if (body > bytes.len - head)
		return SIP_FRAME_MORE;
	if (length == -1)
		err_set(err, -ENOMSG, "no Content-Length on a stream");
	*ret_len = head + (size_t)body;
	return SIP_FRAME_MESSAGE;
}

enum sip_frame sip_frame_stream(struct slice bytes, size_t max, size_t *ret_skip, size_t *ret_len, struct err *err)
{
	enum sip_frame frame;
	bool differ = false;
	int64_t length;
	size_t head;

	*ret_skip = *ret_len = 0;
	if (err)
		err->code = 0, err->text[0] = '\0';
	if (bytes.len == 0)
		return SIP_FRAME_MORE;
	if (bytes.p[0] == '\r' || bytes.p[0] == '\n')
		return keepalive(bytes, ret_skip);
	if (!sip_msg_probe(bytes))
		return undecided(bytes) ? SIP_FRAME_MORE : junk(bytes, ret_skip, err);
	head = head_read(bytes, &length, &differ);
	if (head == 0 && bytes.len <= max)
		return SIP_FRAME_MORE;
	if (head == 0 || differ) {
		*ret_skip = head ? head : bytes.len;
		if (head)
			err_set(err, -EBADMSG, "two Content-Length lines differ");
		else
			err_set(err, -EBADMSG, "no end of the header lines within %zu bytes", max);
		return SIP_FRAME_JUNK;
	}
	frame = whole(bytes, head, length, max, ret_len, err);
	*ret_skip = frame == SIP_FRAME_JUNK ? head : 0;
	return frame;
}
