/* SPDX-License-Identifier: MIT */
#include "body/sdp.h"
#include "body/multipart.h"

#include "body/cut.h"
#include "body/sdp_grammar.h"

static const char *const direction_names[] = {"", "sendrecv", "sendonly", "recvonly", "inactive"};

/* type '\0' marks a line that is not <letter>=<value> */
static struct sdp_line line_read(struct slice line, unsigned number)
{
	struct sdp_line ret = {.line = line, .number = (uint16_t)number};

	if (line.len < 2 || line.p[0] < 'a' || line.p[0] > 'z' || line.p[1] != '=')
		return ret;
	ret.type = line.p[0];
	ret.value = (struct slice){line.p + 2, line.len - 2};
	return ret;
}

static void sections_fill(struct sdp *sdp, struct sdp_media *media)
{
	const struct sdp_line *line = sdp->lines, *end = line + sdp->line_count;

	for (; line < end && line->type != 'm'; line++)
		sdp->session_count++;
	for (; line < end; line++) {
		if (line->type != 'm') {
			media[sdp->media_count - 1].count++;
			continue;
		}
		media[sdp->media_count] = (struct sdp_media){.line = line, .first = line + 1};
		sdp_media_split(line->value, &media[sdp->media_count++]);
	}
	sdp->media = media;
}

static bool lines_fill(struct sdp *sdp, struct arena *arena)
{
	size_t count = 0, cap = 0, media_count = 0;
	struct slice rest = sdp->raw, line;
	struct sdp_line *lines = NULL;

	while (cut_line(&rest, &line)) {
		if (count == SDP_LINES_MAX)
			return false;
		ARENA_GROW(arena, lines, count, cap);
		lines[count] = line_read(line, (unsigned)count + 1);
		media_count += lines[count++].type == 'm';
	}
	sdp->lines = lines;
	sdp->line_count = (uint16_t)count;
	sections_fill(sdp, arena_alloc(arena, (media_count + 1) * sizeof(struct sdp_media)));
	return true;
}

int sdp_read(struct sdp *ret, struct slice raw, struct arena *arena, struct err *err)
{
	*ret = (struct sdp){.raw = raw};
	if (raw.len > SDP_LEN_MAX)
		return err_set(err, -EBADMSG, "a session description of more than %d bytes", SDP_LEN_MAX);
	if (!lines_fill(ret, arena))
		return err_set(err, -EBADMSG, "a session description of more than %d lines", SDP_LINES_MAX);
	sdp_grammar_check(ret, arena);
	if (ret->error_count)
		return err_set(err, -EBADMSG, "%s", ret->errors[0].text);
	return 0;
}

/* The lines of one level; *ret_count of them. */
static const struct sdp_line *level_lines(const struct sdp *sdp, const struct sdp_media *media, unsigned *ret_count)
{
	*ret_count = media ? media->count : sdp->session_count;
	return media ? media->first : sdp->lines;
}

const struct sdp_line *sdp_line_find(const struct sdp *sdp, const struct sdp_media *media, char type)
{
	unsigned count;
	const struct sdp_line *line = level_lines(sdp, media, &count);

	for (; count; line++, count--)
		if (line->type == type)
			return line;
	return NULL;
}

const struct sdp_line *sdp_attribute(const struct sdp *sdp, const struct sdp_media *media, const char *name,
				     struct slice *ret_value)
{
	unsigned count;
	const struct sdp_line *line = level_lines(sdp, media, &count);

	for (; count; line++, count--) {
		struct slice value = line->value, given;

		if (line->type != 'a' || !cut_at(&value, ':', &given) || !slice_is(given, name))
			continue;
		if (ret_value)
			*ret_value = value;
		return line;
	}
	return NULL;
}

static enum sdp_direction direction_of(const struct sdp_line *line)
{
	for (int d = SDP_SENDRECV; line->type == 'a' && d <= SDP_INACTIVE; d++)
		if (slice_is(line->value, direction_names[d]))
			return (enum sdp_direction)d;
	return SDP_DIRECTION_NONE;
}

enum sdp_direction sdp_direction_given(const struct sdp *sdp, const struct sdp_media *media,
				       const struct sdp_line **ret_line)
{
	unsigned count;
	const struct sdp_line *line = level_lines(sdp, media, &count);

	for (; count && direction_of(line) == SDP_DIRECTION_NONE; line++)
		count--;
	if (ret_line)
		*ret_line = count ? line : NULL;
	return count ? direction_of(line) : SDP_DIRECTION_NONE;
}

