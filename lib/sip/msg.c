/* SPDX-License-Identifier: MIT */
#include "sip/msg.h"
#include "base/text.h"
#include "sip/chars.h"
#include "sip/value.h"

/* On the stack while the message is read: most have twenty lines, and only those go to the arena. */
struct index {
	struct sip_msg *msg;
	const char *p, *end;
	uint16_t last[SIP_HEADER_COUNT]; /* valid where msg->first is */
	struct sip_line lines[SIP_LINES_MAX];
};

static int bad(struct err *err, size_t at, const char *what, struct slice shown)
{
	char text[160];

	return err_set(err, -EBADMSG, "byte %zu: %s: %s", at, what, text_clean_fixed(text, sizeof(text), shown));
}

/* The line at `p` without its line end; *ret_next behind it. A line without an end is cut off and goes to `end`. */
static struct slice physical_line(const char *p, const char *end, const char **ret_next, uint32_t *odd)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	*ret_next = lf ? lf + 1 : end;
	if (!lf)
		lf = end;
	if (lf > p && lf[-1] == '\r')
		return slice_range(p, lf - 1);
	if (lf < end)
		*odd |= SIP_ODD_LF;
	return slice_range(p, lf);
}

static struct slice first_word(struct slice line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	return (struct slice){line.p, n};
}

static struct slice last_word(struct slice line)
{
	size_t n = 0;

	while (n < line.len && line.p[line.len - n - 1] != ' ' && line.p[line.len - n - 1] != '\t')
		n++;
	return (struct slice){line.p + line.len - n, n};
}

static bool is_version(struct slice word)
{
	return word.len >= 5 && slice_eq_nocase((struct slice){word.p, 4}, SLICE("SIP/"));
}

static void status_line(struct sip_msg *msg, struct slice line)
{
	struct slice version = first_word(line), code, rest = slice_range(version.p + version.len, line.p + line.len);
	uint64_t status = 0;

	if (!slice_is(version, "SIP/2.0"))
		msg->odd |= SIP_ODD_VERSION;
	rest = slice_trim(rest);
	code = first_word(rest);
	if (code.p != version.p + version.len + 1 || code.len != 3 || !slice_to_u64(code, &status) || status < 100 ||
	    status > 699 || code.p + code.len == line.p + line.len)
		msg->odd |= SIP_ODD_START;
	msg->status = code.len == 3 && status >= 100 && status <= 699 ? (uint16_t)status : 0;
	msg->reason = slice_trim(slice_range(code.p + code.len, line.p + line.len));
}

static bool request_line(struct sip_msg *msg, struct slice line)
{
	struct slice whole = line;

	while (line.len && sip_is_blank(line.p[line.len - 1]))
		line.len--;
	msg->method_text = first_word(line);
	if (!sip_is_token(msg->method_text) || !is_version(last_word(line)))
		return false;
	if (!slice_is(last_word(line), "SIP/2.0"))
		msg->odd |= SIP_ODD_VERSION;
	msg->uri = slice_trim(slice_range(line.p + msg->method_text.len, last_word(line).p));
	if (msg->uri.len == 0)
		return false;
	if (msg->method_text.len + msg->uri.len + last_word(line).len + 2 != whole.len ||
	    first_word(msg->uri).len != msg->uri.len)
		msg->odd |= SIP_ODD_START;
	msg->is_request = true;
	msg->method = sip_method_of(msg->method_text);
	return true;
}

/* RFC 3261 7.1, 7.2 */
static int start_line(struct index *in, struct err *err)
{
	struct sip_msg *msg = in->msg;
	const char *start = in->p;
	struct slice line = physical_line(in->p, in->end, &in->p, &msg->odd);

	if (is_version(first_word(line)))
		status_line(msg, line);
	else if (!request_line(msg, line))
		return bad(err, (size_t)(start - msg->raw.p), "no SIP start line", line);
	return 0;
}

/* Name and colon. Returns where the value may begin; a bad line keeps what stands before a colon as its name. */
static const char *line_name(struct index *in, struct sip_line *line)
{
	const char *p = in->p, *colon;

	while (p < in->end && sip_is_token_char(*p))
		p++;
	line->name_len = (uint16_t)(p - in->p);
	for (colon = p; colon < in->end && (*colon == ' ' || *colon == '\t'); colon++)
		line->flags |= SIP_LINE_SPACED;
	if (colon < in->end && *colon == ':' && p > in->p && p - in->p <= UINT16_MAX) {
		line->id = (uint8_t)sip_header_of(slice_range(in->p, p));
		if (line->id && line->name_len == 1)
			line->flags |= SIP_LINE_COMPACT;
		return colon + 1;
	}
	in->msg->odd |= SIP_ODD_BAD_LINE;
	line->flags = 0;
	line->name_len = 0;
	for (p = in->p; p < in->end && *p != ':' && *p != '\n'; p++)
		;
	if (p == in->end || *p == '\n' || p - in->p > UINT16_MAX)
		return in->p;
	line->name_len = (uint16_t)slice_trim(slice_range(in->p, p)).len;
	return p + 1;
}

