/* SPDX-License-Identifier: MIT */
#include "harness/server_peer.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(server_publish);

#define NO_TAG    .accept_contact = ""
#define BAD_EVENT .event = "presence"
#define EVE       .identity = "<sip:eve@im.example>"
#define BAD_BODY  .body = "<broken"

Test(server_publish, success_has_tag_and_expires)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);
	char first[64];

	cr_assert_eq(PUBLISH(peer, .expires = "1800"), 200);
	cr_assert(peer_answer_has(peer, "\r\nExpires: 1800\r\n"));
	cr_assert(*peer->etag);
	snprintf(first, sizeof(first), "%s", peer->etag);
	cr_assert_eq(PUBLISH(peer, .if_match = first), 200);
	cr_assert_str_neq(peer->etag, first);
	cr_assert_eq(PUBLISH(peer, .expires = "700000"), 200);
	cr_assert(peer_answer_has(peer, "\r\nExpires: 600000\r\n"));
	server_peer_free(peer);
}

Test(server_publish, step_1_feature_tag)
{
	static const char *const good[] = {"*;+G.OMA.SIP-IM", "*;+g.oma.sip-im=\"TRUE\";require",
					   "*;audio\r\nAccept-Contact: *;+g.oma.sip-im",
					   "*;audio,\r\n\t*;explicit;+g.oma.sip-im", "*;audio\r\na: *;+g.oma.sip-im"};
	static const char *const bad[] = {"", "*;+g.oma.sip-im.large-message", "*;+g.oma.sip-im=\"FALSE\"",
					  "<sip:x@y;+g.oma.sip-im>", "*;x=\"+g.oma.sip-im\""};
	struct server_peer *peer = server_peer_new(NULL, NULL);

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_assert_eq(PUBLISH(peer, .accept_contact = good[i]), 200, "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_assert_eq(PUBLISH(peer, .accept_contact = bad[i]), 403, "%s", bad[i]);
	cr_assert_eq(PUBLISH(peer, .accept_contact = "", .more = "Contact: <sip:x@y>;+g.oma.sip-im\r\n"), 403);
	server_peer_free(peer);
}

Test(server_publish, step_2_event)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(PUBLISH(peer, .event = "poc-settings;id=1"), 200);
	cr_assert_eq(PUBLISH(peer, .event = "", .more = "o: poc-settings\r\n"), 200);
	cr_assert_eq(PUBLISH(peer, .event = "presence"), 489);
	cr_assert(peer_answer_has(peer, "\r\nAllow-Events: poc-settings\r\n"));
	cr_assert_eq(PUBLISH(peer, .event = ""), 489);
	cr_assert_eq(PUBLISH(peer, .event = "poc-settings.winfo"), 489);
	cr_assert_eq(PUBLISH(peer, .event = "POC-settings"), 489);
	server_peer_free(peer);
}

Test(server_publish, step_3_originator)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(PUBLISH(peer, .identity = "\"A, B\" <sip:alice@IM.example:5060>"), 200);
	cr_assert_eq(PUBLISH(peer, .identity = "<tel:+4420>, <" ALICE ">"), 200);
	cr_assert_eq(PUBLISH(peer, .identity = "<tel:+4420>", .uri = "tel:+44-20"), 200);
	cr_assert_eq(PUBLISH(peer, EVE), 403);
	cr_assert_eq(PUBLISH(peer, .identity = ""), 403);
	server_peer_free(peer);
}

Test(server_publish, checks_come_in_the_order_of_the_text)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(PUBLISH(peer, NO_TAG, BAD_EVENT, EVE, BAD_BODY), 403);
	cr_assert_not(peer_answer_has(peer, "Allow-Events"));
	cr_assert_eq(PUBLISH(peer, NO_TAG, BAD_EVENT), 403);
	cr_assert_eq(PUBLISH(peer, BAD_EVENT, EVE), 489);
	cr_assert_eq(PUBLISH(peer, EVE, BAD_BODY), 403);
	cr_assert_eq(PUBLISH(peer, BAD_EVENT, .expires = "1"), 489);
	cr_assert_eq(PUBLISH(peer, NO_TAG, .if_match = "unknown"), 403);
	server_peer_free(peer);
}

