/* SPDX-License-Identifier: MIT */
#include "sip/digest.h"
#include "base/mem.h"
#include "base/text.h"
#include "sip/scan.h"
#include "sip/value.h"

#include <openssl/evp.h>
#include <stdio.h>

enum { HEX_MAX = 64, HEX_SIZE = HEX_MAX + 1, NAME_MAX_LEN = 9 };

#define FIELD(name)                                                                                                    \
	{                                                                                                              \
		{#name, sizeof(#name) - 1}, offsetof(struct sip_digest, name)                                          \
	}
static const struct field {
	struct slice name;
	size_t offset;
} fields[NAME_MAX_LEN + 1][4] = {
	/* by the length of the name */
	[2] = {FIELD(nc)},
	[3] = {FIELD(uri), FIELD(qop)},
	[4] = {FIELD(auts)},
	[5] = {FIELD(realm), FIELD(nonce), FIELD(stale)},
	[6] = {FIELD(cnonce), FIELD(opaque), FIELD(domain)},
	[8] = {FIELD(username), FIELD(response)},
	[9] = {FIELD(algorithm)},
};

static int refuse(struct err *err, int code, const char *what, struct slice shown)
{
	char text[160];

	return err_set(err, code, "%s: %s", what, text_clean_fixed(text, sizeof(text), shown));
}

static struct slice *field_of(struct sip_digest *digest, struct slice name)
{
	if (name.len > NAME_MAX_LEN)
		return NULL;
	for (const struct field *field = fields[name.len]; field->name.p; field++)
		if (slice_eq_nocase(name, field->name))
			return (struct slice *)((char *)digest + field->offset);
	return NULL;
}

/* Behind a value that a token or a plain quoted string is; NULL: it is neither. */
static const char *plain_value_end(const char *p, const char *end)
{
	if (p < end && *p == '"') {
		p = sip_scan_any(p + 1, end, '"', '\\', '"', '\\');
		return p && *p == '"' ? p + 1 : NULL;
	}
	while (p < end && sip_is_token_char(*p))
		p++;
	return p;
}

/* `name=token` or `name="text"` with nothing around, as nearly all are written, taken off the list with the comma
 * behind it. False says nothing. */
static bool plain_param_next(struct slice *list, struct sip_param *ret)
{
	const char *p = list->p, *end = p + list->len, *value;

	while (p < end && (*p == ' ' || *p == ','))
		p++;
	ret->name.p = p;
	while (p < end && sip_is_token_char(*p))
		p++;
	ret->name.len = (size_t)(p - ret->name.p);
	if (p == end || *p != '=' || !ret->name.len)
		return false;
	value = p + 1;
	p = plain_value_end(value, end);
	if (!p || p == value || (p < end && *p != ','))
		return false;
	ret->value = slice_range(value, p);
	*list = slice_range(p, end);
	return true;
}

static int param_read(struct slice element, struct sip_param *ret, struct err *err)
{
	struct slice rest = element;

	if (!sip_param_next(&rest, ret) || !ret->value.p || !sip_is_token(ret->name))
		return refuse(err, -EBADMSG, "no digest parameter", element);
	if (!sip_quotes_close(ret->value))
		return refuse(err, -EBADMSG, "quote is not closed", element);
	return 0;
}

static int field_set(struct sip_digest *ret, const struct sip_param *param, struct err *err)
{
	struct slice *field = field_of(ret, param->name);

	if (field && field->p)
		return refuse(err, -EBADMSG, "digest parameter given twice", param->name);
	if (field)
		*field = sip_unquote(param->value);
	return 0;
}

int sip_digest_read(struct slice value, struct sip_digest *ret, struct err *err)
{
	struct sip_param param = {0};
	struct slice element;
	size_t n = 0;

	*ret = (struct sip_digest){0};
	value = slice_trim(value);
	while (n < value.len && value.p[n] != ' ' && value.p[n] != '\t' && value.p[n] != '\r' && value.p[n] != '\n')
		n++;
	if (!sip_is_token((struct slice){value.p, n}))
		return refuse(err, -EBADMSG, "no authentication scheme", value);
	if (!slice_is_nocase((struct slice){value.p, n}, "Digest"))
		return refuse(err, -ENOTSUP, "scheme is not Digest", (struct slice){value.p, n});
	value = (struct slice){value.p + n, value.len - n};
	for (;;) {
		if (!plain_param_next(&value, &param)) {
			if (!sip_list_next(&value, &element))
				return 0;
			if (param_read(element, &param, err) < 0)
				return -EBADMSG;
		}
		if (field_set(ret, &param, err) < 0)
			return -EBADMSG;
	}
}

bool sip_digest_next(const struct sip_msg *msg, enum sip_header id, const struct sip_line **line,
		     struct sip_digest *ret)
{
	do
		*line = *line ? sip_msg_line_next(msg, *line) : sip_msg_line(msg, id);
	while (*line && sip_digest_read(sip_line_value(msg, *line), ret, NULL) < 0);
	return *line != NULL;
}

/* An algorithm, and whether it is the -sess form of it (RFC 7616 3.3; RFC 2617 3.2.1: MD5 where none is named). */
static const EVP_MD *algorithm_of(struct slice name, bool *ret_session)
{
	*ret_session = name.len > 5 && slice_is_nocase((struct slice){name.p + name.len - 5, 5}, "-sess");
	if (*ret_session)
		name.len -= 5;
	if (!name.p || slice_is_nocase(name, "MD5") || (!*ret_session && slice_is_nocase(name, "AKAv1-MD5")))
		return EVP_md5();
	return slice_is_nocase(name, "SHA-256") ? EVP_sha256() : NULL;
}

/* Hash of the parts with colons between them, in lower-case hex. */
static struct slice hash(const EVP_MD *md, const struct slice *parts, size_t count, char *ret_hex)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	struct buf text = {0};
	unsigned len = 0;

	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_putc(&text, ':');
		buf_add(&text, parts[i]);
	}
	if (EVP_Digest(text.p ? text.p : "", text.len, sum, &len, md, NULL) != 1)
		len = 0;
	buf_done(&text);
	for (unsigned i = 0; i < len; i++) {
		ret_hex[2 * i] = "0123456789abcdef"[sum[i] >> 4];
		ret_hex[2 * i + 1] = "0123456789abcdef"[sum[i] & 15];
	}
	ret_hex[2 * len] = '\0';
	return (struct slice){ret_hex, 2 * len};
}

