/* SPDX-License-Identifier: MIT */
#include "sip/msg.h"
#include "base/text.h"
#include "sip/chars.h"
#include "sip/index.h"
#include "sip/names.h"
#include "sip/scan.h"
#include "sip/start.h"
#include "sip/value.h"

/* On the stack while the message is read: most have twenty lines, and only those go to the arena. */
struct index {
	struct sip_msg *msg;
	const char *p, *end;
	struct sip_line lines[SIP_LINES_MAX];
};

/* The line at `p` without its line end; in->p goes behind it. A line without an end is cut off and goes to `end`. */
static inline struct slice physical_line(struct index *in, const char *p)
{
	const char *lf = memchr(p, '\n', (size_t)(in->end - p));

	in->p = lf ? lf + 1 : in->end;
	if (!lf)
		lf = in->end;
	if (lf > p && lf[-1] == '\r')
		return slice_range(p, lf - 1);
	if (lf < in->end)
		in->msg->odd |= SIP_ODD_LF;
	return slice_range(p, lf);
}

/* RFC 3261 7.1, 7.2 */
static int start_line(struct index *in, struct err *err)
{
	char text[160];
	struct slice line = physical_line(in, in->p);

	if (sip_start_read(in->msg, line))
		return 0;
	return err_set(err, -EBADMSG, "no SIP start line: %s", text_clean_fixed(text, sizeof(text), line));
}

/* A line that has no name and colon, or an illegal name, keeps what stands before a colon as its name. Returns where
 * the value begins. */
static const char *bad_line(struct index *in, struct sip_line *line)
{
	const char *p = in->p;

	in->msg->odd |= SIP_ODD_BAD_LINE;
	while (p < in->end && *p != ':' && *p != '\n')
		p++;
	if (p == in->end || *p == '\n' || p - in->p > UINT16_MAX)
		return in->p;
	line->name_len = (uint16_t)slice_trim(slice_range(in->p, p)).len;
	return p + 1;
}

/* Name and colon where they are not as usual. Returns where the value begins. */
static const char *line_name(struct index *in, struct sip_line *line)
{
	const char *p = in->p, *colon;

	while (p < in->end && sip_is_token_char(*p))
		p++;
	for (colon = p; colon < in->end && (*colon == ' ' || *colon == '\t');)
		colon++;
	if (colon == in->end || *colon != ':' || p == in->p || p - in->p > UINT16_MAX)
		return bad_line(in, line);
	line->name_len = (uint16_t)(p - in->p);
	line->id = (uint8_t)sip_header_of(slice_range(in->p, p));
	line->flags = (line->id && line->name_len == 1 ? SIP_LINE_COMPACT : 0) | (colon > p ? SIP_LINE_SPACED : 0);
	return colon + 1;
}

/* Where the value ends, folds included (RFC 3261 7.3.1). */
static inline const char *value_end(struct index *in, struct sip_line *line, const char *value)
{
	struct slice part = physical_line(in, value);

	while (in->p < in->end && (*in->p == ' ' || *in->p == '\t')) {
		line->flags |= SIP_LINE_FOLDED;
		part = physical_line(in, in->p);
	}
	return part.p + part.len;
}

/* The line that begins at in->p, which goes behind it. */
static struct sip_line line_read(struct index *in)
{
	struct sip_line line = {.offset = (uint32_t)(in->p - in->msg->raw.p)};
	const char *value = line_name(in, &line), *end = value_end(in, &line, value);

	while (value < end && sip_is_blank(*value))
		value++;
	while (end > value && sip_is_blank(end[-1]))
		end--;
	line.value = (uint32_t)(value - in->msg->raw.p);
	line.value_len = (uint32_t)(end - value);
	in->msg->plain &=
		line.value == line.offset + line.name_len + 2u && !(line.flags & ~SIP_LINE_COMPACT) && end + 2 == in->p;
	return line;
}

/* The same where the line is as usual: a known name, its colon, a blank, and a value without blanks around up to the CR
 * LF. Whether it goes on behind that is not looked for. Returns where it ends, or NULL where it is not as usual. */
static SIP_SCAN_INLINE const char *usual_line(struct sip_line *ret, const char *raw, const char *p, const char *end)
{
	const char *colon = sip_scan_near_colon(p, end), *value, *lf;
	enum sip_header id;

	if (!colon || !(id = sip_header_at(p, (size_t)(colon - p))) || !(lf = sip_scan_char(p, colon, end, '\n')))
		return NULL;
	value = colon + 2;
	if (colon[1] != ' ' || (unsigned char)value[0] <= ' ' || (unsigned char)lf[-2] <= ' ' || lf[-1] != '\r')
		return NULL;
	*ret = (struct sip_line){(uint32_t)(p - raw),
				 (uint32_t)(value - raw),
				 (uint32_t)(lf - 1 - value),
				 (uint16_t)(colon - p),
				 (uint8_t)id,
				 0};
	return lf + 1;
}

/* As many lines as are as usual, which nearly always all are. Without a call, and not inlined: what it goes round with
 * has to be in registers. */
static __attribute__((noinline)) void usual_lines(struct index *in)
{
	struct sip_line *first = in->lines + in->msg->line_count, *line = first, *last = in->lines + SIP_LINES_MAX;
	const char *p = in->p, *next, *raw = in->msg->raw.p, *end = in->end;

	for (; line < last && (next = usual_line(line, raw, p, end)); p = next)
		line++;
	if (line > first && p < end && (*p == ' ' || *p == '\t'))
		p = raw + (--line)->offset; /* folded */
	in->p = p;
	in->msg->line_count = (uint16_t)(line - in->lines);
}

