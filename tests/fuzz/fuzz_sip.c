/* SPDX-License-Identifier: MIT
 *
 * The bytes are SIP messages of a stream: where they end, their index and outline, and what is read of their values.
 * Readers that say the same in two ways must say the same. */
#include "fuzz/fuzz.h"
#include "base/arena.h"
#include "base/hash.h"
#include "sip/aka.h"
#include "sip/alike.h"
#include "sip/digest.h"
#include "sip/feature.h"
#include "sip/frame.h"
#include "sip/outline.h"
#include "sip/route.h"
#include "sip/uri.h"
#include "sip/value.h"

#include <assert.h>
#include <stdlib.h>

enum { URIS_MAX = 16, MESSAGE_MAX = 65536, CUTS_MAX = 64 };

/* --- frames --- */

struct frames { /* what was cut out of a stream */
	uint64_t hash;
	size_t consumed;
	bool junk;
};

/* Takes what is whole of the stream's bytes [frames->consumed, len). */
static void take_frames(struct slice stream, size_t len, struct frames *frames)
{
	size_t skip, frame_len;

	for (;;) {
		struct slice rest = {stream.p + frames->consumed, len - frames->consumed};
		enum sip_frame frame = sip_frame_stream(rest, MESSAGE_MAX, &skip, &frame_len, NULL);
		if (frame == SIP_FRAME_MORE) {
			assert(skip == 0 && (frame_len == 0 || frame_len > rest.len));
			return;
		}
		assert(skip + frame_len > 0 && skip + frame_len <= rest.len);
		frames->junk |= frame == SIP_FRAME_JUNK;
		if (frame == SIP_FRAME_MESSAGE)
			frames->hash =
				hash_fold(frames->hash ^ (frames->consumed + skip), frame_len + 0x9e3779b97f4a7c15);
		frames->consumed += skip + frame_len;
	}
}

/* Wherever a stream that has nothing but SIP is cut, its messages are the same. */
static void try_cuts(struct slice stream)
{
	struct frames whole = {.hash = 1}, cut;
	size_t step = stream.len / CUTS_MAX + 1;

	take_frames(stream, stream.len, &whole);
	for (size_t at = 0; !whole.junk && at < stream.len; at += step) {
		cut = (struct frames){.hash = 1};
		take_frames(stream, at, &cut);
		take_frames(stream, stream.len, &cut);
		assert(cut.junk || cut.hash == whole.hash);
	}
}

/* --- index and outline --- */

static void try_outline(const struct sip_msg *msg, struct arena *arena)
{
	struct sip_outline outline;
	struct sip_msg again;
	size_t len = sip_outline_of(msg, &outline);
	void *kept;

	if (!len)
		return;
	kept = memcpy(malloc(len), &outline, len);
	sip_outline_index(kept, msg->raw, &again, arena);
	assert(!sip_msg_unlike(msg, &again));
	free(kept);
}

static void try_lines(const struct sip_msg *msg)
{
	for (unsigned i = 0; i < msg->line_count; i++) {
		const struct sip_line *line = &msg->lines[i];
		assert((size_t)line->offset + line->name_len <= line->value);
		assert((size_t)line->value + line->value_len <= msg->head_len && msg->head_len <= msg->raw.len);
	}
}

/* --- values --- */

static void try_params(struct slice params)
{
	struct sip_param param;
	struct slice found;

	while (sip_param_next(&params, &param)) {
		sip_unquote(param.value);
		sip_param_find_named(params, param.name, &found);
	}
	sip_feature_in(params, "+g.oma.sip-im", &found);
}

static void try_digest(const struct sip_msg *msg, struct slice value)
{
	struct sip_digest digest;
	struct buf answer = {0};
	char hex[65];

	aka_is_nonce(value);
	if (sip_digest_read(value, &digest, NULL) < 0)
		return;
	aka_is_nonce(digest.nonce);
	if (sip_digest_response(&digest, SLICE("secret"), msg->method_text, msg->body, hex, NULL) == 0) {
		digest.response = slice_of(hex);
		sip_digest_check(&digest, SLICE("secret"), msg->method_text, msg->body, NULL);
	}
	sip_digest_answer(&digest,
			  &(struct sip_digest_request){SLICE("user"), SLICE("secret"), SLICE("PUBLISH"),
						       SLICE("sip:a@b"), msg->body, SLICE("cnonce"), 1},
			  &answer, NULL);
	buf_done(&answer);
}

