/* SPDX-License-Identifier: MIT
 *
 * From captured packets to whole SIP messages: net's sink, with the framing of datagrams and streams behind it. The
 * audit and `show` feed it packets; every message comes out once, with the frame that completed it. */
#ifndef TRACE_WIRE_H
#define TRACE_WIRE_H

#include "net/net.h"
#include "trace/event.h"

struct wire_message {
	uint64_t time; /* ns since 1970 */
	struct event_path path;
	struct event_place place; /* `file` as given to wire_feed */
	struct slice bytes;       /* valid during the call */
	bool cut;                 /* there was more on the wire than in the capture */
};

struct wire;
typedef void wire_message_fn(void *arg, const struct wire_message *message);
/* Something of the stream or datagram between these ends never came; may be NULL. */
typedef void wire_gap_fn(void *arg, uint64_t time, const struct net_addr *src, const struct net_addr *dst);

/* `config` may be NULL. */
struct wire *wire_new(const struct net_config *config, wire_message_fn *on_message, wire_gap_fn *on_gap, void *arg);
void wire_free(struct wire *wire);
void wire_feed(struct wire *wire, const struct capture_packet *packet, uint32_t file);
/* The capture is over. */
void wire_finish(struct wire *wire);
const struct net_stats *wire_stats(const struct wire *wire);

#endif
