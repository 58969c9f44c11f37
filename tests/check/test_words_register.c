/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "base/mem.h"
#include "sip/digest.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(check_register, .init = stage_init, .fini = stage_done);

/* --- any request --- */

#define VIA      "Via: SIP/2.0/UDP 10.1.0.1:5060;branch=z9hG4bKa\n"
#define FROM     "From: <sip:alice@im.example>;tag=a\n"
#define TO       "To: <sip:alice@im.example>\n"
#define CALL_ID  "Call-ID: c\n"
#define CSEQ     "CSeq: 1 REGISTER\n"
#define FORWARDS "Max-Forwards: 70\n"
#define REGISTER "REGISTER sip:im.example SIP/2.0\n"

static struct event *ask_for(const char *head)
{
	struct event *event = stage_say(SECOND, "client core", head, NULL);

	stage_txn(OCCASION_REGISTER, event, NULL);
	return event;
}

static void expect_valid(const char *head, const char *want)
{
	ask_for(head);
	expect_word("valid_request", want);
}

Test(check_register, valid_request)
{
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS, "yes");
	ask_for(REGISTER)->cut = true;
	expect_word("valid_request", "unknown: the message was cut off in the capture");
}

Test(check_register, valid_from_and_to)
{
	static const char from[] = "no: the From header is missing, can't be read or has no tag",
			  to[] = "no: the To header is missing, can't be read or has a tag";

	expect_valid(REGISTER VIA TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA "From: <sip:alice@im.example;tag=a\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA "From: <sip:alice@im.example>\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA FROM CALL_ID CSEQ FORWARDS, to);
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example\n" CALL_ID CSEQ FORWARDS, to);
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example>;tag=b\n" CALL_ID CSEQ FORWARDS, to);
}

Test(check_register, valid_uris)
{
	static const char from[] = "no: the From header has headers in its URI",
			  to[] = "no: the To header has headers in its URI";

	expect_valid("REGISTER sip:im.example?Subject=x SIP/2.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS,
		     "no: headers in the Request-URI");
	expect_valid(REGISTER VIA "From: sip:alice@im.example?x=y;tag=a\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA "From: <sip:alice@im.example?x=y>;tag=a\n" TO CALL_ID CSEQ FORWARDS, from);
	expect_valid(REGISTER VIA FROM "To: <sip:alice@im.example?x=y>\n" CALL_ID CSEQ FORWARDS, to);
	expect_valid(REGISTER VIA "From: <sip:al?ice@im.example>;tag=a\n" TO CALL_ID CSEQ FORWARDS, "yes");
}

Test(check_register, valid_version)
{
	static const char other[] = "no: a first line that is not of SIP/2.0";

	expect_valid("REGISTER sip:im.example SIP/2.1\n" VIA FROM TO CALL_ID CSEQ FORWARDS, other);
	expect_valid("REGISTER sip:im.example SIP/1.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS, other);
	expect_valid("REGISTER sip:im.example sip/2.0\n" VIA FROM TO CALL_ID CSEQ FORWARDS, other);
}

Test(check_register, valid_length)
{
	ask_for(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS)->msg.odd |= SIP_ODD_LENGTH_LONG;
	expect_word("valid_request", "no: the Content-Length header is larger than the body");
}

#define WITH_VIA(via) REGISTER "Via: " via " 10.1.0.1:5060;branch=z9hG4bKa\n" FROM TO CALL_ID CSEQ FORWARDS
#define NO_SIP_2      "no: the Via header is missing, or not of SIP/2.0"

Test(check_register, valid_via)
{
	expect_valid(WITH_VIA("SIP / 2.0 /\tUDP"), "yes");
	expect_valid(WITH_VIA("sip/2.0/UDP"), "yes");
	expect_valid(WITH_VIA("SIP/2.1/UDP"), NO_SIP_2);
	expect_valid(WITH_VIA("SIP-2.0/UDP"), NO_SIP_2);
	expect_valid(REGISTER "Via: SIP/2.0\n" FROM TO CALL_ID CSEQ FORWARDS, NO_SIP_2);
	expect_valid(REGISTER FROM TO CALL_ID CSEQ FORWARDS, NO_SIP_2);
}

#define WITH_BRANCH(branch) REGISTER "Via: SIP/2.0/UDP 10.1.0.1" branch "\n" FROM TO CALL_ID CSEQ FORWARDS
#define NO_BRANCH           "no: the Via header has no branch of RFC 3261"

Test(check_register, valid_branch)
{
	expect_valid(WITH_BRANCH(";branch=z9hG4bK1"), "yes");
	expect_valid(WITH_BRANCH(";branch=z9hG4bK"), NO_BRANCH);
	expect_valid(WITH_BRANCH(";branch=y9hG4bK1"), NO_BRANCH);
	expect_valid(WITH_BRANCH(""), NO_BRANCH);
	expect_valid(REGISTER "Via: SIP/2.0/;branch=z9hG4bK1\n" FROM TO CALL_ID CSEQ FORWARDS, NO_BRANCH);
}

Test(check_register, valid_call_id_and_cseq)
{
	static const char cseq[] = "no: the CSeq header has no number below 2^31 and the request's method";

	expect_valid(REGISTER VIA FROM TO CSEQ FORWARDS, "no: the Call-ID header is missing");
	expect_valid(REGISTER VIA FROM TO "Call-ID:\n" CSEQ FORWARDS, "no: the Call-ID header is missing");
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: 2147483647 REGISTER\n" FORWARDS, "yes");
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: 2147483648 REGISTER\n" FORWARDS, cseq);
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: 1 PUBLISH\n" FORWARDS, cseq);
	expect_valid(REGISTER VIA FROM TO CALL_ID "CSeq: x REGISTER\n" FORWARDS, cseq);
	expect_valid(REGISTER VIA FROM TO CALL_ID FORWARDS, cseq);
}

Test(check_register, valid_max_forwards)
{
	static const char forwards[] = "no: the Max-Forwards header is missing or no number up to 255";

	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ "Max-Forwards: 255\n", "yes");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ "Max-Forwards: 256\n", forwards);
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ "Max-Forwards: x\n", forwards);
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ, forwards);
}

