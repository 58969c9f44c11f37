/* SPDX-License-Identifier: MIT */
#include "sip/milenage.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

/* One block of AES-128. */
static int encrypt(const uint8_t k[MILENAGE_BLOCK], const uint8_t in[MILENAGE_BLOCK], uint8_t ret[MILENAGE_BLOCK])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;
	bool ok = ctx && EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, k, NULL) == 1 &&
		  EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
		  EVP_EncryptUpdate(ctx, ret, &len, in, MILENAGE_BLOCK) == 1 && len == MILENAGE_BLOCK;

	EVP_CIPHER_CTX_free(ctx);
	return ok ? 0 : -EIO;
}

static void xor_into(uint8_t *to, const uint8_t *with)
{
	for (int i = 0; i < MILENAGE_BLOCK; i++)
		to[i] ^= with[i];
}

int milenage_opc(const uint8_t k[MILENAGE_BLOCK], const uint8_t op[MILENAGE_BLOCK], uint8_t ret_opc[MILENAGE_BLOCK])
{
	int rc = encrypt(k, op, ret_opc);

	if (rc == 0)
		xor_into(ret_opc, op);
	return rc;
}

/* TEMP = E_K(RAND xor OPc) */
static int temp_of(const struct milenage *m, const uint8_t rand[MILENAGE_BLOCK], uint8_t ret[MILENAGE_BLOCK])
{
	uint8_t in[MILENAGE_BLOCK];

	memcpy(in, rand, sizeof(in));
	xor_into(in, m->opc);
	return encrypt(m->k, in, ret);
}

/* Adds the input xor OPc, rotated by `bytes`, to what is in `to`: rot() of TS 35.206 2.3, all its r are whole bytes. */
static void add_rotated(uint8_t *to, const uint8_t *in, const uint8_t *opc, int bytes)
{
	for (int i = 0; i < MILENAGE_BLOCK; i++)
		to[(i + MILENAGE_BLOCK - bytes) % MILENAGE_BLOCK] ^= in[i] ^ opc[i];
}

int milenage_f1(const struct milenage *m, const uint8_t rand[MILENAGE_BLOCK], const uint8_t sqn[MILENAGE_SQN],
		const uint8_t amf[MILENAGE_AMF], uint8_t ret_mac_a[MILENAGE_MAC], uint8_t ret_mac_s[MILENAGE_MAC])
{
	uint8_t in[MILENAGE_BLOCK], block[MILENAGE_BLOCK], out[MILENAGE_BLOCK];
	int rc = temp_of(m, rand, block);

	if (rc < 0)
		return rc;
	for (int half = 0; half < MILENAGE_BLOCK; half += MILENAGE_MAC) {
		memcpy(in + half, sqn, MILENAGE_SQN);
		memcpy(in + half + MILENAGE_SQN, amf, MILENAGE_AMF);
	}
	add_rotated(block, in, m->opc, 8); /* r1 = 64, c1 = 0 */
	rc = encrypt(m->k, block, out);
	xor_into(out, m->opc);
	memcpy(ret_mac_a, out, MILENAGE_MAC);
	memcpy(ret_mac_s, out + MILENAGE_MAC, MILENAGE_MAC);
	return rc;
}

/* OUT2 to OUT5: rotated by r, with c in the last byte. */
static int out_of(const struct milenage *m, const uint8_t temp[MILENAGE_BLOCK], int bytes, uint8_t c,
		  uint8_t ret[MILENAGE_BLOCK])
{
	uint8_t block[MILENAGE_BLOCK] = {0};
	int rc;

	add_rotated(block, temp, m->opc, bytes);
	block[MILENAGE_BLOCK - 1] ^= c;
	rc = encrypt(m->k, block, ret);
	xor_into(ret, m->opc);
	return rc;
}

int milenage_f2345(const struct milenage *m, const uint8_t rand[MILENAGE_BLOCK], struct milenage_values *ret)
{
	uint8_t temp[MILENAGE_BLOCK], out[MILENAGE_BLOCK];
	int rc = temp_of(m, rand, temp);

	if (rc == 0)
		rc = out_of(m, temp, 0, 1, out);
	if (rc < 0)
		return rc;
	memcpy(ret->res, out + 8, MILENAGE_RES);
	memcpy(ret->ak, out, MILENAGE_AK);
	rc = out_of(m, temp, 4, 2, ret->ck);
	if (rc == 0)
		rc = out_of(m, temp, 8, 4, ret->ik);
	if (rc == 0)
		rc = out_of(m, temp, 12, 8, out);
	memcpy(ret->ak_star, out, MILENAGE_AK);
	return rc;
}
