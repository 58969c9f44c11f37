/* SPDX-License-Identifier: MIT
 *
 * HTTP Digest as SIP uses it (RFC 3261 22, RFC 2617, RFC 7616, RFC 8760): reading challenges and credentials, computing
 * and checking response values. MD5, SHA-256 and their -sess forms; qop none, auth, auth-int. AKAv1-MD5 (RFC 3310) is
 * MD5 with a RES for the password, which sip/aka makes. OpenSSL's EVP does the hashing. */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct sip_digest { /* of WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization; quotes removed */
	struct slice username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc, domain, stale,
		auts; /* RFC 3310 3.4 */
};

/* Reads "Digest a=b, c=\"d\"…". Returns 0; -ENOTSUP for another scheme; -EBADMSG. */
int sip_digest_read(struct slice value, struct sip_digest *ret, struct err *err);

/* Computes the response value in lower-case hex into ret_hex (at least 65 bytes). `credentials` gives everything but
 * the response; `method`, `body` (for auth-int). -ENOTSUP: unknown algorithm or qop. */
int sip_digest_response(const struct sip_digest *credentials, struct slice password, struct slice method,
			struct slice body, char *ret_hex, struct err *err);

/* Eight hex digits? */
bool sip_digest_is_nc(struct slice nc);

/* 0 right, -EACCES wrong value, -ENOTSUP, -EBADMSG (a needed field is missing); err says what is wrong. */
int sip_digest_check(const struct sip_digest *credentials, struct slice password, struct slice method,
		     struct slice body, struct err *err);

/* Appends the value of an Authorization header that answers the challenge. Of the offered qops it takes auth-int where
 * `prefer_int` or nothing else is offered, auth otherwise, none where none is offered; nc 00000001 for nc 1. Nothing is
 * appended on failure. -ENOTSUP: unknown algorithm or qops; -EBADMSG: no realm or nonce; -EINVAL: username, uri or
 * cnonce can't stand in a quoted string. `challenge->auts` is written along where the caller has put one there. */
int sip_digest_answer(const struct sip_digest *challenge, struct slice username, struct slice password,
		      struct slice method, struct slice uri, struct slice body, struct slice cnonce, unsigned nc,
		      bool prefer_int, struct buf *to, struct err *err);

#endif
