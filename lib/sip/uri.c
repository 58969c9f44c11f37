/* SPDX-License-Identifier: MIT */
#include "sip/uri.h"
#include "base/text.h"
#include "sip/chars.h"

static int bad(struct err *err, const char *what, struct slice uri)
{
	char text[200];

	return err_set(err, -EBADMSG, "%s: %s", what, text_clean_fixed(text, sizeof(text), uri));
}

/* No URI holds these unescaped (RFC 3986 2); bytes over 127 are let through, since users are written so. */
static bool has_illegal(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("<>\"\\^", s.p[i]))
			return true;
	return false;
}

static struct slice behind(struct slice s, const char *at)
{
	return slice_range(at + 1, s.p + s.len);
}

/* Cuts *s at its first `c`; what stands behind it, or absent. */
static struct slice cut(struct slice *s, char c)
{
	const char *at = s->len ? memchr(s->p, c, s->len) : NULL;
	struct slice rest = SLICE_NONE;

	if (at) {
		rest = behind(*s, at);
		s->len = (size_t)(at - s->p);
	}
	return rest;
}

static bool is_host(struct slice s)
{
	bool six = s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']';

	for (size_t i = six; i < s.len - six; i++) {
		bool hex = sip_unescape((struct slice){(char[]){'%', '0', s.p[i]}, 3}) >= 0;

		if (six ? !hex && s.p[i] != ':' && s.p[i] != '.'
			: !sip_is_digit(s.p[i]) && !sip_is_alpha(s.p[i]) && !strchr("-._", s.p[i]))
			return false;
	}
	return s.len > 0;
}

/* Host and port (RFC 3261 25.1: hostport). */
static const char *hostport_read(struct slice s, struct sip_uri *ret)
{
	const char *from = s.len && s.p[0] == '[' ? memchr(s.p, ']', s.len) : s.p;
	const char *colon = from ? memchr(from, ':', (size_t)(s.p + s.len - from)) : NULL;
	uint64_t port = 0;

	ret->host = colon ? slice_range(s.p, colon) : s;
	if (s.len == 0 || !is_host(ret->host))
		return "bad host in URI";
	if (colon && (!slice_to_u64(behind(s, colon), &port) || port == 0 || port > UINT16_MAX))
		return "bad port in URI";
	ret->port = (uint16_t)port;
	return NULL;
}

/* RFC 3261 19.1.1. A user may hold ';' and '?', so that the '@' is looked for first. */
static const char *sip_read(struct slice rest, struct sip_uri *ret)
{
	const char *at = rest.len ? memchr(rest.p, '@', rest.len) : NULL;

	if (at) {
		ret->user = slice_range(rest.p, at);
		ret->password = cut(&ret->user, ':');
		if (ret->user.len == 0)
			return "empty user in URI";
		rest = behind(rest, at);
	}
	ret->headers = cut(&rest, '?');
	ret->params = cut(&rest, ';');
	return hostport_read(rest, ret);
}

static bool is_separator(char c)
{
	return c == '-' || c == '.' || c == '(' || c == ')';
}

/* RFC 3966 3: global numbers have digits only, local ones also "*", "#" and hex digits. */
static bool is_number(struct slice s)
{
	bool global = s.len && s.p[0] == '+', any = false;

	for (size_t i = global; i < s.len; i++) {
		bool hex =
		    sip_unescape((struct slice){(char[]){'%', '0', s.p[i]}, 3}) >= 0 || s.p[i] == '*' || s.p[i] == '#';

		if (!is_separator(s.p[i]) && !(global ? sip_is_digit(s.p[i]) : hex))
			return false;
		any = any || !is_separator(s.p[i]);
	}
	return any;
}

static bool scheme_read(struct slice *text, struct slice *ret)
{
	size_t n = 0;

	while (n < text->len &&
	       (sip_is_alpha(text->p[n]) || sip_is_digit(text->p[n]) || (text->p[n] && strchr("+-.", text->p[n]))))
		n++;
	*ret = (struct slice){text->p, n};
	if (n == 0 || n == text->len || text->p[n] != ':' || !sip_is_alpha(text->p[0]))
		return false;
	text->p += n + 1;
	text->len -= n + 1;
	return text->len > 0;
}

static enum sip_scheme scheme_of(struct slice text)
{
	static const char *const names[] = {
	    [SIP_SCHEME_SIP] = "sip", [SIP_SCHEME_SIPS] = "sips", [SIP_SCHEME_TEL] = "tel", [SIP_SCHEME_URN] = "urn"};

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
	if (!scheme_read(&rest, &ret->scheme_text))
		return bad(err, "no URI", text);
	if (has_illegal(rest))
		return bad(err, "illegal character in URI", text);
	ret->scheme = scheme_of(ret->scheme_text);
	if (ret->scheme == SIP_SCHEME_SIP || ret->scheme == SIP_SCHEME_SIPS)
		wrong = sip_read(rest, ret);
	if (ret->scheme == SIP_SCHEME_TEL) {
		ret->params = cut(&rest, ';');
		ret->user = rest;
		wrong = is_number(rest) ? NULL : "bad number in URI";
	}
	return wrong ? bad(err, wrong, text) : 0;
}

