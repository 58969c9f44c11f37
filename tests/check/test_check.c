/* SPDX-License-Identifier: MIT */
#include "check/stage.h"
#include "check/words.h"

#include <criterion/criterion.h>
#include <string.h>

static void init(void)
{
	stage_init();
	stage_txn(OCCASION_PUBLISH,
		  stage_say(SECOND, "core server", "PUBLISH sip:alice@im.example SIP/2.0\nCSeq: 1 PUBLISH\n", NULL),
		  NULL);
}

TestSuite(check_check, .init = init, .fini = stage_done);

Test(check_check, words)
{
	size_t count, again;
	const struct word *const *words = check_words(&count);

	cr_expect_gt(count, 100);
	cr_expect_eq(check_words(&again), words);
	cr_expect_eq(again, count);
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(check_word(slice_of(words[i]->name)), words[i], "%s", words[i]->name);
	cr_expect_null(check_word(SLICE("stat")));
	cr_expect_null(check_word(SLICE("")));
}

/* --- arguments --- */

Test(check_check, arguments_too_many_or_few)
{
	expect_word("status", "status: 0 arguments given, expected at least 1");
	expect_word("at_least Expires", "at_least: 1 arguments given, expected 2");
	expect_word("at_least Expires 1 2", "at_least: 3 arguments given, expected 2");
	expect_word("im 1", "im: 1 arguments given, expected 0");
	expect_word("has Expires 1", "has: 2 arguments given, expected 1");
}

static const struct word optional = {"made_up", "nTN", WORD_LEAF, "%1", "", NULL, NULL};
static const struct word many = {"many", "tN*", WORD_LEAF, "%1", "", NULL, NULL};

static const char *bound(const struct word *word, unsigned count, ...)
{
	static struct err err;
	static struct check check;
	va_list args;

	check = (struct check){.word = word, .arg_count = count};
	va_start(args, count);
	for (unsigned i = 0; i < count; i++) {
		check.args[i].text = va_arg(args, const char *);
		check.args[i].kind = check.args[i].text ? CHECK_ARG_TEXT : CHECK_ARG_NUMBER;
	}
	va_end(args);
	return check_bind(&check, &err) < 0 ? err.text : "bound";
}

/* Capital letters may be left out, a star goes on with the last of its kind. */
Test(check_check, arguments_that_may_be_left_out)
{
	cr_expect_str_eq(bound(&optional, 0), "made_up: 0 arguments given, expected at least 1");
	cr_expect_str_eq(bound(&optional, 1, NULL), "bound");
	cr_expect_str_eq(bound(&optional, 3, NULL, "a", NULL), "bound");
	cr_expect_str_eq(bound(&optional, 4, NULL, "a", NULL, NULL), "made_up: 4 arguments given, expected at least 1");
	cr_expect_str_eq(bound(&optional, 2, NULL, NULL), "made_up: argument 2 is number, expected text");
	cr_expect_str_eq(bound(&optional, 3, NULL, "a", "b"), "made_up: argument 3 is text, expected a number");
	cr_expect_str_eq(bound(&many, 0), "many: 0 arguments given, expected at least 1");
	cr_expect_str_eq(bound(&many, 4, "a", NULL, NULL, NULL), "bound");
	cr_expect_str_eq(bound(&many, 4, "a", NULL, NULL, "b"), "many: argument 4 is text, expected a number");
}

Test(check_check, arguments_of_the_wrong_kind)
{
	struct err err;
	struct check check = {.word = &many, .args = {{.kind = CHECK_ARG_NONE}}, .arg_count = 1};

	expect_word("status soon", "status: argument 1 is text, expected a number");
	expect_word("method 7", "method: argument 1 is number, expected text");
	expect_word("has 7", "has: argument 1 is number, expected text");
	expect_word("has Colour", "has: argument 1 is no known header, expected a name like \"Event\"");
	cr_expect_eq(check_bind(&check, &err), -EINVAL);
	cr_expect_str_eq(err.text, "many: argument 1 is nothing, expected text");
}

Test(check_check, a_header_that_is_bound)
{
	struct check *check = stage_check("has Expires");

	cr_expect_eq(check_bind(check, NULL), 0);
	cr_expect_eq(check->args[0].kind, CHECK_ARG_HEADER);
	cr_expect_eq(check->args[0].header, SIP_HEADER_EXPIRES);
}

