/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "sip/aka.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define REGISTER      "REGISTER sip:im.example SIP/2.0\n"
#define UNAUTHORIZED  "SIP/2.0 401 Unauthorized\nCSeq: 1 REGISTER\n"
#define CREDENTIALS   "Digest username=\"alice\", realm=\"im\", nonce=\"n\", uri=\"sip:im.example\", response=\"r\"\n"
#define CHALLENGE     "Digest realm=\"im\", nonce=\"n\""
#define FINAL         (2 * SECOND)
#define UNANSWERED    "the challenge is left unanswered, "
#define MORE_THAN_MD5 "unknown: " UNANSWERED "and asks for more than MD5 with qop auth"
#define NO_PASSWORD   "unknown: " UNANSWERED "and whether the client has a password is not known"

/* A REGISTER with these lines, and its answer. */
static void registered(const char *request, const char *answer)
{
	char text[512];
	struct event *event;

	snprintf(text, sizeof(text), REGISTER "%s", request);
	event = stage_say(SECOND, "client core", text, NULL);
	stage_txn(OCCASION_REGISTER, event, answer ? stage_say(FINAL, "core client", answer, NULL) : NULL);
}

TestSuite(check_challenge, .init = stage_init, .fini = stage_done);

Test(check_challenge, challenges)
{
	registered("", NULL);
	expect_word("challenges", "no");
	registered("CSeq: 1 REGISTER\n", UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "yes");
	registered("CSeq: 2 REGISTER\n", UNAUTHORIZED "Proxy-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "no");
	registered("CSeq: 3 REGISTER\n", "SIP/2.0 407 Also\nProxy-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "yes");
	registered("CSeq: 4 REGISTER\n", "SIP/2.0 407 Also\nWWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "no");
	registered("CSeq: 5 REGISTER\n", "SIP/2.0 403 No\nWWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "no");
}

/* Other schemes beside Digest are passed over, wherever they stand. */
Test(check_challenge, challenges_among_others)
{
	registered("", UNAUTHORIZED "WWW-Authenticate: Basic realm=\"im\"\n");
	expect_word("challenges", "no");
	registered("CSeq: 2 REGISTER\n",
		   UNAUTHORIZED "WWW-Authenticate: Basic realm=\"im\"\nWWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "yes");
}

/* A UE that names its user before it is asked (TS 24.229 5.1.1.2) has answered nothing yet. */
Test(check_challenge, challenges_who_named_himself_only)
{
	registered(
		"Authorization: Digest username=\"alice\", realm=\"im\", nonce=\"\", uri=\"sip:im\", response=\"\"\n",
		UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "yes");
}

/* A REGISTER with these lines after one that was answered so. */
static struct txn *comes_again(const char *before, const char *answer, const char *lines)
{
	struct txn *earlier;
	char text[512];

	registered(before, answer);
	earlier = stage.txn;
	snprintf(text, sizeof(text), REGISTER "%s", lines);
	stage_txn(OCCASION_REGISTER, stage_say(3 * SECOND, "client core", text, NULL), NULL)->earlier = earlier;
	return earlier;
}

Test(check_challenge, challenged)
{
	struct txn *earlier = comes_again("", UNAUTHORIZED, "CSeq: 2 REGISTER\n");

	expect_word("challenged", "yes");
	((struct event *)stage.txn->request)->number = 0; /* sent before the answer was there */
	((struct event *)earlier->final)->number = 1;
	expect_word("challenged", "no");
	earlier->final = NULL;
	expect_word("challenged", "no");
	stage.txn->earlier = NULL;
	expect_word("challenged", "no");
	comes_again("CSeq: 3 REGISTER\n", "SIP/2.0 407 Also\n", "CSeq: 4 REGISTER\n");
	expect_word("challenged", "yes");
	comes_again("CSeq: 5 REGISTER\n", "SIP/2.0 403 Forbidden\n", "CSeq: 6 REGISTER\n");
	expect_word("challenged", "no");
}

/* Who has a wrong password, and tries the whole once more. */
Test(check_challenge, challenged_and_refused)
{
	comes_again("Authorization: " CREDENTIALS, UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\n",
		    "CSeq: 2 REGISTER\n");
	expect_word("challenged", "no");
	comes_again("CSeq: 3 REGISTER\nAuthorization: " CREDENTIALS, UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\n",
		    "CSeq: 4 REGISTER\nAuthorization: " CREDENTIALS);
	expect_word("challenged", "yes");
	comes_again("CSeq: 5 REGISTER\nAuthorization: " CREDENTIALS,
		    UNAUTHORIZED "WWW-Authenticate: " CHALLENGE ", stale=TRUE\n", "CSeq: 6 REGISTER\n");
	expect_word("challenged", "yes");
}

Test(check_challenge, challenges_who_gave_credentials)
{
	registered("Authorization: " CREDENTIALS, UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "no");
	registered("CSeq: 2 REGISTER\nProxy-Authorization: " CREDENTIALS,
		   UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\n");
	expect_word("challenges", "no");
	registered("CSeq: 3 REGISTER\nAuthorization: " CREDENTIALS,
		   UNAUTHORIZED "WWW-Authenticate: " CHALLENGE ", stale=false\n");
	expect_word("challenges", "no");
	registered("CSeq: 4 REGISTER\nAuthorization: " CREDENTIALS,
		   UNAUTHORIZED "WWW-Authenticate: " CHALLENGE "\nWWW-Authenticate: " CHALLENGE ", stale=TRUE\n");
	expect_word("challenges", "yes");
}

static bool is_able(void *arg, struct slice user)
{
	return *(bool *)arg && slice_is(user, "sip:alice@im.example");
}

/* A challenge with this line that nobody answers, by a client that lives and has a password. */
static void unanswered(const char *challenge)
{
	static bool able = true;
	char text[256];

	snprintf(text, sizeof(text), UNAUTHORIZED "WWW-Authenticate: %s\n", challenge);
	registered("", text);
	stage.secrets = (struct secrets){.able = is_able, .arg = &able};
	stage_alive("client", FINAL + stage.timers.quiet);
}

#define IGNORED "no: no REGISTER after it, the client being alive"

Test(check_challenge, answers_challenge)
{
	unanswered(CHALLENGE);
	expect_word("answers_challenge", IGNORED);
	cr_expect_eq(stage.why.event, stage.txn->final);
	stage_alive("client", FINAL + stage.timers.quiet - 1);
	expect_word("answers_challenge",
		    "unknown: " UNANSWERED "with no sign of life of the client after the time to wait");
	stage.flow->gaps = FLOW_GAP_LOST;
	expect_word("answers_challenge", "unknown: packets are missing from the capture");
}

Test(check_challenge, answers_challenge_by_a_register)
{
	struct txn *txn;

	unanswered(CHALLENGE);
	txn = stage.txn;
	registered("CSeq: 2 REGISTER\n", NULL);
	stage.txn = txn;
	expect_word("answers_challenge", "yes");
	stage.story.txns[1]->occasion = OCCASION_SUBSCRIBE;
	expect_word("answers_challenge", IGNORED);
}

/* Another device of the user answers nothing. */
Test(check_challenge, answers_challenge_of_another_device)
{
	unanswered(CHALLENGE);
	stage_other(OCCASION_REGISTER,
		    stage_say(FINAL, "server core",
			      "REGISTER sip:im.example SIP/2.0\nContact: <sip:b@10.1.0.2>\nCSeq: 8 REGISTER\n", NULL),
		    NULL);
	expect_word("answers_challenge", IGNORED);
	stage.story.txns[1]->request =
		stage_say(FINAL, "client core", "REGISTER sip:im.example SIP/2.0\nCSeq: 9 REGISTER\n", NULL);
	expect_word("answers_challenge", "yes");
}

/* What every client has to know: MD5, and qop auth or none. */
Test(check_challenge, answers_challenge_that_it_has_to_know)
{
	static const struct {
		const char *challenge, *want;
	} rows[] = {{CHALLENGE ", algorithm=md5", IGNORED},
		    {CHALLENGE ", algorithm=SHA-256", MORE_THAN_MD5},
		    {CHALLENGE ", qop=\"auth\"", IGNORED},
		    {CHALLENGE ", qop=\"auth,auth-int\"", IGNORED},
		    {CHALLENGE ", qop=\"auth-int,auth\"", IGNORED},
		    {CHALLENGE ", qop=\"auth-int, auth\"", IGNORED},
		    {CHALLENGE ", qop=\"token,auth-int\"", MORE_THAN_MD5},
		    {CHALLENGE ", qop=\"auth-int\"", MORE_THAN_MD5},
		    {CHALLENGE ", algorithm=SHA-256, qop=\"auth\"", MORE_THAN_MD5},
		    {CHALLENGE ", algorithm=SHA-256\nWWW-Authenticate: " CHALLENGE, IGNORED},
		    {"Basic realm=\"im\"", MORE_THAN_MD5}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (i) {
			stage_done();
			stage_init();
		}
		unanswered(rows[i].challenge);
		expect_word("answers_challenge", rows[i].want);
	}
}

Test(check_challenge, answers_challenge_with_a_password)
{
	static bool able;

	unanswered(CHALLENGE);
	stage.secrets.arg = &able;
	expect_word("answers_challenge", NO_PASSWORD);
	stage.secrets = (struct secrets){0};
	expect_word("answers_challenge", NO_PASSWORD);
}

static const struct milenage card = {.k = "the key of alice", .opc = "her operator's c"};

static bool find_card(void *arg, struct slice username, struct milenage *ret)
{
	*ret = card;
	return slice_is(username, "alice");
}

static bool is_alice(void *arg, struct slice user, struct slice realm, struct slice *ret_username)
{
	*ret_username = SLICE("alice");
	return slice_is(realm, "im");
}

/* AKA has to be known by who has the card; a network that is none may be turned away from. */
Test(check_challenge, answers_challenge_with_a_card)
{
	struct milenage forger = card;
	char nonce[AKA_NONCE_TEXT], text[128];

	for (int forged = 0; forged < 2; forged++) {
		forger.k[0] ^= (uint8_t)forged;
		stage_done();
		stage_init();
		cr_assert_eq(aka_challenge(&forger, (const uint8_t *)"a random number", 7, 0, nonce), 0);
		snprintf(text, sizeof(text), "Digest realm=\"im\", algorithm=AKAv1-MD5, nonce=\"%s\"", nonce);
		unanswered(text);
		stage.secrets = (struct secrets){0};
		expect_word("answers_challenge", MORE_THAN_MD5);
		stage.secrets.find_aka = find_card;
		expect_word("answers_challenge", MORE_THAN_MD5);
		stage.secrets.name = is_alice;
		expect_word("answers_challenge", forged ? MORE_THAN_MD5 : IGNORED);
	}
}

static bool is_bob(void *arg, struct slice user, struct slice realm, struct slice *ret_username)
{
	*ret_username = SLICE("bob");
	return true;
}

/* The name that stands in the REGISTER tells whose card it is, whatever others the user has. */
Test(check_challenge, answers_challenge_with_the_card_of_its_name)
{
	static const char asked[] =
		"SIP/2.0 401 Unauthorized\nCSeq: 5 REGISTER\nWWW-Authenticate: Digest realm=\"im\", "
		"algorithm=AKAv1-MD5, nonce=\"%s\"\n";
	char nonce[AKA_NONCE_TEXT], text[256];

	cr_assert_eq(aka_challenge(&card, (const uint8_t *)"a random number", 7, 0, nonce), 0);
	snprintf(text, sizeof(text), asked, nonce);
	registered("CSeq: 5 REGISTER\nAuthorization: Digest username=\"alice\", realm=\"im\", nonce=\"\", "
		   "uri=\"sip:im\", response=\"\"\n",
		   text);
	stage_alive("client", FINAL + stage.timers.quiet);
	stage.secrets = (struct secrets){.find_aka = find_card, .name = is_bob};
	expect_word("answers_challenge", IGNORED);
}

/* Who gave credentials once has a password, and who said that there is one need not be able to tell. */
Test(check_challenge, answers_challenge_where_it_did_before)
{
	struct event *request;

	unanswered(CHALLENGE);
	stage.secrets = (struct secrets){.arg = &request};
	request = stage_say(0, "client core", REGISTER "CSeq: 7 REGISTER\nAuthorization: " CREDENTIALS, NULL);
	stage.txn = stage_txn(OCCASION_REGISTER, request, NULL);
	request->number = 0;
	stage.txn = stage.story.txns[0];
	((struct event *)stage.txn->request)->number = 1;
	expect_word("answers_challenge", IGNORED);
	stage.story.txns[1]->occasion = OCCASION_PUBLISH;
	expect_word("answers_challenge", NO_PASSWORD);
}
