/* SPDX-License-Identifier: MIT
 *
 * The words of words_publish.c about the body that a PUBLISH has. */
#include "check/stage.h"

#include <criterion/criterion.h>

TestSuite(check_publish_body, .init = stage_init, .fini = stage_done);

#define NOW       (1000 * SECOND)
#define MULTIPART "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\nContent-Type: multipart/mixed;boundary=x\n"
#define SETTINGS                                                                                                       \
	"--x\r\nContent-Type: application/poc-settings+xml\r\n\r\n"                                                    \
	"<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "                                              \
	"xmlns:im=\"urn:oma:xml:im:service-settings\"><entity id=\"a\"><im:deferred-settings>"                         \
	"<im:offline-delivery active=\"true\"/></im:deferred-settings></entity></poc-settings>\r\n--x--\r\n"

/* RFC 3261 21.4.13: that is the answer of who looks into none; any other one has to have a reason. */
Test(check_publish_body, multipart_that_is_refused)
{
	struct event *final;

	stage_txn(OCCASION_PUBLISH, stage_say(NOW, "core server", MULTIPART, SETTINGS), NULL);
	expect_word("sound", "yes");
	final = stage_say(NOW, "server core", "SIP/2.0 415 Unsupported Media Type\nCSeq: 1 PUBLISH\n", NULL);
	stage.txn->final = final;
	expect_word("sound", "unknown: not all that the server knew is known");
	final->msg.status = 400;
	expect_word("sound", "yes");
}
