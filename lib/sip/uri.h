/* SPDX-License-Identifier: MIT
 *
 * SIP, SIPS and tel URIs (RFC 3261 19.1, RFC 3966): parts, comparison, and the key by which a user is known. */
#ifndef SIP_URI_H
#define SIP_URI_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum sip_scheme { SIP_SCHEME_OTHER, SIP_SCHEME_SIP, SIP_SCHEME_SIPS, SIP_SCHEME_TEL, SIP_SCHEME_URN };

struct sip_uri {
	enum sip_scheme scheme;
	struct slice scheme_text;
	struct slice user;     /* tel: the number; absent if none; escapes left in */
	struct slice password; /* absent if none */
	struct slice host;     /* IPv6 with its brackets; absent for tel and others */
	uint16_t port;         /* 0: not given */
	struct slice params;   /* behind the first ';', may be absent */
	struct slice headers;  /* behind '?', may be absent */
};

/* Returns 0 or -EBADMSG. The slices point into `text`. Unknown schemes give scheme OTHER and nothing else. */
int sip_uri_read(struct slice text, struct sip_uri *ret, struct err *err);

/* RFC 3261 19.1.4: user and password with case, host without, %-escapes undone, port, and the parameters that must
 * match. Unreadable URIs are equal only if their bytes are. */
bool sip_uri_equal(struct slice a, struct slice b);
/* The same of two that have been read; those of an unknown scheme are not equal. */
bool sip_uri_equal_read(const struct sip_uri *a, const struct sip_uri *b);

/* Same user of the same domain: like sip_uri_equal, but port, parameters, headers, password and sip/sips are not
 * looked at. tel numbers compare without visual separators ("-.()" ), parameters ignored but for the phone-context of a
 * number that is not global; sip:+44…@host;user=phone equals tel:+44…, and so does sip:+44…@host where the host is a
 * domain: with an address it is a device. sip:7042@host;user=phone equals sip:7042@host. */
bool sip_uri_same_user(struct slice a, struct slice b);

/* Appends the canonical key of a user to `to`: "alice@im.example" (host in lower case, escapes undone) or
 * "+442012345" for tel URIs and for sip URIs with a telephone number, "7042@im.example" for one of that context; false
 * (nothing appended) for anything that names no user. Two URIs have the same key if and only if sip_uri_same_user()
 * says so. */
bool sip_uri_user_key(struct slice uri, struct buf *to);
/* Is the user named by a telephone number, or by what begins like one ("+44…")? */
bool sip_uri_is_number(struct slice uri);
/* The same key where it stands in the URI itself, behind "sip:" or "tel:", as nearly always. False says nothing. */
bool sip_uri_plain_key(struct slice uri, struct slice *ret_key);

#endif
