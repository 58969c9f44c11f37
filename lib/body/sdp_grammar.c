/* SPDX-License-Identifier: MIT */
#include "body/sdp_grammar.h"

#include "base/text.h"
#include "body/cut.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>

struct check {
	struct sdp *sdp;
	struct arena *arena;
	struct sdp_error *errors; /* NULL until the first */
	bool bytes_wrong;         /* in some line */
};

__attribute__((format(printf, 3, 4))) static void wrong(struct check *check, const struct sdp_line *line,
							const char *format, ...)
{
	struct sdp_error *error;
	va_list args;
	int n = 0;

	if (check->sdp->error_count == SDP_ERRORS_MAX)
		return;
	if (!check->errors)
		check->errors = arena_alloc(check->arena, SDP_ERRORS_MAX * sizeof(*check->errors));
	check->sdp->errors = check->errors;
	error = &check->errors[check->sdp->error_count++];
	if (line) {
		*error = (struct sdp_error){.line = line->number, .at = line->line};
		n = snprintf(error->text, sizeof(error->text), "line %u: ", line->number);
	}
	va_start(args, format);
	vsnprintf(error->text + n, sizeof(error->text) - (size_t)n, format, args);
	va_end(args);
}

/* Exactly `count` fields, none empty, one blank between them. */
static bool split(struct slice value, struct slice *ret_fields, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!cut_at(&value, ' ', &ret_fields[i]) || ret_fields[i].len == 0)
			return false;
	return value.p == NULL;
}

const char *sdp_media_split(struct slice value, struct sdp_media *ret)
{
	struct slice port, part, proto;
	uint64_t number = 0;

	if (!cut_at(&value, ' ', &ret->media) || !is_token(ret->media, ""))
		return "the media type is no token";
	if (!cut_at(&value, ' ', &ret->port_text))
		return "the media port is missing";
	port = ret->port_text;
	cut_at(&port, '/', &part);
	if (!is_digits(part) || !slice_to_u64(part, &number) || number > 65535)
		return "the media port is no number up to 65535";
	ret->port = (uint16_t)number;
	if (port.p && !is_digits(port))
		return "the number of ports is no number";
	if (!cut_at(&value, ' ', &ret->proto))
		return "the media protocol is missing";
	for (proto = ret->proto; cut_at(&proto, '/', &part);)
		if (!is_token(part, ""))
			return "the media protocol is no list of tokens";
	ret->formats = value;
	if (!value.p)
		return "the media format is missing";
	while (cut_at(&value, ' ', &part))
		if (!is_token(part, "/"))
			return "a media format is no token";
	return NULL;
}

static const char *check_origin(struct slice value)
{
	struct slice field[6];

	if (!split(value, field, 6))
		return "o= does not have its six fields";
	if (!is_digits(field[1]) || !is_digits(field[2]))
		return "session id or version in o= is no number";
	if (!is_token(field[3], "") || !is_token(field[4], ""))
		return "network or address type in o= is no token";
	return NULL;
}

/* Only what looks like a dotted quad is held to be one: names are allowed too. */
static bool is_broken_quad(struct slice address)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr quad;

	for (size_t i = 0; i < address.len; i++)
		if (address.p[i] != '.' && (address.p[i] < '0' || address.p[i] > '9'))
			return false;
	if (address.len >= sizeof(text))
		return true;
	memcpy(text, address.p, address.len);
	text[address.len] = '\0';
	return inet_pton(AF_INET, text, &quad) != 1;
}

static const char *check_connection(struct slice value)
{
	struct slice field[3], address;

	if (!split(value, field, 3))
		return "c= does not have its three fields";
	if (!is_token(field[0], "") || !is_token(field[1], ""))
		return "network or address type in c= is no token";
	cut_at(&field[2], '/', &address);
	if (address.len == 0 || (slice_is(field[1], "IP4") && is_broken_quad(address)))
		return "the address in c= is none";
	return NULL;
}

static const char *check_time(struct slice value)
{
	struct slice field[2];

	return split(value, field, 2) && is_digits(field[0]) && is_digits(field[1])
		       ? NULL
		       : "t= does not have its two numbers";
}