#define HASH(md, hex, ...)                                                                                             \
	hash((md), (const struct slice[]){__VA_ARGS__},                                                                \
	     sizeof((const struct slice[]){__VA_ARGS__}) / sizeof(struct slice), (hex))

/* The fields that a response value is made of (RFC 2617 3.2.2). */
static int complete(const struct sip_digest *c, bool session, struct err *err)
{
	const char *missing = !c->username.p ? "username"
			      : !c->realm.p  ? "realm"
			      : !c->nonce.p  ? "nonce"
			      : !c->uri.p    ? "uri"
					     : NULL;

	if (!missing && (session || c->qop.p) && !c->cnonce.p)
		missing = "cnonce";
	if (!missing && c->qop.p && !c->nc.p)
		missing = "nc";
	return missing ? err_set(err, -EBADMSG, "digest without %s", missing) : 0;
}

int sip_digest_response(const struct sip_digest *credentials, struct slice password, struct slice method,
			struct slice body, char *ret_hex, struct err *err)
{
	const struct sip_digest *c = credentials;
	char first[HEX_SIZE], second[HEX_SIZE], inner[HEX_SIZE];
	struct slice ha1, ha2;
	const EVP_MD *md;
	bool session;
	int r;

	md = algorithm_of(c->algorithm, &session);
	if (!md)
		return refuse(err, -ENOTSUP, "unknown digest algorithm", c->algorithm);
	if (c->qop.p && !slice_is_nocase(c->qop, "auth") && !slice_is_nocase(c->qop, "auth-int"))
		return refuse(err, -ENOTSUP, "unknown qop", c->qop);
	r = complete(c, session, err);
	if (r < 0)
		return r;
	ha1 = HASH(md, first, c->username, c->realm, password);
	if (session) {
		memcpy(inner, first, sizeof(inner));
		ha1 = HASH(md, first, (struct slice){inner, ha1.len}, c->nonce, c->cnonce);
	}
	if (slice_is_nocase(c->qop, "auth-int"))
		ha2 = HASH(md, second, method, c->uri, HASH(md, inner, body));
	else
		ha2 = HASH(md, second, method, c->uri);
	if (c->qop.p)
		HASH(md, ret_hex, ha1, c->nonce, c->nc, c->cnonce, c->qop, ha2);
	else
		HASH(md, ret_hex, ha1, c->nonce, ha2);
	return 0;
}