Test(check_check, choices)
{
	struct check *check = stage_check("delivery on none");

	expect_word("setting loudness",
		    "setting: argument 1 is not one of its choices, expected the document has: session-barring "
		    "pager-barring invisibility offline-delivery session-storing pager-storing");
	cr_expect_eq(check_bind(check, NULL), 0);
	cr_expect_eq(check->args[0].number, 3);
	cr_expect_eq(check->args[1].number, 0);
	cr_expect_eq(check_bind(stage_check("delivery on nowhere"), NULL), -EINVAL);
}

Test(check_check, kids)
{
	const struct check *kids[] = {stage_check("im")};
	struct check *leaf = stage_check("im"), *all = stage_check("all");

	leaf->kids = all->kids = kids;
	leaf->kid_count = all->kid_count = 1;
	cr_expect_str_eq(stage_eval(leaf), "im: takes no checks, expected only arguments");
	stage.story.im = true;
	cr_expect_str_eq(stage_eval(all), "yes");
}

/* --- why --- */

/* The innermost word that did not hold names what was expected, and of several the first. */
Test(check_check, expected)
{
	const struct check *kids[] = {stage_check("undecided x"), stage_check("im")};
	struct check *all = stage_check("all");

	all->kids = kids;
	all->kid_count = 2;
	cr_expect_str_eq(stage_eval(all), "no");
	cr_expect(slice_is(buf_slice(&stage.why.expected), "undecided: x"));
	all->word = check_word(SLICE("answer")); /* which is none, so that no kid is asked */
	stage_eval(all);
	cr_expect(slice_is(buf_slice(&stage.why.expected),
			   "the answer: undecided: x and instant messaging is spoken here"));
}

static struct look look_at(struct why *why)
{
	return (struct look){.story = &stage.story, .txn = stage.txn, .event = stage.event, .why = why};
}

/* What was answered is kept, where there is room; but not of what has no number. */
Test(check_check, memory)
{
	uint8_t memory[3] = {0};
	struct check check = {.word = check_word(SLICE("im")), .number = 2};
	struct look look = look_at(NULL);

	stage.story.im = true;
	cr_expect_eq(check_eval(&check, &look), TRI_YES); /* no room */
	stage.story.im = false;
	cr_expect_eq(check_eval(&check, &look), TRI_NO);
	look.memory = memory;
	cr_expect_eq(check_eval(&check, &look), TRI_NO);
	cr_expect_eq(memory[2], TRI_NO + 1);
	stage.story.im = true;
	cr_expect_eq(check_eval(&check, &look), TRI_NO);
	check.number = 0;
	cr_expect_eq(check_eval(&check, &look), TRI_YES);
	cr_expect_eq(memory[0], 0);
}

static void expect_bytes(struct slice at, uint32_t from, uint32_t to)
{
	struct why why = {.from = 7, .to = 9};
	struct look look = look_at(&why);

	cr_expect_eq(look_no(&look, stage.event, at, "%s %d", "seen", 1), TRI_NO);
	cr_expect_eq(why.event, stage.event);
	cr_expect_eq(why.from, from);
	cr_expect_eq(why.to, to);
	cr_expect(slice_is(buf_slice(&why.seen), "seen 1"));
	why_done(&why);
}

/* Bytes that are none of the message's are not shown as such. */
Test(check_check, bytes_of_the_message)
{
	struct slice raw = stage.event->msg.raw;

	expect_bytes(raw, 0, (uint32_t)raw.len);
	expect_bytes((struct slice){raw.p + 1, raw.len - 1}, 1, (uint32_t)raw.len);
	expect_bytes((struct slice){raw.p + 1, raw.len}, 0, 0);
	expect_bytes((struct slice){raw.p - 1, 1}, 0, 0);
	expect_bytes(SLICE_NONE, 0, 0);
	expect_bytes(SLICE("elsewhere"), 0, 0);
}

Test(check_check, no_event)
{
	struct why why = {.from = 7, .to = 9, .event = stage.event};
	struct look look = look_at(&why);

	cr_expect_eq(look_no(&look, NULL, stage.event->msg.raw, "seen"), TRI_NO);
	cr_expect_null(why.event);
	cr_expect_eq(why.from, 0);
	cr_expect_eq(why.to, 0);
	why_done(&why);
}

