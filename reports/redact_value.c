/* SPDX-License-Identifier: MIT
 *
 * Identities by their form, in any text: URIs (RFC 3261 19.1, RFC 3966, RFC 4975 6), numeric addresses, NAME@HOST,
 * display names, parameters that name somebody; and in the second reading whatever was found in the first. */
#include "reports/redact_private.h"
#include "base/mem.h"
#include "net/addr.h"

#include <strings.h>

/* --- writing --- */

static void move_marks(struct redact_writer *w, struct slice s, size_t grown, bool copied)
{
	size_t begin = (size_t)(s.p - w->text);

	for (unsigned i = 0; i < 2; i++) {
		if (w->mark[i] < begin || w->mark[i] >= begin + s.len)
			continue;
		w->moved[i] = w->out.len;
		if (copied)
			w->moved[i] += w->mark[i] - begin;
		else if (i == 1 && w->mark[i] > begin)
			w->moved[i] += grown;
	}
}

void redact_copy(struct redact_writer *w, struct slice s)
{
	move_marks(w, s, s.len, true);
	buf_add(&w->out, s);
}

void redact_put(struct redact_writer *w, struct slice s, const char *word)
{
	move_marks(w, s, strlen(word), false);
	buf_puts(&w->out, word);
}

void redact_as(struct redact_writer *w, enum redact_kind kind, struct slice s)
{
	redact_put(w, s, redact_name(w->redaction, kind, s));
}

static size_t blank_len(struct slice s)
{
	if (s.len && strchr(" \t\r\n", *s.p))
		return 1;
	return s.len >= 4 && (memcmp(s.p, "\\x09", 4) == 0 || memcmp(s.p, "\\x0d", 4) == 0) ? 4 : 0;
}

struct slice redact_trim(struct slice s)
{
	size_t n;

	while ((n = blank_len(s)) > 0)
		s.p += n, s.len -= n;
	for (;;) {
		size_t escape = s.len >= 4 ? blank_len((struct slice){s.p + s.len - 4, 4}) : 0;

		if (escape == 4)
			s.len -= 4;
		else if (s.len && blank_len((struct slice){s.p + s.len - 1, 1}))
			s.len--;
		else
			return s;
	}
}

/* --- users and hosts --- */

static bool is_phone(struct slice s)
{
	size_t digits = 0;

	for (size_t i = 0; i < s.len; i++) {
		bool digit = s.p[i] >= '0' && s.p[i] <= '9';

		if (!digit && !(i == 0 && s.p[i] == '+') && !strchr("-.()", s.p[i]))
			return false;
		digits += digit;
	}
	return digits >= 3;
}

void redact_user(struct redact_writer *w, struct slice s)
{
	if (slice_is_nocase(s, "anonymous"))
		redact_copy(w, s);
	else
		redact_as(w, is_phone(s) ? REDACT_PHONE : REDACT_USER, s);
}

static enum redact_kind host_kind(struct slice s)
{
	struct net_addr addr;

	if (!net_addr_parse_ip(s, 0, &addr))
		return REDACT_HOST;
	return addr.family == NET_FAMILY_V4 ? REDACT_V4 : REDACT_V6;
}

void redact_host(struct redact_writer *w, struct slice s)
{
	bool bracket = s.len > 2 && *s.p == '[';
	struct slice host = bracket ? (struct slice){s.p + 1, s.len - 2} : s;

	if (slice_is_nocase(host, "anonymous.invalid")) {
		redact_copy(w, s);
		return;
	}
	redact_copy(w, (struct slice){s.p, bracket});
	redact_as(w, host_kind(host), host);
	redact_copy(w, (struct slice){host.p + host.len, bracket});
}

size_t redact_host_len(const char *p, const char *end)
{
	const char *q = p;

	if (q < end && *q == '[') {
		while (q < end && *q != ']' && *q != '\n')
			q++;
		return q < end && *q == ']' ? (size_t)(q - p + 1) : 0;
	}
	while (q < end && redact_is_word(*q) && !strchr("+%~", *q))
		q++;
	while (q > p && q[-1] == '.')
		q--;
	return (size_t)(q - p);
}

/* --- URIs --- */

static size_t begins(const char *p, const char *end, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(end - p) >= n && strncasecmp(p, word, n) == 0 ? n : 0;
}

static size_t begins_any(const char *p, const char *end, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (begins(p, end, words[i]))
			return strlen(words[i]);
	return 0;
}

static const char *find_at(const char *p, const char *end, const char *stop)
{
	while (p < end && *p != '@' && !strchr(stop, *p))
		p++;
	return p < end && *p == '@' ? p : NULL;
}