Test(server_publish, step_4_entity_tags)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);
	char old[64];

	cr_assert_eq(PUBLISH(peer, .if_match = "unknown"), 412);
	PUBLISH(peer);
	snprintf(old, sizeof(old), "%s", peer->etag);
	cr_assert_eq(PUBLISH(peer, .if_match = old, .more = "SIP-If-Match: other\r\n"), 400);
	cr_assert_eq(PUBLISH(peer, .if_match = "a, b"), 400);
	cr_assert_eq(PUBLISH(peer, .if_match = "\"a\""), 400);
	cr_assert_eq(PUBLISH(peer, .if_match = old), 200);
	cr_assert_eq(PUBLISH(peer, .if_match = old), 412);
	cr_assert_eq(PUBLISH(peer, .if_match = peer->etag, .body = peer_settings("false")), 200);
	snprintf(old, sizeof(old), "%s", peer->etag);
	cr_assert_eq(PUBLISH(peer, .if_match = old, .expires = "0"), 200);
	cr_assert(peer_answer_has(peer, "\r\nExpires: 0\r\n"));
	cr_assert_str_neq(peer->etag, old);
	cr_assert_eq(PUBLISH(peer, .if_match = peer->etag), 412);
	server_peer_free(peer);
}

Test(server_publish, step_4_expires)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(PUBLISH(peer, .expires = "1"), 423);
	cr_assert(peer_answer_has(peer, "\r\nMin-Expires: 2\r\n"));
	cr_assert_eq(PUBLISH(peer, .expires = "2"), 200);
	cr_assert_eq(PUBLISH(peer, .expires = "0"), 200);
	cr_assert_eq(PUBLISH(peer, .expires = "soon"), 400);
	cr_assert_eq(PUBLISH(peer, .expires = ""), 200);
	cr_assert(peer_answer_has(peer, "\r\nExpires: 600000\r\n"));
	PUBLISH(peer, .expires = "3");
	peer_run(peer, 3.5);
	cr_assert_eq(PUBLISH(peer, .if_match = peer->etag), 412);
	server_peer_free(peer);
}

Test(server_publish, step_4_bodies)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);
	char multipart[4096];

	cr_assert_eq(PUBLISH(peer, .body = ""), 400);
	cr_assert_eq(PUBLISH(peer, .type = ""), 400);
	cr_assert_eq(PUBLISH(peer, BAD_BODY), 400);
	cr_assert_eq(PUBLISH(peer, .body = "<other/>"), 400);
	cr_assert_eq(PUBLISH(peer, .body = peer_settings("maybe")), 400);
	cr_assert_eq(PUBLISH(peer, .type = "text/plain"), 415);
	cr_assert(peer_answer_has(peer, "\r\nAccept: application/poc-settings+xml\r\n"));
	cr_assert_eq(PUBLISH(peer, .more = "Content-Encoding: gzip\r\n"), 415);
	cr_assert(peer_answer_has(peer, "\r\nAccept-Encoding: identity\r\n"));
	snprintf(multipart, sizeof(multipart),
		 "--b\r\nContent-Type: application/poc-settings+xml\r\n\r\n%s\r\n--b--\r\n", peer_settings("true"));
	cr_assert_eq(PUBLISH(peer, .type = "multipart/mixed;boundary=b", .body = multipart), 200);
	server_peer_free(peer);
}

Test(server_publish, step_4_extensions_and_strangers)
{
	struct server_peer *peer = server_peer_new(NULL, NULL);

	cr_assert_eq(PUBLISH(peer, .more = "Require: levitation\r\n"), 420);
	cr_assert(peer_answer_has(peer, "\r\nUnsupported: levitation\r\n"));
	cr_assert_eq(PUBLISH(peer, .uri = "sip:alice@other.example"), 403);
	server_peer_free(peer);
	peer = server_peer_new("originator-ignored", NULL);
	cr_assert_eq(PUBLISH(peer, .uri = "sip:alice@other.example"), 404);
	server_peer_free(peer);
}

/* What is stored shows in what a refresh pushes. */
static size_t pushes_after_refresh(struct server_peer *peer, const char *etag)
{
	size_t before = peer_count(peer, SIP_METHOD_INVITE);

	PUBLISH(peer, .if_match = etag);
	peer_run(peer, 1);
	return peer_count(peer, SIP_METHOD_INVITE) - before;
}

