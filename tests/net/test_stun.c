/* SPDX-License-Identifier: MIT
 *
 * STUN Binding, with the addresses and the transaction of RFC 5769's samples. */
#include "net/stun.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define TRANSACTION    "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
#define REQUEST(len)   "\x00\x01\x00" len "\x21\x12\xa4\x42" TRANSACTION
#define BYTES(literal) ((struct slice){literal, sizeof(literal) - 1})

static void expect_answer(struct slice request, const char *ip, struct slice expected)
{
	struct net_addr src;
	struct buf out = {0};

	cr_assert(net_addr_parse_ip(slice_of(ip), 32853, &src));
	cr_assert(stun_is_request(request));
	stun_answer(&out, request, &src);
	cr_expect(slice_eq(buf_slice(&out), expected));
	buf_done(&out);
}

Test(net, stun_answers_with_the_address)
{
	static const char plain[] = REQUEST("\x00"), v4[] = "\x01\x01\x00\x0c\x21\x12\xa4\x42" TRANSACTION
							    "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43";
	static const char v6[] = "\x01\x01\x00\x18\x21\x12\xa4\x42" TRANSACTION "\x00\x20\x00\x14\x00\x02\xa1\x47"
				 "\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9";

	expect_answer(BYTES(plain), "192.0.2.1", BYTES(v4));
	expect_answer(BYTES(plain), "2001:db8:1234:5678:11:2233:4455:6677", BYTES(v6));
}

/* SOFTWARE is optional, a user name is known, PRIORITY (0x24) and USE-CANDIDATE (0x25) are of ICE. */
Test(net, stun_says_what_it_does_not_understand)
{
	static const char fine[] = REQUEST("\x14") "\x80\x22\x00\x03"
						   "abc\x00"
						   "\x00\x06\x00\x05"
						   "alice\x00\x00\x00";
	static const char ice[] = REQUEST("\x0c") "\x00\x24\x00\x04\x01\x02\x03\x04\x00\x25\x00\x00";
	static const char refused[] = "\x01\x11\x00\x10\x21\x12\xa4\x42" TRANSACTION
				      "\x00\x09\x00\x04\x00\x00\x04\x14\x00\x0a\x00\x04\x00\x24\x00\x25";
	static const char v4[] =
		"\x01\x01\x00\x0c\x21\x12\xa4\x42" TRANSACTION "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43";

	expect_answer(BYTES(fine), "192.0.2.1", BYTES(v4));
	expect_answer(BYTES(ice), "192.0.2.1", BYTES(refused));
}

/* In memory of just that size, so that a sanitizer sees a step too far. */
static bool is_request(struct slice bytes)
{
	char *copy = malloc(bytes.len + !bytes.len);
	bool result;

	memcpy(copy, bytes.p, bytes.len);
	result = stun_is_request((struct slice){copy, bytes.len});
	free(copy);
	return result;
}

Test(net, stun_is_nothing_else)
{
	static const char whole[] = REQUEST("\x0c") "\x00\x24\x00\x04\x01\x02\x03\x04\x80\x25\x00\x00";
	static const char longer[] = REQUEST("\x04") "\x00\x24\x00\x04";
	static const char *const others[] = {"OPTIONS sip:a SIP/2.0\r\n\r\n", "\r\n\r\n"};
	char bytes[sizeof(whole)];

	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		cr_expect_not(is_request((struct slice){whole, len}), "%zu bytes", len);
	cr_expect(is_request(BYTES(whole)));
	cr_expect_not(is_request(BYTES(longer)), "an attribute that goes beyond the end");
	for (size_t i = 0; i < 2; i++)
		cr_expect_not(is_request(slice_of(others[i])));
	for (size_t i = 0; i < 8; i++) {
		memcpy(bytes, whole, sizeof(whole));
		bytes[i] ^= 1;
		cr_expect_not(is_request((struct slice){bytes, sizeof(whole) - 1}), "byte %zu", i);
	}
}
