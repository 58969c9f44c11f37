/* SPDX-License-Identifier: MIT
 *
 * AKA from the network's side (RFC 3310, 3GPP TS 33.203, TS 24.229 5.4.1.2): a nonce of RAND and AUTN, what comes back
 * checked against RES, and a client that has seen a later sequence number followed to it. */
#include "harness/registrar_private.h"

#include <string.h>

enum { AMF = 0x8000, SQN_STEP = 32 /* TS 33.102 C.1.1: the last five bits are an index */ };

static uint8_t random_byte(struct world *world)
{
	char word[SIP_TEXT_ID_MAX];
	unsigned byte = 0;

	for (const char *at = sip_text_word(world, word); *at; at++)
		byte = byte * 33 + (unsigned char)*at;
	return (uint8_t)(byte >> 8 ^ byte);
}

/* A network whose key is another: MAC-A does not prove it. */
static void make_nonce(struct account *account, bool forged)
{
	struct milenage keys = *account->keys;
	uint8_t rand[MILENAGE_BLOCK];

	for (int i = 0; i < MILENAGE_BLOCK; i++)
		rand[i] = random_byte(account->registrar->world);
	keys.k[0] ^= forged;
	account->sqn += SQN_STEP;
	if (aka_challenge(&keys, rand, account->sqn, AMF, account->nonce) < 0)
		account->nonce[0] = '\0';
}

void account_aka_challenge(struct account *account)
{
	enum plan_aka kind = account->registers.aka;

	account->registers.aka = PLAN_AKA_FRESH;
	if (kind == PLAN_AKA_REPLAYED && account->taken_nonce[0])
		memcpy(account->nonce, account->taken_nonce, sizeof(account->nonce));
	else
		make_nonce(account, kind == PLAN_AKA_FORGED);
}

/* TS 24.229 5.4.1.2.3: the sequence number of the card is where the network goes on. */
static bool resynchronise(struct account *account, const struct sip_digest *given)
{
	struct aka_reading reading;
	uint64_t sqn;

	if (aka_read(account->keys, slice_of(account->nonce), &reading, NULL) < 0 ||
	    aka_auts_read(account->keys, reading.rand, given->auts, &sqn, NULL) < 0)
		return false;
	account->sqn = sqn;
	return true;
}

bool account_aka_is_right(struct account *account, const struct sip_msg *msg, const struct sip_digest *given,
			  bool *ret_again)
{
	struct aka_reading reading;
	struct slice res = {(const char *)reading.res, sizeof(reading.res)};

	*ret_again = given->auts.p ? resynchronise(account, given) : !given->response.len;
	if (given->auts.p || !given->response.len)
		return false;
	return slice_is(given->username, account->username) &&
	       aka_read(account->keys, slice_of(account->nonce), &reading, NULL) == 0 &&
	       sip_digest_check(given, res, msg->method_text, msg->body, NULL) == 0;
}
