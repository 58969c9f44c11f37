/* SPDX-License-Identifier: MIT */
#include "body/multipart.h"

#include "body/cut.h"
#include "body/transfer.h"

/* Cuts one header line with its folds off *rest; the line end behind it goes too. */
static struct slice cut_folded(struct slice *rest)
{
	struct slice line, first = {rest->p, 0};

	while (cut_line(rest, &line)) {
		first = slice_range(first.p, line.p + line.len);
		if (rest->len == 0 || (rest->p[0] != ' ' && rest->p[0] != '\t'))
			break;
	}
	return first;
}

bool media_type_is(struct slice content_type, const char *type)
{
	struct slice wanted = slice_of(type), major, minor, wanted_major;

	cut_at(&content_type, ';', &minor);
	if (!cut_at(&minor, '/', &major) || !minor.p || !cut_at(&wanted, '/', &wanted_major))
		return false;
	if (!slice_eq_nocase(slice_trim(major), wanted_major))
		return false;
	return slice_is(wanted, "*") || slice_eq_nocase(slice_trim(minor), wanted);
}

/* Takes a quoted-string off *rest; `rest` stands on the opening quote. False where it is not closed. */
static bool cut_quoted(struct slice *rest, struct arena *arena, struct slice *ret)
{
	char *to = arena_alloc(arena, rest->len);
	size_t len = 0, i = 1;

	for (; i < rest->len && rest->p[i] != '"'; i++) {
		if (rest->p[i] == '\\' && ++i == rest->len)
			return false;
		to[len++] = rest->p[i];
	}
	if (i >= rest->len)
		return false;
	*ret = (struct slice){to, len};
	*rest = (struct slice){rest->p + i + 1, rest->len - i - 1};
	return true;
}

/* Takes ";name=value" off *rest, which stands behind a ';'. */
static bool cut_param(struct slice *rest, struct arena *arena, struct slice *ret_name, struct slice *ret_value)
{
	struct slice junk;
	size_t i = 0;

	while (i < rest->len && rest->p[i] != '=' && rest->p[i] != ';')
		i++;
	*ret_name = slice_trim((struct slice){rest->p, i});
	*ret_value = SLICE_NONE;
	if (i == rest->len || rest->p[i] == ';') {
		cut_at(rest, ';', &junk);
		return true;
	}
	*rest = (struct slice){rest->p + i + 1, rest->len - i - 1};
	while (rest->len && strchr(" \t\r\n", rest->p[0]) && rest->p[0])
		rest->p++, rest->len--;
	if (rest->len && rest->p[0] == '"')
		return cut_quoted(rest, arena, ret_value) && cut_at(rest, ';', &junk);
	cut_at(rest, ';', ret_value);
	*ret_value = slice_trim(*ret_value);
	return true;
}