static struct server_peer *peer_waiting(const char *fault, const char *active)
{
	struct server_peer *peer = server_peer_new(fault, NULL);

	peer->plan[0] = 480;
	peer_deposit(peer, "x");
	peer_register(peer, "3600");
	PUBLISH(peer, .body = peer_settings(active), .expires = "60");
	peer_run(peer, 1);
	return peer;
}

Test(server_publish, step_5_refresh_keeps_and_modify_changes)
{
	struct server_peer *peer = peer_waiting(NULL, "true");

	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 1);
	PUBLISH(peer, .if_match = peer->etag, .body = peer_settings("false"));
	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 0);
	PUBLISH(peer, .if_match = peer->etag, .body = peer_settings("true"));
	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 1);
	server_peer_free(peer);
}

Test(server_publish, step_5_nothing_is_stored_where_refused)
{
	struct server_peer *peer = peer_waiting(NULL, "false");
	char etag[64];

	snprintf(etag, sizeof(etag), "%s", peer->etag);
	PUBLISH(peer, NO_TAG);
	PUBLISH(peer, BAD_EVENT);
	PUBLISH(peer, EVE);
	PUBLISH(peer, .expires = "1");
	cr_assert_eq(pushes_after_refresh(peer, etag), 0);
	server_peer_free(peer);
}

Test(server_publish, faults_of_checks)
{
	static const struct {
		const char *fault;
		struct peer_publish publish;
		unsigned right, wrong;
	} cases[] = {
		{"tag-ignored", {NO_TAG}, 403, 200},
		{"tag-substring", {.accept_contact = "*;+g.oma.sip-im.large"}, 403, 200},
		{"tag-first-line", {.accept_contact = "*;x\r\nAccept-Contact: *;+g.oma.sip-im"}, 200, 403},
		{"tag-case", {.accept_contact = "*;+G.oma.sip-im"}, 200, 403},
		{"tag-contact", {NO_TAG, .more = "Contact: <sip:x@y>;+g.oma.sip-im\r\n"}, 403, 200},
		{"tag-compact", {NO_TAG, .more = "a: *;+g.oma.sip-im\r\n"}, 200, 403},
		{"tag-400", {NO_TAG}, 403, 400},
		{"tag-401", {NO_TAG}, 403, 401},
		{"tag-404", {NO_TAG}, 403, 404},
		{"tag-406", {NO_TAG}, 403, 406},
		{"event-ignored", {BAD_EVENT}, 489, 200},
		{"event-prefix", {.event = "poc-settings.winfo"}, 489, 200},
		{"event-case", {.event = "Poc-Settings"}, 489, 200},
		{"event-400", {BAD_EVENT}, 489, 400},
		{"event-401", {BAD_EVENT}, 489, 401},
		{"event-404", {BAD_EVENT}, 489, 404},
		{"event-406", {BAD_EVENT}, 489, 406},
		{"originator-ignored", {EVE}, 403, 200},
		{"originator-400", {EVE}, 403, 400},
		{"originator-401", {EVE}, 403, 401},
		{"originator-404", {EVE}, 403, 404},
		{"originator-406", {EVE}, 403, 406},
		{"order-tag-event", {NO_TAG, BAD_EVENT}, 403, 489},
		{"order-tag-originator", {BAD_EVENT, EVE}, 489, 403},
		{"order-event-originator", {BAD_EVENT, EVE}, 489, 403},
		{"order-tag-process", {NO_TAG, BAD_BODY}, 403, 400},
		{"order-event-process", {BAD_EVENT, BAD_BODY}, 489, 400},
		{"order-originator-process", {EVE, BAD_BODY}, 403, 400},
		{"require-ignored", {.more = "Require: x\r\n"}, 420, 200},
		{"if-match-several", {.if_match = "a, b"}, 400, 412},
		{"if-match-unknown", {.if_match = "a"}, 412, 200},
		{"body-missing", {.body = ""}, 400, 200},
		{"body-type", {.type = "text/plain"}, 415, 200},
		{"body-broken", {BAD_BODY}, 400, 200},
		{"publish-202", {0}, 200, 202},
		{"publish-204", {0}, 200, 204},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_peer *right = server_peer_new(NULL, NULL), *wrong = server_peer_new(cases[i].fault, NULL);

		cr_assert_eq(peer_publish(right, &cases[i].publish), cases[i].right, "%s: %u", cases[i].fault,
			     right->status);
		cr_assert_eq(peer_publish(wrong, &cases[i].publish), cases[i].wrong, "%s: %u", cases[i].fault,
			     wrong->status);
		server_peer_free(right);
		server_peer_free(wrong);
	}
}

