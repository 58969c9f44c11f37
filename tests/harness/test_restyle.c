/* SPDX-License-Identifier: MIT
 *
 * A message said otherwise says the same: the forms of RFC 3261 7.3, and changes of single lines. */
#include "harness/restyle.h"
#include "base/arena.h"
#include "sip/msg.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const char message[] = "PUBLISH sip:alice@im.example SIP/2.0\r\n"
			      "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\n"
			      "From: <sip:alice@im.example>;tag=1\r\n"
			      "Call-ID: 1\r\n"
			      "Accept-Contact: *;+g.oma.sip-im\r\n"
			      "Content-Length: 4\r\n\r\nbody";

static char *restyled(const char *text, enum restyle_where where, enum restyle_what what, const char *name,
		      const char *value, unsigned form)
{
	struct restyle_change change = {0, where, what, name, value, form};
	const uint64_t on = 1;
	struct buf to = {0};

	buf_puts(&to, text);
	restyle(&to, &change, 1, &on);
	return buf_take(&to);
}

static void expect_form(unsigned form, const char *line)
{
	char *text = restyled(message, RESTYLE_EVERYWHERE, RESTYLE_FORM, NULL, NULL, form);
	struct arena arena = {0};
	struct sip_msg msg;

	cr_expect_not_null(strstr(text, line), "%s", text);
	cr_expect_eq(sip_msg_index(&msg, slice_of(text), &arena, NULL), 0);
	cr_expect(slice_is(sip_msg_value(&msg, SIP_HEADER_ACCEPT_CONTACT), "*;+g.oma.sip-im"));
	cr_expect(slice_is(msg.body, "body"));
	arena_done(&arena);
	free(text);
}

Test(harness_restyle, forms)
{
	expect_form(RESTYLE_COMPACT, "\r\na: *;+g.oma.sip-im\r\n");
	expect_form(RESTYLE_LOWER_CASE, "\r\naccept-contact: *");
	expect_form(RESTYLE_UPPER_CASE, "\r\nACCEPT-CONTACT: *");
	expect_form(RESTYLE_FOLDED, "\r\nAccept-Contact:\r\n\t*;");
	expect_form(RESTYLE_SPACED, "\r\nAccept-Contact \t:  *;+g.oma.sip-im  \r\n");
	expect_form(RESTYLE_DENSE, "\r\nAccept-Contact:*");
	expect_form(RESTYLE_REVERSED, "SIP/2.0\r\nContent-Length: 4\r\nAccept-Contact");
	expect_form(RESTYLE_LENGTH_ZEROS, "\r\nContent-Length: 00000004\r\n");
	expect_form(RESTYLE_NAMES, "\r\nFrom: \"IM \\\"<;>\\\" From\" <sip:alice@im.example>;tag=1\r\n");
}

static void expect_change(enum restyle_where where, enum restyle_what what, const char *name, const char *value,
			  const char *wanted)
{
	char *text = restyled(message, where, what, name, value, 0);

	if (wanted)
		cr_expect_not_null(strstr(text, wanted), "%s", text);
	else
		cr_expect_str_eq(text, message);
	free(text);
}

Test(harness_restyle, changes)
{
	expect_change(RESTYLE_PUBLISH, RESTYLE_ADD, "X", "1", "\r\nX: 1\r\n");
	expect_change(RESTYLE_REQUESTS, RESTYLE_APPEND, "Call-ID", "@host", "\r\nCall-ID: 1@host\r\n");
	expect_change(RESTYLE_REQUESTS, RESTYLE_PREPEND, "Call-ID", "a", "\r\nCall-ID: a1\r\n");
	expect_change(RESTYLE_REQUESTS, RESTYLE_REPLACE, "Call-ID", "2", "\r\nCall-ID: 2\r\n");
	expect_change(RESTYLE_REQUESTS, RESTYLE_REMOVE, "Call-ID", NULL, "tag=1\r\nAccept-Contact");
	expect_change(RESTYLE_EVERYWHERE, RESTYLE_BODY, "od", "other words",
		      "\r\nContent-Length: 13\r\n\r\nbother wordsy");
	expect_change(RESTYLE_REGISTER, RESTYLE_ADD, "X", "1", NULL);
	expect_change(RESTYLE_ANSWERS, RESTYLE_ADD, "X", "1", NULL);
	expect_change(RESTYLE_INVITE, RESTYLE_ADD, "X", "1", NULL);
	expect_change(RESTYLE_OK_REGISTER, RESTYLE_ADD, "X", "1", NULL);
}

Test(harness_restyle, what_is_no_message_stays)
{
	char *text = restyled("HELO im.example\r\n\r\n", RESTYLE_EVERYWHERE, RESTYLE_ADD, "X", "1", 0);

	cr_expect_str_eq(text, "HELO im.example\r\n\r\n");
	free(text);
}

/* A change whose variant is off changes nothing, not even a blank. */
Test(harness_restyle, off)
{
	struct restyle_change change = {1, RESTYLE_EVERYWHERE, RESTYLE_FORM, .form = RESTYLE_DENSE};
	const uint64_t other = 1;
	struct buf to = {0};

	buf_puts(&to, message);
	restyle(&to, &change, 1, &other);
	cr_expect_str_eq(to.p, message);
	buf_done(&to);
}
