/* SPDX-License-Identifier: MIT
 *
 * Audits of captures whose clock was set back, or that have one direction only, and of users who take their time. */
#include "harness/audit_help.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct audit_bench bench;

static void init(void)
{
	audit_bench_init(&bench);
}

static void done(void)
{
	audit_bench_done(&bench);
}

TestSuite(harness_audit_unseen, .init = init, .fini = done);

#define CLIENT   "10.9.0.1"
#define SERVER   "10.9.0.2"
#define GRANTED  "Contact: <sip:bob@" CLIENT ">;expires=3600\n"
#define SETTINGS "Accept-Contact: *;+g.oma.sip-im\nUser-Agent: IM-client/OMA1.0\nEvent: poc-settings\n"
#define DOCUMENT                                                                                                       \
	"<poc-settings xmlns='urn:oma:params:xml:ns:poc:poc-settings' xmlns:im='urn:oma:xml:im:service-settings'>"     \
	"<entity id='sip:bob@im.example'><im:deferred-settings><im:offline-delivery active='false'/>"                  \
	"</im:deferred-settings></entity></poc-settings>"

/* A request of bob's in a call of that name, `ms` after what was before, and its answer. */
static void ask(unsigned ms, const char *method, const char *call, unsigned cseq, const char *more, const char *body,
		const char *status, const char *granted)
{
	char head[512], text[2048];

	snprintf(head, sizeof(head),
		 "Via: SIP/2.0/UDP " CLIENT ";branch=z9hG4bK%s%u\nFrom: <sip:bob@im.example>;tag=%s\nCall-ID: %s\n"
		 "CSeq: %u %s\n",
		 call, cseq, call, call, cseq, method);
	snprintf(text, sizeof(text),
		 "%s sip:%sim.example SIP/2.0\n%sMax-Forwards: 70\nTo: <sip:bob@im.example>\n%sContent-Length: %zu\n\n",
		 method, strcmp(method, "REGISTER") ? "bob@" : "", head, more, strlen(body));
	strcat(text, body);
	audit_bench_say(&bench, ms, CLIENT, SERVER, text);
	snprintf(text, sizeof(text), "SIP/2.0 %s\n%sTo: <sip:bob@im.example>;tag=t\n%sContent-Length: 0\n\n", status,
		 head, granted);
	audit_bench_say(&bench, 10, SERVER, CLIENT, text);
}

static void registers(void)
{
	ask(10, "REGISTER", "r", 1, "Contact: <sip:bob@" CLIENT ">;+g.oma.sip-im\nExpires: 3600\n", "", "200 OK",
	    GRANTED);
}

static void publishes(unsigned ms)
{
	ask(ms, "PUBLISH", "p", 1, SETTINGS "Expires: 3600\nContent-Type: application/poc-settings+xml\n", DOCUMENT,
	    "200 OK", "SIP-ETag: e1\nExpires: 120\n");
}

static void options(unsigned ms)
{
	ask(ms, "OPTIONS", "o", 1, "", "", "200 OK", "");
}

/* Settings for 120 s are gone after 300 s, whatever a clock tells that was set back meanwhile. */
static void expired(uint64_t back)
{
	size_t before;

	registers();
	publishes(10);
	before = bench.count;
	ask(60000, "PUBLISH", "p", 2, SETTINGS "Expires: 3600\nSIP-If-Match: e1\n", "",
	    "412 Conditional Request Failed", "");
	options(6000);
	for (size_t i = before; i < bench.count; i++)
		bench.packets[i].time -= back;
	audit_bench_run_all(&bench);
}

Test(harness_audit_unseen, settings_in_force_are_not_refused)
{
	expired(0);
	cr_expect_gt(audit_bench_count(&bench, "6.1.1.5-4", VERDICT_FAIL), 0);
}

Test(harness_audit_unseen, settings_that_may_be_over_by_a_clock_that_was_set_back)
{
	expired(3600000000000ull);
	cr_expect_eq(audit_bench_count(&bench, "6.1.1.5-4", VERDICT_FAIL), 0);
	cr_expect_eq(audit_bench_count(&bench, "6.1.1.5-6", VERDICT_FAIL), 0);
	cr_expect_gt(audit_bench_count(&bench, "6.1.1.5-4", VERDICT_INCONC), 0);
}

/* What a client subscribes to before ends nobody's waiting for his PUBLISH. */
Test(harness_audit_unseen, settings_published_after_a_subscription)
{
	bench.config.from_start = true;
	registers();
	ask(100, "SUBSCRIBE", "s", 1,
	    "Contact: <sip:bob@" CLIENT ">;+g.oma.sip-im\nEvent: sip-profile\nExpires: 3600\n"
	    "Accept: application/vnd.oma.im.deferred-list+xml\n",
	    "", "200 OK", "Contact: <sip:" SERVER ">\nExpires: 3600\n");
	publishes(6000);
	options(60000);
	audit_bench_run_all(&bench);
	cr_expect_eq(audit_bench_count(&bench, "5.2.2-publish", VERDICT_FAIL), 0);
	cr_expect_gt(audit_bench_count(&bench, "5.2.2-publish", VERDICT_PASS), 0);
}

/* Of whom only one side is seen, the other side may have asked for anything. */
Test(harness_audit_unseen, a_push_of_which_the_publish_goes_the_other_way)
{
	size_t kept = 0;

	registers();
	publishes(1000);
	audit_bench_say(&bench, 20, SERVER, "10.9.0.3",
			"INVITE sip:bob@im.example SIP/2.0\nVia: SIP/2.0/UDP " SERVER ";branch=z9hG4bKi\n"
			"Max-Forwards: 70\nFrom: <sip:im@im.example>;tag=i\nTo: <sip:bob@im.example>\nCall-ID: i\n"
			"CSeq: 1 INVITE\nContact: <sip:" SERVER ">;automata;+g.oma.sip-im\nContent-Length: 0\n\n");
	for (size_t i = 0; i < bench.count; i++)
		if (bench.packets[i].bytes.p[0] == 'I' || bench.packets[i].bytes.p[0] == 'S')
			bench.packets[kept++] = bench.packets[i];
	bench.count = kept;
	audit_bench_run_all(&bench);
	cr_expect_eq(audit_bench_count(&bench, "12.2.2.2-2i", VERDICT_FAIL), 0);
	cr_expect_eq(audit_bench_count(&bench, "12.2.2.2-2i", VERDICT_PASS), 0);
	cr_expect_gt(audit_bench_count(&bench, "12.2.2.2-2", VERDICT_PASS), 0);
}
