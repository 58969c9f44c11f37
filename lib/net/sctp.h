/* SPDX-License-Identifier: MIT
 *
 * SCTP DATA chunks (RFC 9260 3.3.1, 6.9); each user message is one SIP message (RFC 4168 5.1). Fed by ip.c; hands whole
 * messages to the sink as datagrams. */
#ifndef NET_SCTP_H
#define NET_SCTP_H

#include "net/assoc.h"
#include "net/link.h"

struct net;
struct ip_pair;

/* Zeroed: empty. */
struct sctp {
	struct assoc flows; /* one direction between two addresses each */
	size_t bytes;
};

void sctp_packet(struct net *net, const struct ip_pair *ip, struct layer l);
/* Gives up what is unfinished. */
void sctp_finish(struct net *net);
void sctp_done(struct sctp *sctp);

#endif