static const char *put_userinfo(struct redact_writer *w, const char *p, const char *at)
{
	const char *colon = memchr(p, ':', (size_t)(at - p));

	redact_user(w, slice_range(p, colon ? colon : at));
	if (colon) {
		redact_copy(w, (struct slice){colon, 1});
		redact_as(w, REDACT_SECRET, slice_range(colon + 1, at));
	}
	redact_copy(w, (struct slice){at, 1});
	return at + 1;
}

static size_t put_uri(struct redact_writer *w, const char *p, const char *end)
{
	static const char *const schemes[] = {"sip:", "sips:", "msrp://", "msrps://", "http://", "https://", "ftp://"};
	size_t scheme = begins_any(p, end, schemes, ARRAY_LEN(schemes)), n;
	const char *q = p + scheme, *at;

	if (!scheme)
		return 0;
	redact_copy(w, (struct slice){p, scheme});
	at = find_at(q, end, q[-1] == '/' ? " \t\n<>\"'/" : " \t\n<>\"'");
	if (at)
		q = put_userinfo(w, q, at);
	n = redact_host_len(q, end);
	redact_host(w, (struct slice){q, n});
	return (size_t)(q - p) + n;
}

/* im:alice@im.example, and the prefix of im:deferred-settings, which is none. */
static size_t put_mail_uri(struct redact_writer *w, const char *p, const char *end)
{
	static const char *const schemes[] = {"im:", "pres:", "mailto:", "xmpp:", "cid:", "mid:", "h323:"};
	size_t scheme = begins_any(p, end, schemes, ARRAY_LEN(schemes)), n;
	const char *at = scheme ? find_at(p + scheme, end, " \t\n<>\"'") : NULL;

	if (!at)
		return 0;
	redact_copy(w, (struct slice){p, scheme});
	put_userinfo(w, p + scheme, at);
	n = redact_host_len(at + 1, end);
	redact_host(w, (struct slice){at + 1, n});
	return (size_t)(at + 1 - p) + n;
}

static size_t put_number_uri(struct redact_writer *w, const char *p, const char *end)
{
	static const char *const schemes[] = {"tel:", "fax:", "modem:", "callto:"};
	size_t scheme = begins_any(p, end, schemes, ARRAY_LEN(schemes)), n = 0;

	while (scheme && p + scheme + n < end && !strchr(" \t\n<>\"',;?", p[scheme + n]))
		n++;
	if (!n)
		return 0;
	redact_copy(w, (struct slice){p, scheme});
	redact_as(w, REDACT_PHONE, (struct slice){p + scheme, n});
	return scheme + n;
}

static size_t put_urn(struct redact_writer *w, const char *p, const char *end)
{
	static const char *const schemes[] = {"urn:uuid:", "urn:gsma:imei:", "urn:imei:", "gr=urn:uuid:", "gr="};
	size_t scheme = begins_any(p, end, schemes, ARRAY_LEN(schemes)), n = 0;

	while (scheme && p + scheme + n < end && redact_is_word(p[scheme + n]))
		n++;
	if (!n)
		return 0;
	redact_copy(w, (struct slice){p, scheme});
	redact_as(w, REDACT_DEVICE, (struct slice){p + scheme, n});
	return scheme + n;
}

/* --- other forms --- */

/* 192.0.2.1, also inside of a word, as in a branch; 2001:db8::1 at the begin of one. */
static size_t put_address(struct redact_writer *w, const char *p, const char *end, bool start)
{
	const char *q = p;
	struct net_addr addr;

	while (q < end && ((*q >= '0' && *q <= '9') || *q == '.'))
		q++;
	while (q > p && q[-1] == '.')
		q--;
	if (!net_addr_parse_ip(slice_range(p, q), 0, &addr) && start)
		for (q = p; q < end && (strchr(":.", *q) || strchr("0123456789abcdefABCDEF", *q));)
			q++;
	if (q - p < 2 || !net_addr_parse_ip(slice_range(p, q), 0, &addr) ||
	    map_get(&w->redaction->clauses, slice_range(p, q)))
		return 0;
	redact_host(w, slice_range(p, q));
	return (size_t)(q - p);
}

/* name@host; the name alone where it has an escaped @ ("sip%3Abob%40im.example"). */
static size_t put_mailbox(struct redact_writer *w, const char *p, const char *end)
{
	const char *q = p;
	size_t n;

	while (q < end && redact_is_word(*q))
		q++;
	if (slice_find(slice_range(p, q), SLICE("%40"))) {
		redact_user(w, slice_range(p, q));
		return (size_t)(q - p);
	}
	n = q > p && q < end && *q == '@' ? redact_host_len(q + 1, end) : 0;
	if (!n)
		return 0;
	redact_user(w, slice_range(p, q));
	redact_copy(w, (struct slice){q, 1});
	redact_host(w, (struct slice){q + 1, n});
	return (size_t)(q + 1 - p) + n;
}

