/* SPDX-License-Identifier: MIT */
#include "sip/aka.h"

#include <openssl/evp.h>
#include <string.h>

enum {
	AUTN = 16,
	NONCE = MILENAGE_BLOCK + AUTN,
	NONCE_TEXT_MAX = 1024, /* with data of the server's own */
};

static const uint8_t amf_of_auts[MILENAGE_AMF] = {0, 0}; /* TS 33.102 6.3.3 */

/* --- texts --- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int aka_key_read(struct slice text, uint8_t ret[MILENAGE_BLOCK], struct err *err)
{
	bool ok = text.len == 2 * MILENAGE_BLOCK;

	for (size_t i = 0; ok && i < MILENAGE_BLOCK; i++) {
		int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);

		ok = high >= 0 && low >= 0;
		if (ok)
			ret[i] = (uint8_t)(high << 4 | low);
	}
	return ok ? 0 : err_set(err, -EINVAL, "no key of Milenage, expected %d hexadecimal digits", 2 * MILENAGE_BLOCK);
}

/* Bytes in base64, at most `max` of them kept. How many there are, or -EBADMSG. */
static int decode(struct slice text, uint8_t *ret, size_t max)
{
	unsigned char out[NONCE_TEXT_MAX];
	int len;

	if (!text.len || text.len % 4 || text.len > sizeof(out))
		return -EBADMSG;
	len = EVP_DecodeBlock(out, (const unsigned char *)text.p, (int)text.len);
	if (len < 0)
		return -EBADMSG;
	len -= text.p[text.len - 1] == '=';
	len -= text.p[text.len - 2] == '=';
	memcpy(ret, out, (size_t)len < max ? (size_t)len : max);
	return len;
}

static void sqn_put(uint8_t to[MILENAGE_SQN], uint64_t sqn)
{
	for (int i = 0; i < MILENAGE_SQN; i++)
		to[i] = (uint8_t)(sqn >> (8 * (MILENAGE_SQN - 1 - i)));
}

static uint64_t sqn_get(const uint8_t from[MILENAGE_SQN])
{
	uint64_t sqn = 0;

	for (int i = 0; i < MILENAGE_SQN; i++)
		sqn = sqn << 8 | from[i];
	return sqn;
}

static void hide(uint8_t sqn[MILENAGE_SQN], const uint8_t ak[MILENAGE_AK])
{
	for (int i = 0; i < MILENAGE_SQN; i++)
		sqn[i] ^= ak[i];
}

/* --- the network's side --- */

int aka_challenge(const struct milenage *keys, const uint8_t rand[MILENAGE_BLOCK], uint64_t sqn, uint16_t amf,
		  char ret_nonce[AKA_NONCE_TEXT])
{
	uint8_t nonce[NONCE], mac_s[MILENAGE_MAC];
	uint8_t *hidden = nonce + MILENAGE_BLOCK, *field = hidden + MILENAGE_SQN, *mac = field + MILENAGE_AMF;
	struct milenage_values values;
	int rc;

	memcpy(nonce, rand, MILENAGE_BLOCK);
	sqn_put(hidden, sqn);
	field[0] = (uint8_t)(amf >> 8);
	field[1] = (uint8_t)amf;
	rc = milenage_f1(keys, rand, hidden, field, mac, mac_s);
	if (rc == 0)
		rc = milenage_f2345(keys, rand, &values);
	if (rc < 0)
		return rc;
	hide(hidden, values.ak);
	EVP_EncodeBlock((unsigned char *)ret_nonce, nonce, NONCE);
	return 0;
}

int aka_auts_read(const struct milenage *keys, const uint8_t rand[MILENAGE_BLOCK], struct slice auts, uint64_t *ret_sqn,
		  struct err *err)
{
	uint8_t bytes[AKA_AUTS], mac_a[MILENAGE_MAC], mac_s[MILENAGE_MAC];
	struct milenage_values values;
	int rc;

	if (decode(auts, bytes, sizeof(bytes)) != AKA_AUTS)
		return err_set(err, -EBADMSG, "auts is no base64 of %d bytes", AKA_AUTS);
	rc = milenage_f2345(keys, rand, &values);
	if (rc < 0)
		return err_set(err, rc, "no AES");
	hide(bytes, values.ak_star);
	rc = milenage_f1(keys, rand, bytes, amf_of_auts, mac_a, mac_s);
	if (rc < 0)
		return err_set(err, rc, "no AES");
	if (memcmp(mac_s, bytes + MILENAGE_SQN, MILENAGE_MAC) != 0)
		return err_set(err, -EACCES, "MAC-S of auts is wrong");
	*ret_sqn = sqn_get(bytes);
	return 0;
}

/* --- the card's side --- */

bool aka_is_nonce(struct slice nonce)
{
	uint8_t bytes[NONCE];

	return decode(nonce, bytes, sizeof(bytes)) >= NONCE;
}

bool aka_same(struct slice a, struct slice b)
{
	uint8_t x[NONCE], y[NONCE];

	return decode(a, x, sizeof(x)) >= NONCE && decode(b, y, sizeof(y)) >= NONCE && memcmp(x, y, NONCE) == 0;
}

int aka_read(const struct milenage *keys, struct slice nonce, struct aka_reading *ret, struct err *err)
{
	uint8_t bytes[NONCE], mac_a[MILENAGE_MAC], mac_s[MILENAGE_MAC];
	uint8_t *sqn = bytes + MILENAGE_BLOCK, *field = sqn + MILENAGE_SQN, *mac = field + MILENAGE_AMF;
	struct milenage_values values;
	int rc;

	if (decode(nonce, bytes, sizeof(bytes)) < NONCE)
		return err_set(err, -EBADMSG, "nonce is no base64 of RAND and AUTN");
	rc = milenage_f2345(keys, bytes, &values);
	if (rc < 0)
		return err_set(err, rc, "no AES");
	hide(sqn, values.ak);
	rc = milenage_f1(keys, bytes, sqn, field, mac_a, mac_s);
	if (rc < 0)
		return err_set(err, rc, "no AES");
	ret->sign = memcmp(mac, mac_a, MILENAGE_MAC) == 0 ? AKA_GENUINE : AKA_FORGED;
	ret->sqn = sqn_get(sqn);
	memcpy(ret->rand, bytes, MILENAGE_BLOCK);
	memcpy(ret->res, values.res, MILENAGE_RES);
	return 0;
}

int aka_auts_write(const struct milenage *keys, const uint8_t rand[MILENAGE_BLOCK], uint64_t sqn,
		   char ret_auts[AKA_AUTS_TEXT])
{
	uint8_t bytes[AKA_AUTS], mac_a[MILENAGE_MAC];
	struct milenage_values values;
	int rc;

	sqn_put(bytes, sqn);
	rc = milenage_f1(keys, rand, bytes, amf_of_auts, mac_a, bytes + MILENAGE_SQN);
	if (rc == 0)
		rc = milenage_f2345(keys, rand, &values);
	if (rc < 0)
		return rc;
	hide(bytes, values.ak_star);
	EVP_EncodeBlock((unsigned char *)ret_auts, bytes, AKA_AUTS);
	return 0;
}