Test(check_register, valid_but_twice)
{
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS FROM, "no: the From header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS TO, "no: the To header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS CALL_ID,
		     "no: the Call-ID header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS CSEQ, "no: the CSeq header stands more than once");
	expect_valid(REGISTER VIA FROM TO CALL_ID CSEQ FORWARDS FORWARDS,
		     "no: the Max-Forwards header stands more than once");
	expect_valid(REGISTER VIA VIA FROM TO CALL_ID CSEQ FORWARDS, "yes");
}

/* --- REGISTER --- */

Test(check_register, domain_uri)
{
	static const struct {
		const char *uri, *want;
	} uris[] = {{"sip:im.example", "yes"},
		    {"sips:im.example;x=1", "yes"},
		    {"sip:alice@im.example", "no: Request-URI sip:alice@im.example"},
		    {"sip:@im.example", "no: Request-URI sip:@im.example"},
		    {"tel:+4420555", "no: Request-URI tel:+4420555"},
		    {"im:im.example", "no: Request-URI im:im.example"},
		    {"sip:", "no: Request-URI sip:"}};

	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		char head[128];

		snprintf(head, sizeof(head), "REGISTER %s SIP/2.0\n" CSEQ, uris[i].uri);
		ask_for(head);
		expect_word("domain_uri", uris[i].want);
	}
}

/* RFC 3261 10.3, step 6 */
Test(check_register, contacts_allowed)
{
	static const char not_so[] = "no: a Contact of * that is not alone, or without Expires: 0";

	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>, <sip:a@10.1.0.2>\n");
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER);
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER "Contact: *\nExpires: 0\n");
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER "Contact: *\nExpires: 3600\n");
	expect_word("contacts_allowed", not_so);
	ask_for(REGISTER "Contact: *\n");
	expect_word("contacts_allowed", not_so);
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\nContact: *\nExpires: 0\n");
	expect_word("contacts_allowed", not_so);
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>, <mailto:a@im.example>\n");
	expect_word("contacts_allowed", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>, <a@10.1.0.1:5060>\n");
	expect_word("contacts_allowed", "no: a Contact without a URI");
}