/* Parameters whose value tells who: of Digest (RFC 7616), Via and URIs. */
static size_t put_parameter(struct redact_writer *w, const char *p, const char *end)
{
	static const struct {
		const char *name;
		enum redact_kind kind;
	} parameters[] = {
		{"username=\"", REDACT_USER},  {"realm=\"", REDACT_HOST},       {"response=\"", REDACT_SECRET},
		{"rspauth=\"", REDACT_SECRET}, {"phone-context=", REDACT_HOST}, {"maddr=", REDACT_HOST},
		{"received=", REDACT_HOST},
	};

	for (size_t i = 0; i < ARRAY_LEN(parameters); i++) {
		size_t n = begins(p, end, parameters[i].name), len = 0;

		if (!n)
			continue;
		while (p + n + len < end && !strchr(p[n - 1] == '"' ? "\"@\n" : ";,> \t\n", p[n + len]))
			len++;
		redact_copy(w, (struct slice){p, n});
		if (parameters[i].kind == REDACT_HOST)
			redact_host(w, (struct slice){p + n, len});
		else
			redact_as(w, parameters[i].kind, (struct slice){p + n, len});
		return n + len;
	}
	return 0;
}

/* Branches and tags are made by the sender, some of its address and without a gap before it; any dot hides them. */
static size_t put_made(struct redact_writer *w, const char *p, const char *end)
{
	static const char *const names[] = {"branch=z9hG4bK", "branch=", "tag="};
	size_t name = begins_any(p, end, names, ARRAY_LEN(names)), n = 0;

	while (name && p + name + n < end && redact_is_word(p[name + n]))
		n++;
	if (!n || !memchr(p + name, '.', n))
		return 0;
	redact_copy(w, (struct slice){p, name});
	redact_as(w, REDACT_VALUE, (struct slice){p + name, n});
	return name + n;
}

/* The quote that ends the name before a URI; NULL if there is none. In a clean text a backslash is two. */
static const char *display_end(const char *p, const char *end, bool escapes)
{
	const char *q = p, *uri;

	while (q < end && *q != '"' && *q != '\n')
		q += escapes && *q == '\\' && q + 2 < end && q[1] == '\\' ? 3 : 1;
	for (uri = q + 1; uri < end && strchr(" \t", *uri);)
		uri++;
	return q < end && *q == '"' && uri < end && *uri == '<' ? q : NULL;
}

/* "Alice" before a URI; "Alice\" too, which nobody should have sent. */
static size_t put_display(struct redact_writer *w, const char *p, const char *end)
{
	const char *q = display_end(p + 1, end, true);

	q = q ? q : display_end(p + 1, end, false);
	if (!q)
		return 0;
	redact_copy(w, (struct slice){p, 1});
	redact_as(w, REDACT_NAME, slice_range(p + 1, q));
	redact_copy(w, (struct slice){q, 1});
	return (size_t)(q + 1 - p);
}

static size_t put_known(struct redact_writer *w, const char *p, const char *end)
{
	const struct redact_name *name;
	size_t n = redact_find(w->redaction, p, end, &name);

	if (n)
		redact_put(w, (struct slice){p, n}, name->pseudonym);
	return n;
}

static size_t put_word(struct redact_writer *w, const char *p, const char *end)
{
	typedef size_t put_fn(struct redact_writer * w, const char *p, const char *end);
	static put_fn *const forms[] = {put_uri,       put_mail_uri, put_number_uri, put_urn,
					put_parameter, put_made,     put_mailbox};
	size_t n = put_address(w, p, end, true);

	for (size_t i = 0; i < ARRAY_LEN(forms) && !n; i++)
		n = forms[i](w, p, end);
	return n;
}

void redact_value(struct redact_writer *w, struct slice s)
{
	const char *end = s.p + s.len;
	size_t n;

	for (const char *p = s.p; p < end; p += n) {
		char before = p > s.p ? p[-1] : ' ';

		n = 0;
		if (*p == '"')
			n = put_display(w, p, end);
		else if (!redact_is_word(before))
			n = put_word(w, p, end);
		else if (*p >= '0' && *p <= '9' && before != '.' && (before < '0' || before > '9'))
			n = put_address(w, p, end, false);
		if (!n && (!redact_is_word(before) || before == '.'))
			n = put_known(w, p, end);
		if (!n)
			redact_copy(w, (struct slice){p, n = 1});
	}
}
