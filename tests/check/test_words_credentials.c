/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "sip/digest.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(check_credentials, .init = stage_init, .fini = stage_done);

#define CSEQ     "CSeq: 1 REGISTER\n"
#define REGISTER "REGISTER sip:im.example SIP/2.0\n"

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

Test(check_credentials, credentials)
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
Test(check_credentials, credentials_where_a_challenge_came_between)
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

Test(check_credentials, credentials_where_another_call_is_challenged)
{
	struct event *other =
		stage_orphan(SECOND, "core client", "SIP/2.0 401 Unauthorized\nCSeq: 7 REGISTER\nCall-ID: x\n");

	challenge(ASKED(""), ANSWERED(RESPONSE));
	other->number = stage.event->number;
	((struct event *)stage.event)->number++;
	expect_word("credentials", "yes");
}

/* The number is not the next one, or an answer stands alone: the REGISTER with the credentials was not seen. */
Test(check_credentials, credentials_where_the_attempt_is_missing)
{
	static const char missing[] =
		"unknown: the REGISTER that answers the challenge may be missing from the evidence";
	struct event *refused;

	challenge(ASKED(""), "Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"later\"\n");
	((struct event *)stage.event)->marks.cseq = 3;
	expect_word("credentials", missing);
	challenge(ASKED(""), ANSWERED(RESPONSE));
	((struct event *)stage.event)->marks.cseq = 3;
	expect_word("credentials", "yes");
	challenge(ASKED(""), ANSWERED(""));
	((struct event *)stage.event)->marks.cseq = 3;
	expect_word("credentials", "no: a response value of the wrong length"); /* its nonce tells whose answer it is */
	challenge(ASKED(""), "");
	((struct event *)stage.event)->marks.cseq = 3;
	expect_word("credentials", missing);
	((struct event *)stage.event)->marks.cseq = 2;
	expect_word("credentials", "no: no Authorization header");
	refused = stage_orphan(4 * SECOND, "core client", "SIP/2.0 403 Forbidden\nCSeq: 2 REGISTER\n");
	expect_word("credentials", missing);
	refused->msg.method = SIP_METHOD_PUBLISH;
	expect_word("credentials", "no: no Authorization header");
	((struct event *)stage.event)->marks.cseq = 3;
	stage.flow->label = SLICE("live");
	expect_word("credentials", "no: no Authorization header");
}

Test(check_credentials, credentials_that_are_no_number)
{
	expect_credentials(ASKED(""), ANSWERED(", response=\"g123456789abcdef0123456789abcdef\""),
			   "no: a response value that is no hex number");
}

#define PROXY_ASKED                                                                                                    \
	"SIP/2.0 407 Proxy Authentication Required\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n"             \
	"WWW-Authenticate: Digest realm=\"other\", nonce=\"m\"\n"

Test(check_credentials, credentials_for_a_proxy)
{
	expect_credentials(PROXY_ASKED, "Proxy-" ANSWERED(RESPONSE), "yes");
	expect_credentials(PROXY_ASKED, ANSWERED(RESPONSE), "no: no Proxy-Authorization header");
	expect_credentials(ASKED(""), "Proxy-" ANSWERED(RESPONSE), "no: no Authorization header");
}

#define GIVEN(realm, nonce, user, uri)                                                                                 \
	"Authorization: Digest realm=\"" realm "\", nonce=\"" nonce "\"" user uri RESPONSE "\n"
#define USER ", username=\"alice\""
#define URI  ", uri=\"sip:im.example\""

Test(check_credentials, credentials_of_another_challenge)
{
	expect_credentials(ASKED(""), GIVEN("x", "n", USER, URI), "no: credentials for a realm that was not asked for");
	expect_credentials(ASKED(""), GIVEN("r", "x", USER, URI), "no: another nonce than the challenge's");
	expect_credentials(ASKED(""), GIVEN("r", "n", "", URI), "no: no username or no uri");
	expect_credentials(ASKED(""), GIVEN("r", "n", USER, ""), "no: no username or no uri");
	expect_credentials(ASKED(", opaque=\"o\""), ANSWERED(RESPONSE ", opaque=\"o\""), "yes");
	expect_credentials(ASKED(", opaque=\"o\""), ANSWERED(RESPONSE), "no: another opaque than the challenge's");
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", opaque=\"o\""), "yes");
}

