/* SPDX-License-Identifier: MIT
 *
 * Digest AKA (RFC 3310, algorithm AKAv1-MD5) over Milenage: the challenge of the network, what a card makes of it, and
 * what the network makes of AUTS (3GPP TS 33.102 6.3, TS 33.203). The RES that comes of it is the password of
 * sip/digest. Used by the registrar of the harness, its reference client and the judge; owns nothing. */
#ifndef SIP_AKA_H
#define SIP_AKA_H

#include "base/err.h"
#include "base/slice.h"
#include "sip/milenage.h"

#define AKA_ALGORITHM "AKAv1-MD5"

enum { AKA_NONCE_TEXT = 45, AKA_AUTS = 14, AKA_AUTS_TEXT = 21 }; /* texts: base64 with the final NUL */

/* Thirty-two hexadecimal digits. -EINVAL: something else; the text is not repeated, it is a secret. */
int aka_key_read(struct slice text, uint8_t ret[MILENAGE_BLOCK], struct err *err);

/* The nonce of a challenge (RFC 3310 3.2): RAND, then AUTN = SQN xor AK, AMF, MAC-A, in base64. `sqn` in the low 48
 * bits. 0 or -EIO. */
int aka_challenge(const struct milenage *keys, const uint8_t rand[MILENAGE_BLOCK], uint64_t sqn, uint16_t amf,
		  char ret_nonce[AKA_NONCE_TEXT]);

enum aka_sign { AKA_GENUINE, AKA_FORGED }; /* does MAC-A prove the network? */

struct aka_reading {
	enum aka_sign sign;
	uint64_t sqn; /* that the network sent */
	uint8_t rand[MILENAGE_BLOCK];
	uint8_t res[MILENAGE_RES];
};
/* What a card reads in a nonce. Data of the server's behind AUTN is passed over. -EBADMSG: no base64, or too short for
 * RAND and AUTN; -EIO. */
int aka_read(const struct milenage *keys, struct slice nonce, struct aka_reading *ret, struct err *err);
/* Are RAND and AUTN of these two nonces the same? False where one can't be read. */
bool aka_same(struct slice a, struct slice b);
/* Is it a nonce of RAND and AUTN at all? */
bool aka_is_nonce(struct slice nonce);

/* The card's answer to a sequence number that it can't take: SQN of the card's own, hidden, and MAC-S, in base64 (RFC
 * 3310 3.4, TS 33.102 6.3.3). 0 or -EIO. */
int aka_auts_write(const struct milenage *keys, const uint8_t rand[MILENAGE_BLOCK], uint64_t sqn,
		   char ret_auts[AKA_AUTS_TEXT]);
/* The card's sequence number in it. -EBADMSG: no base64 of 14 bytes; -EACCES: MAC-S is wrong; -EIO. */
int aka_auts_read(const struct milenage *keys, const uint8_t rand[MILENAGE_BLOCK], struct slice auts, uint64_t *ret_sqn,
		  struct err *err);

#endif
