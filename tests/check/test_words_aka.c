/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "sip/aka.h"
#include "sip/digest.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define FINAL  (2 * SECOND)
#define FORGED "unknown: whether the network's AUTN was genuine: the subscriber's keys are not known"
#define UNSEEN "unknown: the challenge was not seen"
#define CUT    "unknown: the message was cut off in the capture"

static struct milenage keys = {.k = "the key of alice", .opc = "her operator's c"};
static const uint8_t rand_of[MILENAGE_BLOCK] = "a random number";
static char nonce[AKA_NONCE_TEXT];

static bool find_keys(void *arg, struct slice username, struct milenage *ret)
{
	*ret = keys;
	return slice_is(username, "alice");
}

static void know_keys(void)
{
	stage.secrets.find_aka = find_keys;
}

static struct event *response(unsigned number, const char *head)
{
	char text[512];

	snprintf(text, sizeof(text), "%s\nCSeq: %u REGISTER\n", head, number);
	return stage_say(FINAL, "core client", text, NULL);
}

/* A REGISTER with that Authorization, if any, and its answer, after the one before. */
static struct txn *say(const char *authorization, const char *answer)
{
	struct txn *earlier = stage.txn;
	unsigned number = (unsigned)stage.story.count + 1;
	char text[1024];
	struct event *request;

	snprintf(text, sizeof(text), "REGISTER sip:im.example SIP/2.0\nCSeq: %u REGISTER\n%s%s%s", number,
		 authorization ? "Authorization: Digest " : "", authorization ? authorization : "",
		 authorization ? "\n" : "");
	request = stage_say(SECOND, "client core", text, NULL);
	stage_txn(OCCASION_REGISTER, request, answer ? response(number, answer) : NULL)->earlier = earlier;
	return stage.txn;
}

static const char *challenge(const char *algorithm, const char *value)
{
	static char text[256];

	snprintf(
		text, sizeof(text),
		"SIP/2.0 401 Prove it\nWWW-Authenticate: Digest realm=\"im\", nonce=\"%s\", algorithm=%s, qop=\"auth\"",
		value, algorithm);
	return text;
}

static void challenged(uint8_t mac_xor)
{
	struct milenage other = keys;

	other.k[0] ^= mac_xor;
	cr_assert_eq(aka_challenge(&other, rand_of, 7, 0, nonce), 0);
	say(NULL, challenge("AKAv1-MD5", nonce));
}

#define WITH(more) "username=\"alice\", realm=\"im\", uri=\"sip:im.example\", algorithm=AKAv1-MD5, " more

/* The Authorization that answers, by the RES of the subscriber, one of whose bits may be wrong. */
static const char *right(uint8_t res_xor)
{
	static char text[512];
	struct aka_reading reading;
	struct sip_digest asked = {
		.realm = SLICE("im"), .nonce = slice_of(nonce), .algorithm = SLICE("AKAv1-MD5"), .qop = SLICE("auth")};
	struct sip_digest_request request = {.username = SLICE("alice"),
					     .password = {(const char *)reading.res, sizeof(reading.res)},
					     .method = SLICE("REGISTER"),
					     .uri = SLICE("sip:im.example"),
					     .cnonce = SLICE("c"),
					     .nc = 1};
	struct buf value = {0};

	cr_assert_eq(aka_read(&keys, slice_of(nonce), &reading, NULL), 0);
	reading.res[0] ^= res_xor;
	cr_assert_eq(sip_digest_answer(&asked, &request, &value, NULL), 0);
	snprintf(text, sizeof(text), "%.*s", (int)value.len - 7, value.p + 7); /* without "Digest " */
	buf_done(&value);
	return text;
}

static const char *resynchronizing(uint64_t sqn, uint8_t mac_xor)
{
	static char text[256];
	struct milenage other = keys;
	char auts[AKA_AUTS_TEXT];

	other.k[0] ^= mac_xor;
	cr_assert_eq(aka_auts_write(&other, rand_of, sqn, auts), 0);
	snprintf(text, sizeof(text), WITH("nonce=\"%s\", response=\"\", auts=\"%s\""), nonce, auts);
	return text;
}

TestSuite(check_aka, .init = stage_init, .fini = stage_done);

Test(check_aka, asked)
{
	stage.txn = NULL;
	say(NULL, NULL);
	expect_word("aka_asked any", "no"); /* nothing before it */
	say(NULL, NULL);
	expect_word("aka_asked any", "no"); /* no answer before it */
	cr_expect_str_eq(
		stage_ask("aka_asked sometimes"),
		"aka_asked: argument 1 is not one of its choices, expected the request before was challenged with "
		"AKAv1-MD5 (RFC 3310), of the kind: any replayed forged");
}

