/* SPDX-License-Identifier: MIT */
#include "judge/judge.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

struct judging {
	const struct judge *judge;
	struct story story;
	bool heads_cut;                  /* headers may be missing */
	struct look *looks;              /* at the story's transactions, by occasion */
	size_t from[OCCASION_COUNT + 1]; /* where those of an occasion begin in it */
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

static struct look look_at(const struct judging *j, struct txn *txn)
{
	txn->memory = arena_alloc(&j->story.flow->arena, j->judge->catalogue->check_count);
	return (struct look){
		.story = &j->story,
		.txn = txn,
		.event = txn->request,
		.profile = j->judge->profile,
		.timers = &j->judge->timers,
		.secrets = j->judge->secrets,
		.memory = txn->memory,
	};
}

/* `gaps`: something of the flow is known to be missing. Without that, what neither applies nor holds for certain is
 * nobody's concern; with it, the missing part may have decided. */
static enum verdict verdict_for(const struct rule *rule, enum tri applies, enum tri holds, bool gaps)
{
	enum level level = rule->requirement->level;
	bool soft = rule->contested || level == LEVEL_SHOULD || level == LEVEL_MAY || level == LEVEL_NOTE;

	if (holds == TRI_YES)
		return applies == TRI_YES ? VERDICT_PASS : VERDICT_NONE;
	if (applies == TRI_UNKNOWN) /* it would be wrong, if it applied */
		return holds == TRI_NO || gaps ? VERDICT_INCONC : VERDICT_NONE;
	if (holds == TRI_UNKNOWN)
		return VERDICT_INCONC;
	return soft ? VERDICT_WARN : VERDICT_FAIL;
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
static void explain(const struct judging *j, const struct rule *rule, const struct look *look, enum verdict verdict,
		    const char *reason, bool unsure)
{
	struct why why = {0}, ignored = {0};

	if (verdict != VERDICT_PASS)
		ask_why(rule->expect, look, &why);
	if (unsure && !reason)
		ask_why(rule->on, look, &ignored);
	if (unsure || reason) {
		buf_clear(&why.reason);
		buf_add(&why.reason, reason ? slice_of(reason) : buf_slice(&ignored.reason));
	}
	emit(j, rule, verdict, look->txn, &why);
	why_done(&why);
	why_done(&ignored);
}

/* First without words; only what is kept of it is asked again for its reasons. */
static void judge_rule(const struct judging *j, const struct rule_place *place, const struct look *look)
{
	enum tri applies = check_eval_all(place->on, place->on_count, look), holds;
	enum verdict verdict;
	bool cut;

	if (applies == TRI_NO)
		return;
	holds = check_eval(place->rule->expect, look);
	cut = holds == TRI_NO && j->heads_cut;
	if (cut)
		holds = TRI_UNKNOWN;
	verdict = verdict_for(place->rule, applies, holds, (j->story.flow->gaps & FLOW_GAPS_HOLES) != 0);
	if (verdict == VERDICT_NONE ||
	    (j->judge->on_count && j->judge->on_count(j->judge->arg, place->requirement, verdict)))
		return;
	explain(j, place->rule, look, verdict, cut ? "headers were cut off in the capture" : NULL,
		applies == TRI_UNKNOWN);
}

static bool is_judged(const struct judge *judge, const struct rule_place *place)
{
	if (place->condition == CONDITION_IMS && !judge->ims)
		return false;
	return place->actor == ACTOR_SERVER ? judge->server : judge->client;
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
	j->looks = arena_alloc(&story->flow->arena, story->count * sizeof(*j->looks));
	for (size_t i = 0; i < story->count; i++)
		j->looks[at[occasion_judged(story->txns[i])]++] = look_at(j, story->txns[i]);
}

void judge_flow(const struct judge *judge, struct flow *flow, struct state *ret_end)
{
	const struct catalogue *catalogue = judge->catalogue;
	struct judging j = {.judge = judge};

	story_tell(&j.story, flow, judge->profile);
	j.heads_cut = heads_are_cut(flow);
	sort_by_occasion(&j);
	for (size_t r = 0; j.story.im && r < catalogue->rule_count; r++) {
		const struct rule_place *place = &catalogue->rules[r];
		size_t from = j.from[place->occasion], to = j.from[place->occasion + 1];
		if (from == to || !is_judged(judge, place))
			continue;
		for (size_t i = from; i < to; i++)
			judge_rule(&j, place, &j.looks[i]);
	}
	if (ret_end)
		*ret_end = j.story.end;
}
