/* SPDX-License-Identifier: MIT */
#include "sip/value.h"
#include "sip/chars.h"
#include "sip/scan.h"

/* Moves *at behind the quoted string that begins there; to the end, and false, where it is not closed (RFC 3261 25.1:
 * quoted-pair). */
static bool skip_quoted(struct slice s, size_t *at)
{
	const char *p = s.p + *at + 1, *end = s.p + s.len;

	while (p < end && (p = sip_scan_any(p, end, '"', '\\', '"', '\\'))) {
		if (*p == '"') {
			*at = (size_t)(p + 1 - s.p);
			return true;
		}
		p += 2;
	}
	*at = s.len;
	return false;
}

static size_t bracket_end(struct slice s, size_t at)
{
	const char *close = memchr(s.p + at, '>', s.len - at);

	return close ? (size_t)(close - s.p) + 1 : s.len;
}

/* First `stop` or `other` outside quoted strings, and outside angle brackets unless '<' itself is asked for; s.len if
 * there is none. */
static SIP_SCAN_INLINE size_t find_top(struct slice s, char stop, char other)
{
	const char *p;
	size_t i = 0;

	while ((p = sip_scan_any(s.p + i, s.p + s.len, stop, other, '"', '<'))) {
		i = (size_t)(p - s.p);
		if (*p == stop || *p == other)
			return i;
		if (*p == '"')
			skip_quoted(s, &i);
		else
			i = bracket_end(s, i);
	}
	return s.len;
}

static struct slice front(struct slice s, size_t n)
{
	return (struct slice){s.p, n};
}

static struct slice behind(struct slice s, size_t n)
{
	return (struct slice){s.p + n, s.len - n};
}

/* Few lists have several elements: what is only done for those stays out of the way. */
static __attribute__((noinline)) size_t find_comma(struct slice list)
{
	return find_top(list, ',', ',');
}

bool sip_list_next(struct slice *list, struct slice *ret_element)
{
	while (list->len) {
		size_t n = memchr(list->p, ',', list->len) ? find_comma(*list) : list->len;
		struct slice element = slice_trim(front(*list, n));

		*list = behind(*list, n < list->len ? n + 1 : n);
		if (element.len) {
			*ret_element = element;
			return true;
		}
	}
	return false;
}

void sip_values_start(struct sip_values *it, const struct sip_msg *msg, enum sip_header id)
{
	*it = (struct sip_values){.msg = msg, .line = sip_msg_line(msg, id)};
	if (it->line)
		it->rest = sip_line_value(msg, it->line);
}

bool sip_values_next(struct sip_values *it, struct slice *ret_value)
{
	while (it->line) {
		if (sip_list_next(&it->rest, ret_value))
			return true;
		it->line = sip_msg_line_next(it->msg, it->line);
		if (it->line)
			it->rest = sip_line_value(it->msg, it->line);
	}
	return false;
}

static unsigned list_count(struct slice list)
{
	struct slice element;
	unsigned count = 0;

	if (!list.len || !memchr(list.p, ',', list.len))
		return slice_trim(list).len > 0;
	while (sip_list_next(&list, &element))
		count++;
	return count;
}

unsigned sip_values_count(const struct sip_msg *msg, enum sip_header id)
{
	unsigned count = 0;

	for (const struct sip_line *line = sip_msg_line(msg, id); line; line = sip_msg_line_next(msg, line))
		count += list_count(sip_line_value(msg, line));
	return count;
}

void sip_value_split(struct slice value, struct slice *ret_main, struct slice *ret_params)
{
	size_t n = find_top(value, ';', ';');

	*ret_params = n < value.len ? behind(value, n + 1) : SLICE_NONE;
	*ret_main = slice_trim(front(value, n));
}

/* Takes "=value" off the front, up to the next parameter. */
static struct slice param_value(struct slice *params)
{
	struct slice value = behind(*params, 1);
	size_t n = find_top(value, ';', ';');

	*params = behind(value, n);
	return slice_trim(front(value, n));
}

/* What separates parameters. */
static struct slice skip_between(struct slice params)
{
	while (params.len && (sip_is_blank(params.p[0]) || params.p[0] == ';'))
		params.p++, params.len--;
	return params;
}