/* Is this the blank line? Its bytes are counted in *ret_len. */
static bool at_blank_line(const struct index *in, size_t *ret_len)
{
	*ret_len = *in->p == '\n' ? 1 : 2;
	return *in->p == '\n' || (*in->p == '\r' && in->p + 1 < in->end && in->p[1] == '\n');
}

static int header_lines(struct index *in, struct err *err)
{
	struct sip_msg *msg = in->msg;
	size_t blank;

	for (;;) {
		usual_lines(in);
		if (in->p == in->end || (*in->p == '\r' && in->p + 1 == in->end))
			break;
		if (at_blank_line(in, &blank)) {
			msg->odd |= blank == 1 ? SIP_ODD_LF : 0;
			msg->head_len = (uint32_t)(in->p + blank - msg->raw.p);
			return 0;
		}
		if (msg->line_count == SIP_LINES_MAX)
			return err_set(err, -EBADMSG, "byte %zu: more than %d header lines",
				       (size_t)(in->p - msg->raw.p), SIP_LINES_MAX);
		in->lines[msg->line_count++] = line_read(in);
	}
	msg->odd |= SIP_ODD_NO_BLANK;
	msg->head_len = (uint32_t)msg->raw.len;
	return 0;
}

static void content_length(struct sip_msg *msg)
{
	const struct sip_line *line = sip_msg_line(msg, SIP_HEADER_CONTENT_LENGTH);

	msg->content_length = line ? sip_length_read(sip_line_value(msg, line)) : -1;
	if (msg->content_length == -2)
		msg->odd |= SIP_ODD_LENGTH_BAD;
	while (line && (line = sip_msg_line_next(msg, line)))
		if (sip_length_read(sip_line_value(msg, line)) != msg->content_length)
			msg->odd |= SIP_ODD_LENGTH_BAD;
}

/* RFC 3261 18.3: surplus bytes of a datagram are dropped. A length that nobody can know is not believed. */
static void body(struct sip_msg *msg)
{
	size_t rest = msg->raw.len - msg->head_len;

	content_length(msg);
	if (msg->content_length >= 0 && !(msg->odd & SIP_ODD_LENGTH_BAD)) {
		if ((uint64_t)msg->content_length > rest)
			msg->odd |= SIP_ODD_LENGTH_LONG;
		else if ((uint64_t)msg->content_length < rest)
			msg->odd |= SIP_ODD_LENGTH_SHORT;
		if ((uint64_t)msg->content_length < rest)
			rest = (size_t)msg->content_length;
	}
	msg->raw.len = msg->head_len + rest;
	if (rest)
		msg->body = (struct slice){msg->raw.p + msg->head_len, rest};
}

/* The transaction's method, which a response tells in CSeq only. */
static void response_method(struct sip_msg *msg)
{
	struct slice cseq = sip_msg_value(msg, SIP_HEADER_CSEQ);
	enum sip_method method;

	while (cseq.len && sip_is_digit(cseq.p[0]))
		cseq.p++, cseq.len--;
	cseq = slice_trim(cseq);
	method = sip_method_of(cseq);
	if (method <= SIP_METHOD_OTHER && !sip_is_token(cseq)) /* known ones are tokens */
		return;
	msg->method_text = cseq;
	msg->method = method;
}

int sip_msg_index(struct sip_msg *ret, struct slice raw, struct arena *arena, struct err *err)
{
	struct index in;
	int r;

	while (raw.len && (raw.p[0] == '\r' || raw.p[0] == '\n'))
		raw.p++, raw.len--;
	if (raw.len > SIP_MSG_MAX)
		return err_set(err, -EBADMSG, "message of %zu bytes, more than %d", raw.len, SIP_MSG_MAX);
	sip_index_init(ret, raw);
	in.msg = ret;
	in.p = raw.p;
	in.end = raw.p + raw.len;
	ret->lines = in.lines;
	if (raw.len == 0)
		return err_set(err, -EBADMSG, "empty message");
	r = start_line(&in, err);
	if (r == 0)
		r = header_lines(&in, err);
	if (r < 0)
		return r;
	sip_index_lines(ret);
	ret->odd |= memchr(raw.p, '\0', ret->head_len) ? SIP_ODD_NUL : 0;
	body(ret);
	if (!ret->is_request)
		response_method(ret);
	ret->lines = arena_longer(arena, in.lines, ret->line_count * sizeof(*ret->lines),
				  ret->line_count * sizeof(*ret->lines));
	return 0;
}

const struct sip_line *sip_msg_line_named(const struct sip_msg *msg, struct slice name, const struct sip_line *after)
{
	const struct sip_line *line = after ? after + 1 : msg->lines;

	for (; line < msg->lines + msg->line_count; line++)
		if (slice_eq_nocase((struct slice){msg->raw.p + line->offset, line->name_len}, name))
			return line;
	return NULL;
}

static struct slice rebase(struct slice s, const char *from, const char *to)
{
	return s.p ? (struct slice){to + (s.p - from), s.len} : s;
}

void sip_msg_copy(struct sip_msg *to, const struct sip_msg *from, struct sip_line *lines, char *raw)
{
	memcpy(raw, from->raw.p, from->raw.len);
	memcpy(lines, from->lines, from->line_count * sizeof(*lines));
	*to = *from;
	to->lines = lines;
	to->raw.p = raw;
	to->method_text = rebase(from->method_text, from->raw.p, raw);
	to->uri = rebase(from->uri, from->raw.p, raw);
	to->reason = rebase(from->reason, from->raw.p, raw);
	to->body = rebase(from->body, from->raw.p, raw);
	to->from.state = to->to.state = to->contact.state = SIP_PARTY_UNREAD; /* they point into the bytes, too */
}
