/* SPDX-License-Identifier: MIT
 *
 * The bytes are a Content-Type, a line end, and a body: every reader of lib/body has it, whatever its type says. */
#include "fuzz/fuzz.h"
#include "body/msrp.h"
#include "body/multipart.h"
#include "body/sdp.h"
#include "body/settings.h"
#include "body/transfer.h"
#include "script/profile.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static const struct settings_reader *settings_reader(void)
{
	static struct profile profile;
	static struct arena arena;
	static struct settings_reader *reader;
	struct err err;

	if (reader)
		return reader;
	settings_init();
	if (profile_load(SOURCE_ROOT "/scenarios/profiles/default.lua", &arena, &profile, &err) < 0 ||
	    settings_reader_new(&profile.settings, &reader, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	return reader;
}

static void try_msrp(struct slice bytes)
{
	struct msrp msrp;
	struct msrp_uri uri;
	struct slice rest;
	struct buf answer = {0};
	size_t scanned = 0, again = 0, len, piecewise;
	int ret = -EAGAIN;

	msrp_uri_read(bytes, &uri, &rest, NULL);
	if (msrp_frame(bytes, &scanned, &len, NULL) < 0)
		return;
	for (size_t end = 1; ret == -EAGAIN && end <= bytes.len; end++)
		ret = msrp_frame((struct slice){bytes.p, end}, &again, &piecewise, NULL);
	assert(ret == 0 && piecewise == len);
	if (msrp_read(&msrp, (struct slice){bytes.p, len}, NULL) < 0)
		return;
	msrp_uri_read(msrp.to_path, &uri, &rest, NULL);
	msrp_header(&msrp, "Content-Type");
	if (msrp.kind == MSRP_SEND) {
		msrp_response_write(&answer, &msrp, 200, "OK");
		msrp_report_write(&answer, &msrp, "abcdefgh", 200);
	}
	buf_done(&answer);
}

static void try_sdp(struct slice body, struct arena *arena)
{
	struct sdp sdp;
	struct sdp_msrp msrp;
	const struct sdp_line *line;

	sdp_read(&sdp, body, arena, NULL);
	assert(sdp.session_count <= sdp.line_count && sdp.error_count <= SDP_ERRORS_MAX);
	for (unsigned i = 0; i < sdp.media_count; i++) {
		assert(sdp_direction_effective(&sdp, &sdp.media[i], &line) != SDP_DIRECTION_NONE);
		sdp_direction_against(&sdp, &sdp.media[i]);
		sdp_attribute(&sdp, &sdp.media[i], "path", NULL);
	}
	sdp_direction_against(&sdp, NULL);
	sdp_msrp_read(&sdp, &msrp, NULL);
}

static void try_multipart(struct slice type, struct slice body, struct arena *arena)
{
	struct multipart parts;
	struct slice found;
	struct sdp_msrp msrp;

	if (multipart_read(&parts, type, body, arena, NULL) == 0)
		for (unsigned i = 0; i < parts.count; i++)
			multipart_value(&parts.parts[i], "Content-Type");
	if (multipart_find(type, body, "application/sdp", arena, &found))
		assert(found.p || found.len == 0);
	sdp_msrp_find(type, body, arena, &msrp, NULL);
	media_type_param(type, "boundary", arena, &found);
	media_type_is(type, "text/*");
	transfer_decode(SLICE("base64"), body, arena, &found);
	transfer_decode(SLICE("quoted-printable"), body, arena, &found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice body = {(const char *)data, size}, type = SLICE_NONE;
	const char *lf = size ? memchr(data, '\n', size) : NULL;
	struct settings settings;
	struct arena arena = {0};

	if (lf) {
		type = slice_trim(slice_range(body.p, lf));
		body = slice_range(lf + 1, body.p + size);
	}
	try_sdp(body, &arena);
	try_multipart(type, body, &arena);
	try_msrp(body);
	settings_read(settings_reader(), body, &settings);
	assert(!settings.valid || settings.well_formed);
	arena_done(&arena);
	return 0;
}