/* One character of s, its escape undone, taken off the front. */
static char take_char(struct slice *s)
{
	int escaped = sip_unescape(*s);
	char c = escaped < 0 ? s->p[0] : (char)escaped;

	s->p += escaped < 0 ? 1 : 3;
	s->len -= escaped < 0 ? 1 : 3;
	return c;
}

static bool equal_unescaped(struct slice a, struct slice b, bool with_case)
{
	if (!a.p != !b.p)
		return false;
	while (a.len && b.len) {
		char x = take_char(&a), y = take_char(&b);

		if (with_case ? x != y : sip_lower(x) != sip_lower(y))
			return false;
	}
	return a.len == 0 && b.len == 0;
}

/* Next "name=value" of a list that `separator` divides; empty ones are skipped. */
static bool pair_next(struct slice *list, char separator, struct slice *ret_name, struct slice *ret_value)
{
	while (list->len) {
		struct slice one = *list;

		*list = cut(&one, separator);
		if (one.len == 0)
			continue;
		*ret_value = cut(&one, '=');
		*ret_name = one;
		return true;
	}
	return false;
}

static bool pair_find(struct slice list, char separator, struct slice name, struct slice *ret_value)
{
	struct slice other;

	while (pair_next(&list, separator, &other, ret_value))
		if (equal_unescaped(other, name, false))
			return true;
	return false;
}

/* These count where only one of the URIs has them (RFC 3261 19.1.4; transport by its examples). */
static bool must_match(struct slice name)
{
	static const char *const names[] = {"user", "ttl", "method", "maddr", "transport"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (equal_unescaped(name, slice_of(names[i]), false))
			return true;
	return false;
}

/* Has `b` what `a` has? `all`: each pair must be there; otherwise only those that must. */
static bool pairs_match(struct slice a, struct slice b, char separator, bool all)
{
	struct slice name, value, other;

	while (pair_next(&a, separator, &name, &value)) {
		if (!pair_find(b, separator, name, &other)) {
			if (all || must_match(name))
				return false;
		} else if (!equal_unescaped(value, other, separator == '&')) {
			return false;
		}
	}
	return true;
}

static bool pairs_equal(struct slice a, struct slice b, char separator, bool all)
{
	return pairs_match(a, b, separator, all) && pairs_match(b, a, separator, all);
}

/* Digits without their separators; hex digits in lower case. */
static void add_number(struct slice number, struct buf *to)
{
	for (size_t i = 0; i < number.len; i++)
		if (!is_separator(number.p[i]))
			buf_putc(to, sip_lower(number.p[i]));
}

static bool tel_equal(const struct sip_uri *a, const struct sip_uri *b)
{
	struct buf x = {0}, y = {0};
	bool equal;

	add_number(a->user, &x);
	add_number(b->user, &y);
	equal = slice_eq(buf_slice(&x), buf_slice(&y)) && pairs_equal(a->params, b->params, ';', true);
	buf_done(&x);
	buf_done(&y);
	return equal;
}

bool sip_uri_equal(struct slice a, struct slice b)
{
	struct sip_uri x, y;

	if (slice_eq(a, b))
		return true;
	if (sip_uri_read(a, &x, NULL) < 0 || sip_uri_read(b, &y, NULL) < 0 || x.scheme != y.scheme)
		return false;
	if (x.scheme == SIP_SCHEME_TEL)
		return tel_equal(&x, &y);
	if (x.scheme != SIP_SCHEME_SIP && x.scheme != SIP_SCHEME_SIPS)
		return false;
	return equal_unescaped(x.user, y.user, true) && equal_unescaped(x.password, y.password, true) &&
	       slice_eq_nocase(x.host, y.host) && x.port == y.port && pairs_equal(x.params, y.params, ';', false) &&
	       pairs_equal(x.headers, y.headers, '&', true);
}

static void unescape(struct slice s, struct buf *to)
{
	while (s.len)
		buf_putc(to, take_char(&s));
}

/* A telephone number in a SIP URI, its own parameters cut off (RFC 3261 19.1.6). */
static bool add_phone_user(const struct sip_uri *uri, struct buf *to)
{
	struct buf user = {0};
	struct slice kind = SLICE_NONE, number;
	bool is_phone = false;

	if (pair_find(uri->params, ';', SLICE("user"), &kind) && slice_is_nocase(kind, "phone")) {
		unescape(uri->user, &user);
		number = buf_slice(&user);
		cut(&number, ';');
		is_phone = is_number(number);
		if (is_phone)
			add_number(number, to);
		buf_done(&user);
	}
	return is_phone;
}

bool sip_uri_user_key(struct slice uri, struct buf *to)
{
	struct sip_uri read;

	if (sip_uri_read(uri, &read, NULL) < 0 || read.user.len == 0)
		return false;
	if (read.scheme == SIP_SCHEME_TEL) {
		add_number(read.user, to);
		return true;
	}
	if (add_phone_user(&read, to))
		return true;
	unescape(read.user, to);
	buf_putc(to, '@');
	for (size_t i = 0; i < read.host.len; i++)
		buf_putc(to, sip_lower(read.host.p[i]));
	return true;
}

bool sip_uri_same_user(struct slice a, struct slice b)
{
	struct buf x = {0}, y = {0};
	bool same = sip_uri_user_key(a, &x) && sip_uri_user_key(b, &y) && slice_eq(buf_slice(&x), buf_slice(&y));

	buf_done(&x);
	buf_done(&y);
	return same;
}