Test(check_register, binds)
{
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\n");
	expect_word("binds", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\nExpires: 0\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>\nExpires: 1\n");
	expect_word("binds", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;expires=0\nExpires: 1\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;expires=1\nExpires: 0\n");
	expect_word("binds", "yes");
	ask_for(REGISTER "Contact: <sip:a@10.1.0.1>;expires=x\nExpires: 0\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Expires: 1\n");
	expect_word("binds", "no");
	ask_for(REGISTER "Contact: *\nExpires: 1\n");
	expect_word("binds", "no");
}

/* --- credentials --- */

/* The request before in this call, and its answer; words look at the next one. */
static struct txn *challenge(const char *answer, const char *credentials)
{
	struct event *first = stage_say(SECOND, "client core", REGISTER CSEQ, NULL);
	struct event *final = stage_say(2 * SECOND, "core client", answer, NULL);
	struct txn *earlier = stage_txn(OCCASION_REGISTER, first, final);
	char head[1024];

	snprintf(head, sizeof(head), REGISTER "CSeq: 2 REGISTER\n%s", credentials);
	stage_txn(OCCASION_REGISTER, stage_say(3 * SECOND, "client core", head, NULL), NULL)->earlier = earlier;
	return earlier;
}

#define ASKED(more) "SIP/2.0 401 Unauthorized\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"" more "\n"
#define MD5_VALUE   "0123456789abcdef0123456789abcdef"
#define ANSWERED(more)                                                                                                 \
	"Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"sip:im.example\"" more "\n"
#define RESPONSE ", response=\"" MD5_VALUE "\""

static void expect_credentials(const char *answer, const char *credentials, const char *want)
{
	challenge(answer, credentials);
	expect_word("credentials", want);
}

Test(check_register, credentials)
{
	expect_credentials(ASKED(""), ANSWERED(RESPONSE), "yes");
	expect_credentials(ASKED(""), "", "no: no Authorization header");
	((struct event *)stage.event)->cut = true;
	expect_word("credentials", "unknown: the message was cut off in the capture");
	expect_credentials(ASKED(""), "Authorization: Basic YQ==\n", "no: Authorization that is no Digest");
	expect_credentials(ASKED(""), "Authorization: Basic YQ==\n" ANSWERED(RESPONSE), "yes");
	cr_expect_eq(stage.why.also, stage.txn->earlier->final);
	stage.txn->earlier = NULL;
	expect_word("credentials", "unknown: the challenge was not seen");
}

/* A REGISTER that is missing was challenged in between: its answer tells of another nonce. */
Test(check_register, credentials_where_a_challenge_came_between)
{
	static const char later[] = "unknown: a later challenge was seen, whose REGISTER is missing from the evidence";
	struct event *between = stage_orphan(SECOND, "core client", "SIP/2.0 401 Unauthorized\nCSeq: 7 REGISTER\n");

	expect_credentials(ASKED(""), ANSWERED(RESPONSE), "yes"); /* it came before */
	between->number = stage.event->number;
	((struct event *)stage.event)->number++;
	expect_word("credentials", later);
	between->msg.status = 407;
	expect_word("credentials", later);
	between->msg.status = 403;
	expect_word("credentials", "yes");
	between->msg.status = 401;
	between->number = stage.event->number + 1;
	expect_word("credentials", "yes");
}

Test(check_register, credentials_where_another_call_is_challenged)
{
	struct event *other =
		stage_orphan(SECOND, "core client", "SIP/2.0 401 Unauthorized\nCSeq: 7 REGISTER\nCall-ID: x\n");

	challenge(ASKED(""), ANSWERED(RESPONSE));
	other->number = stage.event->number;
	((struct event *)stage.event)->number++;
	expect_word("credentials", "yes");
}

#define PROXY_ASKED                                                                                                    \
	"SIP/2.0 407 Proxy Authentication Required\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n"             \
	"WWW-Authenticate: Digest realm=\"other\", nonce=\"m\"\n"

Test(check_register, credentials_for_a_proxy)
{
	expect_credentials(PROXY_ASKED, "Proxy-" ANSWERED(RESPONSE), "yes");
	expect_credentials(PROXY_ASKED, ANSWERED(RESPONSE), "no: no Proxy-Authorization header");
	expect_credentials(ASKED(""), "Proxy-" ANSWERED(RESPONSE), "no: no Authorization header");
}

#define GIVEN(realm, nonce, user, uri)                                                                                 \
	"Authorization: Digest realm=\"" realm "\", nonce=\"" nonce "\"" user uri RESPONSE "\n"
#define USER ", username=\"alice\""
#define URI  ", uri=\"sip:im.example\""

Test(check_register, credentials_of_another_challenge)
{
	expect_credentials(ASKED(""), GIVEN("x", "n", USER, URI), "no: credentials for a realm that was not asked for");
	expect_credentials(ASKED(""), GIVEN("r", "x", USER, URI), "no: another nonce than the challenge's");
	expect_credentials(ASKED(""), GIVEN("r", "n", "", URI), "no: no username or no uri");
	expect_credentials(ASKED(""), GIVEN("r", "n", USER, ""), "no: no username or no uri");
	expect_credentials(ASKED(", opaque=\"o\""), ANSWERED(RESPONSE ", opaque=\"o\""), "yes");
	expect_credentials(ASKED(", opaque=\"o\""), ANSWERED(RESPONSE), "no: another opaque than the challenge's");
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", opaque=\"o\""), "yes");
}