/* Where nobody asks why, only the result comes back; what was told last is what counts. */
Test(check_check, results)
{
	struct why why = {0};
	struct look look = look_at(NULL);
	struct event *event = (struct event *)stage.event;

	cr_expect_eq(look_no(&look, event, SLICE_NONE, "seen"), TRI_NO);
	cr_expect_eq(look_unknown(&look, "reason"), TRI_UNKNOWN);
	cr_expect_eq(look_missing(&look, event, "missing"), TRI_NO);
	event->cut = true;
	cr_expect_eq(look_missing(&look, event, "missing"), TRI_UNKNOWN);
	look.why = &why;
	cr_expect_eq(look_no(&look, event, SLICE_NONE, "one"), TRI_NO);
	cr_expect_eq(look_no(&look, event, SLICE_NONE, "two"), TRI_NO);
	cr_expect_eq(look_unknown(&look, "three"), TRI_UNKNOWN);
	cr_expect_eq(look_unknown(&look, "%s", "four"), TRI_UNKNOWN);
	cr_expect(slice_is(buf_slice(&why.seen), "two"));
	cr_expect(slice_is(buf_slice(&why.reason), "four"));
	event->cut = false;
	cr_expect_eq(look_missing(&look, event, "mis%s", "sing"), TRI_NO);
	cr_expect(slice_is(buf_slice(&why.seen), "missing"));
	why_done(&why);
}

/* Eight texts live at a time. */
Test(check_check, texts)
{
	const char *texts[8];

	for (size_t i = 0; i < 8; i++)
		texts[i] = look_text((struct slice){"abcdefgh" + i, 1});
	for (size_t i = 0; i < 8; i++)
		cr_expect_eq(texts[i][0], (char)('a' + i));
	cr_expect_eq(look_text(SLICE("x")), texts[0]);
	cr_expect_str_eq(look_header(stage.event, SIP_HEADER_CSEQ), "1 PUBLISH");
	cr_expect_str_eq(look_header(stage.event, SIP_HEADER_EVENT), "absent");
}

/* --- gaps --- */

#define LOSSY "the network loses messages: one may be missing"

static const struct {
	uint32_t gap;
	const char *reason;
} gaps[] = {
	{FLOW_GAP_LOST, "packets are missing from the capture"},
	{FLOW_GAP_UNREADABLE, "there is encrypted traffic between the same hosts"},
	{FLOW_GAP_EVICTED, "a limit dropped a part of this flow"},
	{FLOW_GAP_UNCONNECTED, "TLS failed, and what is missing may have been meant to come"},
	{FLOW_GAP_CUT, "packets were cut off in the capture"},
	{FLOW_GAP_LOSSY, LOSSY},
	{FLOW_GAP_STOPPED, "the observer stood still meanwhile"},
	{FLOW_GAP_NAMED, "a part of this flow came before it was known whose it is"},
	{FLOW_GAP_START, NULL},
	{FLOW_GAP_ORDER, NULL},
};

static void expect_told(enum tri result, const struct why *why, const char *reason)
{
	cr_expect_eq(result, reason ? TRI_UNKNOWN : TRI_YES, "%s", reason ? reason : "yes");
	if (reason)
		cr_expect(slice_is(buf_slice(&why->reason), reason), "%s", reason);
}

Test(check_check, complete)
{
	struct why why = {0};
	struct look look = look_at(&why);

	for (size_t i = 0; i < sizeof(gaps) / sizeof(*gaps); i++) {
		stage.flow->gaps = gaps[i].gap;
		expect_told(look_complete(&look), &why, gaps[i].reason);
	}
	stage.flow->gaps = 0;
	expect_told(look_complete(&look), &why, NULL);
	why_done(&why);
}

/* What the core did itself the core knows, whatever the network did; what went by elsewhere it does not. */
Test(check_check, told)
{
	static const enum occasion own[] = {OCCASION_PUBLISH, OCCASION_THIRD_PARTY, OCCASION_DEPOSIT};
	struct why why = {0};
	struct look look = look_at(&why);

	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++) {
		stage.txn->occasion = own[i];
		stage.flow->gaps = FLOW_GAP_LOSSY;
		expect_told(look_told(&look), &why, NULL);
		stage.flow->gaps = FLOW_GAP_LOSSY | FLOW_GAP_LOST;
		expect_told(look_told(&look), &why, "packets are missing from the capture");
	}
	stage.flow->gaps = FLOW_GAP_LOSSY;
	stage.txn->occasion = OCCASION_PUSH;
	expect_told(look_told(&look), &why, LOSSY);
	stage.flow->gaps = 0;
	expect_told(look_told(&look), &why, NULL);
	why_done(&why);
}

