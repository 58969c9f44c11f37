/* SPDX-License-Identifier: MIT */
#include "sip/start.h"
#include "sip/chars.h"
#include "sip/scan.h"
#include "sip/value.h"

enum { PROBE_LEN = 80 };

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

/* "SIP/2.0 200 OK": as nearly all are written. False says nothing. */
static bool plain_status_line(struct sip_msg *msg, struct slice line)
{
	const char *code = line.p + strlen("SIP/2.0 ");

	if (line.len < strlen("SIP/2.0 200 ") || memcmp(line.p, "SIP/2.0 ", strlen("SIP/2.0 ")) != 0 || code[0] < '1' ||
	    code[0] > '6' || !sip_is_digit(code[1]) || !sip_is_digit(code[2]) || code[3] != ' ')
		return false;
	msg->status = (uint16_t)((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
	msg->reason = slice_trim(slice_range(code + 3, line.p + line.len));
	return true;
}

static void status_line(struct sip_msg *msg, struct slice line)
{
	struct slice version = first_word(line), code, rest = slice_range(version.p + version.len, line.p + line.len);
	uint64_t status = 0;

	if (!slice_is(version, "SIP/2.0"))
		msg->odd |= SIP_ODD_VERSION;
	rest = slice_trim(rest);
	code = first_word(rest);
	if (code.p != version.p + version.len + 1 || code.p[-1] != ' ' || code.len != 3 ||
	    !slice_to_u64(code, &status) || status < 100 || status > 699 || code.p + code.len == line.p + line.len)
		msg->odd |= SIP_ODD_START;
	msg->status = code.len == 3 && status >= 100 && status <= 699 ? (uint16_t)status : 0;
	msg->reason = slice_trim(slice_range(code.p + code.len, line.p + line.len));
}

static bool has_blank(struct slice s)
{
	return sip_scan_any(s.p, s.p + s.len, ' ', '\t', ' ', '\t');
}

/* Of a line without blanks behind it: "SIP/2.0" is the last word nearly always. */
static struct slice version_of(struct slice line, bool *ret_exact)
{
	const size_t n = strlen(" SIP/2.0");

	*ret_exact = line.len >= n && memcmp(line.p + line.len - n, " SIP/2.0", n) == 0;
	if (*ret_exact)
		return (struct slice){line.p + line.len - n + 1, n - 1};
	line = last_word(line);
	*ret_exact = slice_is(line, "SIP/2.0");
	return line;
}

/* "ACK sip:alice@im.example SIP/2.0": a known method, which is a token, and one blank each. False says nothing. */
static bool plain_request_line(struct sip_msg *msg, struct slice line)
{
	const char *end = line.p + line.len, *blank = sip_scan_any(line.p, end, ' ', '\t', ' ', '\t');
	const char *version = end - strlen(" SIP/2.0");
	enum sip_method method;

	if (!blank || version - blank < 2 || memcmp(version, " SIP/2.0", strlen(" SIP/2.0")) != 0 ||
	    sip_scan_any(blank + 1, version, ' ', '\t', '\r', '\r') || *blank != ' ')
		return false;
	method = sip_method_of(slice_range(line.p, blank));
	if (method == SIP_METHOD_OTHER || method == SIP_METHOD_NONE)
		return false;
	msg->is_request = true;
	msg->method = method;
	msg->method_text = slice_range(line.p, blank);
	msg->uri = slice_range(blank + 1, version);
	return true;
}

static bool request_line(struct sip_msg *msg, struct slice line)
{
	struct slice method = first_word(line), version;
	size_t whole = line.len;
	bool exact;

	while (line.len && sip_is_blank(line.p[line.len - 1]))
		line.len--;
	version = version_of(line, &exact);
	if (!sip_is_token(method) || (!exact && !is_version(version)))
		return false;
	msg->uri = slice_trim(slice_range(line.p + method.len, version.p));
	if (msg->uri.len == 0)
		return false;
	if (!exact)
		msg->odd |= SIP_ODD_VERSION;
	if (method.len + msg->uri.len + version.len + 2 != whole || has_blank(msg->uri) || line.p[method.len] != ' ' ||
	    version.p[-1] != ' ')
		msg->odd |= SIP_ODD_START;
	msg->is_request = true;
	msg->method_text = method;
	msg->method = sip_method_of(method);
	return true;
}

bool sip_start_read(struct sip_msg *msg, struct slice line)
{
	if (plain_status_line(msg, line) || plain_request_line(msg, line))
		return true;
	if (line.len < 4 || line.p[3] != '/' || !is_version(first_word(line)))
		return request_line(msg, line);
	status_line(msg, line);
	return true;
}

static bool is_scheme(struct slice s)
{
	static const char *const schemes[] = {"sip:", "sips:", "tel:", "urn:", "im:", "pres:"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (s.len >= strlen(schemes[i]) && slice_is_nocase((struct slice){s.p, strlen(schemes[i])}, schemes[i]))
			return true;
	return false;
}

/* A line that is there as a whole tells by its last word, whatever its URI is. */
static bool ends_in_version(struct slice s)
{
	const char *lf = memchr(s.p, '\n', s.len);
	const char *version;

	if (!lf)
		return false;
	version = slice_find_nocase(slice_range(s.p, lf), SLICE(" SIP/"));
	return version && version + 5 < lf && sip_is_digit(version[5]);
}

enum { METHOD_LEN_MAX = 9, PROBE_LEN_MIN = 16 };

/* "INVITE sip:", as most requests begin, in so many bytes at least. False says nothing. */
static bool plain_request_begins(const char *p)
{
	size_t n = 0;

	while (n < METHOD_LEN_MAX && p[n] != ' ')
		n++;
	return memcmp(p + n, " sip:", strlen(" sip:")) == 0 && sip_method_of((struct slice){p, n}) > SIP_METHOD_OTHER;
}

bool sip_msg_probe(struct slice bytes)
{
	size_t n = 0;

	if (bytes.len >= 8 && memcmp(bytes.p, "SIP/2.0 ", 8) == 0)
		return true; /* a status line without reason has 14 bytes */
	if (bytes.len < PROBE_LEN_MIN)
		return false;
	if (plain_request_begins(bytes.p))
		return true;
	if (bytes.len > PROBE_LEN)
		bytes.len = PROBE_LEN;
	while (n < bytes.len && sip_is_token_char(bytes.p[n]))
		n++;
	if (n > 0 && n < bytes.len && bytes.p[n] == '/')
		return n == 3 && slice_is_nocase((struct slice){bytes.p, n}, "SIP") && sip_is_digit(bytes.p[4]);
	if (n == 0 || n == bytes.len || (bytes.p[n] != ' ' && bytes.p[n] != '\t'))
		return false;
	bytes = (struct slice){bytes.p + n, bytes.len - n};
	return is_scheme(sip_skip_blanks(bytes)) || ends_in_version(bytes);
}
