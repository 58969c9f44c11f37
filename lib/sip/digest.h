/* SPDX-License-Identifier: MIT
 *
 * HTTP Digest as SIP uses it (RFC 3261 22, RFC 2617, RFC 7616, RFC 8760): reading challenges and credentials, computing
 * and checking response values. MD5, SHA-256 and their -sess forms; qop none, auth, auth-int. AKAv1-MD5 (RFC 3310) is
 * MD5 with a RES for the password, which sip/aka makes. OpenSSL's EVP does the hashing. */
#ifndef SIP_DIGEST_H
#define SIP_DIGEST_H

#include "base/buf.h"
#include "base/err.h"
#include "sip/msg.h"

struct sip_digest { /* of WWW-Authenticate, Proxy-Authenticate, Authorization or Proxy-Authorization; quotes removed */
	struct slice username, realm, nonce, uri, response, algorithm, cnonce, opaque, qop, nc, domain, stale,
		auts; /* RFC 3310 3.4 */
};

/* Reads "Digest a=b, c=\"d\"…". Returns 0; -ENOTSUP for another scheme; -EBADMSG. */
int sip_digest_read(struct slice value, struct sip_digest *ret, struct err *err);

/* Walks the lines of a header that can be read so; *line is NULL before the first. False at the end. */
bool sip_digest_next(const struct sip_msg *msg, enum sip_header id, const struct sip_line **line,
		     struct sip_digest *ret);
/* The first of them; false: there is none. */
static inline bool sip_digest_first(const struct sip_msg *msg, enum sip_header id, struct sip_digest *ret)
{
	const struct sip_line *line = NULL;

	return sip_digest_next(msg, id, &line, ret);
}

/* An answer of these asks for credentials (RFC 3261 22.2, 22.3); */
static inline bool sip_status_challenges(uint16_t status)
{
	return status == 401 || status == 407;
}

/* by this header, */
static inline enum sip_header sip_challenge_header(uint16_t status)
{
	return status == 407 ? SIP_HEADER_PROXY_AUTHENTICATE : SIP_HEADER_WWW_AUTHENTICATE;
}

/* and they come in this one. */
static inline enum sip_header sip_credentials_header(uint16_t status)
{
	return status == 407 ? SIP_HEADER_PROXY_AUTHORIZATION : SIP_HEADER_AUTHORIZATION;
}

/* Computes the response value in lower-case hex into ret_hex (at least 65 bytes). `credentials` gives everything but
 * the response; `method`, `body` (for auth-int). -ENOTSUP: unknown algorithm or qop. */
int sip_digest_response(const struct sip_digest *credentials, struct slice password, struct slice method,
			struct slice body, char *ret_hex, struct err *err);

/* Eight hex digits? */
bool sip_digest_is_nc(struct slice nc);
/* Is it one of the alternatives that qop of the challenge lists (RFC 7616 3.4)? */
bool sip_digest_offers(const struct sip_digest *challenge, struct slice qop);

/* 0 right, -EACCES wrong value, -ENOTSUP, -EBADMSG (a needed field is missing); err says what is wrong. */
int sip_digest_check(const struct sip_digest *credentials, struct slice password, struct slice method,
		     struct slice body, struct err *err);

struct sip_digest_request { /* that is to be sent with credentials */
	struct slice username, password;
	struct slice method, uri, body;
	struct slice cnonce;
	unsigned nc; /* how often the nonce was used, this time counted */
};

/* Appends the value of an Authorization header that answers the challenge. Of the offered qops it takes auth, else
 * auth-int, none where none is offered. Nothing is appended on failure. -ENOTSUP: unknown algorithm or qops; -EBADMSG:
 * no realm or nonce; -EINVAL: username, uri or cnonce can't stand in a quoted string. `challenge->auts` is written
 * along where the caller has put one there. */
int sip_digest_answer(const struct sip_digest *challenge, const struct sip_digest_request *request, struct buf *to,
		      struct err *err);

#endif