Test(server_publish, faults_of_answers)
{
	static const struct {
		const char *fault;
		struct peer_publish publish;
		const char *text;
		bool right;
	} cases[] = {
		{"event-no-allow-events", {BAD_EVENT}, "\r\nAllow-Events:", true},
		{"unsupported-missing", {.more = "Require: x\r\n"}, "\r\nUnsupported:", true},
		{"min-expires-missing", {.expires = "1"}, "\r\nMin-Expires:", true},
		{"min-expires-low", {.expires = "1"}, "\r\nMin-Expires: 2", true},
		{"accept-missing", {.type = "a/b"}, "\r\nAccept:", true},
		{"etag-missing", {0}, "\r\nSIP-ETag:", true},
		{"expires-missing", {0}, "\r\nExpires:", true},
		{"expires-raised", {.expires = "100"}, "\r\nExpires: 160", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct server_peer *right = server_peer_new(NULL, NULL), *wrong = server_peer_new(cases[i].fault, NULL);

		peer_publish(right, &cases[i].publish);
		peer_publish(wrong, &cases[i].publish);
		cr_assert_eq(right->status, wrong->status);
		cr_assert_eq(peer_answer_has(right, cases[i].text), cases[i].right, "%s", cases[i].fault);
		cr_assert_neq(peer_answer_has(wrong, cases[i].text), cases[i].right, "%s", cases[i].fault);
		server_peer_free(right);
		server_peer_free(wrong);
	}
}

Test(server_publish, faults_of_entity_tags)
{
	struct server_peer *peer = server_peer_new("etag-same", NULL);
	char old[64];

	PUBLISH(peer);
	snprintf(old, sizeof(old), "%s", peer->etag);
	PUBLISH(peer, .if_match = old);
	cr_assert_str_eq(peer->etag, old);
	server_peer_free(peer);
	peer = server_peer_new("etag-old-valid", NULL);
	PUBLISH(peer);
	snprintf(old, sizeof(old), "%s", peer->etag);
	PUBLISH(peer, .if_match = old);
	cr_assert_eq(PUBLISH(peer, .if_match = old), 200);
	server_peer_free(peer);
	peer = server_peer_new("etag-refused", NULL);
	PUBLISH(peer);
	cr_assert_eq(PUBLISH(peer, .if_match = peer->etag), 412);
	server_peer_free(peer);
	peer = server_peer_new("refresh-needs-body", NULL);
	PUBLISH(peer);
	cr_assert_eq(PUBLISH(peer, .if_match = peer->etag), 400);
	server_peer_free(peer);
}

Test(server_publish, faults_of_storing)
{
	struct server_peer *peer = peer_waiting("store-nothing", "true");
	char etag[64];

	cr_assert_eq(peer_count(peer, SIP_METHOD_INVITE), 0);
	server_peer_free(peer);

	peer = peer_waiting("store-refused", "false");
	snprintf(etag, sizeof(etag), "%s", peer->etag);
	cr_assert_eq(PUBLISH(peer, NO_TAG), 403);
	cr_assert_not(peer_answer_has(peer, "SIP-ETag"));
	cr_assert_eq(pushes_after_refresh(peer, etag), 1);
	server_peer_free(peer);

	peer = peer_waiting("store-first-wins", "true");
	PUBLISH(peer, .if_match = peer->etag, .body = peer_settings("false"));
	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 1);
	server_peer_free(peer);

	peer = peer_waiting("store-refresh-loses", "true");
	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 0);
	server_peer_free(peer);

	peer = peer_waiting("store-never-expires", "true");
	peer_run(peer, 100);
	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 1);
	server_peer_free(peer);

	peer = peer_waiting("store-never-removes", "true");
	PUBLISH(peer, .if_match = peer->etag, .expires = "0");
	cr_assert_eq(pushes_after_refresh(peer, peer->etag), 1);
	server_peer_free(peer);
}
