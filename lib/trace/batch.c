/* SPDX-License-Identifier: MIT */
#include "trace/batch.h"
#include "base/hash.h"
#include "sip/uri.h"
#include "trace/served.h"

enum { BATCH_LEN = 1 << 16 /* bytes in which a batch is full, and memory that it keeps */ };

void batch_done(struct batch *batch)
{
	buf_done(&batch->bytes);
	arena_done(&batch->lines);
}

void batch_clear(struct batch *batch)
{
	if (batch->bytes.cap > 2 * BATCH_LEN)
		buf_done(&batch->bytes);
	buf_clear(&batch->bytes);
	arena_rewind(&batch->lines);
	batch->count = 0;
}

bool batch_is_full(const struct batch *batch)
{
	return batch->count == BATCH_MAX || batch->bytes.len >= BATCH_LEN;
}

void batch_add(struct batch *batch, const struct wire_message *message)
{
	struct arrival *arrival = &batch->arrivals[batch->count++];

	arrival->message = *message;
	arrival->gaps = 0;
	buf_add(&batch->bytes, message->bytes);
}

void batch_add_gap(struct batch *batch, uint64_t time, const struct net_addr *a, const struct net_addr *b,
		   uint32_t gaps)
{
	static const struct net_addr anywhere;
	struct arrival *arrival = &batch->arrivals[batch->count++];

	arrival->message = (struct wire_message){.time = time, .path = {a ? *a : anywhere, b ? *b : anywhere, 0}};
	arrival->gaps = gaps;
}

struct user_key user_key_of(struct slice uri, struct slice text)
{
	return (struct user_key){uri, text, text.len ? hash_slice(text, 'u') : 0};
}

/* Where its user is found first, if his URI is plain. */
static struct user_key probable_key(const struct sip_msg *msg)
{
	struct slice uri = msg->method == SIP_METHOD_REGISTER ? served_by_name(msg) : msg->uri, key;

	return uri.len && sip_uri_plain_key(uri, &key) ? user_key_of(uri, key) : (struct user_key){0};
}

static void arrival_read(struct arrival *arrival, struct arena *lines)
{
	const struct event_path *path = &arrival->message.path;

	arrival->readable = sip_msg_index(&arrival->msg, arrival->message.bytes, lines, NULL) == 0;
	if (!arrival->readable)
		return;
	arrival->marks = event_marks_of(&arrival->msg);
	arrival->key = probable_key(&arrival->msg);
	arrival->src_hash = net_addr_hash_stable(&path->src);
	arrival->copy_key = net_addr_hash(&path->dst, net_addr_hash(&path->src, arrival->marks.key));
}

void batch_read(struct batch *batch)
{
	const char *p = batch->bytes.p;

	for (unsigned i = 0; i < batch->count; i++) {
		struct arrival *arrival = &batch->arrivals[i];
		if (arrival->gaps)
			continue;
		arrival->message.bytes.p = p;
		p += arrival->message.bytes.len;
		arrival_read(arrival, &batch->lines);
	}
}
