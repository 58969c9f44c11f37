/* SPDX-License-Identifier: MIT */
#include "sip/frame.h"
#include "base/text.h"
#include "sip/chars.h"
#include "sip/msg.h"
#include "sip/scan.h"

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

/* "Content-Length" or "l"? Most lines are neither, as one letter tells. */
static inline bool may_be_length(const char *line, const char *end)
{
	const char *at = line + strlen("Content-");

	return sip_lower(*line) == 'l' || (sip_lower(*line) == 'c' && at < end && sip_lower(*at) == 'l');
}

/* Behind the header line at p with its folds; NULL where that is not there yet (what follows tells whether the line is
 * folded). */
static const char *line_end(const char *p, const char *end)
{
	const char *lf;

	for (; (lf = memchr(p, '\n', (size_t)(end - p))) && lf + 1 < end; p = lf + 1)
		if (lf[1] != ' ' && lf[1] != '\t')
			return lf + 1;
	return NULL;
}

/* Does the line that begins at p say a length? *ret_odd: and another one than *ret_length. */
static void length_take(const char *p, const char *end, int64_t *ret_length, bool *ret_odd)
{
	const char *behind = line_end(p, end);
	struct slice value = behind ? length_value(slice_range(p, behind)) : SLICE_NONE;

	if (!value.p)
		return;
	if (*ret_length != -1 && sip_length_read(value) != *ret_length)
		*ret_odd = true;
	*ret_length = sip_length_read(value);
}

/* Length of the head with its blank line, 0 while that is not there. *ret_length: as in struct sip_msg. *ret_odd: there
 * are lengths that differ. Of all the bytes, only those behind a line end are looked at. */
static size_t head_read(struct slice bytes, int64_t *ret_length, bool *ret_odd)
{
	const char *end = bytes.p + bytes.len, *lf, *line;
	struct sip_scan_chars ends = sip_scan_chars_begin(bytes);

	*ret_length = -1;
	while ((lf = sip_scan_chars_next(&ends, '\n')) && (line = lf + 1) < end) {
		if (*line == '\n')
			return (size_t)(line - bytes.p) + 1;
		if (*line == '\r' && (line + 1 == end || line[1] == '\n'))
			return line + 1 == end ? 0 : (size_t)(line - bytes.p) + 2;
		if (may_be_length(line, end))
			length_take(line, end, ret_length, ret_odd);
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
	*ret_len = head + (size_t)body;
	if (*ret_len > bytes.len)
		return SIP_FRAME_MORE;
	if (length == -1)
		err_set(err, -ENOMSG, "no Content-Length on a stream");
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
