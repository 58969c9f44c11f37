/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define REGISTER "REGISTER sip:im.example SIP/2.0\n"
#define NOW      (1000 * SECOND)
#define FINAL    (NOW + SECOND)
#define CUT      "unknown: the message was cut off in the capture"
#define LOST     "unknown: packets are missing from the capture"

static struct event *ask_for(const char *lines)
{
	static unsigned number;
	char text[512];
	struct event *event;

	snprintf(text, sizeof(text), REGISTER "CSeq: %u REGISTER\n%s", ++number, lines);
	event = stage_say(NOW, "client core", text, NULL);
	stage_txn(OCCASION_REGISTER, event, NULL);
	return event;
}

static void expect(const char *words, const char *lines, const char *want)
{
	ask_for(lines);
	cr_expect_str_eq(stage_ask(words), want, "%s of %s: %s", words, lines, stage_ask(words));
}

TestSuite(check_ims, .init = stage_init, .fini = stage_done);

#define INITIAL "initial_authorization"
#define GIVEN   "Authorization: Digest username=\"a\", realm=\"im.example\", uri=\"sip:im.example\""
#define OTHERWISE(name, realm, uri)                                                                                    \
	"Authorization: Digest username=\"" name "\", realm=\"" realm "\", uri=\"" uri "\", nonce=\"\", "              \
	"response=\"\"\n"
#define NO_NAMES "no: Authorization without username, realm or uri"
#define NO_BLANK "no: Authorization whose nonce and response are not empty"

Test(check_ims, initial_authorization)
{
	expect(INITIAL, GIVEN ", nonce=\"\", response=\"\"\n", "yes");
	expect(INITIAL, "", "no: no Authorization header");
	((struct event *)stage.event)->cut = true;
	expect_word(INITIAL, CUT);
	expect(INITIAL, "Authorization: Basic YQ==\n", "no: Authorization that is no Digest");
	expect(INITIAL,
	       "Authorization: Digest realm=\"im.example\", uri=\"sip:im.example\", nonce=\"\", response=\"\"\n",
	       NO_NAMES);
	expect(INITIAL, "Authorization: Digest username=\"a\", uri=\"sip:im\", nonce=\"\", response=\"\"\n", NO_NAMES);
	expect(INITIAL, "Authorization: Digest username=\"a\", realm=\"im\", nonce=\"\", response=\"\"\n", NO_NAMES);
	expect(INITIAL, GIVEN "\n", NO_BLANK);
	expect(INITIAL, GIVEN ", nonce=\"\"\n", NO_BLANK);
	expect(INITIAL, GIVEN ", response=\"\"\n", NO_BLANK);
	expect(INITIAL, GIVEN ", nonce=\"1\", response=\"\"\n", NO_BLANK);
	expect(INITIAL, GIVEN ", nonce=\"\", response=\"1\"\n", NO_BLANK);
}

static bool is_named_a(void *arg, struct slice user, struct slice realm, struct slice *ret_name)
{
	*ret_name = SLICE("a");
	return slice_is(realm, "im.example");
}

/* Of the user's own, and for the home network, whose domain the Request-URI is. */
Test(check_ims, initial_authorization_of_another)
{
	static const char elsewhere[] = "no: Authorization for another domain than the Request-URI's";

	expect(INITIAL, OTHERWISE("a", "other", "sip:im.example"), elsewhere);
	expect(INITIAL, OTHERWISE("a", "im.example", "sip:other"), elsewhere);
	expect(INITIAL, OTHERWISE("a", "IM.Example", "sip:IM.example;x"), "yes");
	expect(INITIAL, OTHERWISE("b", "im.example", "sip:im.example"), "yes");
	stage.secrets.name = is_named_a;
	expect(INITIAL, OTHERWISE("b", "im.example", "sip:im.example"),
	       "no: Authorization with a username that is not the user's");
	expect(INITIAL, OTHERWISE("a", "im.example", "sip:im.example"), "yes");
}

#define CONTACT "Contact: <sip:a@10.1.0.1>"

Test(check_ims, asks_for)
{
	expect("asks_for 600", "Expires: 600\n", "yes");
	expect("asks_for 600", "Expires: 599\n", "no: 599 s asked for");
	expect("asks_for 600", CONTACT "\nExpires: 599\n", "no: 599 s asked for");
	expect("asks_for 600", CONTACT ";expires=600\nExpires: 7\n", "yes");
	expect("asks_for 600", CONTACT ";expires=599\nExpires: 700\n", "no: 599 s asked for");
	expect("asks_for 600", CONTACT ";expires=soon\nExpires: 600\n", "yes");
	expect("asks_for 600", CONTACT "\n", "no: no time asked for");
	((struct event *)stage.event)->cut = true;
	expect_word("asks_for 600", CUT);
}