Test(check_register, credentials_by_algorithm)
{
	static const char other[] = "no: another algorithm than the challenge's",
			  length[] = "no: a response value of the wrong length";

	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", algorithm=md5"), "yes");
	expect_credentials(ASKED(", algorithm=MD5"), ANSWERED(RESPONSE), "yes");
	expect_credentials(ASKED(", algorithm=SHA-256"), ANSWERED(RESPONSE), other);
	expect_credentials(ASKED(", algorithm=SHA-256"), ANSWERED(RESPONSE ", algorithm=SHA-256"), length);
	expect_credentials(ASKED(", algorithm=SHA-256"),
			   ANSWERED(", algorithm=SHA-256, response=\"" MD5_VALUE MD5_VALUE "\""), "yes");
	expect_credentials(ASKED(", algorithm=SHA-256-sess"),
			   ANSWERED(", algorithm=sha-256-sess, response=\"" MD5_VALUE MD5_VALUE "\""), "yes");
	expect_credentials(ASKED(""), ANSWERED(", response=\"" MD5_VALUE MD5_VALUE "\""), length);
	expect_credentials(ASKED(""), ANSWERED(""), length);
}

Test(check_register, credentials_with_qop)
{
	static const char qop[] = "no: qop without nc and cnonce",
			  other[] = "no: a qop that the challenge does not offer";

	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=00000001, cnonce=\"c\""), "yes");
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=00000001"), qop);
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, cnonce=\"c\""), qop);
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=1, cnonce=\"c\""),
			   "no: an nc that is not eight hex digits");
	expect_credentials(ASKED(", qop=\"auth-int , auth\""),
			   ANSWERED(RESPONSE ", qop=Auth, nc=00000001, cnonce=\"c\""), "yes");
	expect_credentials(ASKED(", qop=\"auth,auth-int\""),
			   ANSWERED(RESPONSE ", qop=auth-conf, nc=00000001, cnonce=\"c\""), other);
}

#define AKA ", algorithm=AKAv1-MD5"

/* RFC 3310 3.4: who cannot take the challenge gives no response, or none that counts. */
Test(check_register, credentials_of_aka)
{
	expect_credentials(ASKED(AKA), ANSWERED(AKA RESPONSE), "yes");
	expect_credentials(ASKED(AKA), ANSWERED(AKA ", response=\"\""), "yes");
	expect_credentials(ASKED(AKA), ANSWERED(AKA ", auts=\"YQ==\", response=\"12\""), "yes");
	expect_credentials(ASKED(AKA), ANSWERED(AKA ", response=\"12\""), "no: a response value of the wrong length");
	expect_credentials(ASKED(""), ANSWERED(", auts=\"YQ==\", response=\"12\""),
			   "no: a response value of the wrong length");
}

#define CHALLENGE(realm, nonce) "WWW-Authenticate: Digest realm=\"" realm "\", nonce=\"" nonce "\"\n"

/* Any of several challenges may be the one that is answered; of those that are not the first is told of. */
Test(check_register, credentials_for_one_of_several)
{
	expect_credentials("SIP/2.0 401 Unauthorized\n" CHALLENGE("r", "m") CHALLENGE("r", "n"), ANSWERED(RESPONSE),
			   "yes");
	expect_credentials("SIP/2.0 401 Unauthorized\nWWW-Authenticate: Basic realm=\"r\"\n" CHALLENGE("x", "m")
				   CHALLENGE("r", "n"),
			   ANSWERED(RESPONSE), "yes");
	expect_credentials("SIP/2.0 401 Unauthorized\n" CHALLENGE(
				   "r", "m") "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", algorithm=SHA-256\n",
			   ANSWERED(RESPONSE), "no: another nonce than the challenge's");
	expect_credentials("SIP/2.0 401 Unauthorized\n", ANSWERED(RESPONSE),
			   "no: credentials for a realm that was not asked for");
}

