/* SPDX-License-Identifier: MIT */
#include "harness/audit_parts.h"
#include "base/mem.h"
#include "sip/frame.h"
#include "sip/msg.h"

#include <stdlib.h>

/* What of each direction of a stream is not a whole message yet. */
struct feed {
	struct buf rest[2];
	bool in_step[2]; /* a message has begun where one was to begin */
};

static enum net_probe probe(struct slice bytes)
{
	if (sip_msg_probe(bytes))
		return NET_PROBE_YES;
	while (bytes.len && (bytes.p[0] == '\r' || bytes.p[0] == '\n'))
		bytes.p++, bytes.len--;
	if (!bytes.len)
		return NET_PROBE_MAYBE;
	if (sip_msg_probe(bytes))
		return NET_PROBE_YES;
	/* a segment may be shorter than a start line */
	return bytes.len < 16 && bytes.p[0] >= 'A' && bytes.p[0] <= 'Z' && !memchr(bytes.p, '\n', bytes.len)
		       ? NET_PROBE_MAYBE
		       : NET_PROBE_NO;
}

static void add(struct audit *audit, const struct ledger_message *message)
{
	int ret = ledger_add(audit->ledger, message, NULL);

	if (ret == -EBADMSG)
		audit->unreadable++;
	else
		audit->messages++;
}

/* --- datagrams --- */

static void exported(struct audit *audit, struct ledger_message *message, struct slice bytes)
{
	size_t skip, len;
	enum sip_frame frame;

	while ((frame = sip_frame_stream(bytes, SIP_MSG_MAX, &skip, &len, NULL)) != SIP_FRAME_MORE) {
		message->raw = (struct slice){bytes.p + skip, len};
		if (frame == SIP_FRAME_MESSAGE)
			add(audit, message);
		if (skip + len == 0)
			break;
		bytes = (struct slice){bytes.p + skip + len, bytes.len - skip - len};
	}
}

static void on_datagram(void *ctx, const struct net_datagram *d)
{
	struct audit *audit = ctx;
	struct ledger_message message = {
		.time = d->last.time,
		.path = {d->src, d->dst, d->transport},
		.place = {d->last.file, d->last.frame},
		.cut = d->missing != 0,
	};
	size_t skip, len;

	if (d->missing)
		ledger_gap(audit->ledger, d->last.time, &d->src, &d->dst, FLOW_GAP_CUT);
	if (d->several) {
		exported(audit, &message, d->bytes);
		return;
	}
	if (sip_frame_datagram(d->bytes, &skip, &len) != SIP_FRAME_MESSAGE)
		return;
	message.raw = (struct slice){d->bytes.p + skip, len};
	add(audit, &message);
}

/* --- streams --- */

struct cut { /* a stream's bytes being cut into messages */
	struct audit *audit;
	const struct net_stream *stream;
	int dir;
	const struct net_ref *now;
	struct feed *feed;
};

static void stream_message(const struct cut *cut, struct slice raw)
{
	const struct ledger_message message = {
		.time = cut->now->time,
		.path = {cut->stream->end[cut->dir], cut->stream->end[!cut->dir], cut->stream->transport},
		.place = {cut->now->file, cut->now->frame},
		.raw = raw,
	};

	cut->feed->in_step[cut->dir] = true;
	add(cut->audit, &message);
}

/* A capture or a gap may begin inside a message: what comes before the next start line is no fault of anybody's. */
static void stream_junk(const struct cut *cut)
{
	if (!cut->feed->in_step[cut->dir])
		return;
	cut->feed->in_step[cut->dir] = false;
	cut->audit->junk++;
	ledger_gap(cut->audit->ledger, cut->now->time, &cut->stream->end[0], &cut->stream->end[1], FLOW_GAP_UNREADABLE);
}

/* Returns how many bytes are done with. */
static size_t cut_messages(const struct cut *cut, struct slice bytes)
{
	struct slice rest = bytes;
	enum sip_frame frame;
	size_t skip, len;

	for (;;) {
		frame = sip_frame_stream(rest, SIP_MSG_MAX, &skip, &len, NULL);
		if (frame == SIP_FRAME_MESSAGE)
			stream_message(cut, (struct slice){rest.p + skip, len});
		else if (frame == SIP_FRAME_JUNK)
			stream_junk(cut);
		rest = (struct slice){rest.p + skip + len, rest.len - skip - len};
		if (frame == SIP_FRAME_MORE || !rest.len)
			return bytes.len - rest.len;
	}
}

/* Whole messages are read where they are; only what is cut is copied. */
static void on_stream_bytes(void *ctx, struct net_stream *stream, int dir, struct slice bytes,
			    const struct net_ref *from, const struct net_ref *now)
{
	struct feed *feed = stream->user ? stream->user : (stream->user = mem_alloc(sizeof(*feed)));
	struct buf *rest = &feed->rest[dir];
	const struct cut cut = {ctx, stream, dir, now, feed};
	size_t done;

	if (rest->len) {
		buf_add(rest, bytes);
		buf_drop_front(rest, cut_messages(&cut, buf_slice(rest)));
		return;
	}
	done = cut_messages(&cut, bytes);
	buf_add(rest, (struct slice){bytes.p + done, bytes.len - done});
}

static void on_stream_gap(void *ctx, struct net_stream *stream, int dir, uint64_t missing, const struct net_ref *now)
{
	struct audit *audit = ctx;
	struct feed *feed = stream->user;

	ledger_gap(audit->ledger, now->time, &stream->end[0], &stream->end[1], FLOW_GAP_LOST);
	if (!feed)
		return;
	buf_clear(&feed->rest[dir]);
	feed->in_step[dir] = false;
}

static void on_stream_end(void *ctx, struct net_stream *stream)
{
	struct feed *feed = stream->user;

	if (!feed)
		return;
	buf_done(&feed->rest[0]);
	buf_done(&feed->rest[1]);
	free(feed);
}

struct net_sink audit_feed_sink(struct audit *audit)
{
	return (struct net_sink){
		.ctx = audit,
		.probe = probe,
		.datagram = on_datagram,
		.stream_bytes = on_stream_bytes,
		.stream_gap = on_stream_gap,
		.stream_end = on_stream_end,
	};
}