bool sip_digest_is_nc(struct slice nc)
{
	return nc.len == 8 && sip_is_hex(nc);
}

bool sip_digest_offers(const struct sip_digest *challenge, struct slice qop)
{
	struct slice offered = challenge->qop, one;

	while (sip_list_next(&offered, &one))
		if (slice_eq_nocase(one, qop))
			return true;
	return false;
}

int sip_digest_check(const struct sip_digest *credentials, struct slice password, struct slice method,
		     struct slice body, struct err *err)
{
	char right[HEX_SIZE];
	int r;

	if (!credentials->response.p)
		return err_set(err, -EBADMSG, "digest without response");
	if (credentials->nc.p && !sip_digest_is_nc(credentials->nc))
		return refuse(err, -EBADMSG, "nc is not eight hex digits", credentials->nc);
	r = sip_digest_response(credentials, password, method, body, right, err);
	if (r < 0)
		return r;
	if (!slice_is(credentials->response, right))
		return refuse(err, -EACCES, "response value is wrong", credentials->response);
	return 0;
}

static bool is_quotable(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return true;
}

/* Absent where none is offered. False: none that is offered is known. */
static bool choose_qop(const struct sip_digest *challenge, struct slice *ret)
{
	static const struct slice known[] = {SLICE("auth"), SLICE("auth-int")};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (sip_digest_offers(challenge, known[i])) {
			*ret = known[i];
			return true;
		}
	*ret = SLICE_NONE;
	return !challenge->qop.p;
}

static void write_field(struct buf *to, const char *name, struct slice value, bool quoted)
{
	if (value.p)
		buf_printf(to, quoted ? ", %s=\"%.*s\"" : ", %s=%.*s", name, SLICE_F(value));
}

static void write_credentials(struct buf *to, const struct sip_digest *c)
{
	buf_printf(to, "Digest username=\"%.*s\"", SLICE_F(c->username));
	write_field(to, "realm", c->realm, true);
	write_field(to, "nonce", c->nonce, true);
	write_field(to, "uri", c->uri, true);
	write_field(to, "response", c->response, true);
	write_field(to, "algorithm", c->algorithm, false);
	write_field(to, "cnonce", c->cnonce, true);
	write_field(to, "opaque", c->opaque, true);
	write_field(to, "qop", c->qop, false);
	write_field(to, "nc", c->nc, false);
	write_field(to, "auts", c->auts, true);
}

int sip_digest_answer(const struct sip_digest *challenge, const struct sip_digest_request *request, struct buf *to,
		      struct err *err)
{
	struct sip_digest c = *challenge;
	char hex[HEX_SIZE], count[16];
	bool session;
	int r;

	if (!is_quotable(request->username) || !is_quotable(request->uri) || !is_quotable(request->cnonce))
		return err_set(err, -EINVAL, "username, uri or cnonce can't stand in a quoted string");
	if (!choose_qop(challenge, &c.qop))
		return refuse(err, -ENOTSUP, "unknown qop", challenge->qop);
	algorithm_of(c.algorithm, &session);
	c.username = request->username;
	c.uri = request->uri;
	snprintf(count, sizeof(count), "%08x", request->nc);
	c.nc = c.qop.p ? slice_of(count) : SLICE_NONE;
	c.cnonce = c.qop.p || session ? request->cnonce : SLICE_NONE;
	r = sip_digest_response(&c, request->password, request->method, request->body, hex, err);
	if (r < 0)
		return r;
	c.response = slice_of(hex);
	write_credentials(to, &c);
	return 0;
}