Test(check_credentials, credentials_by_algorithm)
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

Test(check_credentials, credentials_with_qop)
{
	static const char qop[] = "no: qop without nc and cnonce",
			  other[] = "no: a qop that the challenge does not offer";

	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=00000001, cnonce=\"c\""), "yes");
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=00000001"), qop);
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, cnonce=\"c\""), qop);
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=1, cnonce=\"c\""),
			   "no: an nc that is not eight hex digits");
	expect_credentials(ASKED(""), ANSWERED(RESPONSE ", qop=auth, nc=00000000, cnonce=\"c\""),
			   "no: an nc of nothing");
	expect_credentials(ASKED(", qop=\"auth\""), ANSWERED(RESPONSE), "no: no qop, which the challenge asks for");
	expect_credentials(ASKED(", qop=\"auth-int\""), ANSWERED(RESPONSE), "yes"); /* nobody has to know that one */
	expect_credentials(ASKED(", qop=\"auth-int , auth\""),
			   ANSWERED(RESPONSE ", qop=Auth, nc=00000001, cnonce=\"c\""), "yes");
	expect_credentials(ASKED(", qop=\"auth,auth-int\""),
			   ANSWERED(RESPONSE ", qop=auth-conf, nc=00000001, cnonce=\"c\""), other);
}

Test(check_credentials, credentials_by_the_same_number)
{
	static const char not_raised[] = "no: a CSeq that is no higher than that of the challenged request";
	struct txn *earlier = challenge(ASKED(""), ANSWERED(RESPONSE));
	struct event *first = stage_say(SECOND, "client core", REGISTER "CSeq: 2 REGISTER\n", NULL);

	expect_word("credentials", "yes");
	earlier->request = first;
	expect_word("credentials", not_raised);
	earlier->request = stage_say(SECOND, "client core", REGISTER "CSeq: x REGISTER\n", NULL);
	expect_word("credentials", "yes");
}

#define AKA    ", algorithm=AKAv1-MD5"
#define OPAQUE ", opaque=\"o\""

/* RFC 3310 3.4: who cannot take the challenge gives no response, or none that counts. */
Test(check_credentials, credentials_of_aka)
{
	expect_credentials(ASKED(AKA), ANSWERED(AKA RESPONSE), "yes");
	expect_credentials(ASKED(AKA), ANSWERED(AKA ", response=\"\""), "yes");
	expect_credentials(ASKED(AKA), ANSWERED(", response=\"\""), "yes");
	expect_credentials(ASKED(AKA OPAQUE), ANSWERED(", response=\"\""), "yes");
	expect_credentials(ASKED(AKA OPAQUE), ANSWERED(AKA ", auts=\"YQ==\""), "yes");
	expect_credentials(ASKED(AKA OPAQUE), ANSWERED(", opaque=\"x\", response=\"\""),
			   "no: another opaque than the challenge's");
	expect_credentials(ASKED(AKA), ANSWERED(", algorithm=MD5, response=\"\""),
			   "no: another algorithm than the challenge's");
	expect_credentials(ASKED(AKA), ANSWERED(RESPONSE), "no: another algorithm than the challenge's");
	expect_credentials(ASKED(AKA OPAQUE), ANSWERED(AKA RESPONSE), "no: another opaque than the challenge's");
	expect_credentials(ASKED(AKA), ANSWERED(AKA ", auts=\"YQ==\", response=\"12\""), "yes");
	expect_credentials(ASKED(AKA), ANSWERED(AKA), "no: a response value of the wrong length");
	expect_credentials(ASKED(AKA), ANSWERED(AKA ", response=\"12\""), "no: a response value of the wrong length");
	expect_credentials(ASKED(""), ANSWERED(", auts=\"YQ==\", response=\"12\""),
			   "no: a response value of the wrong length");
}

