/* SPDX-License-Identifier: MIT */
#include "check/stage.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define NOW   (1000 * SECOND)
#define FINAL (NOW + SECOND)
#define CUT   "unknown: the message was cut off in the capture"

/* --- PUBLISH --- */

TestSuite(check_client, .init = stage_init, .fini = stage_done);

static void publish(const char *lines)
{
	stage_txn(OCCASION_CLIENT_PUBLISH, stage_request("PUBLISH", NOW, lines), NULL);
}

/* Another one whose answer came with these lines, then one with those. */
static struct txn *publish_again(unsigned status, const char *answer, const char *lines)
{
	struct txn *first;

	publish("");
	first = stage.txn;
	first->final = stage_response(status, FINAL, answer);
	publish(lines);
	return first;
}

Test(check_client, after_status)
{
	struct txn *first = publish_again(423, "", "");
	struct event *final = (struct event *)first->final;

	expect_word("after_status 423", "yes");
	expect_word("after_status 412", "no");
	final->number = stage.event->number;
	expect_word("after_status 423", "no");
	final->number--;
	expect_word("after_status 423", "yes");
	first->occasion = OCCASION_PUBLISH;
	expect_word("after_status 423", "no");
	first->occasion = OCCASION_CLIENT_PUBLISH;
	((struct event *)first->request)->number = stage.event->number;
	expect_word("after_status 423", "no");
	((struct event *)first->request)->number--;
	first->final = NULL;
	expect_word("after_status 423", "unknown: the answer to the PUBLISH before was not seen");
	stage.flow->label = SLICE("a run, which answered nothing");
	expect_word("after_status 423", "no");
}

/* The nearest one before it counts, in whatever order they stand. */
Test(check_client, after_status_of_the_last)
{
	struct txn *first = publish_again(423, "", ""), *second = stage.txn, *third;

	second->final = stage_response(412, FINAL, "");
	publish("");
	third = stage.txn;
	expect_word("after_status 412", "yes");
	expect_word("after_status 423", "no");
	stage.story.txns[0] = second;
	stage.story.txns[1] = first;
	stage.txn = third;
	expect_word("after_status 412", "yes");
}

static void registers_from(const char *way, const char *contact)
{
	char head[200];

	snprintf(head, sizeof(head), "REGISTER sip:im.example SIP/2.0\nCSeq: 1 REGISTER\nCall-ID: %s\n%s", way,
		 contact);
	stage_other(OCCASION_REGISTER, stage_say(NOW, way, head, NULL), NULL);
}

/* The PUBLISH before is that of the same host or the same call: a user may have several devices, but for runs. */
Test(check_client, after_status_of_the_same_device)
{
	struct txn *first = publish_again(423, "", "Call-ID: b\n");

	((struct event *)first->request)->path.src = stage_host("core");
	expect_word("after_status 423", "no");
	stage.flow->label = SLICE("a case");
	expect_word("after_status 423", "yes");
	registers_from("client core", "Contact: <sip:a@10.1.0.1>\n");
	registers_from("core client", "Contact: <sip:b@10.1.0.2>\n");
	expect_word("after_status 423", "no"); /* now it is another one in a run, too */
	stage.flow->label = SLICE_NONE;
	publish("");
	stage.story.txns[1]->occasion = OCCASION_OTHER;
	expect_word("after_status 423", "yes"); /* neither has a Call-ID */
}

#define MEETS "min_expires_met"

Test(check_client, min_expires_met)
{
	publish_again(423, "Min-Expires: 60\n", "Expires: 60\n");
	expect_word(MEETS, "yes");
	publish_again(423, "Min-Expires: 60\n", "Expires: 59\n");
	expect_word(MEETS, "no: Expires 59 after Min-Expires 60");
	publish_again(423, "Min-Expires: 60\n", "Expires: 0\n");
	expect_word(MEETS, "yes");
	publish_again(423, "Min-Expires: 60\n", "Expires: 1\n");
	expect_word(MEETS, "no: Expires 1 after Min-Expires 60");
	publish_again(423, "Min-Expires: 60\n", "");
	expect_word(MEETS, "no: no Expires to meet Min-Expires");
	((struct event *)stage.event)->cut = true;
	expect_word(MEETS, CUT);
}

Test(check_client, min_expires_that_is_not_known)
{
	publish("");
	expect_word(MEETS, "unknown: the 423 gave no Min-Expires");
	publish_again(423, "", "Expires: 60\n")->final = NULL;
	expect_word(MEETS, "unknown: the 423 gave no Min-Expires");
	publish_again(423, "", "Expires: 60\n");
	expect_word(MEETS, "unknown: the 423 gave no Min-Expires");
}

/* --- REGISTER --- */

