/* SPDX-License-Identifier: MIT
 *
 * The words of words_publish.c about settings that may have ended at the server, for all that is known here. */
#include "check/stage.h"

#include <criterion/criterion.h>

TestSuite(check_settings_end, .init = stage_init, .fini = stage_done);

#define NOW    (1000 * SECOND)
#define BLUR   (500 * MS)
#define UNSURE "unknown: not all that the server knew is known"

static void refreshes(void)
{
	static const char head[] = "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\nSIP-If-Match: e1\n";

	stage_txn(OCCASION_PUBLISH, stage_say(NOW, "core server", head, NULL), NULL);
}

/* The server may have counted from the moment when it got the PUBLISH, and decided when it answered this one. */
Test(check_settings_end, tag_that_may_have_expired_at_the_server)
{
	struct publication *p;

	refreshes();
	p = stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND);
	p->sure_until = NOW + BLUR;
	expect_word("tag_is live", "unknown: the settings were about to expire");
	expect_word("sound", UNSURE);
	p->sure_until = NOW + BLUR + 1;
	expect_word("tag_is live", "yes");
	expect_word("sound", "yes");
	stage.txn->final = stage_say(NOW + 1, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("tag_is live", "unknown: the settings were about to expire");
	expect_word("sound", UNSURE);
}

/* Nothing says that settings outlive the registration in which they were published: a 412 then decides nothing. */
Test(check_settings_end, tag_of_an_earlier_registration)
{
	static const char left[] = "unknown: the user has left since, and the server may have dropped his settings";
	struct state *before;

	refreshes();
	stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND)->epoch = 1;
	before = &stage.txn->before;
	before->epoch = 1;
	before->registered = TRI_YES;
	stage.txn->final = stage_say(NOW + MS, "server core", "SIP/2.0 412 No\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("tag_is live", "yes");
	expect_word("sound", "yes");
	before->registered = TRI_NO;
	expect_word("tag_is live", left);
	expect_word("sound", UNSURE);
	before->registered = TRI_YES;
	before->epoch = 2;
	expect_word("tag_is live", left);
	expect_word("sound", UNSURE);
	stage.txn->final = stage_say(NOW + MS, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("tag_is live", "yes");
	expect_word("sound", "yes"); /* it has kept them */
}

Test(check_settings_end, tag_where_no_registration_was_seen)
{
	refreshes();
	stage_publication("e1", PUBLICATION_LIVE, NOW + 60 * SECOND);
	stage.txn->before.registered = TRI_NO;
	stage.txn->final = stage_say(NOW + MS, "server core", "SIP/2.0 412 No\nCSeq: 1 PUBLISH\n", NULL);
	expect_word("tag_is live", "yes");
	expect_word("sound", "yes");
}

/* Another observer's clock shows the PUBLISH at another hop, too late: it has done its work by then. */
Test(check_settings_end, what_a_publish_made_itself)
{
	struct publication *made;
	struct event *answer;

	refreshes();
	answer = stage_say(NOW + 1, "server core", "SIP/2.0 200 OK\nCSeq: 1 PUBLISH\nSIP-ETag: e2\n", NULL);
	stage.txn->final = stage.event = answer;
	stage_publication("e1", PUBLICATION_SUPERSEDED, 0);
	made = stage_publication("e2", PUBLICATION_LIVE, 0);
	expect_word("tag_fresh", "no: SIP-ETag e2, which was given before");
	expect_word("tag_is superseded", "yes");
	made->maker = state_maker(&stage.txn->request->marks);
	expect_word("tag_fresh", "yes");
	expect_word("tag_is superseded",
		    "unknown: what came of the PUBLISH was seen before it, by a clock that differs");
}