#define CHALLENGE(realm, nonce) "WWW-Authenticate: Digest realm=\"" realm "\", nonce=\"" nonce "\"\n"

/* Any of several challenges may be the one that is answered; of those that are not the first is told of. */
Test(check_credentials, credentials_for_one_of_several)
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

Test(check_credentials, credentials_of_somebody_else)
{
	stage.secrets = (struct secrets){.find = find_none, .name = name};
	expect_credentials(ASKED(""), NAMED("alice", "r"), "yes");
	expect_credentials(ASKED(""), NAMED("Alice", "r"), "no: a username that is not the user's");
	expect_credentials("SIP/2.0 401 Unauthorized\nWWW-Authenticate: Digest realm=\"q\", nonce=\"n\"\n",
			   NAMED("Alice", "q"), "yes"); /* in another realm he may have another name */
}

#define ABOUT(uri) "Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"" uri "\"" RESPONSE "\n"

Test(check_credentials, credentials_for_another_uri)
{
	static const char another[] = "no: a uri that is not the Request-URI";

	expect_credentials(ASKED(""), ABOUT("sip:IM.example;transport=tcp"), "yes");
	expect_credentials(ASKED(""), ABOUT("sip:10.0.0.1:5060"), "yes"); /* where the request was sent */
	expect_credentials(ASKED(""), ABOUT("sip:10.0.0.2:5060"), another);
	expect_credentials(ASKED(""), ABOUT("sip:im.example.org"), another);
	expect_credentials(ASKED(""), ABOUT("sip:alice@im.example"), another);
	expect_credentials(ASKED(""), ABOUT("im.example"), another);
}

Test(check_credentials, credentials_by_password)
{
	static const char wrong[] = "no: a response value that does not fit the password";

	stage.secrets.find = find;
	respond("");
	expect_word("credentials", "yes");
	challenge(ASKED(""), ANSWERED(RESPONSE));
	expect_word("credentials", wrong);
	((struct event *)stage.event)->cut = true; /* auth-int may be over a body that is not there */
	expect_word("credentials", "yes");
	challenge(ASKED(""), ANSWERED(RESPONSE ", auts=\"YQ==\"")); /* which is AKA's, and excuses nothing here */
	expect_word("credentials", wrong);
	challenge(ASKED(""), GIVEN("r", "n", ", username=\"bob\"", URI)); /* whose password nobody knows */
	expect_word("credentials", "yes");
	challenge(ASKED(""), ANSWERED(RESPONSE ", qop=unheard-of, nc=00000001, cnonce=\"c\""));
	expect_word("credentials", "yes");
}

/* --- what was refused --- */

/* A REGISTER with these credentials, and its answer. */
static void refused(const char *credentials, const char *answer)
{
	char head[1024];
	struct event *first;

	snprintf(head, sizeof(head), REGISTER CSEQ "%s", credentials);
	first = stage_say(SECOND, "client core", head, NULL);
	stage_txn(OCCASION_REGISTER, first, answer ? stage_say(2 * SECOND, "core client", answer, NULL) : NULL);
	stage_alive("client", 2 * SECOND + stage.timers.quiet);
}

static void expect_refused(const char *credentials, const char *answer, const char *want)
{
	refused(credentials, answer);
	expect_word("credentials_refused", want);
}