static void registers_again(const char *call, const char *lines)
{
	char text[256];

	snprintf(text, sizeof(text), "Call-ID: %s\n%s", call, lines);
	stage_txn(OCCASION_REGISTER, stage_request("REGISTER", NOW, text), NULL);
}

static void register_after_423(const char *call, const char *lines)
{
	registers_again("a", "Expires: 7\n");
	stage.txn->final = stage_response(423, FINAL, "Min-Expires: 60\n");
	registers_again(call, lines);
}

Test(check_client, a_register_after_a_423)
{
	register_after_423("a", "Expires: 7\n");
	expect_word("after_status 423", "yes");
	expect_word(MEETS, "no: Expires 7 after Min-Expires 60");
	register_after_423("a", "Contact: <sip:a@b>;expires=59\nExpires: 60\n");
	expect_word(MEETS, "no: Expires 59 after Min-Expires 60");
	register_after_423("a", "Contact: <sip:a@b>;expires=60\nExpires: 7\n");
	expect_word(MEETS, "yes");
	register_after_423("b", "Expires: 7\n");
	expect_word("after_status 423", "no");
}

/* The registrar chooses then. */
Test(check_client, a_register_after_a_423_that_asks_for_no_time)
{
	register_after_423("a", "");
	expect_word(MEETS, "yes");
	((struct event *)stage.event)->cut = true;
	expect_word(MEETS, CUT);
}

/* --- whose it is --- */

static void say_from(const char *uri, const char *lines)
{
	char text[512];

	snprintf(text, sizeof(text), "PUBLISH %s SIP/2.0\nCSeq: %zu PUBLISH\n%s", uri, stage.flow->count + 1, lines);
	stage_txn(OCCASION_CLIENT_PUBLISH, stage_say(NOW, "client core", text, NULL), NULL);
}

Test(check_client, uri_is_sender)
{
	say_from("sip:bob@im.example", "From: <sip:bob@IM.example>\n");
	expect_word("uri_is_sender", "yes");
	say_from("sip:alice@im.example", "From: <tel:+44-20555>\n");
	expect_word("uri_is_sender", "yes");
	say_from("sip:alice@im.example", "From: <sip:bob@im.example>\n");
	expect_word("uri_is_sender", "no: Request-URI sip:alice@im.example, From sip:bob@im.example");
	stage.txn->before.registered_here = true;
	expect_word("uri_is_sender", "yes");
	say_from("sip:bob@im.example", "From: <sip:alice@im.example>\n");
	stage.txn->before.registered_here = true;
	expect_word("uri_is_sender", "no: Request-URI sip:bob@im.example, From sip:alice@im.example");
}

/* RFC 3325 9.2: whom From hides, P-Preferred-Identity names. */
Test(check_client, uri_is_sender_who_hides)
{
	say_from("sip:bob@im.example", "From: <sip:anonymous@anonymous.invalid>\n"
				       "P-Preferred-Identity: \"B\" <sip:bob@im.example>\n");
	expect_word("uri_is_sender", "yes");
	say_from("sip:bob@im.example", "From: <sip;bob@im.example>\n");
	expect_word("uri_is_sender", "unknown: From does not tell who sends it");
	say_from("sip:bob@im.example", "");
	expect_word("uri_is_sender", "unknown: From does not tell who sends it");
}

Test(check_client, originates)
{
	say_from("sip:eve@im.example", "From: <sip:alice@im.example>\n");
	expect_word("originates", "yes");
	say_from("sip:bob@im.example", "From: <sip:bob@im.example>\n");
	expect_word("originates", "yes");
	say_from("sip:alice@im.example", "From: <sip:bob@im.example>\n");
	expect_word("originates", "no: From sip:bob@im.example for the user sip:alice@im.example");
	say_from("sip:alice@im.example", "From: <sip:alice@im.example>\nP-Preferred-Identity: <sip:bob@im.example>\n");
	expect_word("originates", "no: P-Preferred-Identity sip:bob@im.example for the user sip:alice@im.example");
	say_from("sip:alice@im.example", "From: <sip:bob@im.example>\nP-Preferred-Identity: <sip:alice@im.example>\n");
	expect_word("originates", "yes");
}

/* Whose number it is, his registration would have told. */
Test(check_client, a_number_that_may_be_the_senders)
{
	static const char unsure[] = "unknown: nothing tells whose the number is";

	say_from("tel:+4420999", "From: <sip:alice@im.example>\n");
	expect_word("uri_is_sender", unsure);
	say_from("tel:+4420999", "From: <sip:bob@im.example>\n");
	expect_word("originates", unsure);
	say_from("sip:alice@im.example", "From: <tel:+4420999>\n");
	expect_word("uri_is_sender", unsure);
	expect_word("originates", unsure);
	stage.txn->before.registered_here = true;
	expect_word("originates", "no: From tel:+4420999 for the user sip:alice@im.example");
}

