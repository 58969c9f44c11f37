/* SPDX-License-Identifier: MIT
 *
 * From captured packets to the bytes that a SIP layer reads: links, tunnels, fragments, UDP, TCP, SCTP and WebSocket.
 * The audit feeds it packets in the order they were captured; the intake is the sink. It knows of SIP only what the
 * sink's probe says of the first bytes, and it looks at nothing else of a packet that is no SIP.
 *
 * One struct net is used by one thread; several know nothing of each other. Everything is hostile input; memory stays
 * under the limits, the least recently used goes first, and what was lost is counted by reason. */
#ifndef NET_NET_H
#define NET_NET_H

#include "net/addr.h"
#include "net/capture.h"

/* Where bytes were seen: enough to name the frame to a person and to order by time. */
struct net_ref {
	uint64_t time;   /* ns since 1970 */
	uint64_t frame;  /* in its file, from 1, as Wireshark counts */
	uint64_t offset; /* of the frame's first byte in its (unpacked) file */
	uint32_t file;   /* as given to net_feed */
};

/* One message of a transport that keeps boundaries: a UDP datagram, an SCTP or WebSocket message, an exported PDU. */
struct net_datagram {
	struct net_addr src, dst;
	enum net_transport transport;
	struct slice bytes; /* valid during the call */
	uint32_t missing;   /* bytes that were on the wire behind these, and not in the capture */
	bool probed;        /* they begin a SIP message, as the sink's probe says: not only the port does */
	bool several; /* an exported PDU of a stream: more messages may follow the first one; where the last is not
			 whole it comes again in a later PDU, so that its beginning here is to be dropped */
	struct net_ref first, last; /* two frames where it came in pieces; `last` is the one that completed it */
};

/* A TCP connection that carries SIP. `user` is the sink's; the rest is read-only for it. */
struct net_stream {
	struct net_addr end[2]; /* [0] opened the connection, or was the first that was seen sending */
	enum net_transport transport;
	void *user;
};

enum net_probe {
	NET_PROBE_NO,    /* no SIP message starts here */
	NET_PROBE_MAYBE, /* too few bytes to tell, or only CR and LF: SIP on a new stream, nothing elsewhere */
	NET_PROBE_YES,
};

struct net_sink {
	void *ctx;
	/* Called for most packets: it must decide on the first bytes. */
	enum net_probe (*probe)(struct slice bytes);
	void (*datagram)(void *ctx, const struct net_datagram *datagram);
	/* The next bytes that end[dir] sent, without a gap since the last call or stream_gap, each call's from one
	 * frame: `from` is the frame that carried them, `now` the frame being read, a later one where it filled a hole
	 * (Wireshark shows a message there that these bytes complete). The bytes are valid during the call. The first
	 * call of a stream may start in the middle of a message where the capture or a gap does. */
	void (*stream_bytes)(void *ctx, struct net_stream *stream, int dir, struct slice bytes,
			     const struct net_ref *from, const struct net_ref *now);
	/* `missing` bytes never came; what was collected of a message is void. */
	void (*stream_gap)(void *ctx, struct net_stream *stream, int dir, uint64_t missing, const struct net_ref *now);
	/* Closed, reset, reused, evicted or at the end of the capture; `stream` is gone afterwards. Comes once for each
	 * stream that stream_bytes was called for. */
	void (*stream_end)(void *ctx, struct net_stream *stream);
};

/* Zeroed: the defaults behind the names. */
struct net_limits {
	size_t fragment_bytes; /* 4 MiB of fragments of unfinished datagrams */
	size_t fragment_count; /* 4096 unfinished datagrams */
	uint64_t fragment_ns;  /* 60 s of capture time until they are given up (RFC 8200 4.5) */
	size_t stream_count;   /* 16384 connections and SCTP associations, each */
	size_t stream_bytes;   /* 4 MiB that wait behind holes, over all streams, TCP and SCTP each */
	size_t message_bytes;  /* 1 MiB: largest SCTP or WebSocket message */
};

struct net_config {
	struct net_limits limits;
	const uint16_t *ports; /* traffic on these is handed over whatever the probe says (copied) */
	size_t port_count;
};

/* What was not judged, or is a finding about the capture itself. net_reason_name gives the text of a report. */
enum net_reason {
	NET_LOST_LINK_UNKNOWN,         /* packets of a link type or protocol field that can't be read */
	NET_LOST_SNAPPED,              /* SIP messages or segments cut by the capture's snap length */
	NET_LOST_BROKEN,               /* packets with headers that don't hold together, or lengths that lie */
	NET_LOST_TOO_DEEP,             /* packets in more tunnels than anybody uses */
	NET_LOST_FRAGMENTS_UNFINISHED, /* datagrams given up: time-out, or end of the capture */
	NET_LOST_FRAGMENTS_EVICTED,    /* datagrams given up for the limits */
	NET_LOST_FRAGMENT_CONFLICT,    /* fragments that overlap with other bytes: the first ones were kept */
	NET_LOST_TCP_GAP,              /* holes in streams */
	NET_LOST_TCP_CONFLICT,         /* segments that repeat bytes differently: the first ones were kept */
	NET_LOST_TCP_EVICTED,          /* connections forgotten for the limits */
	NET_LOST_SCTP_UNFINISHED,      /* chunks of messages given up */
	NET_LOST_WS_BROKEN,            /* WebSocket connections given up: compressed, too long, broken or with a hole */
	NET_LOST_TLS,                  /* packets with TLS records: unreadable without keys */
	NET_REASON_COUNT
};
const char *net_reason_name(enum net_reason reason);

/* An address pair that spoke TLS. */
struct net_tls_pair {
	struct net_addr client, server; /* client: the sender of the first record seen, without its port */
	uint64_t packets;
};
enum { NET_TLS_PAIRS_MAX = 64 }; /* further pairs only count in reasons[NET_LOST_TLS] */

struct net_stats {
	uint64_t packets, datagrams, streams; /* fed; handed over; connections that carried SIP */
	uint64_t reasons[NET_REASON_COUNT];
	uint64_t lost; /* all of them together */
	struct net_tls_pair tls[NET_TLS_PAIRS_MAX];
	size_t tls_count;
};

struct net;

/* `config` may be NULL; the sink's functions are copied and all set. */
struct net *net_new(const struct net_config *config, const struct net_sink *sink);
/* Ends what net_finish did not, without counting. NULL is fine. */
void net_free(struct net *net);

/* One packet; `file` is the caller's number for where it came from. Never fails. */
void net_feed(struct net *net, const struct capture_packet *packet, uint32_t file);
/* The capture is over: waiting bytes are handed over with their gaps, streams end, unfinished things are counted. */
void net_finish(struct net *net);

/* Counts so far; valid until the next call. */
const struct net_stats *net_stats(const struct net *net);

#endif