Test(check_aka, asked_any)
{
	challenged(0);
	say(NULL, NULL);
	expect_word("aka_asked any", "yes");
	((struct event *)stage.txn->earlier->final)->msg.status = 403;
	expect_word("aka_asked any", "no");
}

/* Of several challenges, the one that is AKA's counts; and its nonce has to be RAND and AUTN. */
Test(check_aka, asked_among_others)
{
	char text[512];

	cr_assert_eq(aka_challenge(&keys, rand_of, 7, 0, nonce), 0);
	say(NULL, challenge("MD5", nonce));
	say(NULL, NULL);
	expect_word("aka_asked any", "no");
	say(NULL, challenge("akav1-md5", "c2hvcnQ="));
	say(NULL, NULL);
	expect_word("aka_asked any", "no");
	snprintf(text, sizeof(text), "SIP/2.0 401 Prove it\nWWW-Authenticate: Basic realm=\"im\"\n%s",
		 strchr(challenge("akav1-md5", nonce), '\n') + 1);
	say(NULL, text);
	say(NULL, NULL);
	expect_word("aka_asked any", "yes");
}

Test(check_aka, forged)
{
	challenged(1);
	say(WITH("nonce=\"\", response=\"\""), NULL);
	expect_word("aka_asked forged", FORGED);
	know_keys();
	expect_word("aka_asked forged", "yes");
	stage.secrets.find_aka = NULL;
	say(WITH("nonce=\"\", response=\"12\""), NULL)->earlier = stage.story.txns[0];
	expect_word("aka_asked forged", "no");
	say(WITH("nonce=\"\", response=\"\", auts=\"12\""), NULL)->earlier = stage.story.txns[0];
	expect_word("aka_asked forged", "no");
}

Test(check_aka, genuine)
{
	challenged(0);
	know_keys();
	say(WITH("nonce=\"\", response=\"\""), NULL);
	expect_word("aka_asked forged", "no");
	say("username=\"bob\", realm=\"im\", nonce=\"\", response=\"\"", NULL)->earlier = stage.story.txns[0];
	expect_word("aka_asked forged", FORGED); /* his keys are not known */
	say(NULL, NULL)->earlier = stage.story.txns[0];
	expect_word("aka_asked forged", FORGED);
}

/* --- the same challenge twice --- */

static struct txn *taken;

static void init_replayed(void)
{
	stage_init();
	challenged(0);
	taken = say(right(0), "SIP/2.0 200 OK");
	say(NULL, challenge("AKAv1-MD5", nonce));
	say(NULL, NULL);
}

TestSuite(check_replayed, .init = init_replayed, .fini = stage_done);

#define EXPECT_REPLAYED(want) expect_word("aka_asked replayed", want)

Test(check_replayed, replayed)
{
	struct event *final = (struct event *)taken->final;

	EXPECT_REPLAYED("yes");
	final->msg.status = 199;
	EXPECT_REPLAYED("no");
	final->msg.status = 300;
	EXPECT_REPLAYED("no");
	final->msg.status = 299;
	EXPECT_REPLAYED("yes");
	taken->occasion = OCCASION_PUBLISH;
	EXPECT_REPLAYED("no");
	taken->occasion = OCCASION_REGISTER;
	taken->final = NULL;
	EXPECT_REPLAYED("no");
}

/* What the client took after the challenge was no challenge that it had taken before. */
Test(check_replayed, taken_later)
{
	struct event *final = (struct event *)taken->final;

	final->number = stage.txn->earlier->final->number;
	EXPECT_REPLAYED("no");
	final->number--;
	EXPECT_REPLAYED("yes");
}

static void take(const char *authorization)
{
	struct txn *asked = stage.txn, *txn;
	struct txn **txns = stage.story.txns;

	taken->final = NULL;
	txn = say(authorization, "SIP/2.0 200 OK");
	((struct event *)txn->final)->number = 0;
	cr_assert_eq(txns[1], taken);
	stage.txn = asked;
	stage.event = asked->request;
}

Test(check_replayed, taken_otherwise)
{
	take(WITH("nonce=\"\", response=\"12\""));
	EXPECT_REPLAYED("no");
	take(resynchronizing(9, 0));
	EXPECT_REPLAYED("no");
	take(NULL);
	EXPECT_REPLAYED("no");
	take(right(0));
	EXPECT_REPLAYED("yes");
}

