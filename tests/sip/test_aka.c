/* SPDX-License-Identifier: MIT */
#include "sip/aka.h"
#include "sip/digest.h"
#include "sip_test.h"

static const uint8_t rand_of_set_1[16] = {0x23, 0x55, 0x3c, 0xbe, 0x96, 0x37, 0xa8, 0x9d,
					  0x21, 0x8a, 0xe6, 0x4d, 0xae, 0x47, 0xbf, 0x35};

enum { AMF = 0xb9b9 };
static const uint64_t sqn_of_set_1 = 0xff9bb4d0b607;

static struct milenage keys_of_set_1(void)
{
	struct milenage keys;

	cr_assert_eq(aka_key_read(SLICE("465b5ce8b199b49faa5f0a2ee238a6bc"), keys.k, NULL), 0);
	cr_assert_eq(aka_key_read(SLICE("CD63CB71954A9F4E48A5994E37A02BAF"), keys.opc, NULL), 0);
	return keys;
}

Test(sip, aka_key_of_the_wrong_form)
{
	static const char *const wrong[] = {"", "465b5ce8b199b49faa5f0a2ee238a6b", "465b5ce8b199b49faa5f0a2ee238a6bcc",
					    "g65b5ce8b199b49faa5f0a2ee238a6bc"};
	uint8_t key[16];
	struct err err;

	for (size_t i = 0; i < 4; i++) {
		cr_expect_eq(aka_key_read(slice_of(wrong[i]), key, &err), -EINVAL);
		cr_expect_str_eq(err.text, "no key of Milenage, expected 32 hexadecimal digits");
	}
}

/* RAND and AUTN of set 1: SQN xor AK is 55f328b43577, the MAC is f1's. */
Test(sip, aka_challenge_of_set_1)
{
	struct milenage keys = keys_of_set_1();
	struct aka_reading reading;
	char nonce[AKA_NONCE_TEXT];

	cr_assert_eq(aka_challenge(&keys, rand_of_set_1, sqn_of_set_1, AMF, nonce), 0);
	cr_expect_str_eq(nonce, "I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=");
	cr_assert_eq(aka_read(&keys, slice_of(nonce), &reading, NULL), 0);
	cr_expect_eq(reading.sign, AKA_GENUINE);
	cr_expect_eq(reading.sqn, sqn_of_set_1);
	cr_expect_arr_eq(reading.rand, rand_of_set_1, 16);
	cr_expect_eq(reading.res[0], 0xa5);
	cr_expect_eq(reading.res[7], 0xbf);
	cr_expect(aka_is_nonce(slice_of(nonce)));
	cr_expect(aka_same(slice_of(nonce), slice_of(nonce)));
}

Test(sip, aka_forged_challenge)
{
	struct milenage keys = keys_of_set_1(), others = keys;
	struct aka_reading reading;
	char nonce[AKA_NONCE_TEXT];

	others.k[0] ^= 1;
	cr_assert_eq(aka_challenge(&others, rand_of_set_1, sqn_of_set_1, AMF, nonce), 0);
	cr_assert_eq(aka_read(&keys, slice_of(nonce), &reading, NULL), 0);
	cr_expect_eq(reading.sign, AKA_FORGED);
}

Test(sip, aka_nonce_that_is_none)
{
	struct milenage keys = keys_of_set_1();
	struct aka_reading reading;
	char nonce[AKA_NONCE_TEXT], longer[1200];
	struct err err;

	cr_assert_eq(aka_challenge(&keys, rand_of_set_1, 1, AMF, nonce), 0);
	for (size_t len = 0; len < strlen(nonce); len++) {
		err = (struct err){0};
		cr_expect_eq(aka_read(&keys, (struct slice){nonce, len}, &reading, &err), -EBADMSG, "%zu", len);
		cr_expect_str_eq(err.text, "nonce is no base64 of RAND and AUTN");
		cr_expect_not(aka_is_nonce((struct slice){nonce, len}));
		cr_expect_not(aka_same((struct slice){nonce, len}, slice_of(nonce)));
	}
	memset(longer, 'A', sizeof(longer));
	cr_expect_not(aka_is_nonce((struct slice){longer, sizeof(longer)}));
	cr_expect(aka_is_nonce((struct slice){longer, 64}));
	cr_expect_not(aka_is_nonce(SLICE("dcd98b7102dd2f0e8b11d0f600bfb0c0****************")));
}

Test(sip, aka_auts_there_and_back)
{
	struct milenage keys = keys_of_set_1();
	char auts[AKA_AUTS_TEXT];
	uint64_t sqn = 0;
	struct err err;

	cr_assert_eq(aka_auts_write(&keys, rand_of_set_1, 0x123456789abc, auts), 0);
	cr_assert_eq(aka_auts_read(&keys, rand_of_set_1, slice_of(auts), &sqn, &err), 0, "%s", err.text);
	cr_expect_eq(sqn, 0x123456789abc);
	auts[3] = auts[3] == 'A' ? 'B' : 'A';
	cr_expect_eq(aka_auts_read(&keys, rand_of_set_1, slice_of(auts), &sqn, &err), -EACCES);
	cr_expect_str_eq(err.text, "MAC-S of auts is wrong");
	for (size_t len = 0; len < strlen(auts); len++)
		cr_expect_eq(aka_auts_read(&keys, rand_of_set_1, (struct slice){auts, len}, &sqn, &err), -EBADMSG);
	cr_expect_str_eq(err.text, "auts is no base64 of 14 bytes");
}

/* A response with RES for the password; auts is read and written. */
Test(sip, aka_digest)
{
	struct milenage keys = keys_of_set_1();
	struct sip_digest challenge = {.realm = SLICE("im.example"), .algorithm = SLICE("AKAv1-MD5")}, given;
	struct aka_reading reading;
	struct sip_digest_request request;
	char nonce[AKA_NONCE_TEXT];
	struct buf text = {0};
	struct slice res;

	cr_assert_eq(aka_challenge(&keys, rand_of_set_1, sqn_of_set_1, AMF, nonce), 0);
	cr_assert_eq(aka_read(&keys, slice_of(nonce), &reading, NULL), 0);
	res = (struct slice){(const char *)reading.res, sizeof(reading.res)};
	challenge.nonce = slice_of(nonce);
	challenge.auts = SLICE("c2V2ZW4=");
	request = (struct sip_digest_request){SLICE("alice"),       res,    SLICE("REGISTER"), SLICE("sip:im.example"),
					      .cnonce = SLICE("c"), .nc = 1};
	cr_assert_eq(sip_digest_answer(&challenge, &request, &text, NULL), 0);
	cr_assert_eq(sip_digest_read(buf_slice(&text), &given, NULL), 0);
	cr_expect(slice_is(given.auts, "c2V2ZW4="));
	cr_expect_eq(sip_digest_check(&given, res, SLICE("REGISTER"), SLICE_NONE, NULL), 0);
	cr_expect_eq(sip_digest_check(&given, SLICE("other"), SLICE("REGISTER"), SLICE_NONE, NULL), -EACCES);
	buf_done(&text);
}