/* Who has something to say says it again for 32 s: then silence is silence, though the network loses. */
Test(check_check, silent)
{
	struct why why = {0};
	struct look look = look_at(&why);

	stage.flow->gaps = FLOW_GAP_LOSSY | FLOW_GAP_START;
	expect_told(look_silent(&look, 5, 5 + 32 * SECOND), &why, NULL);
	expect_told(look_silent(&look, 5, 5 + 32 * SECOND - 1), &why, LOSSY);
	stage.flow->gaps = FLOW_GAP_LOSSY | FLOW_GAP_LOST;
	expect_told(look_silent(&look, 5, 5 + 32 * SECOND), &why, "packets are missing from the capture");
	stage.flow->gaps = 0;
	expect_told(look_silent(&look, 5, 5), &why, NULL);
	why_done(&why);
}

/* --- whose an address is --- */

Test(check_check, is_user)
{
	struct look look = look_at(NULL);

	cr_expect(look_is_user(&look, SLICE("sip:alice@IM.example;x")));
	cr_expect(look_is_user(&look, SLICE("tel:+44-20555")));
	cr_expect_not(look_is_user(&look, SLICE("sip:bob@im.example")));
	cr_expect_not(look_is_user(&look, SLICE("sip:im.example")));
	flow_add_identity(stage.flow, SLICE(""));
	cr_expect_not(look_is_user(&look, SLICE("nonsense")));
}

Test(check_check, may_be_alias)
{
	struct look look = look_at(NULL);

	cr_expect(look_may_be_alias(&look, SLICE("tel:+4930123")));
	cr_expect(look_may_be_alias(&look, SLICE("tel:7042;phone-context=im.example")));
	cr_expect_not(look_may_be_alias(&look, SLICE("sip:bob@im.example")));
	cr_expect_not(look_may_be_alias(&look, SLICE("nonsense")));
	stage.txn->before.registered_here = true;
	cr_expect_not(look_may_be_alias(&look, SLICE("tel:+4930123")));
	stage.txn->before.registered_here = false;
	stage.flow->label = SLICE("a case");
	cr_expect_not(look_may_be_alias(&look, SLICE("tel:+4930123")));
}

/* --- sentences --- */

static void expect_sentence(const struct check *check, const char *want)
{
	struct buf text = {0};

	check_sentence(check, &text);
	cr_expect(slice_is(buf_slice(&text), want), "%.*s", (int)text.len, text.p);
	buf_done(&text);
}

Test(check_check, sentences)
{
	struct check *check = stage_check("at_least Expires 60");

	cr_assert_eq(check_bind(check, NULL), 0);
	expect_sentence(check, "a Expires of at least 60");
	expect_sentence(stage_check("status 200"), "200");
	expect_sentence(stage_check("status 200 202"), "200 or 202");
	expect_sentence(stage_check("status 200 202 204"), "200, 202 or 204");
	expect_sentence(stage_check("param_is Session-Expires refresher uac"),
			"Session-Expires with the parameter refresher=uac");
}

Test(check_check, sentences_of_kids)
{
	const struct check *kids[] = {stage_check("status 1"), stage_check("im"), stage_check("class 2")};
	struct check *all = stage_check("all"), *any = stage_check("any");

	all->kids = any->kids = kids;
	all->kid_count = any->kid_count = 3;
	expect_sentence(all, "1 and instant messaging is spoken here and a status of class 2");
	expect_sentence(any, "1, or instant messaging is spoken here, or a status of class 2");
}

/* A place beyond the arguments, or of no argument, says nothing. */
Test(check_check, sentences_of_what_is_not_given)
{
	static const struct word word = {"w", "N*", WORD_LEAF, "<%1><%2><%9><%0><%:>", "", NULL, NULL};
	struct check check = {.word = &word, .arg_count = 1};

	check.args[0] = (struct check_arg){.kind = CHECK_ARG_NUMBER, .number = -7};
	check.args[1] = (struct check_arg){.kind = CHECK_ARG_TEXT, .text = "beyond"};
	expect_sentence(&check, "<-7><><><><>");
}