Test(check_replayed, not_taken_by_a_response_that_is_empty)
{
	char text[256];

	snprintf(text, sizeof(text), WITH("nonce=\"%s\", response=\"\""), nonce);
	take(text);
	EXPECT_REPLAYED("no");
	snprintf(text, sizeof(text), WITH("nonce=\"%s\", response=\"1\""), nonce);
	take(text);
	EXPECT_REPLAYED("yes");
	snprintf(text, sizeof(text), WITH("nonce=\"%s\", response=\"1\", auts=\"\""), nonce);
	take(text);
	stage.story.txns[5]->final = NULL;
	EXPECT_REPLAYED("no");
}

/* --- what was answered --- */

Test(check_aka, answered)
{
	challenged(0);
	say(right(0), NULL);
	expect_word("aka_answered response", "yes");
	expect_word("aka_answered resync", "no: a response");
	cr_expect_eq(stage.why.also, stage.txn->earlier->final);
	expect_word("aka_answered none", "no: a response");
	know_keys();
	expect_word("aka_answered response", "yes");
	((struct event *)stage.event)->cut = true;
	expect_word("aka_answered response", CUT);
	((struct event *)stage.event)->cut = false;
	stage.txn->earlier = NULL;
	expect_word("aka_answered response", UNSEEN);
}

Test(check_aka, answered_wrongly)
{
	challenged(0);
	say(right(1), NULL);
	expect_word("aka_answered response", "yes"); /* as far as anybody can tell */
	know_keys();
	expect_word("aka_answered response", "no: a response value that is not made of the RES of this challenge");
	expect_word("aka_answered none", "no: a response");
	expect_word("credentials", "no: a response value that is not made of the RES of this challenge");
	((struct event *)stage.event)->cut = true; /* its body may be part of it (auth-int) */
	expect_word("credentials", "yes");
}

/* A nonce that is none can't be computed with. */
Test(check_aka, answered_with_another_nonce)
{
	challenged(0);
	know_keys();
	say(WITH("nonce=\"c2hvcnQ=\", response=\"12345678901234567890123456789012\""), NULL);
	expect_word("aka_answered response", "yes");
}

Test(check_aka, answered_by_none)
{
	challenged(0);
	know_keys();
	say(NULL, NULL);
	expect_word("aka_answered none", "yes");
	expect_word("aka_answered response", "no: no response");
	expect_word("aka_answered resync", "no: no response");
}

Test(check_aka, answered_by_resynchronization)
{
	challenged(0);
	say(resynchronizing(9, 0), NULL);
	expect_word("aka_answered resync", "yes");
	expect_word("aka_answered response", "no: a request to synchronise (auts)");
	know_keys();
	expect_word("aka_answered resync", "yes");
	say(resynchronizing(9, 1), NULL)->earlier = stage.story.txns[0];
	expect_word("aka_answered resync", "no: auts whose MAC-S is wrong");
	stage.secrets.find_aka = NULL;
	expect_word("aka_answered resync", "yes");
	say(WITH("auts=\"1234567890123456789\""), NULL)->earlier = stage.story.txns[0];
	expect_word("aka_answered resync", "no: auts that is no base64 of 14 bytes");
}

static void resynchronize(const char *authorization, const char *want)
{
	say(authorization, NULL)->earlier = stage.story.txns[0];
	expect_word("aka_asked replayed", want);
}

/* A card that has seen a later number than 7: by its own word, and where that can be read. */
Test(check_aka, outrun)
{
	challenged(0);
	resynchronize(resynchronizing(9, 0), "yes");
	resynchronize(WITH("nonce=\"\", response=\"\", auts=\"12\""), "no");
	resynchronize(resynchronizing(6, 0), "yes");
	know_keys();
	resynchronize(resynchronizing(6, 0), "no");
	resynchronize(resynchronizing(7, 0), "yes");
	resynchronize(resynchronizing(9, 1), "no");
	resynchronize(resynchronizing(9, 0), "yes");
}

/* The number that comes after auts goes on from the card's. */
Test(check_aka, outrun_twice_running)
{
	challenged(0);
	say(resynchronizing(9, 0), challenge("AKAv1-MD5", nonce));
	expect_word("aka_asked replayed", "yes");
	say(resynchronizing(9, 0), NULL);
	expect_word("aka_asked replayed", "no");
}

/* Where the keys are known and the challenge is none of theirs, nothing is said of MAC-S. */
Test(check_aka, answered_by_a_resynchronization_of_anybody)
{
	char text[256];

	challenged(0);
	know_keys();
	snprintf(text, sizeof(text), "username=\"bob\", %s", strstr(resynchronizing(9, 1), "realm"));
	say(text, NULL);
	expect_word("aka_answered resync", "yes");
}
