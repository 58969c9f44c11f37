/* SPDX-License-Identifier: MIT */
#include "body/msrp.h"

#include "body/cut.h"

bool msrp_is_transaction(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.p[i]) && (i == 0 || !s.p[i] || !strchr(".-+%=", s.p[i])))
			return false;
	return s.len >= MSRP_ID_MIN && s.len <= MSRP_ID_MAX;
}

/* Cuts a line that CRLF ends off *rest. False where there is no CRLF. */
static bool cut_crlf(struct slice *rest, struct slice *ret)
{
	const char *end = slice_find(*rest, SLICE("\r\n"));

	if (!end)
		return false;
	*ret = slice_range(rest->p, end);
	*rest = slice_range(end + 2, rest->p + rest->len);
	return true;
}

/* "MSRP <id> <method or status>[ <comment>]": the id, and what follows it. */
static bool start_line_split(struct slice line, struct slice *ret_id, struct slice *ret_rest)
{
	struct slice word;

	if (!cut_at(&line, ' ', &word) || !slice_is(word, "MSRP") || !cut_at(&line, ' ', ret_id) || !line.len)
		return false;
	*ret_rest = line;
	return msrp_is_transaction(*ret_id);
}

/* 0 and the id; -EAGAIN; -EBADMSG as soon as it can't become a start line any more. */
static int frame_start(struct slice bytes, struct slice *ret_id, struct err *err)
{
	enum { START_MAX = 512 };
	struct slice rest = bytes, line, what;
	size_t known = bytes.len < 5 ? bytes.len : 5;

	if (known && memcmp(bytes.p, "MSRP ", known) != 0)
		return err_set(err, -EBADMSG, "no MSRP start line");
	if (rest.len > START_MAX)
		rest.len = START_MAX;
	if (!cut_crlf(&rest, &line))
		return bytes.len < START_MAX ? -EAGAIN : err_set(err, -EBADMSG, "the MSRP start line is too long");
	if (!start_line_split(line, ret_id, &what))
		return err_set(err, -EBADMSG, "the MSRP start line is not MSRP <id> <method or status>");
	return 0;
}

static bool is_flag(char c)
{
	return c == '$' || c == '+' || c == '#';
}

/* The end-line that begins at `at` (on "\r\n-------"), as far as it is there: its length with both CRLFs; 0 it is none;
 * -1 more bytes are needed to tell. */
static long end_line_len(struct slice bytes, const char *at, struct slice id)
{
	char line[2 + 7 + MSRP_ID_MAX];
	size_t left = (size_t)(bytes.p + bytes.len - at), len = 9 + id.len;

	memcpy(line, "\r\n-------", 9);
	memcpy(line + 9, id.p, id.len);
	if (memcmp(at, line, left < len ? left : len) != 0)
		return 0;
	if (left > len && !is_flag(at[len]))
		return 0;
	if (left > len + 1 && memcmp(at + len + 1, "\r\n", left < len + 3 ? left - len - 1 : 2) != 0)
		return 0;
	return left < len + 3 ? -1 : (long)(len + 3);
}

int msrp_frame(struct slice bytes, size_t *scanned, size_t *ret_len, struct err *err)
{
	struct slice id, rest;
	int rc = frame_start(bytes, &id, err);

	if (rc == -EAGAIN)
		return err_set(err, rc, "the MSRP message is cut off");
	if (rc)
		return rc;
	rest = (struct slice){bytes.p + *scanned, bytes.len - *scanned};
	for (;;) {
		const char *at = slice_find(rest, SLICE("\r\n"));
		long len = at ? end_line_len(bytes, at, id) : -1;

		if (len > 0) {
			*ret_len = (size_t)(at - bytes.p) + (size_t)len;
			return *ret_len <= MSRP_MESSAGE_MAX ? 0 : err_set(err, -EBADMSG, "the MSRP message is too big");
		}
		*scanned = at ? (size_t)(at - bytes.p) : bytes.len - 1; /* a CR may stand there */
		if (len < 0)
			break;
		rest = slice_range(at + 2, bytes.p + bytes.len);
	}
	if (bytes.len > MSRP_MESSAGE_MAX)
		return err_set(err, -EBADMSG, "the MSRP message is too big");
	return err_set(err, -EAGAIN, "the MSRP message is cut off");
}

static bool range_end(struct slice s, int64_t *ret)
{
	uint64_t number;

	*ret = -1;
	if (slice_is(s, "*"))
		return true;
	if (!slice_to_u64(s, &number) || number > INT64_MAX)
		return false;
	*ret = (int64_t)number;
	return true;
}

/* "1-500/1000", either end "*" (RFC 4975 9). */
static int range_read(struct msrp *ret, struct err *err)
{
	struct slice value = msrp_header(ret, "Byte-Range"), from, to;

	if (!value.p)
		return 0;
	ret->has_range = cut_at(&value, '-', &from) && cut_at(&value, '/', &to) && value.p &&
			 slice_to_u64(from, &ret->range_from) && ret->range_from > 0 && range_end(to, &ret->range_to) &&
			 range_end(value, &ret->range_total);
	return ret->has_range ? 0 : err_set(err, -EBADMSG, "Byte-Range is not <from>-<to>/<total>");
}