Test(check_credentials, refused_by_the_same_challenge)
{
	expect_refused(ANSWERED(RESPONSE), ASKED(""), "yes");
	expect_refused(ANSWERED(RESPONSE), ASKED(", stale=false"), "yes");
	expect_refused(ANSWERED(RESPONSE), ASKED(", stale=TRUE"), "no");
	expect_refused(ANSWERED(RESPONSE), NULL, "no");
	expect_refused("", ASKED(""), "no");
	expect_refused(ANSWERED(RESPONSE), "SIP/2.0 401 No\nWWW-Authenticate: Digest realm=\"r\", nonce=\"m\"\n", "no");
	expect_refused(ANSWERED(RESPONSE), "SIP/2.0 401 No\nWWW-Authenticate: Digest realm=\"q\", nonce=\"n\"\n", "no");
	expect_refused(ANSWERED(RESPONSE), "SIP/2.0 403 No\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\n", "no");
	expect_refused("Proxy-" ANSWERED(RESPONSE),
		       "SIP/2.0 407 No\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n", "yes");
	expect_refused(ANSWERED(RESPONSE), "SIP/2.0 407 No\nProxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n",
		       "no");
}

#define AGAIN "no: the credentials that were refused just before"

static const struct event *comes_again(uint64_t time, const char *credentials)
{
	char head[1024];

	snprintf(head, sizeof(head), REGISTER "CSeq: 2 REGISTER\n%s", credentials);
	return stage_other(OCCASION_REGISTER, stage_say(time, "client core", head, NULL), NULL)->request;
}

Test(check_credentials, refused_and_tried_again)
{
	const struct event *again;

	refused(ANSWERED(RESPONSE), ASKED(""));
	expect_word("not_tried_again", "yes");
	again = comes_again(3 * SECOND, ANSWERED(RESPONSE));
	expect_word("not_tried_again", AGAIN);
	cr_expect_eq(stage.why.event, again);
	((struct event *)again)->time = 2 * SECOND + stage.timers.quiet; /* somebody may have been asked */
	expect_word("not_tried_again", "yes");
}

Test(check_credentials, refused_and_others_tried)
{
	refused(ANSWERED(RESPONSE), ASKED(""));
	comes_again(2 * SECOND + 1, "");
	comes_again(2 * SECOND + 2, ANSWERED(", response=\"x\""));
	expect_word("not_tried_again", "yes");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("not_tried_again", "yes");
}

Test(check_credentials, refused_and_silent)
{
	refused(ANSWERED(RESPONSE), ASKED(""));
	stage_alive("client", 2 * SECOND + stage.timers.quiet - 1);
	expect_word("not_tried_again", "unknown: nothing of the client after the refusal");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("not_tried_again", "unknown: packets are missing from the capture");
}

/* With a cnonce of its own each value is another: that they are of one password, only who knows it can tell. */
Test(check_credentials, refused_with_a_password_that_is_known)
{
	static const char form[] =
		"Authorization: Digest username=\"alice\", realm=\"r\", nonce=\"n\", uri=\"sip:im.example\", "
		"qop=auth, nc=00000001, cnonce=\"%s\", response=\"%s\"\n";
	static const char *const cnonces[] = {"one", "two"};
	char lines[2][512], hex[65];

	for (unsigned i = 0; i < 2; i++) {
		struct sip_digest digest = {.username = SLICE("alice"),
					    .realm = SLICE("r"),
					    .nonce = SLICE("n"),
					    .uri = SLICE("sip:im.example"),
					    .qop = SLICE("auth"),
					    .nc = SLICE("00000001"),
					    .cnonce = slice_of(cnonces[i])};
		cr_assert_eq(sip_digest_response(&digest, SLICE("secret"), SLICE("REGISTER"), SLICE_NONE, hex, NULL),
			     0);
		snprintf(lines[i], sizeof(lines[i]), form, cnonces[i], hex);
	}
	refused(lines[0], ASKED(", qop=\"auth\""));
	comes_again(3 * SECOND, lines[1]);
	expect_word("not_tried_again", "yes");
	stage.secrets.find = find;
	expect_word("not_tried_again", AGAIN);
	refused(ANSWERED(RESPONSE), ASKED("")); /* that was a slip, and not of the user's */
	comes_again(3 * SECOND, lines[1]);
	expect_word("not_tried_again", "yes");
}
