/* SPDX-License-Identifier: MIT
 *
 * Whom a message concerns: the served user's URIs in it, and what it teaches about them. Asked by the two doors to the
 * trace, trace/intake (live) and trace/ledger (audits), which keep the users. */
#ifndef TRACE_SERVED_H
#define TRACE_SERVED_H

#include "base/buf.h"
#include "sip/msg.h"

enum { SERVED_URIS = 7 };
enum { SERVED_TARGET, SERVED_FROM, SERVED_PREFERRED = 5, SERVED_TO }; /* of a PUBLISH: some of their places */

/* Where the served user of a request or answer stands, the best place first; absent ones have no bytes. */
void served_uris(const struct sip_msg *msg, struct slice uris[SERVED_URIS]);
/* Where the message names its user by itself, whatever call it belongs to, if that is a URI with a user; absent where
 * it does not. Cores use one Call-ID for many REGISTERs. */
struct slice served_by_name(const struct sip_msg *msg);
/* Sent by the user's own side inside a dialog: From may name him, too; else absent. */
struct slice served_sender(const struct sip_msg *msg);
/* Is it a REGISTER as the user's own client sends it, and not the core on his behalf? */
bool served_registers_self(const struct sip_msg *msg);
/* May a user who was never heard of come into being with this message? */
bool served_makes_user(const struct sip_msg *msg);
/* Appends the key of a device: user, host and port of a contact (RFC 3261 19.1.1). false: it names none. */
bool served_contact_key(struct slice uri, struct buf *to);

struct served_pupil {
	void *arg;
	bool (*knows)(void *arg, struct slice uri);    /* is this the user already? */
	void (*identity)(void *arg, struct slice uri); /* another URI of the same user */
	void (*contact)(void *arg, struct slice uri);  /* a device of his */
};
/* What the message teaches about the user whom it concerns: REGISTER's To and Contacts (RFC 3261 10), P-Associated-URI
 * of its 2xx (RFC 7315 4.1), and a P-Asserted-Identity of several values of which one is known (RFC 3325 9.1). */
void served_teach(const struct sip_msg *msg, const struct served_pupil *pupil);

#endif