Test(check_client, originates_by_two)
{
	say_from("sip:alice@im.example",
		 "From: <sip:alice@im.example>\nP-Preferred-Identity: <sip:alice@im.example>, <tel:+15551234>\n");
	expect_word("originates", "yes");
	say_from("sip:alice@im.example", "From: <sip:alice@im.example>\nP-Preferred-Identity: <sip:alice@im.example>\n"
					 "P-Preferred-Identity: <sip:bob@im.example>\n");
	expect_word("originates", "no: P-Preferred-Identity sip:bob@im.example for the user sip:alice@im.example");
}

static void expect_range(const char *expires, const char *want)
{
	publish(expires);
	stage.txn->before.registered_for = 601;
	cr_expect_str_eq(stage_ask("registration_range"), want, "%s: %s", expires, stage_ask("registration_range"));
}

#define GRANTED ", the registration having been granted for 601 s"

Test(check_client, registration_range)
{
	expect_range("Expires: 300\n", "yes");
	expect_range("Expires: 299\n", "no: Expires 299" GRANTED);
	expect_range("Expires: 1202\n", "yes");
	expect_range("Expires: 1203\n", "no: Expires 1203" GRANTED);
	expect_range("", "yes");
	publish("Expires: 60\n");
	expect_word("registration_range", "unknown: the time granted for the registration is not known");
}

/* --- where it goes --- */

Test(check_client, first_hop)
{
	publish("");
	stage.txn->vias = 1;
	expect_word("first_hop", "yes");
	stage.txn->vias = 2;
	expect_word("first_hop", "no");
}

Test(check_client, what_the_registration_gave)
{
	publish("");
	expect_word("registered_here", "no");
	expect_word("service_route", "no");
	stage.txn->before.registered_here = true;
	stage.txn->before.service_route = SLICE("");
	expect_word("registered_here", "yes");
	expect_word("service_route", "yes");
}

static void expect_routed(const char *routes, const char *service_route, const char *want)
{
	publish(routes);
	stage.txn->before.service_route = slice_of(service_route);
	cr_expect_str_eq(stage_ask("routed"), want, "%s: %s", routes, stage_ask("routed"));
}

/* All of it and in its order, and at the end; what stands before and between is others' matter. */
Test(check_client, routed)
{
	static const char both[] = "<sip:a;lr>, <sip:b;lr>";

	expect_routed("Route: <sip:A;lr>\nRoute: <sip:b;lr>\n", both, "yes");
	expect_routed("Route: <sip:p;lr>, <sip:a;lr>, <sip:b;lr>\n", both, "yes");
	expect_routed("Route: <sip:b;lr>, <sip:a;lr>\n", both,
		      "no: Route: <sip:b;lr>, <sip:a;lr>, Service-Route having been <sip:a;lr>, <sip:b;lr>");
	expect_routed("Route: <sip:a;lr>\n", both,
		      "no: Route: <sip:a;lr>, Service-Route having been <sip:a;lr>, <sip:b;lr>");
	expect_routed("", both, "no: Route: absent, Service-Route having been <sip:a;lr>, <sip:b;lr>");
	expect_routed("Route: <sip:a;lr>, <sip:b;lr>, <sip:c;lr>\n", both,
		      "no: a Route to <sip:c;lr> behind the Service-Route");
	expect_routed("Route: <sip:b;lr>, <sip:p;lr>\n", "<sip:b;lr>",
		      "no: a Route to <sip:p;lr> behind the Service-Route");
	expect_routed("Route: <sip:a>, <sip:b;lr>\n", both,
		      "no: Route: <sip:a>, <sip:b;lr>, Service-Route having been <sip:a;lr>, <sip:b;lr>");
	expect_routed("Route: <sip:a;lr\n", "<sip:a;lr>", "no: Route: <sip:a;lr, Service-Route having been <sip:a;lr>");
	expect_routed("Route: <sip:a;lr>\n", "<sip:a;lr", "no: Route: <sip:a;lr>, Service-Route having been <sip:a;lr");
}

/* Route and Service-Route may be right, and the request go elsewhere all the same. */
Test(check_client, routed_by_the_right_words_to_the_wrong_host)
{
	static const char route[] = "<sip:a;lr>";

	publish("Route: <sip:10.9.9.9;lr>, <sip:a;lr>\n");
	stage.txn->before.service_route = slice_of(route);
	expect_word("routed", "yes"); /* where the REGISTER went is not known */
	stage.txn->before.registrar = stage_host("core");
	expect_word("routed", "yes");
	stage.txn->before.registrar = stage_host("server");
	expect_word("routed", "no: sent to another host than the REGISTER");
	publish("Route: <sip:10.0.0.1;lr>, <sip:a;lr>\n");
	stage.txn->before.service_route = slice_of(route);
	stage.txn->before.registrar = stage_host("server");
	expect_word("routed", "yes");
}