bool sip_param_next(struct slice *params, struct sip_param *ret)
{
	size_t n;

	*params = skip_between(*params);
	if (params->len == 0)
		return false;
	n = find_top(*params, ';', '=');
	ret->name = slice_trim(front(*params, n));
	*params = behind(*params, n);
	ret->value = params->len && params->p[0] == '=' ? param_value(params) : SLICE_NONE;
	return true;
}

/* Is `name`, of token characters, that of the parameter in front? What stands behind it then is told. */
static bool is_named(struct slice params, struct slice name, struct slice *ret_behind)
{
	if (params.len < name.len || !slice_eq_nocase(front(params, name.len), name))
		return false;
	*ret_behind = sip_skip_blanks(behind(params, name.len));
	return !ret_behind->len || ret_behind->p[0] == '=' || ret_behind->p[0] == ';';
}

bool sip_param_find_named(struct slice params, struct slice name, struct slice *ret_value)
{
	struct slice rest;

	for (;;) {
		params = skip_between(params);
		if (params.len == 0)
			return false;
		if (is_named(params, name, &rest))
			break;
		params = behind(params, find_top(params, ';', ';'));
	}
	if (ret_value)
		*ret_value = rest.len && rest.p[0] == '=' ? param_value(&rest) : SLICE_NONE;
	return true;
}

struct slice sip_unquote(struct slice s)
{
	bool quoted = s.len >= 2 && s.p[0] == '"' && s.p[s.len - 1] == '"';

	return quoted ? (struct slice){s.p + 1, s.len - 2} : s;
}

/* What stands behind a URI may only be parameters. */
static bool params_read(struct slice rest, struct slice *ret_params)
{
	rest = sip_skip_blanks(rest);
	if (rest.len && rest.p[0] != ';')
		return false;
	*ret_params = rest.len ? behind(rest, 1) : SLICE_NONE;
	return true;
}

bool sip_quotes_close(struct slice s)
{
	const char *quote;

	for (size_t i = 0; (quote = sip_scan_any(s.p + i, s.p + s.len, '"', '"', '"', '"'));) {
		i = (size_t)(quote - s.p);
		if (!skip_quoted(s, &i))
			return false;
	}
	return true;
}

static int addr_spec_read(struct slice value, struct sip_addr *ret)
{
	size_t n = 0;

	while (n < value.len && value.p[n] != ';' && !sip_is_blank(value.p[n]))
		n++;
	ret->uri = front(value, n);
	return n && params_read(behind(value, n), &ret->params) ? 0 : -EBADMSG;
}

/* "<sip:alice@im.example>;tag=1": as most are written. False says nothing. */
static bool plain_addr_read(struct slice value, struct sip_addr *ret)
{
	const char *end = value.p + value.len, *close, *uri;
	struct slice params = SLICE_NONE;

	if (value.len < 3 || value.p[0] != '<' || (unsigned char)end[-1] <= ' ')
		return false;
	uri = value.p + 1;
	close = sip_scan_any(uri, end, '>', '"', '>', '"');
	if (!close || *close == '"' || (unsigned char)uri[0] <= ' ' || (unsigned char)close[-1] <= ' ' || close == uri)
		return false;
	if (close + 1 < end) {
		params = slice_range(close + 2, end);
		if (close[1] != ';' || (sip_scan_any(close, end, '"', '"', '"', '"') && !sip_quotes_close(params)))
			return false;
	}
	*ret = (struct sip_addr){.uri = slice_range(uri, close), .params = params, .brackets = true};
	return true;
}

int sip_addr_read(struct slice value, struct sip_addr *ret)
{
	size_t open, close;

	if (plain_addr_read(value, ret))
		return 0;
	*ret = (struct sip_addr){0};
	value = slice_trim(value);
	open = find_top(value, '<', ';');
	if (!sip_quotes_close(value))
		return -EBADMSG;
	if (open == value.len || value.p[open] == ';')
		return addr_spec_read(value, ret);
	close = bracket_end(value, open);
	if (value.p[close - 1] != '>')
		return -EBADMSG;
	ret->brackets = true;
	ret->display = slice_trim(front(value, open));
	if (ret->display.len == 0)
		ret->display = SLICE_NONE;
	ret->uri = slice_trim(slice_range(value.p + open + 1, value.p + close - 1));
	return ret->uri.len && params_read(behind(value, close), &ret->params) ? 0 : -EBADMSG;
}