/* --- where the password is known --- */

static bool find(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	if (!slice_is(username, "alice") || !slice_is(realm, "r"))
		return false;
	*ret_password = SLICE("secret");
	return true;
}

static void respond(const char *more)
{
	struct sip_digest given = {
		.username = SLICE("alice"), .realm = SLICE("r"), .nonce = SLICE("n"), .uri = SLICE("sip:im.example")};
	char hex[65], line[512];

	cr_assert_eq(sip_digest_response(&given, SLICE("secret"), SLICE("REGISTER"), SLICE_NONE, hex, NULL), 0);
	snprintf(line, sizeof(line), ANSWERED(", response=\"%s\"%s"), hex, more);
	challenge(ASKED(""), line);
}

static bool find_none(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	return false;
}

static bool name(void *arg, struct slice user, struct slice realm, struct slice *ret_username)
{
	*ret_username = SLICE("alice");
	return slice_is(user, "sip:alice@im.example") && slice_is(realm, "r");
}

#define NAMED(username, realm)                                                                                         \
	"Authorization: Digest username=\"" username "\", realm=\"" realm                                              \
	"\", nonce=\"n\", uri=\"sip:im.example\"" RESPONSE "\n"

Test(check_register, credentials_of_somebody_else)
{
	stage.secrets = (struct secrets){.find = find_none, .name = name};
	expect_credentials(ASKED(""), NAMED("alice", "r"), "yes");
	expect_credentials(ASKED(""), NAMED("Alice", "r"), "no: a username that is not the user's");
	expect_credentials("SIP/2.0 401 Unauthorized\nWWW-Authenticate: Digest realm=\"q\", nonce=\"n\"\n",
			   NAMED("Alice", "q"), "yes"); /* in another realm he may have another name */
}

#define ABOUT(uri) "Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"" uri "\"" RESPONSE "\n"

Test(check_register, credentials_for_another_uri)
{
	static const char another[] = "no: a uri that is not the Request-URI";

	expect_credentials(ASKED(""), ABOUT("sip:IM.example;transport=tcp"), "yes");
	expect_credentials(ASKED(""), ABOUT("sip:im.example.org"), another);
	expect_credentials(ASKED(""), ABOUT("sip:alice@im.example"), another);
	expect_credentials(ASKED(""), ABOUT("im.example"), another);
}

Test(check_register, credentials_by_password)
{
	static const char wrong[] = "no: a response value that does not fit the password";

	stage.secrets.find = find;
	respond("");
	expect_word("credentials", "yes");
	challenge(ASKED(""), ANSWERED(RESPONSE));
	expect_word("credentials", wrong);
	((struct event *)stage.event)->cut = true; /* auth-int may be over a body that is not there */
	expect_word("credentials", "yes");
	challenge(ASKED(""), GIVEN("r", "n", ", username=\"bob\"", URI)); /* whose password nobody knows */
	expect_word("credentials", "yes");
	challenge(ASKED(""), ANSWERED(RESPONSE ", qop=unheard-of, nc=00000001, cnonce=\"c\""));
	expect_word("credentials", "yes");
}

/* --- a refresh --- */

static void refresh(const char *call_id, uint32_t cseq)
{
	char head[256];

	snprintf(head, sizeof(head), REGISTER "Call-ID: %s\nCSeq: %u REGISTER\n", call_id, cseq);
	ask_for(head);
	stage.txn->before.call_id = SLICE("c");
	stage.txn->before.cseq = 5;
}

Test(check_register, same_registration)
{
	refresh("c", 6);
	expect_word("same_registration", "yes");
	refresh("c", 5);
	expect_word("same_registration", "no: CSeq 5 after 5");
	refresh("c", 4);
	expect_word("same_registration", "no: CSeq 4 after 5");
	refresh("d", 6);
	expect_word("same_registration", "no: another Call-ID than the registration's");
	stage.txn->before.call_id = SLICE_NONE;
	expect_word("same_registration", "unknown: the registration in force was not seen");
}
