/* SPDX-License-Identifier: MIT */
#include "judge/judge.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

struct hearing { /* of one transaction */
	struct look look;
	uint8_t *verdicts; /* by place of the rule; an enum verdict */
};

struct judging {
	const struct judge *judge;
	struct story story;
	bool heads_cut;                  /* headers may be missing */
	struct hearing *hearings;        /* of the story's transactions, by occasion */
	size_t from[OCCASION_COUNT + 1]; /* where those of an occasion begin in it */
	uint64_t *due;                   /* by place of the rule, as bits: there is a verdict */
};

/* --- findings --- */

static char *clean(struct slice s)
{
	struct buf buf = {0};

	text_clean(&buf, s, TEXT_LINE_MAX);
	return buf_take(&buf);
}

/* "PUBLISH sip:alice@im.example", "403 Forbidden (PUBLISH)" */
static void put_start(struct buf *to, const struct sip_msg *msg)
{
	if (msg->is_request) {
		text_clean(to, msg->method_text, 40);
		buf_putc(to, ' ');
		text_clean(to, msg->uri, 80);
		return;
	}
	buf_printf(to, "%u ", msg->status);
	text_clean(to, msg->reason, 60);
	buf_puts(to, " (");
	text_clean(to, msg->method_text, 40);
	buf_putc(to, ')');
}

static void put_line(struct buf *to, const struct event *event)
{
	char src[NET_ADDR_TEXT_MAX], dst[NET_ADDR_TEXT_MAX];

	put_start(to, &event->msg);
	buf_printf(to, " %s → %s", net_addr_format(src, &event->path.src), net_addr_format(dst, &event->path.dst));
}

static void add_evidence(struct finding *finding, const struct event *event, uint32_t from, uint32_t to, bool raw)
{
	struct evidence *evidence = &finding->evidence[finding->evidence_count++];
	struct buf line = {0}, text = {0};

	put_line(&line, event);
	if (raw)
		text_clean_lines(&text, event->msg.raw, 16 * 1024);
	*evidence = (struct evidence){
		.file = event->place.file,
		.frame = event->place.frame,
		.time = event->time,
		.from = from,
		.to = to,
		.line = buf_take(&line),
		.raw = raw ? buf_take(&text) : NULL,
	};
}

static void emit(const struct judging *j, const struct rule *rule, enum verdict verdict, const struct txn *txn,
		 struct why *why)
{
	const struct flow *flow = j->story.flow;
	bool bad = verdict != VERDICT_PASS;
	const struct event *event = why->event ? why->event : !bad && txn->final ? txn->final : txn->request;
	struct finding finding = {.verdict = verdict};
	struct buf seen = {0};

	finding.requirement = mem_strdup(rule->requirement->id);
	finding.rule = mem_strdup(rule->name);
	finding.case_name = flow->label.len ? clean(flow->label) : NULL;
	finding.user = clean(flow->user);
	finding.expected = bad ? clean(buf_slice(&why->expected)) : mem_strdup("");
	if (!bad)
		put_start(&seen, &event->msg);
	finding.seen = bad ? mem_printf("%s", why->seen.p ? why->seen.p : "") : buf_take(&seen);
	finding.reason = mem_printf("%s", verdict == VERDICT_WARN && rule->contested ? rule->contested
					  : why->reason.p && bad                     ? why->reason.p
										     : "");
	add_evidence(&finding, event, why->from, why->to, bad);
	if (event != txn->request)
		add_evidence(&finding, txn->request, 0, 0, bad);
	if (why->also && why->also != txn->request && why->also != event)
		add_evidence(&finding, why->also, 0, 0, bad);
	buf_done(&seen);
	j->judge->on_finding(j->judge->arg, &finding);
}

/* --- rules --- */

static struct hearing hearing_of(const struct judging *j, struct txn *txn)
{
	const struct catalogue *catalogue = j->judge->catalogue;

	txn->memory = arena_alloc(&j->story.flow->arena, catalogue->check_count + catalogue->rule_count);
	return (struct hearing){
		.look =
			{
				.story = &j->story,
				.txn = txn,
				.event = txn->request,
				.profile = j->judge->profile,
				.timers = &j->judge->timers,
				.secrets = j->judge->secrets,
				.memory = txn->memory,
			},
		.verdicts = txn->memory + catalogue->check_count,
	};
}

/* `gaps`: something of the flow is known to be missing. Without that, what neither applies nor holds for certain is
 * nobody's concern; with it, the missing part may have decided. */
static enum verdict verdict_for(const struct rule *rule, enum tri applies, enum tri holds, bool gaps)
{
	enum level level = rule->requirement->level;

	if (holds == TRI_YES)
		return applies == TRI_YES ? VERDICT_PASS : VERDICT_NONE;
	if (applies == TRI_UNKNOWN) /* it would be wrong, if it applied */
		return holds == TRI_NO || gaps ? VERDICT_INCONC : VERDICT_NONE;
	if (holds == TRI_UNKNOWN)
		return VERDICT_INCONC;
	return rule->contested || level == LEVEL_SHOULD || level == LEVEL_MAY || level == LEVEL_NOTE ? VERDICT_WARN
												     : VERDICT_FAIL;
}

/* Where header parts end with what the capture kept of a packet, a header that is missing may be anywhere: one that
 * was needed, one that excuses, one of an earlier message. */
static bool heads_are_cut(const struct flow *flow)
{
	for (size_t i = 0; (flow->gaps & FLOW_GAP_CUT) && i < flow->count; i++)
		if (flow->events[i]->msg.odd & SIP_ODD_NO_BLANK)
			return true;
	return false;
}

