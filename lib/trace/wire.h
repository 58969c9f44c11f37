/* SPDX-License-Identifier: MIT
 *
 * From captured packets to whole SIP messages: net's sink, with the framing of datagrams (RFC 3261 18.3) and streams
 * behind it. Audits, `show` and redaction feed it packets; every message comes out once, with the frame that completed
 * it. */
#ifndef TRACE_WIRE_H
#define TRACE_WIRE_H

#include "net/net.h"
#include "trace/flow.h"

struct wire_message {
	uint64_t time; /* ns since 1970 */
	struct event_path path;
	struct event_place place; /* `file` as given to wire_feed */
	struct slice bytes;       /* valid during the call */
	bool cut;                 /* there was more on the wire than in the capture */
};

struct wire_sink {
	void *arg;
	void (*message)(void *arg, const struct wire_message *message);
	/* Something between these ends can't be seen: bytes of a stream never came (LOST), a datagram was cut at the
	 * snap length (CUT), or in a stream there is no SIP where a message was to begin (UNREADABLE). May be NULL. */
	void (*gap)(void *arg, uint64_t time, const struct net_addr *a, const struct net_addr *b, enum flow_gap gap);
};

struct wire;

/* `config` may be NULL. */
struct wire *wire_new(const struct net_config *config, const struct wire_sink *sink);
void wire_free(struct wire *wire);
void wire_feed(struct wire *wire, const struct capture_packet *packet, uint32_t file);
/* The capture is over. */
void wire_finish(struct wire *wire);
const struct net_stats *wire_stats(const struct wire *wire);

#endif
