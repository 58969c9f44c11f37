/* SPDX-License-Identifier: MIT */
#include "sip/uri.h"
#include "base/text.h"
#include "sip/chars.h"
#include "sip/scan.h"

static int bad(struct err *err, const char *what, struct slice uri)
{
	char text[200];

	return err_set(err, -EBADMSG, "%s: %s", what, text_clean_fixed(text, sizeof(text), uri));
}

static bool has_illegal(struct slice s)
{
	size_t i = 0;

	for (; s.len - i >= SIP_SCAN_WIDTH; i += SIP_SCAN_WIDTH)
		if (!sip_scan_is_uri(s.p + i))
			return true;
	if (i < s.len && i > 0) /* the last ones once more, with those behind them */
		return !sip_scan_is_uri(s.p + s.len - SIP_SCAN_WIDTH);
	for (; i < s.len; i++)
		if (sip_is(s.p[i], SIP_CHAR_NOT_URI))
			return true;
	return false;
}

static struct slice behind(struct slice s, const char *at)
{
	return slice_range(at + 1, s.p + s.len);
}

/* "[2001:db8::1]" */
static bool is_bracketed_host(struct slice s)
{
	for (size_t i = 1; i + 1 < s.len; i++)
		if (!sip_is(s.p[i], SIP_CHAR_HEX) && s.p[i] != ':' && s.p[i] != '.')
			return false;
	return true;
}

static bool is_host(struct slice s, const char *uri)
{
	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		return is_bracketed_host(s);
	return s.len > 0 && sip_scan_is_host(uri, s.p, s.p + s.len);
}

/* Host and port (RFC 3261 25.1: hostport). */
static const char *hostport_read(struct slice s, const char *uri, struct sip_uri *ret)
{
	const char *from = s.len && s.p[0] == '[' ? memchr(s.p, ']', s.len) : s.p;
	const char *colon = from ? memchr(from, ':', (size_t)(s.p + s.len - from)) : NULL;
	uint64_t port = 0;

	ret->host = colon ? slice_range(s.p, colon) : s;
	if (s.len == 0 || !is_host(ret->host, uri))
		return "bad host in URI";
	if (colon && (!slice_to_u64(behind(s, colon), &port) || port == 0 || port > UINT16_MAX))
		return "bad port in URI";
	ret->port = (uint16_t)port;
	return NULL;
}

/* ":5060" and nothing more: four digits always fit. False says nothing. */
static bool plain_port_read(const char *colon, const char *end, uint16_t *ret)
{
	unsigned port = 0;

	if (*colon != ':' || end - colon > 5)
		return false;
	for (const char *p = colon + 1; p < end; p++) {
		if (!sip_is_digit(*p))
			return false;
		port = port * 10 + (unsigned)(*p - '0');
	}
	*ret = (uint16_t)port;
	return port > 0;
}

/* RFC 3261 19.1.1. A user may hold ';' and '?', so that the '@' is looked for first. */
static const char *sip_read(struct slice rest, struct sip_uri *ret)
{
	const char *uri = rest.p, *at = rest.len ? memchr(rest.p, '@', rest.len) : NULL, *end = rest.p + rest.len,
		   *host_end;

	if (at) {
		ret->user = slice_range(rest.p, at);
		ret->password = sip_cut(&ret->user, ':');
		if (ret->user.len == 0)
			return "empty user in URI";
		rest = behind(rest, at);
	}
	host_end = sip_scan_any(rest.p, end, '?', ';', ':', '[');
	if (host_end && !plain_port_read(host_end, end, &ret->port)) {
		ret->headers = sip_cut(&rest, '?');
		ret->params = sip_cut(&rest, ';');
		return hostport_read(rest, uri, ret);
	}
	ret->host = slice_range(rest.p, host_end ? host_end : end);
	return is_host(ret->host, uri) ? NULL : "bad host in URI";
}

static bool scheme_read(struct slice *text, struct slice *ret)
{
	size_t n = 0;

	while (n < text->len && sip_is(text->p[n], SIP_CHAR_SCHEME))
		n++;
	*ret = (struct slice){text->p, n};
	if (n == 0 || n == text->len || text->p[n] != ':' || !sip_is_alpha(text->p[0]))
		return false;
	text->p += n + 1;
	text->len -= n + 1;
	return text->len > 0;
}

/* In small letters, as nearly always. */
static bool plain_scheme_read(struct slice *text, struct sip_uri *ret)
{
	if (text->len < 5 || memcmp(text->p, "sip:", 4) != 0)
		return false;
	ret->scheme = SIP_SCHEME_SIP;
	ret->scheme_text = (struct slice){text->p, 3};
	*text = (struct slice){text->p + 4, text->len - 4};
	return true;
}

static enum sip_scheme scheme_of(struct slice text)
{
	static const char *const names[] = {[SIP_SCHEME_SIP] = "sip",
					    [SIP_SCHEME_SIPS] = "sips",
					    [SIP_SCHEME_TEL] = "tel",
					    [SIP_SCHEME_URN] = "urn"};

	for (enum sip_scheme scheme = SIP_SCHEME_SIP; scheme <= SIP_SCHEME_URN; scheme++)
		if (slice_is_nocase(text, names[scheme]))
			return scheme;
	return SIP_SCHEME_OTHER;
}

int sip_uri_read(struct slice text, struct sip_uri *ret, struct err *err)
{
	struct slice rest = text;
	const char *wrong = NULL;

	*ret = (struct sip_uri){0};
	if (!plain_scheme_read(&rest, ret)) {
		if (!scheme_read(&rest, &ret->scheme_text))
			return bad(err, "no URI", text);
		ret->scheme = scheme_of(ret->scheme_text);
	}
	if (has_illegal(rest))
		return bad(err, "illegal character in URI", text);
	if (ret->scheme == SIP_SCHEME_SIP || ret->scheme == SIP_SCHEME_SIPS)
		wrong = sip_read(rest, ret);
	if (ret->scheme == SIP_SCHEME_TEL) {
		ret->params = sip_cut(&rest, ';');
		ret->user = rest;
		wrong = sip_is_number(rest) ? NULL : "bad number in URI";
	}
	return wrong ? bad(err, wrong, text) : 0;
}