static void ask_why(const struct check *check, const struct look *look, struct why *why)
{
	struct look asking = *look;

	asking.why = why;
	asking.memory = NULL;
	if (check)
		check_eval(check, &asking);
}

/* Once more, for the words. */
static void explain(const struct judging *j, const struct rule *rule, const struct look *look, enum verdict verdict)
{
	bool unsure = rule->on && check_eval(rule->on, look) == TRI_UNKNOWN;
	bool cut = j->heads_cut && check_eval(rule->expect, look) == TRI_NO;
	struct why why = {0}, ignored = {0};

	if (verdict != VERDICT_PASS)
		ask_why(rule->expect, look, &why);
	if (unsure && !cut)
		ask_why(rule->on, look, &ignored);
	if (unsure || cut) {
		buf_clear(&why.reason);
		buf_add(&why.reason, cut ? SLICE("headers were cut off in the capture") : buf_slice(&ignored.reason));
	}
	emit(j, rule, verdict, look->txn, &why);
	why_done(&why);
	why_done(&ignored);
}

static void judge_rule(struct judging *j, struct hearing *hearing, size_t place, bool unsure)
{
	const struct rule *rule = j->judge->catalogue->rules[place].rule;
	enum tri applies = unsure && rule->on ? check_eval(rule->on, &hearing->look) : TRI_YES;
	enum tri holds = check_eval(rule->expect, &hearing->look);

	if (holds == TRI_NO && j->heads_cut)
		holds = TRI_UNKNOWN;
	hearing->verdicts[place] =
		(uint8_t)verdict_for(rule, applies, holds, (j->story.flow->gaps & FLOW_GAPS_HOLES) != 0);
	if (hearing->verdicts[place] != VERDICT_NONE)
		j->due[place / 64] |= 1ull << place % 64;
}

/* By the rules whose conditions may hold: Kleene's "and", up to the first that does not. */
static void judge_by(struct judging *j, struct hearing *hearing, const struct guard *guard)
{
	bool unsure = false;

	while (guard) {
		enum tri one = TRI_NO;
		if (guard->check)
			one = check_eval(guard->check, &hearing->look);
		else
			judge_rule(j, hearing, guard->rule, unsure);
		unsure |= one == TRI_UNKNOWN;
		guard = one == TRI_NO ? guard->otherwise : guard->then;
	}
}

static void hear(struct judging *j, struct hearing *hearing, enum occasion occasion)
{
	const struct judge *judge = j->judge;

	for (enum actor actor = ACTOR_SERVER; actor < ACTOR_COUNT; actor++) {
		struct guard *const *guards = judge->catalogue->guards[occasion][actor];
		if (actor == ACTOR_SERVER ? !judge->server : !judge->client)
			continue;
		judge_by(j, hearing, guards[CONDITION_ALWAYS]);
		judge_by(j, hearing, guards[CONDITION_CORE]);
		if (judge->ims)
			judge_by(j, hearing, guards[CONDITION_IMS]);
	}
}

/* Without words until here; only what is kept of it is asked again for its reasons. */
static void pronounce(const struct judging *j, size_t rule)
{
	const struct judge *judge = j->judge;
	const struct rule_place *place = &judge->catalogue->rules[rule];
	enum occasion occasion = place->rule->occasion;

	for (size_t i = j->from[occasion]; i < j->from[occasion + 1]; i++) {
		enum verdict verdict = (enum verdict)j->hearings[i].verdicts[rule];
		if (verdict != VERDICT_NONE &&
		    !(judge->on_count && judge->on_count(judge->arg, place->requirement, verdict)))
			explain(j, place->rule, &j->hearings[i].look, verdict);
	}
}

/* What a device does that is no IM Client is nobody's obligation. */
static enum occasion occasion_judged(const struct txn *txn)
{
	return txn->foreign ? OCCASION_OTHER : txn->occasion;
}

/* Most rules have nothing to look at in most flows. */
static void sort_by_occasion(struct judging *j)
{
	const struct story *story = &j->story;
	size_t at[OCCASION_COUNT];

	for (size_t i = 0; i < story->count; i++)
		j->from[occasion_judged(story->txns[i]) + 1]++;
	for (unsigned o = 0; o < OCCASION_COUNT; o++)
		j->from[o + 1] += at[o] = j->from[o];
	j->hearings = arena_alloc(&story->flow->arena, story->count * sizeof(*j->hearings));
	for (size_t i = 0; i < story->count; i++)
		j->hearings[at[occasion_judged(story->txns[i])]++] = hearing_of(j, story->txns[i]);
}

static void judge_story(struct judging *j)
{
	size_t words = j->judge->catalogue->rule_count / 64 + 1;

	j->heads_cut = heads_are_cut(j->story.flow);
	j->due = arena_alloc(&j->story.flow->arena, words * sizeof(*j->due));
	sort_by_occasion(j);
	for (enum occasion o = OCCASION_OTHER; o < OCCASION_COUNT; o++)
		for (size_t i = j->from[o]; i < j->from[o + 1]; i++)
			hear(j, &j->hearings[i], o);
	for (size_t w = 0; w < words; w++)
		for (uint64_t due = j->due[w]; due; due &= due - 1)
			pronounce(j, w * 64 + (size_t)__builtin_ctzll(due));
}

void judge_flow(const struct judge *judge, struct flow *flow, struct state *ret_end)
{
	struct judging j = {.judge = judge};

	story_tell(&j.story, flow, judge->profile);
	if (j.story.im)
		judge_story(&j);
	if (ret_end)
		*ret_end = j.story.end;
}
