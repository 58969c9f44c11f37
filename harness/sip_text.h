/* SPDX-License-Identifier: MIT
 *
 * Building SIP messages as text, for every peer that the harness plays: line by line into a struct buf, in the order of
 * the calls. Values are written as they are, so that a peer can also be wrong on purpose; numbers, branches and tags
 * come from the world, so that a virtual run repeats itself. A message is: a start line (sip_text_request or
 * sip_text_answer), header lines, and exactly one sip_text_body at the end. */
#ifndef HARNESS_SIP_TEXT_H
#define HARNESS_SIP_TEXT_H

#include "base/buf.h"
#include "harness/world.h"
#include "sip/msg.h"

enum { SIP_TEXT_ID_MAX = 32, SIP_TEXT_UDP_MAX = 1300 };

/* A new Via branch with the cookie of RFC 3261 8.1.1.7, and a new word for tags, Call-IDs and entity tags (64 random
 * bits in hex). Both return `to`, so that they can stand in an argument list. */
char *sip_text_branch(struct world *world, char to[SIP_TEXT_ID_MAX]);
char *sip_text_word(struct world *world, char to[SIP_TEXT_ID_MAX]);

/* "METHOD uri SIP/2.0" (RFC 3261 7.1). */
void sip_text_request(struct buf *to, const char *method, struct slice uri);
/* "Via: SIP/2.0/UDP host:port;branch=…" with the addresses that we send from. Over TLS we also listen there, and take
 * requests by the connection that we opened: ";alias" (RFC 5923 5). */
void sip_text_via(struct buf *to, enum net_transport transport, const struct net_addr *from, const char *branch);
/* What a SIP URI needs at its end for a transport: ";transport=tcp", or "" for UDP. */
const char *sip_text_transport(enum net_transport transport);
/* "Name: value" */
void sip_text_header(struct buf *to, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void sip_text_header_slice(struct buf *to, const char *name, struct slice value);
/* Ends the head and the message: Content-Type (NULL: none), Content-Length, the blank line, the body. */
void sip_text_body(struct buf *to, const char *content_type, struct slice body);

/* Copies all lines of one header, as they were sent, in order. */
void sip_text_copy(struct buf *to, const struct sip_msg *from, enum sip_header id);
/* Copies all header lines but those of the `count` headers in `skip`; what a proxy passes on. */
void sip_text_copy_others(struct buf *to, const struct sip_msg *from, const enum sip_header *skip, size_t count);

/* Start line and the headers that every response copies from its request (RFC 3261 8.2.6): Via, From, To, Call-ID,
 * CSeq; To gets `to_tag` where it has none (NULL, or status 100: it stays as it is); Record-Route is copied into 1xx
 * over 100 and 2xx. The reason phrase is the usual one. */
void sip_text_answer(struct buf *to, const struct sip_msg *request, unsigned status, const char *to_tag);
/* "OK", "Bad Event", …; a word for the class where the code is not known. */
const char *sip_text_reason(unsigned status);
/* A whole CANCEL for an INVITE as we sent it (RFC 3261 9.1), body line included. */
void sip_text_cancel(struct buf *to, const struct sip_msg *invite);

/* A host of a URI or a Via that is an address, IPv6 in brackets. */
bool sip_text_host(struct slice host, uint16_t port, struct net_addr *ret);
/* Where a URI points to: numeric host, port (5060 where none is given), transport parameter (UDP where none is given,
 * TLS for sips). -EBADMSG: no SIP URI; -EAFNOSUPPORT: the host is a name. Either result may be NULL. */
int sip_text_hop(struct slice text, struct net_addr *ret_addr, enum net_transport *ret_transport, struct err *err);

#endif
