/* SPDX-License-Identifier: MIT
 *
 * STUN on a SIP port: clients keep a binding of a NAT alive with it (RFC 5626 4.4.2), and give a flow up that does not
 * answer. Just the Binding method of RFC 5389, without authentication. */
#ifndef NET_STUN_H
#define NET_STUN_H

#include "base/buf.h"
#include "net/addr.h"

enum { STUN_HEAD = 20, STUN_COOKIE = 0x2112a442 };

/* Is the datagram a Binding request, with its cookie and lengths that fit? It is no SIP then: its first byte is 0. */
bool stun_is_request(struct slice datagram);

/* Appends the answer to such a request: XOR-MAPPED-ADDRESS of `src`, or error 420 that names the attributes which ought
 * to be understood and are not (RFC 5389 7.3.1). */
void stun_answer(struct buf *to, struct slice request, const struct net_addr *src);

#endif
