/* SPDX-License-Identifier: MIT
 *
 * What the tests of lib/sip share. */
#ifndef SIP_TEST_H
#define SIP_TEST_H

#include <criterion/criterion.h>
#include <stdlib.h>

#include "sip/value.h"

/* Fails the test with both texts. */
#define assert_slice(s, text)                                                                                          \
	do {                                                                                                           \
		struct slice _s = (s);                                                                                 \
		cr_assert(slice_is(_s, (text)), "\"%.*s\" is not \"%s\"", SLICE_F(_s), (text));                        \
	} while (0)

/* A copy that ends where its block ends, so that reading one byte too far is seen; free((void *)result.p). */
static inline struct slice exact_copy(struct slice s)
{
	char *p = malloc(s.len ? s.len : 1);

	cr_assert_not_null(p);
	if (s.len)
		memcpy(p, s.p, s.len);
	return (struct slice){p, s.len};
}

static inline void each_prefix(struct slice good, void (*call)(struct slice prefix))
{
	for (size_t n = 0; n <= good.len; n++) {
		struct slice prefix = exact_copy((struct slice){good.p, n});

		call(prefix);
		free((void *)prefix.p);
	}
}

/* Goes with the test's process. */
static struct arena test_arena;

/* Indexes a message that must be readable. */
static inline struct sip_msg indexed(const char *text)
{
	struct sip_msg msg;
	struct err err = {0};

	cr_assert_eq(sip_msg_index(&msg, slice_of(text), &test_arena, &err), 0, "%s", err.text);
	return msg;
}

/* A request with these header lines, each with its line end. */
#define WITH(lines) indexed("OPTIONS sip:a@b SIP/2.0\r\n" lines "\r\n")

#endif
