/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(check_isc, .init = stage_init, .fini = stage_done);

#define INVITE "INVITE sip:alice@im.example SIP/2.0\n"

static struct txn *push(const char *head)
{
	return stage_txn(OCCASION_PUSH, stage_say(SECOND, "server core", head, NULL), NULL);
}

Test(check_isc, icid)
{
	struct txn *txn = push(INVITE "Call-ID: 1\n");

	expect_word("icid", "no: no P-Charging-Vector header");
	((struct event *)txn->request)->cut = true;
	expect_word("icid", "unknown: the message was cut off in the capture");
	push(INVITE "Call-ID: 2\nP-Charging-Vector: icid-value=7\n");
	expect_word("icid", "yes");
	push(INVITE "Call-ID: 3\nP-Charging-Vector: icid-value=\"\"\n");
	expect_word("icid", "no: P-Charging-Vector: icid-value=\"\"");
	push(INVITE "Call-ID: 4\nP-Charging-Vector: orig-ioi=home\n");
	expect_word("icid", "no: P-Charging-Vector: orig-ioi=home");
}

Test(check_isc, icid_new)
{
	struct txn *first = push(INVITE "Call-ID: 1\nP-Charging-Vector: icid-value=7\n");

	expect_word("icid_new", "yes");
	push(INVITE "Call-ID: 2\nP-Charging-Vector: icid-value=\"7\"\n");
	expect_word("icid_new", "no: the icid-value 7 of another push");
	cr_expect_eq(stage.why.also, first->request);
	first->occasion = OCCASION_PUBLISH;
	expect_word("icid_new", "yes");
	push(INVITE "Call-ID: 3\nP-Charging-Vector: icid-value=8\n");
	expect_word("icid_new", "yes");
	push(INVITE "Call-ID: 2\nCSeq: 2 INVITE\nP-Charging-Vector: icid-value=7\n"); /* the same call once more */
	expect_word("icid_new", "yes");
}

/* The answer gives back what was asked, and says whose it is. */
Test(check_isc, charged_back)
{
	static const struct {
		const char *asked, *given, *want;
	} rows[] = {
		{"icid-value=7;orig-ioi=home", "icid-value=7;orig-ioi=home;term-ioi=here", "yes"},
		{"icid-value=7;orig-ioi=home", "icid-value=7;term-ioi=here;orig-ioi=\"home\"", "yes"},
		{"icid-value=7;orig-ioi=home", "icid-value=7;orig-ioi=away;term-ioi=here",
		 "no: P-Charging-Vector: icid-value=7;orig-ioi=away;term-ioi=here"},
		{"icid-value=7;orig-ioi=home", "icid-value=7;term-ioi=here",
		 "no: P-Charging-Vector: icid-value=7;term-ioi=here"},
		{"icid-value=7", "icid-value=7;orig-ioi=new;term-ioi=here", "yes"},
		{"icid-value=7", "icid-value=8;term-ioi=here", "no: P-Charging-Vector: icid-value=8;term-ioi=here"},
		{"icid-value=7", "icid-value=\"7\";term-ioi=here", "yes"},
		{"orig-ioi=home", "icid-value=8;orig-ioi=home;term-ioi=here", "yes"},
		{"icid-value=7", "icid-value=7", "no: P-Charging-Vector: icid-value=7"},
		{"icid-value=7", "term-ioi=here", "no: P-Charging-Vector: term-ioi=here"},
	};
	char text[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text),
			 "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: %zu PUBLISH\n"
			 "P-Charging-Vector: %s\n",
			 i + 1, rows[i].asked);
		stage_txn(OCCASION_PUBLISH, stage_say(SECOND, "core server", text, NULL), NULL);
		snprintf(text, sizeof(text), "SIP/2.0 200 OK\nCSeq: %zu PUBLISH\nP-Charging-Vector: %s\n", i + 1,
			 rows[i].given);
		stage.event = stage_say(SECOND, "server core", text, NULL);
		expect_word("charged_back", rows[i].want);
	}
}

Test(check_isc, names_uri)
{
	struct txn *txn = push(INVITE "P-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example>\n");

	expect_word("names_uri P-Asserted-Identity", "yes");
	expect_word("names_uri P-Preferred-Identity", "no: P-Preferred-Identity: absent");
	((struct event *)txn->request)->cut = true;
	expect_word("names_uri P-Preferred-Identity", "unknown: the message was cut off in the capture");
	push(INVITE "CSeq: 2 INVITE\nP-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example\n");
	expect_word("names_uri P-Asserted-Identity",
		    "no: P-Asserted-Identity: <sip:bob@im.example>, <sip:alice@im.example");
}

Test(check_isc, identities)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{"\"IM, server\" <sip:im@im.example>, tel:+1", "yes"},
		{"<sips:im@im.example>", "yes"},
		{"<urn:service:im>", "yes"},
		{"", "no: P-Asserted-Identity: "},
		{"im-server", "no: P-Asserted-Identity: im-server"},
		{"<sip:im@im.example>, im-server", "no: P-Asserted-Identity: <sip:im@im.example>, im-server"},
		{"<sip:im@im.example", "no: P-Asserted-Identity: <sip:im@im.example"},
		{"<sip:>", "no: P-Asserted-Identity: <sip:>"},
	};
	char text[256];

	push(INVITE);
	expect_word("identities P-Asserted-Identity", "no: P-Asserted-Identity: absent");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text), INVITE "CSeq: %zu INVITE\nP-Asserted-Identity: %s\n", i + 2,
			 rows[i].value);
		push(text);
		expect_word("identities P-Asserted-Identity", rows[i].want);
	}
}