const struct sdp_line *sdp_direction_against(const struct sdp *sdp, const struct sdp_media *media)
{
	enum sdp_direction first = sdp_direction_given(sdp, media, NULL);
	unsigned count;
	const struct sdp_line *line = level_lines(sdp, media, &count);

	for (; count; line++, count--)
		if (direction_of(line) != SDP_DIRECTION_NONE && direction_of(line) != first)
			return line;
	return NULL;
}

enum sdp_direction sdp_direction_effective(const struct sdp *sdp, const struct sdp_media *media,
					   const struct sdp_line **ret_line)
{
	enum sdp_direction direction = sdp_direction_given(sdp, media, ret_line);

	if (direction == SDP_DIRECTION_NONE)
		direction = sdp_direction_given(sdp, NULL, ret_line);
	return direction == SDP_DIRECTION_NONE ? SDP_SENDRECV : direction;
}

const char *sdp_direction_name(enum sdp_direction direction)
{
	return direction_names[direction];
}

enum sdp_direction sdp_direction_answer(enum sdp_direction offered)
{
	switch (offered) {
	case SDP_SENDONLY:
		return SDP_RECVONLY;
	case SDP_RECVONLY:
		return SDP_SENDONLY;
	case SDP_INACTIVE:
		return SDP_INACTIVE;
	default:
		return SDP_SENDRECV;
	}
}

bool sdp_direction_answers(enum sdp_direction offered, enum sdp_direction answer)
{
	enum sdp_direction most = sdp_direction_answer(offered);

	if (answer == SDP_DIRECTION_NONE)
		answer = SDP_SENDRECV;
	return answer == SDP_INACTIVE || most == SDP_SENDRECV || answer == most;
}

const struct sdp_media *sdp_message_media(const struct sdp *sdp)
{
	for (unsigned i = 0; i < sdp->media_count; i++)
		if (slice_is_nocase(sdp->media[i].media, "message"))
			return &sdp->media[i];
	return NULL;
}

static struct slice address_of(const struct sdp *sdp, const struct sdp_media *media)
{
	const struct sdp_line *line = sdp_line_find(sdp, media, 'c');
	struct slice rest, net, type, address = SLICE_NONE;

	if (!line)
		line = sdp_line_find(sdp, NULL, 'c');
	if (!line)
		return SLICE_NONE;
	rest = line->value;
	if (!cut_at(&rest, ' ', &net) || !cut_at(&rest, ' ', &type) || !cut_at(&rest, '/', &address))
		return SLICE_NONE;
	return address;
}

int sdp_msrp_read(const struct sdp *sdp, struct sdp_msrp *ret, struct err *err)
{
	const struct sdp_media *media = sdp_message_media(sdp);

	*ret = (struct sdp_msrp){.media = media};
	if (!media)
		return err_set(err, -ENOENT, "there is no m=message line");
	ret->tls = slice_is_nocase(media->proto, "TCP/TLS/MSRP");
	ret->port = media->port;
	ret->address = address_of(sdp, media);
	ret->direction = sdp_direction_effective(sdp, media, NULL);
	sdp_attribute(sdp, media, "path", &ret->path);
	sdp_attribute(sdp, media, "accept-types", &ret->accept_types);
	sdp_attribute(sdp, media, "accept-wrapped-types", &ret->accept_wrapped_types);
	if (!sdp_attribute(sdp, media, "setup", &ret->setup))
		sdp_attribute(sdp, NULL, "setup", &ret->setup);
	if (!ret->tls && !slice_is_nocase(media->proto, "TCP/MSRP"))
		return err_set(err, -EPROTONOSUPPORT, "line %u: the protocol of m=message is not MSRP",
			       media->line->number);
	if (!ret->path.p || !ret->accept_types.p)
		return err_set(err, -EBADMSG, "line %u: m=message without a=%s", media->line->number,
			       ret->path.p ? "accept-types" : "path");
	return 0;
}

int sdp_msrp_find(struct slice content_type, struct slice body, struct arena *arena, struct sdp_msrp *ret,
		  struct err *err)
{
	struct slice text;
	struct sdp sdp;

	*ret = (struct sdp_msrp){0};
	if (!multipart_find(content_type, body, "application/sdp", arena, &text))
		return err_set(err, -ENOENT, "there is no session description");
	sdp_read(&sdp, text, arena, NULL);
	return sdp_msrp_read(&sdp, ret, err);
}