static int start_read(struct msrp *ret, struct slice line, struct err *err)
{
	struct slice what, status;
	uint64_t number;

	if (!start_line_split(line, &ret->transaction, &what))
		return err_set(err, -EBADMSG, "the MSRP start line is not MSRP <id> <method or status>");
	status = what;
	cut_at(&what, ' ', &status);
	if (status.len == 3 && is_digits(status)) {
		slice_to_u64(status, &number);
		ret->kind = MSRP_RESPONSE;
		ret->status = (uint16_t)number;
		ret->comment = what;
		return 0;
	}
	ret->method = status;
	for (size_t i = 0; i < status.len; i++)
		if (status.p[i] < 'A' || status.p[i] > 'Z')
			return err_set(err, -EBADMSG, "the MSRP method is not in capitals");
	ret->kind = slice_is(status, "SEND") ? MSRP_SEND : slice_is(status, "REPORT") ? MSRP_REPORT : MSRP_OTHER;
	return what.p ? err_set(err, -EBADMSG, "something stands behind the MSRP method") : 0;
}

/* Splits a header line "Name: value". */
static bool header_split(struct slice line, struct slice *ret_name, struct slice *ret_value)
{
	cut_at(&line, ':', ret_name);
	*ret_value = slice_trim(line);
	return line.p && is_token(*ret_name, "");
}

/* `rest`: header lines; or header lines, a blank line, the body and its CRLF. */
static int headers_read(struct msrp *ret, struct slice rest, struct err *err)
{
	struct slice line, name, value;

	ret->head = (struct slice){rest.p, 0};
	for (unsigned n = 1; rest.len && cut_crlf(&rest, &line) && line.len; n++) {
		const char *first = n == 1 ? "To-Path" : n == 2 ? "From-Path" : NULL;

		ret->head.len = (size_t)(rest.p - ret->head.p);
		if (!header_split(line, &name, &value))
			return err_set(err, -EBADMSG, "MSRP header line %u is not <name>: <value>", n);
		if (first && (!slice_is_nocase(name, first) || value.len == 0))
			return err_set(err, -EBADMSG, "MSRP header line %u is not %s", n, first);
	}
	if (rest.p == ret->head.p + ret->head.len)
		return 0;
	ret->body = (struct slice){rest.p, rest.len < 2 ? 0 : rest.len - 2};
	return 0;
}

struct slice msrp_header(const struct msrp *msrp, const char *name)
{
	struct slice rest = msrp->head, line, given, value;

	while (rest.len && cut_crlf(&rest, &line))
		if (header_split(line, &given, &value) && slice_is_nocase(given, name))
			return value;
	return SLICE_NONE;
}

static int headers_take(struct msrp *ret, struct err *err)
{
	ret->to_path = msrp_header(ret, "To-Path");
	ret->from_path = msrp_header(ret, "From-Path");
	ret->message_id = msrp_header(ret, "Message-ID");
	ret->content_type = msrp_header(ret, "Content-Type");
	ret->success_report = msrp_header(ret, "Success-Report");
	ret->failure_report = msrp_header(ret, "Failure-Report");
	ret->status_header = msrp_header(ret, "Status");
	if (!ret->from_path.p)
		return err_set(err, -EBADMSG, "%s-Path is missing", ret->to_path.p ? "From" : "To");
	if (!ret->message_id.len && (ret->kind == MSRP_SEND || ret->kind == MSRP_REPORT))
		return err_set(err, -EBADMSG, "Message-ID is missing");
	return range_read(ret, err);
}

/* Takes the end-line off *rest, which begins behind the start line. */
static int end_read(struct msrp *ret, struct slice *rest, struct err *err)
{
	size_t len = 7 + ret->transaction.len + 3;
	const char *at = ret->raw.p + ret->raw.len - len;

	if (rest->len < len || memcmp(at - 2, "\r\n-------", 9) != 0 ||
	    memcmp(at + 7, ret->transaction.p, ret->transaction.len) != 0 || memcmp(at + len - 2, "\r\n", 2) != 0)
		return err_set(err, -EBADMSG, "the MSRP end-line is missing");
	ret->flag = at[len - 3];
	if (!is_flag(ret->flag))
		return err_set(err, -EBADMSG, "the MSRP continuation flag is none of $ + #");
	rest->len -= len;
	return 0;
}

int msrp_read(struct msrp *ret, struct slice message, struct err *err)
{
	struct slice rest = message, line;
	int rc;

	*ret = (struct msrp){.raw = message};
	if (!cut_crlf(&rest, &line))
		return err_set(err, -EBADMSG, "the MSRP start line has no end");
	rc = start_read(ret, line, err);
	if (!rc)
		rc = end_read(ret, &rest, err);
	if (!rc)
		rc = headers_read(ret, rest, err);
	return rc ? rc : headers_take(ret, err);
}
