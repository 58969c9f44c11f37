/* SPDX-License-Identifier: MIT
 *
 * Milenage (3GPP TS 35.205, TS 35.206): the example set of the functions f1 to f5* by which a USIM or ISIM and its home
 * network know each other, over AES-128. OpenSSL's EVP does the AES. Read by sip/aka only, and tested with the sets of
 * 3GPP TS 35.207 and TS 35.208. Nothing is owned: all values are bytes in the caller's storage. */
#ifndef SIP_MILENAGE_H
#define SIP_MILENAGE_H

#include <stdbool.h>
#include <stdint.h>

enum { MILENAGE_BLOCK = 16, MILENAGE_SQN = 6, MILENAGE_AMF = 2, MILENAGE_MAC = 8, MILENAGE_RES = 8, MILENAGE_AK = 6 };

struct milenage { /* of one subscriber */
	uint8_t k[MILENAGE_BLOCK];
	uint8_t opc[MILENAGE_BLOCK]; /* the operator's OP, made the subscriber's own: milenage_opc() */
};

/* TS 35.206 4.1: OPc = OP xor E_K(OP). 0, or -EIO where AES can't be had. */
int milenage_opc(const uint8_t k[MILENAGE_BLOCK], const uint8_t op[MILENAGE_BLOCK], uint8_t ret_opc[MILENAGE_BLOCK]);

/* f1 and f1*: MAC-A over what the network says, MAC-S over what the card says. 0 or -EIO. */
int milenage_f1(const struct milenage *m, const uint8_t rand[MILENAGE_BLOCK], const uint8_t sqn[MILENAGE_SQN],
		const uint8_t amf[MILENAGE_AMF], uint8_t ret_mac_a[MILENAGE_MAC], uint8_t ret_mac_s[MILENAGE_MAC]);

/* f2, f3, f4, f5, f5*: what follows of RAND alone. 0 or -EIO. */
struct milenage_values {
	uint8_t res[MILENAGE_RES], ck[MILENAGE_BLOCK], ik[MILENAGE_BLOCK];
	uint8_t ak[MILENAGE_AK], ak_star[MILENAGE_AK]; /* of f5, which hides SQN; of f5*, which hides it in AUTS */
};
int milenage_f2345(const struct milenage *m, const uint8_t rand[MILENAGE_BLOCK], struct milenage_values *ret);

#endif