struct uris {
	struct slice items[URIS_MAX];
	size_t count;
};

static void try_address(struct slice value, struct uris *uris)
{
	struct sip_addr addr;
	struct sip_via via;
	struct slice main, params;

	sip_value_split(value, &main, &params);
	try_params(params);
	sip_via_read(value, &via);
	sip_is_token(main);
	sip_same_hop(value, value);
	if (sip_addr_read(value, &addr) < 0)
		return;
	try_params(addr.params);
	if (uris->count < URIS_MAX)
		uris->items[uris->count++] = addr.uri;
}

static void try_values(const struct sip_msg *msg, struct uris *uris)
{
	struct sip_values values;
	struct slice value;
	uint64_t number;

	for (enum sip_header id = SIP_HEADER_OTHER + 1; id < SIP_HEADER_COUNT; id++) {
		unsigned count = 0;
		for (sip_values_start(&values, msg, id); sip_values_next(&values, &value); count++)
			try_address(value, uris);
		assert(count == sip_values_count(msg, id));
		sip_msg_number(msg, id, &number);
		sip_msg_lists(msg, id, SLICE("timer"));
		if (sip_feature_plain(msg, id, "+g.oma.sip-im"))
			assert(sip_feature_found(msg, id, "+g.oma.sip-im", NULL, &value));
		sip_msg_uri(msg, id);
	}
	for (unsigned i = 0; i < msg->line_count; i++) {
		value = sip_line_value(msg, &msg->lines[i]);
		try_digest(msg, value);
		sip_product_find(value, "IM-client", "OMA*", NULL, NULL);
	}
}

/* Equality is the same from both sides, and users are the same exactly where their keys are. */
static void try_pair(struct slice a, struct slice b)
{
	struct buf key_a = {0}, key_b = {0};
	struct slice plain;
	bool has_a = sip_uri_user_key(a, &key_a), has_b = sip_uri_user_key(b, &key_b), same = sip_uri_same_user(a, b);

	assert(sip_uri_equal(a, a) && sip_uri_equal(a, b) == sip_uri_equal(b, a));
	assert(same == sip_uri_same_user(b, a));
	if (has_a && has_b)
		assert(same == slice_eq(buf_slice(&key_a), buf_slice(&key_b)));
	if (sip_uri_plain_key(a, &plain))
		assert(has_a && slice_eq(plain, buf_slice(&key_a)));
	buf_done(&key_a);
	buf_done(&key_b);
}

static void try_message(struct slice raw)
{
	struct arena arena = {0};
	struct uris uris = {.count = 0};
	struct sip_msg msg;
	struct sip_via via;
	uint32_t number;
	struct slice method, branch;

	if (sip_msg_index(&msg, raw, &arena, NULL) == 0) {
		try_lines(&msg);
		try_outline(&msg, &arena);
		if (msg.is_request)
			uris.items[uris.count++] = msg.uri;
		try_values(&msg, &uris);
		sip_msg_cseq(&msg, &number, &method);
		branch = sip_msg_branch(&msg);
		assert(sip_msg_via(&msg, &via) < 0 || slice_eq(via.branch, branch));
		for (size_t i = 0; i < uris.count; i++)
			for (size_t j = 0; j < uris.count; j++)
				try_pair(uris.items[i], uris.items[j]);
	}
	arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice stream = {(const char *)data, size};
	size_t at = 0, skip, len;

	try_cuts(stream);
	try_message(stream);
	while (at < size) {
		struct slice rest = {stream.p + at, size - at};
		enum sip_frame frame = sip_frame_stream(rest, MESSAGE_MAX, &skip, &len, NULL);
		if (frame == SIP_FRAME_MORE)
			break;
		if (frame == SIP_FRAME_MESSAGE && at)
			try_message((struct slice){rest.p + skip, len});
		at += skip + len;
	}
	return 0;
}
