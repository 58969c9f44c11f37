/* SPDX-License-Identifier: MIT
 *
 * One dialog (RFC 3261 12) as either side sees it, and the requests inside it. Fed with the messages that make it, read
 * by the reference server's sessions, the users and the reference client. It owns copies of everything. */
#ifndef HARNESS_SIP_TEXT_DIALOG_H
#define HARNESS_SIP_TEXT_DIALOG_H

#include "harness/sip_text.h"

enum { SIP_DIALOG_ROUTES_MAX = 16 };

struct sip_dialog { /* zeroed: none yet. All strings are owned by the arena. */
	struct arena arena;
	struct slice call_id;
	struct slice local, remote;                 /* values of From and To in our own requests, tags included */
	struct slice remote_tag;                    /* absent in answers of old peers */
	struct slice target;                        /* URI of the other side's Contact */
	struct slice routes[SIP_DIALOG_ROUTES_MAX]; /* Route values, in the order in which they are written */
	size_t route_count;
	uint32_t cseq;        /* of our last request */
	uint32_t remote_cseq; /* of theirs; 0 before the first */
};

void sip_dialog_done(struct sip_dialog *dialog); /* empty again */

/* The caller's side (12.1.2): `answer` is a 1xx with a To tag or a 2xx to `request`, which we sent. What the dialog
 * held before is forgotten, but not the CSeq if it is higher. -EBADMSG: no Contact, From, To or CSeq. */
int sip_dialog_called(struct sip_dialog *dialog, const struct sip_msg *request, const struct sip_msg *answer,
		      struct err *err);
/* The callee's side (12.1.1): `request` came, and our 2xx carried `local_tag`. -EBADMSG as above. */
int sip_dialog_accepted(struct sip_dialog *dialog, const struct sip_msg *request, const char *local_tag,
			struct err *err);
/* Target refresh (12.2): takes over the Contact of a message inside the dialog, if it has one. */
void sip_dialog_retarget(struct sip_dialog *dialog, const struct sip_msg *msg);
/* Is this request or response inside the dialog: Call-ID and both tags equal? */
bool sip_dialog_has(const struct sip_dialog *dialog, const struct sip_msg *msg);

/* Writes the head of a request inside the dialog (12.2.1.1): start line, Via, Max-Forwards, Route, From, To, Call-ID
 * and CSeq; more headers and sip_text_body are the caller's. CSeq is raised, but for ACK and CANCEL. */
void sip_dialog_request(struct buf *to, struct sip_dialog *dialog, const char *method, enum net_transport transport,
			const struct net_addr *from, const char *branch);
/* The ACK to a 2xx of the INVITE numbered `cseq` (13.2.2.4): the same, with that number. */
void sip_dialog_ack(struct buf *to, const struct sip_dialog *dialog, uint32_t cseq, enum net_transport transport,
		    const struct net_addr *from, const char *branch);
/* Where requests inside the dialog go: the first Route, else the target. As sip_text_hop. */
int sip_dialog_hop(const struct sip_dialog *dialog, struct net_addr *ret_addr, enum net_transport *ret_transport,
		   struct err *err);

#endif
