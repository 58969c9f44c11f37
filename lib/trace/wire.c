/* SPDX-License-Identifier: MIT */
#include "trace/wire.h"
#include "base/buf.h"
#include "base/mem.h"
#include "sip/frame.h"
#include "sip/msg.h"

#include <stdlib.h>

struct wire {
	struct net *net;
	wire_message_fn *on_message;
	wire_gap_fn *on_gap;
	void *arg;
};

/* Bytes of both directions that wait for the rest of their message; most messages come whole and never wait. */
struct wire_stream {
	struct buf waiting[2];
};

static enum net_probe probe(struct slice bytes)
{
	size_t i = 0;

	while (i < bytes.len && (bytes.p[i] == '\r' || bytes.p[i] == '\n'))
		i++;
	if (sip_msg_probe((struct slice){bytes.p + i, bytes.len - i}))
		return NET_PROBE_YES;
	return bytes.len - i < 16 ? NET_PROBE_MAYBE : NET_PROBE_NO;
}

static void tell(struct wire *wire, const struct event_path *path, const struct net_ref *ref, struct slice bytes,
		 bool cut)
{
	const struct wire_message message = {ref->time, *path, {ref->file, ref->frame}, bytes, cut};

	wire->on_message(wire->arg, &message);
}

/* Tells every whole message at the front; returns what is left. */
static struct slice take_messages(struct wire *wire, const struct event_path *path, const struct net_ref *ref,
				  struct slice bytes)
{
	while (bytes.len) {
		size_t skip = 0, len = 0;
		enum sip_frame frame = sip_frame_stream(bytes, SIP_MSG_MAX, &skip, &len, NULL);

		if (frame == SIP_FRAME_MESSAGE)
			tell(wire, path, ref, (struct slice){bytes.p + skip, len}, false);
		if (frame == SIP_FRAME_JUNK && skip == 0)
			skip = bytes.len;
		bytes.p += skip + len;
		bytes.len -= skip + len;
		if (frame == SIP_FRAME_MORE)
			break;
	}
	return bytes;
}

static void on_datagram(void *ctx, const struct net_datagram *datagram)
{
	const struct event_path path = {datagram->src, datagram->dst, datagram->transport};
	struct slice bytes = datagram->bytes;
	size_t skip = 0, len = 0;

	if (datagram->several)
		take_messages(ctx, &path, &datagram->last, bytes);
	else if (sip_frame_datagram(bytes, &skip, &len) == SIP_FRAME_MESSAGE)
		tell(ctx, &path, &datagram->last, (struct slice){bytes.p + skip, len}, datagram->missing > 0);
}

static void on_stream_bytes(void *ctx, struct net_stream *stream, int dir, struct slice bytes,
			    const struct net_ref *from, const struct net_ref *now)
{
	const struct event_path path = {stream->end[dir], stream->end[!dir], stream->transport};
	struct wire_stream *own = stream->user;
	struct buf *waiting;
	struct slice rest;

	if (!own)
		own = stream->user = mem_alloc(sizeof(*own));
	waiting = &own->waiting[dir];
	if (waiting->len == 0) {
		rest = take_messages(ctx, &path, now, bytes);
		buf_add(waiting, rest);
		return;
	}
	buf_add(waiting, bytes);
	rest = take_messages(ctx, &path, now, buf_slice(waiting));
	buf_drop_front(waiting, waiting->len - rest.len);
}

static void on_stream_gap(void *ctx, struct net_stream *stream, int dir, uint64_t missing, const struct net_ref *now)
{
	struct wire_stream *own = stream->user;
	struct wire *wire = ctx;

	if (own)
		buf_clear(&own->waiting[dir]);
	if (wire->on_gap)
		wire->on_gap(wire->arg, now->time, &stream->end[dir], &stream->end[!dir]);
}

static void on_stream_end(void *ctx, struct net_stream *stream)
{
	struct wire_stream *own = stream->user;

	if (!own)
		return;
	buf_done(&own->waiting[0]);
	buf_done(&own->waiting[1]);
	free(own);
	stream->user = NULL;
}

struct wire *wire_new(const struct net_config *config, wire_message_fn *on_message, wire_gap_fn *on_gap, void *arg)
{
	struct wire *wire = mem_alloc(sizeof(*wire));
	const struct net_sink sink = {wire, probe, on_datagram, on_stream_bytes, on_stream_gap, on_stream_end};

	wire->on_message = on_message;
	wire->on_gap = on_gap;
	wire->arg = arg;
	wire->net = net_new(config, &sink);
	return wire;
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	net_free(wire->net);
	free(wire);
}

void wire_feed(struct wire *wire, const struct capture_packet *packet, uint32_t file)
{
	net_feed(wire->net, packet, file);
}

void wire_finish(struct wire *wire)
{
	net_finish(wire->net);
}

const struct net_stats *wire_stats(const struct wire *wire)
{
	return net_stats(wire->net);
}
