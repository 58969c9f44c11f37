/* SPDX-License-Identifier: MIT
 *
 * A device's key is of its user, host and port, however the rest of its contact is written. */
#include "trace/served.h"
#include "base/hash.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdio.h>

static bool key_of(const char *uri, struct buf *key)
{
	buf_clear(key);
	return served_contact_key(slice_of(uri), key);
}

static bool is_same(const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool same = key_of(a, &x) && key_of(b, &y) && slice_eq(buf_slice(&x), buf_slice(&y));

	buf_done(&x);
	buf_done(&y);
	return same;
}

static bool is_none(const char *uri)
{
	struct buf key = {0};
	bool none = !key_of(uri, &key) && key.len == 0;

	buf_done(&key);
	return none;
}

Test(trace_served, served_contact_of_any_form)
{
	cr_expect(is_same("sip:alice@192.0.2.1", "sip:alice@192.0.2.1:5060"));
	cr_expect(is_same("sip:alice@192.0.2.1:5070", "sip:alice@192.0.2.1:5070;transport=tcp"));
	cr_expect(is_same("sip:alice@192.0.2.1:05070", "sips:alice@192.0.2.1:5070"));
	cr_expect(is_same("sip:alice@192.0.2.1:1", "<sip:alice@192.0.2.1:1>") == false);
	cr_expect(is_same("sip:192.0.2.1:5060", "sip:192.0.2.1;lr"));
	cr_expect(is_same("sip:a@[2001:db8::1]:5060", "sip:a@[2001:db8::1]"));
	cr_expect(!is_same("sip:alice@192.0.2.1:5060", "sip:alice@192.0.2.1:5061"));
	cr_expect(!is_same("sip:alice@192.0.2.1", "sip:bob@192.0.2.1"));
	cr_expect(!is_same("sip:alice@192.0.2.1", "sip:alice@192.0.2.2"));
}

Test(trace_served, served_contact_that_is_none)
{
	static const char *const none[] = {"",
					   "*",
					   "tel:+442012345",
					   "tel:+44:5060",
					   "sip:",
					   "sip:alice@",
					   "sip:alice@192.0.2.1:",
					   "sip:alice@192.0.2.1:0",
					   "sip:alice@192.0.2.1:65536",
					   "sip:alice@192.0.2.1:99999",
					   "sip:alice@192.0.2.1:506000",
					   "sip:alice@192.0.2.1:50a0"};

	for (size_t i = 0; i < ARRAY_LEN(none); i++)
		cr_expect(is_none(none[i]), "%s", none[i]);
}

/* A parameter makes no difference, but the plain way does not know it. */
Test(trace_served, served_plain_contacts_are_read_as_others)
{
	static const char pieces[] = "a@:5.0%";
	char plain[32], other[40];
	uint64_t random = 1;

	for (unsigned i = 0; i < 100000; i++) {
		size_t len = 4 + rng_below(&random, 12);

		memcpy(plain, "sip:", 4);
		for (size_t at = 4; at < len; at++)
			plain[at] = pieces[rng_below(&random, sizeof(pieces) - 1)];
		plain[len] = '\0';
		snprintf(other, sizeof(other), "%s;x", plain);
		cr_assert(is_same(plain, other) || (is_none(plain) && is_none(other)), "%s", plain);
	}
}