/* Up to the end of the value, folds included (RFC 3261 7.3.1). */
static void line_value(struct index *in, struct sip_line *line, const char *value)
{
	struct slice part = physical_line(value, in->end, &in->p, &in->msg->odd), all;

	while (in->p < in->end && (*in->p == ' ' || *in->p == '\t')) {
		line->flags |= SIP_LINE_FOLDED;
		part = physical_line(in->p, in->end, &in->p, &in->msg->odd);
	}
	all = slice_trim(slice_range(value, part.p + part.len));
	line->value = (uint32_t)(all.p - in->msg->raw.p);
	line->value_len = (uint32_t)all.len;
}

static void line_link(struct index *in, uint16_t at)
{
	struct sip_line *line = &in->lines[at];
	struct sip_msg *msg = in->msg;

	line->next = SIP_NO_LINE;
	if (line->id == SIP_HEADER_OTHER)
		return;
	if (msg->first[line->id] == SIP_NO_LINE)
		msg->first[line->id] = at;
	else
		in->lines[in->last[line->id]].next = at;
	in->last[line->id] = at;
}

/* Is this the blank line? Its bytes are counted in *ret_len. */
static bool at_blank_line(struct index *in, size_t *ret_len)
{
	*ret_len = *in->p == '\n' ? 1 : 2;
	return *in->p == '\n' || (*in->p == '\r' && in->p + 1 < in->end && in->p[1] == '\n');
}

static int header_lines(struct index *in, struct err *err)
{
	struct sip_msg *msg = in->msg;
	size_t blank;

	while (in->p < in->end && !(*in->p == '\r' && in->p + 1 == in->end)) {
		struct sip_line *line = &in->lines[msg->line_count];

		if (at_blank_line(in, &blank)) {
			msg->odd |= blank == 1 ? SIP_ODD_LF : 0;
			msg->head_len = (uint32_t)(in->p + blank - msg->raw.p);
			return 0;
		}
		if (msg->line_count == SIP_LINES_MAX)
			return err_set(err, -EBADMSG, "byte %zu: more than %d header lines",
				       (size_t)(in->p - msg->raw.p), SIP_LINES_MAX);
		*line = (struct sip_line){.offset = (uint32_t)(in->p - msg->raw.p)};
		line_value(in, line, line_name(in, line));
		line_link(in, msg->line_count++);
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

	while (cseq.len && sip_is_digit(cseq.p[0]))
		cseq.p++, cseq.len--;
	cseq = slice_trim(cseq);
	if (!sip_is_token(cseq))
		return;
	msg->method_text = cseq;
	msg->method = sip_method_of(cseq);
}

int sip_msg_index(struct sip_msg *ret, struct slice raw, struct arena *arena, struct err *err)
{
	struct index in;
	int r;

	while (raw.len && (raw.p[0] == '\r' || raw.p[0] == '\n'))
		raw.p++, raw.len--;
	if (raw.len > SIP_MSG_MAX)
		return err_set(err, -EBADMSG, "message of %zu bytes, more than %d", raw.len, SIP_MSG_MAX);
	*ret = (struct sip_msg){.raw = raw, .content_length = -1};
	memset(ret->first, 0xff, sizeof(ret->first));
	in.msg = ret;
	in.p = raw.p;
	in.end = raw.p + raw.len;
	ret->lines = in.lines;
	if (raw.len == 0)
		return err_set(err, -EBADMSG, "byte 0: empty message");
	r = start_line(&in, err);
	if (r == 0)
		r = header_lines(&in, err);
	if (r < 0)
		return r;
	if (memchr(raw.p, '\0', ret->head_len))
		ret->odd |= SIP_ODD_NUL;
	body(ret);
	if (!ret->is_request)
		response_method(ret);
	ret->lines = arena_alloc(arena, ret->line_count * sizeof(*ret->lines));
	memcpy(ret->lines, in.lines, ret->line_count * sizeof(*ret->lines));
	return 0;
}

const struct sip_line *sip_msg_line(const struct sip_msg *msg, enum sip_header id)
{
	return msg->first[id] == SIP_NO_LINE ? NULL : &msg->lines[msg->first[id]];
}

const struct sip_line *sip_msg_line_next(const struct sip_msg *msg, const struct sip_line *line)
{
	return line->next == SIP_NO_LINE ? NULL : &msg->lines[line->next];
}

struct slice sip_msg_value(const struct sip_msg *msg, enum sip_header id)
{
	const struct sip_line *line = sip_msg_line(msg, id);

	return line ? sip_line_value(msg, line) : SLICE_NONE;
}

const struct sip_line *sip_msg_line_named(const struct sip_msg *msg, struct slice name, const struct sip_line *after)
{
	const struct sip_line *line = after ? after + 1 : msg->lines;

	for (; line < msg->lines + msg->line_count; line++)
		if (slice_eq_nocase((struct slice){msg->raw.p + line->offset, line->name_len}, name))
			return line;
	return NULL;
}
