/* SPDX-License-Identifier: MIT
 *
 * Which URIs are the same, and whose they are. */
#include "sip/chars.h"
#include "sip/uri.h"

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
	if (slice_eq(a, b))
		return true;
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

		*list = sip_cut(&one, separator);
		if (one.len == 0)
			continue;
		*ret_value = sip_cut(&one, '=');
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

/* These count where only one of the URIs has them (RFC 3261 19.1.4; transport by its examples; RFC 5627: a GRUU is
 * one device, without gr it is all of them). */
static bool must_match(struct slice name)
{
	static const char *const names[] = {"user", "ttl", "method", "maddr", "transport", "gr"};

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
	char *p = buf_reserve(to, number.len);

	for (size_t i = 0; i < number.len; i++)
		if (!sip_is_separator(number.p[i]))
			*p++ = sip_lower(number.p[i]);
	buf_wrote(to, p);
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

bool sip_uri_equal_read(const struct sip_uri *a, const struct sip_uri *b)
{
	if (a->scheme != b->scheme)
		return false;
	if (a->scheme == SIP_SCHEME_TEL)
		return tel_equal(a, b);
	if (a->scheme != SIP_SCHEME_SIP && a->scheme != SIP_SCHEME_SIPS)
		return false;
	return equal_unescaped(a->user, b->user, true) && equal_unescaped(a->password, b->password, true) &&
	       slice_eq_nocase(a->host, b->host) && a->port == b->port &&
	       pairs_equal(a->params, b->params, ';', false) && pairs_equal(a->headers, b->headers, '&', true);
}

bool sip_uri_equal(struct slice a, struct slice b)
{
	struct sip_uri x, y;

	if (slice_eq(a, b))
		return true;
	return sip_uri_read(a, &x, NULL) == 0 && sip_uri_read(b, &y, NULL) == 0 && sip_uri_equal_read(&x, &y);
}

static void unescape(struct slice s, struct buf *to)
{
	char *p;

	if (!s.len || !memchr(s.p, '%', s.len)) {
		buf_add(to, s);
		return;
	}
	p = buf_reserve(to, s.len);
	while (s.len)
		*p++ = take_char(&s);
	buf_wrote(to, p);
}

static void add_lower(struct slice s, struct buf *to)
{
	char *p = buf_reserve(to, s.len);

	for (size_t i = 0; i < s.len; i++)
		p[i] = sip_lower(s.p[i]);
	buf_wrote(to, p + s.len);
}

/* A network writes its global numbers with and without user=phone, in one message even; others say their context, or
 * are like any other name of their domain. At an address it is a device whose Contact has the number for a user part.
 */
static bool may_be_phone(const struct sip_uri *uri)
{
	struct slice kind = SLICE_NONE;

	if (pair_find(uri->params, ';', SLICE("user"), &kind))
		return slice_is_nocase(kind, "phone");
	if (slice_find_nocase(uri->user, SLICE(";phone-context=")))
		return true;
	return (uri->user.p[0] == '+' || uri->user.p[0] == '%') && uri->host.p[0] != '[' &&
	       !sip_is_digit(uri->host.p[uri->host.len - 1]);
}

/* A number that is not global is one of its context (RFC 3966 5.1.5), a prefix or a domain; without, of `otherwise`. */
static void add_number_in(struct slice number, struct slice params, struct slice otherwise, struct buf *to)
{
	struct slice context = otherwise;

	add_number(number, to);
	if (number.p[0] == '+')
		return;
	pair_find(params, ';', SLICE("phone-context"), &context);
	if (!context.len)
		return;
	buf_putc(to, '@');
	add_lower(context, to);
}

/* A telephone number in a SIP URI, with parameters of its own (RFC 3261 19.1.6). */
static bool add_phone_user(const struct sip_uri *uri, struct buf *to)
{
	bool said = pair_find(uri->params, ';', SLICE("user"), &(struct slice){0});
	struct buf user = {0};
	struct slice number, params;
	bool is_phone;

	if (!may_be_phone(uri))
		return false;
	unescape(uri->user, &user);
	number = buf_slice(&user);
	params = sip_cut(&number, ';');
	is_phone = (said || params.len || number.p[0] == '+') && sip_is_number(number);
	if (is_phone)
		add_number_in(number, params, uri->host, to);
	buf_done(&user);
	return is_phone;
}

bool sip_uri_user_key(struct slice uri, struct buf *to)
{
	struct sip_uri read;

	if (slice_begins(uri, SLICE("sip:")) && !memchr(uri.p, '@', uri.len)) /* that is soon told */
		return false;
	if (sip_uri_read(uri, &read, NULL) < 0 || read.user.len == 0)
		return false;
	if (read.scheme == SIP_SCHEME_TEL) {
		add_number_in(read.user, read.params, SLICE_NONE, to);
		return true;
	}
	if (add_phone_user(&read, to))
		return true;
	unescape(read.user, to);
	buf_putc(to, '@');
	add_lower(read.host, to);
	return true;
}

bool sip_uri_is_number(struct slice uri)
{
	struct buf key = {0};
	struct sip_uri read;
	bool yes = sip_uri_user_key(uri, &key) && sip_uri_read(uri, &read, NULL) == 0 &&
		   (key.p[0] == '+' || read.scheme == SIP_SCHEME_TEL || add_phone_user(&read, &key));

	buf_done(&key);
	return yes;
}

bool sip_uri_same_user(struct slice a, struct slice b)
{
	struct buf x = {0}, y = {0};
	struct slice key, other;
	struct sip_uri read;
	bool same;

	if (slice_eq(a, b)) /* most are written alike */
		return sip_uri_plain_key(a, &key) || (sip_uri_read(a, &read, NULL) == 0 && read.user.len);
	if (sip_uri_plain_key(a, &key) && sip_uri_plain_key(b, &other))
		return slice_eq(key, other);
	same = sip_uri_user_key(a, &x) && sip_uri_user_key(b, &y) && slice_eq(buf_slice(&x), buf_slice(&y));

	buf_done(&x);
	buf_done(&y);
	return same;
}
