/* SPDX-License-Identifier: MIT
 *
 * What the makers of samples share: link types, and the samples of streams (samples_stream.c) that samples.c lists. */
#ifndef TESTS_NET_SAMPLES_PARTS_H
#define TESTS_NET_SAMPLES_PARTS_H

#include "base/buf.h"

enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_12 = 12,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_PDU = 252,
	LINK_SLL2 = 276
};

void make_tcp(struct buf *to);
void make_tcp_cut(struct buf *to);
void make_tcp_reordered(struct buf *to);
void make_tcp_gap(struct buf *to);
void make_tcp_midstream(struct buf *to);
void make_tls(struct buf *to);
void make_sctp(struct buf *to);
void make_sctp_fragments(struct buf *to);
void make_websocket(struct buf *to);

#endif
