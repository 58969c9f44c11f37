/* SPDX-License-Identifier: MIT
 *
 * For the tests of lib/net: captures built in memory, and a sink that writes down what it is given. */
#ifndef TESTS_NET_HELP_H
#define TESTS_NET_HELP_H

#include "base/buf.h"
#include "net/capture.h"
#include "net/net.h"

/* A SIP request as small as the probe takes it, with `tag` in its Request-URI and Call-ID. */
const char *help_request(const char *tag);

struct net_addr help_addr(const char *text);

/* Classic pcap in nanoseconds. Times rise by a millisecond for each byte of the file. */
void help_pcap_head(struct buf *to, uint32_t link);
void help_pcap_packet(struct buf *to, struct slice packet);
/* The same, with fewer bytes than were on the wire. */
void help_pcap_snapped(struct buf *to, struct slice packet, uint32_t caplen);

/* Puts `n` bytes in front. */
void help_wrap(struct buf *packet, const void *head, size_t n);
#define HELP_WRAP(packet, literal) help_wrap((packet), (literal), sizeof(literal) - 1)

/* A capture whose file holds the bytes. */
int help_open(struct slice bytes, struct capture **ret, struct err *err);

/* What came out, a line each:
 *   "udp 10.0.0.1:5060 > 10.0.0.2:5060 f1-1 OPTIONS sip:a"   a datagram, its frames, its first words; " -N" where N
 * bytes are missing "0 f3 120"                                               stream bytes: direction, frame, count "0
 * gap 10", "end" and the bytes of all streams, direction 0 before direction 1 where they end. */
struct recorder {
	struct buf log;
	struct buf stream[2];
	size_t messages; /* datagrams, and ends of heads in streams */
};
struct net *recorder_net(struct recorder *r, const struct net_config *config);
void recorder_done(struct recorder *r);
void recorder_clear(struct recorder *r);

/* Feeds all packets of a capture file held in memory; asserts that it is one. */
void help_feed(struct net *net, struct slice file);
/* One packet of raw IP at `ms` milliseconds; frames count up from the last call with *frame. */
void help_feed_ip(struct net *net, uint64_t ms, uint64_t *frame, struct slice packet);

#endif