static const char *check_bandwidth(struct slice value)
{
	struct slice type;

	cut_at(&value, ':', &type);
	return is_token(type, "") && is_digits(value) ? NULL : "b= is not <type>:<number>";
}

static const char *check_attribute(struct slice value)
{
	static const char *const flags[] = {"sendrecv", "sendonly", "recvonly", "inactive"};
	struct slice name;

	cut_at(&value, ':', &name);
	if (!is_token(name, ""))
		return "the attribute's name is no token";
	if (value.p && value.len == 0)
		return "the attribute's value is empty";
	for (unsigned i = 0; value.p && i < 4; i++)
		if (slice_is(name, flags[i]))
			return "a direction takes no value";
	return NULL;
}

static const char *check_media(struct slice value)
{
	struct sdp_media media = {0};

	return sdp_media_split(value, &media);
}

/* A NUL, or a CR that ends no line. */
static bool has_wrong_bytes(struct slice raw)
{
	const char *end = raw.p + raw.len, *cr = raw.p;

	while (cr < end && (cr = memchr(cr, '\r', (size_t)(end - cr))))
		if (++cr == end || *cr != '\n')
			return true;
	return raw.len && memchr(raw.p, '\0', raw.len);
}

static const char *check_value(const struct check *check, const struct sdp_line *line)
{
	if (check->bytes_wrong &&
	    (memchr(line->line.p, '\0', line->line.len) || memchr(line->line.p, '\r', line->line.len)))
		return "a NUL or a lone CR";
	if (line->value.len == 0)
		return "the value is empty";
	switch (line->type) {
	case 'v':
		return slice_is(line->value, "0") ? NULL : "the version is not 0";
	case 'o':
		return check_origin(line->value);
	case 'c':
		return check_connection(line->value);
	case 't':
		return check_time(line->value);
	case 'b':
		return check_bandwidth(line->value);
	case 'a':
		return check_attribute(line->value);
	case 'm':
		return check_media(line->value);
	default:
		return NULL;
	}
}

/* RFC 4566 9: the order of the lines of one level is that of the letters here; `once` lists those that don't repeat. */
static void check_order(struct check *check, const struct sdp_line *line, unsigned count, const char *order,
			const char *once)
{
	const char *last = order, *at, *what;
	uint32_t seen = 0;

	for (; count; line++, count--) {
		at = line->type ? strchr(order, line->type) : NULL;
		if (line->type == '\0')
			wrong(check, line, "not <letter>=<value>");
		else if (!at)
			wrong(check, line, "%c= is not allowed here", line->type);
		else if (strchr(once, line->type) && (seen & 1u << (line->type - 'a')))
			wrong(check, line, "a second %c=", line->type);
		else if (at < last && !(line->type == 't' && *last == 'r'))
			wrong(check, line, "%c= stands behind %c=", line->type, *last);
		else
			last = at;
		if (!at)
			continue;
		seen |= 1u << (line->type - 'a');
		if ((what = check_value(check, line)))
			wrong(check, line, "%s", what);
	}
}

static void check_missing(struct check *check)
{
	const struct sdp *sdp = check->sdp;

	for (const char *type = "vost"; *type; type++)
		if (!sdp_line_find(sdp, NULL, *type))
			wrong(check, NULL, "there is no %c= line", *type);
	if (sdp_line_find(sdp, NULL, 'c'))
		return;
	if (sdp->media_count == 0)
		wrong(check, NULL, "there is no c= line");
	for (unsigned i = 0; i < sdp->media_count; i++)
		if (!sdp_line_find(sdp, &sdp->media[i], 'c'))
			wrong(check, NULL, "there is no c= line for the media of line %u", sdp->media[i].line->number);
}

void sdp_grammar_check(struct sdp *sdp, struct arena *arena)
{
	struct check check = {sdp, arena, NULL, has_wrong_bytes(sdp->raw)};

	check_order(&check, sdp->lines, sdp->session_count, "vosiuepcbtrzka", "vosiuczk");
	for (unsigned i = 0; i < sdp->media_count; i++)
		check_order(&check, sdp->media[i].line, sdp->media[i].count + 1u, "micbka", "mik");
	check_missing(&check);
}