bool media_type_param(struct slice content_type, const char *name, struct arena *arena, struct slice *ret)
{
	struct slice given, value;

	cut_at(&content_type, ';', &given);
	while (content_type.p) {
		if (!cut_param(&content_type, arena, &given, &value))
			return false;
		if (value.p && slice_is_nocase(given, name)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* RFC 2046 5.1.1: 1 to 70 characters of those named there, no blank at the end. */
static bool boundary_legal(struct slice boundary)
{
	for (size_t i = 0; i < boundary.len; i++) {
		char c = boundary.p[i];

		if (!is_alnum(c) && (c == '\0' || !strchr("'()+_,-./:=? ", c)))
			return false;
	}
	return boundary.len >= 1 && boundary.len <= 70 && boundary.p[boundary.len - 1] != ' ';
}

/* 0: no delimiter line; 1: a delimiter; 2: the closing one. Blanks behind it are padding. */
static int delimiter(struct slice line, struct slice boundary)
{
	if (line.len < boundary.len + 2 || memcmp(line.p, "--", 2) != 0 ||
	    memcmp(line.p + 2, boundary.p, boundary.len) != 0)
		return 0;
	line = slice_trim((struct slice){line.p + 2 + boundary.len, line.len - 2 - boundary.len});
	if (line.len == 0)
		return 1;
	return slice_is(line, "--") ? 2 : 0;
}

static int part_headers(struct multipart_part *part, struct slice *rest, struct arena *arena, struct err *err)
{
	struct multipart_header headers[MULTIPART_HEADERS_MAX], *kept;
	size_t count = 0;

	while (rest->len && rest->p[0] != '\n' && !(rest->p[0] == '\r' && rest->len > 1 && rest->p[1] == '\n')) {
		struct slice value = cut_folded(rest), name;

		cut_at(&value, ':', &name);
		if (count == MULTIPART_HEADERS_MAX)
			return err_set(err, -E2BIG, "a part has more than %d header lines", MULTIPART_HEADERS_MAX);
		headers[count++] = (struct multipart_header){slice_trim(name), slice_trim(value)};
	}
	kept = arena_alloc(arena, (count + 1) * sizeof(*kept));
	memcpy(kept, headers, count * sizeof(*kept));
	part->headers = kept;
	part->header_count = (uint16_t)count;
	return 0;
}

/* RFC 2046 5.1: header lines, a blank line, the body. */
static int part_read(struct multipart_part *part, struct slice raw, struct arena *arena, struct err *err)
{
	struct slice rest = raw, blank;
	int rc;

	*part = (struct multipart_part){.raw = raw};
	rc = part_headers(part, &rest, arena, err);
	if (rc)
		return rc;
	cut_line(&rest, &blank);
	part->body = rest.p ? rest : (struct slice){raw.p + raw.len, 0};
	return 0;
}

/* The line end in front of a delimiter belongs to it. */
static const char *before_line_end(const char *from, const char *to)
{
	if (to > from && to[-1] == '\n')
		to--;
	if (to > from && to[-1] == '\r')
		to--;
	return to;
}

/* Parts are gathered here and go to the arena when their number is known. */
struct gather {
	struct multipart_part part[MULTIPART_PARTS_MAX];
	unsigned count;
};

static int part_add(struct gather *gather, const char *from, const char *to, struct arena *arena, struct err *err)
{
	if (gather->count == MULTIPART_PARTS_MAX)
		return err_set(err, -E2BIG, "more than %d parts", MULTIPART_PARTS_MAX);
	return part_read(&gather->part[gather->count++], slice_range(from, to), arena, err);
}

static int parts_gather(struct gather *gather, struct slice boundary, struct slice body, bool *ret_closed,
			struct arena *arena, struct err *err)
{
	const char *from = NULL, *end = body.p + body.len;
	struct slice rest = body, line;
	int kind = 0, rc;

	while (kind != 2 && cut_line(&rest, &line)) {
		kind = delimiter(line, boundary);
		if (kind == 0)
			continue;
		rc = from ? part_add(gather, from, before_line_end(from, line.p), arena, err) : 0;
		if (rc)
			return rc;
		from = rest.p ? rest.p : end;
	}
	*ret_closed = kind == 2;
	return from && !*ret_closed ? part_add(gather, from, end, arena, err) : 0;
}

static int parts_read(struct multipart *ret, struct slice boundary, struct slice body, struct arena *arena,
		      struct err *err)
{
	struct gather gather;
	struct multipart_part *kept;
	int rc;

	gather.count = 0;
	rc = parts_gather(&gather, boundary, body, &ret->closed, arena, err);
	if (rc)
		return rc;
	kept = arena_alloc(arena, (gather.count + 1) * sizeof(*kept));
	memcpy(kept, gather.part, gather.count * sizeof(*kept));
	ret->parts = kept;
	ret->count = (uint16_t)gather.count;
	return 0;
}

int multipart_read(struct multipart *ret, struct slice content_type, struct slice body, struct arena *arena,
		   struct err *err)
{
	struct slice boundary;
	int rc;

	*ret = (struct multipart){0};
	if (!media_type_is(content_type, "multipart/*"))
		return err_set(err, -ENOTSUP, "the body is no multipart");
	if (!media_type_param(content_type, "boundary", arena, &boundary))
		return err_set(err, -EBADMSG, "the multipart type has no boundary");
	if (!boundary_legal(boundary))
		return err_set(err, -EBADMSG, "the boundary is not 1 to 70 characters of those allowed");
	rc = parts_read(ret, boundary, body, arena, err);
	if (rc)
		return rc;
	if (ret->count == 0)
		return err_set(err, -EBADMSG, "the multipart has no part");
	return ret->closed ? 0 : err_set(err, -EBADMSG, "the closing boundary is missing");
}

struct slice multipart_value(const struct multipart_part *part, const char *name)
{
	for (unsigned i = 0; i < part->header_count; i++)
		if (slice_is_nocase(part->headers[i].name, name))
			return part->headers[i].value;
	return SLICE_NONE;
}

static bool find(struct slice content_type, struct slice body, const char *type, struct arena *arena, unsigned depth,
		 struct slice *ret_body)
{
	struct multipart parts;

	if (media_type_is(content_type, type)) {
		*ret_body = body;
		return true;
	}
	if (depth == MULTIPART_DEPTH_MAX || !media_type_is(content_type, "multipart/*"))
		return false;
	multipart_read(&parts, content_type, body, arena, NULL);
	for (unsigned i = 0; i < parts.count; i++) {
		struct slice inner = parts.parts[i].body;

		transfer_decode(multipart_value(&parts.parts[i], "Content-Transfer-Encoding"), inner, arena, &inner);
		if (find(multipart_value(&parts.parts[i], "Content-Type"), inner, type, arena, depth + 1, ret_body))
			return true;
	}
	return false;
}

bool multipart_find(struct slice content_type, struct slice body, const char *type, struct arena *arena,
		    struct slice *ret_body)
{
	return find(content_type, body, type, arena, 0, ret_body);
}