Test(check_client, routed_as_the_register)
{
	publish("");
	stage.txn->before.registrar = stage_host("core");
	stage.txn->before.registrar.port++;
	expect_word("routed", "yes");
	stage.txn->before.registrar = stage_host("server");
	expect_word("routed", "no: sent to another host than the REGISTER");
}

/* --- the metadata of deferred messages --- */

Test(check_client, metadata)
{
	publish("Event: sip-profile;a=1\nAccept: text/plain, Application/list+XML\n");
	expect_word("metadata", "yes");
	publish("Event: sip-profile\nX: deferred\n");
	expect_word("metadata", "yes");
	publish("Event: sip-profile\nAccept: text/plain\n");
	expect_word("metadata", "no");
	publish("Event: sip-profile\nAccept: text/plain\nAccept: application/list+xml;q=0.1\n");
	expect_word("metadata", "yes");
	publish("Event: sip-profile\nAccept: application/list+xml2\n");
	expect_word("metadata", "no");
	publish("Event: reg\nAccept: application/list+xml\n");
	expect_word("metadata", "no");
	stage.profile.metadata_events[1] = "reg";
	expect_word("metadata", "yes");
}

/* --- the settings document --- */

#define ROOT(inside)                                                                                                   \
	"<poc-settings xmlns=\"urn:oma:params:xml:ns:poc:poc-settings\" "                                              \
	"xmlns:im=\"urn:oma:xml:im:service-settings\"><entity id=\"a\">" inside "</entity></poc-settings>"
#define DELIVERY "<im:deferred-settings><im:offline-delivery active=\"true\"/></im:deferred-settings>"
#define XML      "Content-Type: application/poc-settings+xml\n"

static struct event *publish_document(const char *lines, const char *document)
{
	char text[256];

	snprintf(text, sizeof(text), "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: %zu PUBLISH\n%s",
		 stage.flow->count + 1, lines);
	stage_txn(OCCASION_CLIENT_PUBLISH, stage_say(NOW, "client core", text, document), NULL);
	return (struct event *)stage.event;
}

Test(check_client, settings_valid)
{
	struct event *event = publish_document(XML, ROOT(DELIVERY));

	expect_word("settings_valid", "yes");
	event->cut = true;
	expect_word("settings_valid", CUT);
	publish_document("Content-Type: text/plain\n", "hello");
	expect_word("settings_valid", "no: a body of type text/plain");
	publish_document("", NULL);
	expect_word("settings_valid", "no: a body of type absent");
	publish_document(XML, "<other/>");
	cr_expect_eq(
		strncmp(stage_ask("settings_valid"), "unknown: the profile does not know the document's root: ", 52),
		0);
	publish_document(XML, "<poc-settings");
	cr_expect_eq(strncmp(stage_ask("settings_valid"), "no: line 1: ", 12), 0);
}

#define NO_DOCUMENT "unknown: there is no settings document to look into"

/* What is not read may be right all the same. */
Test(check_client, settings_that_are_not_read)
{
	publish_document(XML "Content-Encoding: Identity\n", ROOT(DELIVERY));
	expect_word("settings_valid", "yes");
	publish_document(XML "Content-Encoding: gzip\n", "\x1f\x8b");
	expect_word("settings_valid", "unknown: the body is encoded");
	expect_word("setting offline-delivery", NO_DOCUMENT);
	publish_document(XML, "<!DOCTYPE poc-settings>" ROOT(DELIVERY));
	expect_word("settings_valid", "unknown: line 1: the document has a DOCTYPE, behind which nothing is read");
	expect_word("setting offline-delivery", NO_DOCUMENT);
}

Test(check_client, setting)
{
	struct event *event = publish_document(XML, ROOT(DELIVERY));

	expect_word("setting offline-delivery", "yes");
	expect_word("setting invisibility", "no: a document without the setting");
	event->cut = true;
	expect_word("setting offline-delivery", CUT);
	publish_document(XML, ROOT(DELIVERY "<im:new-one/>"));
	expect_word("setting offline-delivery", "yes");
	expect_word("setting invisibility",
		    "unknown: absent, but the document has names that the profile does not know: new-one");
	publish_document(XML,
			 ROOT("<im:deferred-settings><im:offline-delivery active=\"off\"/></im:deferred-settings>"));
	expect_word("setting offline-delivery", "unknown: its value can't be read: off");
	publish_document("Content-Type: text/plain\n", "hello");
	expect_word("setting offline-delivery", NO_DOCUMENT);
	publish_document(XML, "<poc-settings");
	expect_word("setting offline-delivery", NO_DOCUMENT);
}