/* --- again, in time --- */

/* A registration for so many seconds from FINAL on. */
static struct txn *granted(uint64_t seconds)
{
	struct event *request = ask_for(""), *final;
	char text[128];

	snprintf(text, sizeof(text), "SIP/2.0 200 OK\nCSeq: %u REGISTER\n", request->marks.cseq);
	final = stage_say(FINAL, "core client", text, NULL);
	stage_txn(OCCASION_REGISTER, request, final);
	stage.txn->after = (struct state){.registered = TRI_YES, .registered_for = seconds};
	stage.flow->watched_until = FINAL + 10000 * SECOND;
	stage_alive("client", stage.flow->watched_until);
	return stage.txn;
}

static void expect_due(uint64_t seconds, uint64_t due)
{
	granted(seconds);
	stage.flow->watched_until = due;
	expect_word("refresh_due", "yes");
	stage.flow->watched_until = due - 1;
	expect_word("refresh_due", "no");
}

/* After half of it, or 600 s before the end of more than 1200 s; and a twentieth of the time, and that to answer. */
Test(check_ims, refresh_due)
{
	uint64_t answer = stage.timers.answer;

	expect_due(1200, FINAL + (600 + 60) * SECOND + answer);
	expect_due(1201, FINAL + (601 + 60) * SECOND + SECOND / 20 + answer);
	expect_due(1199, FINAL + (599 + 59) * SECOND + SECOND * 19 / 20 + answer);
	expect_due(4000, FINAL + (3400 + 200) * SECOND + answer);
}

Test(check_ims, refresh_due_of_what_was_granted)
{
	struct txn *txn = granted(600);
	struct event *final = (struct event *)txn->final;

	final->msg.status = 199;
	expect_word("refresh_due", "no");
	final->msg.status = 300;
	expect_word("refresh_due", "no");
	final->msg.status = 299;
	expect_word("refresh_due", "yes");
	txn->after.registered = TRI_NO;
	expect_word("refresh_due", "no");
	txn->after.registered = TRI_UNKNOWN;
	expect_word("refresh_due", "no");
	txn->after = (struct state){.registered = TRI_YES};
	expect_word("refresh_due", "no");
	txn->after.registered_for = 600;
	txn->final = NULL;
	expect_word("refresh_due", "no");
}

#define DUE (FINAL + (300 + 30) * SECOND + stage.timers.answer)

Test(check_ims, refresh_due_of_who_is_there)
{
	struct txn *txn = granted(600);

	stage_alive("client", DUE);
	expect_word("refresh_due", "yes");
	stage_alive("client", DUE - 1);
	expect_word("refresh_due", "no");
	ask_for("");
	stage.txn = txn;
	expect_word("refresh_due", "yes");
	granted(600);
	stage_alive("client", DUE - 1);
	stage.flow->label = SLICE("case");
	expect_word("refresh_due", "yes");
}

Test(check_ims, refreshed_early)
{
	struct txn *txn = granted(600), *next;
	struct event *request;

	stage_alive("client", DUE);
	expect_word("refreshed_early", "no: no further REGISTER, 600 s having been granted");
	cr_expect_eq(stage.why.event, txn->final);
	request = ask_for("");
	next = stage.txn;
	stage.txn = txn;
	request->time = DUE;
	expect_word("refreshed_early", "yes");
	request->time = DUE + 1;
	stage_alive("client", DUE + 1);
	expect_word("refreshed_early", "no: a later REGISTER, 600 s having been granted");
	cr_expect_eq(stage.why.event, next->request);
}

Test(check_ims, refreshed_early_as_far_as_can_be_seen)
{
	granted(600);
	stage_alive("client", DUE - 1);
	expect_word("refreshed_early", "unknown: nothing of the client after the time to register again");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("refreshed_early", LOST);
}

/* --- Route --- */

/* A PUBLISH to the core with these Routes, the registration having given such a Service-Route. */
static struct event *publish(const char *routes, const char *service_route)
{
	static unsigned number;
	char text[512];
	struct event *event;

	snprintf(text, sizeof(text), "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: %u PUBLISH\n%s", ++number, routes);
	event = stage_say(NOW, "client core", text, NULL);
	stage_txn(OCCASION_CLIENT_PUBLISH, event, NULL)->before.service_route =
		service_route ? slice_of(service_route) : SLICE_NONE;
	return event;
}

static void expect_route(const char *routes, const char *service_route, const char *want)
{
	publish(routes, service_route);
	cr_expect_str_eq(stage_ask("preloaded_route"), want, "%s: %s", routes, stage_ask("preloaded_route"));
}

#define HAVING(route) ", Service-Route having been " route

/* The first is where the request went, as far as a number tells; the others are the Service-Route's. */
Test(check_ims, preloaded_route)
{
	expect_route("Route: <sip:10.0.0.1:5070;lr>\n", NULL, "yes");
	expect_route("Route: <sip:pcscf.example;lr>\n", NULL, "yes");
	expect_route("Route: <sip:10.0.0.2;lr>\n", NULL, "no: Route: <sip:10.0.0.2;lr>" HAVING(""));
	expect_route("", NULL, "no: no Route header");
	((struct event *)stage.event)->cut = true;
	expect_word("preloaded_route", CUT);
	expect_route("Route: <sip:pcscf.example;lr>, <sip:a;lr>\nRoute: <sip:b;lr>\n", "<sip:A;lr>, <sip:b;lr>", "yes");
	expect_route("Route: <sip:pcscf.example;lr>, <sip:a;lr>\n", "<sip:a;lr>, <sip:b;lr>",
		     "no: Route: <sip:pcscf.example;lr>, <sip:a;lr>" HAVING("<sip:a;lr>, <sip:b;lr>"));
	expect_route("Route: <sip:p;lr>, <sip:a;lr>, <sip:b;lr>\n", "<sip:a;lr>",
		     "no: Route: <sip:p;lr>, <sip:a;lr>, <sip:b;lr>" HAVING("<sip:a;lr>"));
	expect_route("Route: <sip:p;lr>, <sip:b;lr>\n", "<sip:a;lr>",
		     "no: Route: <sip:p;lr>, <sip:b;lr>" HAVING("<sip:a;lr>"));
	expect_route("Route: <sip:p;lr>, <sip:a;lr\n", "<sip:a;lr",
		     "no: Route: <sip:p;lr>, <sip:a;lr" HAVING("<sip:a;lr"));
	expect_route("Route: <sip:p;lr>, <sip:a;lr\n", "<sip:a;lr>",
		     "no: Route: <sip:p;lr>, <sip:a;lr" HAVING("<sip:a;lr>"));
	expect_route("Route: <sip:p;lr>, <sip:a;lr>\n", "<sip:a;lr",
		     "no: Route: <sip:p;lr>, <sip:a;lr>" HAVING("<sip:a;lr"));
}

Test(check_ims, preloaded_route_that_is_none)
{
	expect_route("Route: <sip:p;lr\n", NULL, "no: Route: <sip:p;lr" HAVING(""));
	expect_route("Route: <nothing>\n", NULL, "no: Route: <nothing>" HAVING(""));
	expect_route("Route: <sip:@>\n", NULL, "no: Route: <sip:@>" HAVING(""));
	expect_route("Route: <tel:+44123>\n", NULL, "no: Route: <tel:+44123>" HAVING(""));
}

#define ON_ITS_WAY "unknown: the answer that gave the Service-Route may have come later than the request went"
#define OUTDATED   "no: Route: <sip:p;lr>" HAVING("<sip:a;lr>")

/* A REGISTER that was answered, and a PUBLISH after that which does not know of it. */
static struct txn *crossing;

static void init_crossing(void)
{
	stage_init();
	crossing = granted(600);
	crossing->after.service_route = SLICE("<sip:a;lr>");
	publish("Route: <sip:p;lr>\n", "<sip:a;lr>")->time = FINAL;
}

TestSuite(check_crossing, .init = init_crossing, .fini = stage_done);

static void send_at(uint64_t time)
{
	((struct event *)stage.event)->time = time;
}

Test(check_crossing, within_half_a_second)
{
	expect_word("preloaded_route", ON_ITS_WAY);
	send_at(FINAL - 1);
	expect_word("preloaded_route", OUTDATED);
	send_at(FINAL + 500 * MS - 1);
	expect_word("preloaded_route", ON_ITS_WAY);
	send_at(FINAL + 500 * MS);
	expect_word("preloaded_route", OUTDATED);
}

Test(check_crossing, only_a_registration_that_renews)
{
	crossing->initial = TRI_UNKNOWN;
	expect_word("preloaded_route", ON_ITS_WAY);
	crossing->initial = TRI_YES;
	expect_word("preloaded_route", OUTDATED);
	crossing->initial = TRI_NO;
	crossing->occasion = OCCASION_PUBLISH;
	expect_word("preloaded_route", OUTDATED);
	crossing->occasion = OCCASION_REGISTER;
	crossing->final = NULL;
	expect_word("preloaded_route", OUTDATED);
}

Test(check_crossing, only_a_registration_that_changes_the_route)
{
	crossing->before.service_route = SLICE("<sip:b;lr>");
	expect_word("preloaded_route", ON_ITS_WAY);
	crossing->before.service_route = SLICE("<sip:a;lr>");
	expect_word("preloaded_route", OUTDATED);
}

Test(check_crossing, longer_where_messages_are_lost)
{
	uint32_t gaps[] = {FLOW_GAP_LOST, FLOW_GAP_ORDER};

	for (size_t i = 0; i < sizeof(gaps) / sizeof(*gaps); i++) {
		stage.flow->gaps = gaps[i];
		send_at(FINAL + 32 * SECOND - 1);
		expect_word("preloaded_route", ON_ITS_WAY);
		send_at(FINAL + 32 * SECOND);
		expect_word("preloaded_route", OUTDATED);
	}
	stage.flow->gaps = ~(uint32_t)(FLOW_GAP_LOST | FLOW_GAP_ORDER);
	send_at(FINAL + 500 * MS);
	expect_word("preloaded_route", OUTDATED);
}

/* Where the client asks again, the answer goes again. */
Test(check_crossing, since_the_last_copy)
{
	static const struct event_path way = {0};
	struct event *copy;

	copy = (struct event *)stage_say(FINAL + 10 * SECOND, "core client", "SIP/2.0 200 OK\nCSeq: 77 REGISTER\n",
					 NULL);
	copy->path = way;
	send_at(FINAL + 10 * SECOND + 500 * MS - 1);
	expect_word("preloaded_route", OUTDATED);
	copy->first = (struct event *)crossing->final;
	expect_word("preloaded_route", ON_ITS_WAY);
	send_at(FINAL + 10 * SECOND + 500 * MS);
	expect_word("preloaded_route", OUTDATED);
	send_at(FINAL + 10 * SECOND + 500 * MS - 1);
	copy->first = (struct event *)crossing->request;
	expect_word("preloaded_route", ON_ITS_WAY);
}

/* --- who it is --- */

Test(check_ims, begins)
{
	expect("begins", "To: <sip:alice@im.example>\n", "yes");
	expect("begins", "To: <sip:alice@im.example>;tag=1\n", "no");
}

Test(check_ims, associated)
{
	ask_for("");
	expect_word("associated", "no");
	stage.txn->before.associated = SLICE("");
	expect_word("associated", "yes");
}

Test(check_ims, prefers_registered)
{
	ask_for("P-Preferred-Identity: <sip:alice@IM.example>\n");
	stage.txn->before.registered_as = SLICE("sip:alice@im.example");
	expect_word("prefers_registered", "yes");
	stage.txn->before.registered_as = SLICE("sip:bob@im.example");
	expect_word("prefers_registered", "no");
	ask_for("P-Preferred-Identity: <tel:+1>, <sip:bob@im.example>\n");
	stage.txn->before.registered_as = SLICE("sip:bob@im.example");
	expect_word("prefers_registered", "yes");
	ask_for("");
	stage.txn->before.registered_as = SLICE("sip:bob@im.example");
	expect_word("prefers_registered", "no");
}

Test(check_ims, not_barred)
{
	ask_for("P-Preferred-Identity: <sip:alice@im.example>\n");
	stage.txn->before.registered_as = SLICE("sip:alice@im.example");
	stage.txn->before.associated = SLICE("<sip:bob@im.example>, \"Alice\" <sip:alice@im.example>;x");
	expect_word("not_barred", "yes");
	stage.txn->before.associated = SLICE("<sip:bob@im.example>, <sip:alice@im.example");
	expect_word("not_barred", "no: P-Preferred-Identity <sip:alice@im.example>, P-Associated-URI having been "
				  "<sip:bob@im.example>, <sip:alice@im.example");
}
