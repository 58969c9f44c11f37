/* SPDX-License-Identifier: MIT
 *
 * A correct campaign is run, and of every flow in it each rule that passed gets its lie: the rule must then fail, and
 * no other requirement but those that the rule names with a reason. */
#include "base/mem.h"
#include "harness/prove_audit.h"
#include "trace/edit.h"

#include <stdlib.h>

enum { OCCASIONS_MAX = 3 }; /* of each rule, in different flows */

struct breaking {
	const struct prove_stage *stage;
	struct prove_job *job;
	struct judge judge;
	const struct rule *rule; /* at hand */
	size_t requirement;
	bool caught, undecided;
	enum verdict *worst, *before; /* by requirement */
	unsigned **tried;             /* by requirement and rule */
};

static bool is_soft(const struct rule *rule)
{
	enum level level = rule->requirement->level;

	return rule->contested || level == LEVEL_SHOULD || level == LEVEL_MAY || level == LEVEL_NOTE;
}

/* Every reference client has a password; which it is matters to no lie. */
static bool find_none(void *arg, struct slice username, struct slice realm, struct slice *ret_password)
{
	return false;
}

static bool every_client(void *arg, struct slice user)
{
	return true;
}

static const struct secrets secrets_of_peers = {.find = find_none, .able = every_client, .find_aka = prove_find_keys};

/* --- verdicts of one flow --- */

static bool on_count(void *arg, size_t requirement, enum verdict verdict)
{
	struct breaking *b = arg;

	b->worst[requirement] = verdict_worse(b->worst[requirement], verdict);
	return verdict == VERDICT_PASS || !b->rule || requirement != b->requirement;
}

static void on_finding(void *arg, struct finding *finding)
{
	struct breaking *b = arg;
	enum verdict wanted = is_soft(b->rule) ? VERDICT_WARN : VERDICT_FAIL;

	if (!strcmp(finding->rule, b->rule->name)) {
		b->caught |= finding->verdict == wanted;
		b->undecided |= finding->verdict == VERDICT_INCONC;
	}
	finding_done(finding);
}

static void judge_into(struct breaking *b, struct flow *flow)
{
	memset(b->worst, 0, b->stage->catalogue.requirement_count * sizeof(*b->worst));
	b->caught = b->undecided = false;
	judge_flow(&b->judge, flow, NULL);
}

/* --- one lie --- */

static bool is_bad(enum verdict verdict)
{
	return verdict == VERDICT_FAIL || verdict == VERDICT_WARN;
}

static bool may_fall(const struct rule *rule, const char *id)
{
	size_t len = strlen(id);

	for (const char *const *with = rule->falls_with; *with; with++)
		if (!strncmp(*with, id, len) && (*with)[len] == ':')
			return true;
	return false;
}

static void put_others(const struct breaking *b, struct buf *to)
{
	const struct catalogue *catalogue = &b->stage->catalogue;

	for (size_t i = 0; i < catalogue->requirement_count; i++) {
		const char *id = catalogue->requirements[i]->id;

		if (i == b->requirement || !is_bad(b->worst[i]) || is_bad(b->before[i]) || may_fall(b->rule, id))
			continue;
		buf_printf(to, "%s%s", to->len ? ", " : "falls too, undeclared: ", id);
	}
}

static char *name_of(const struct rule *rule, const struct flow *flow)
{
	return mem_printf("%s%s%.*s", rule->name, *rule->name ? ", in " : "in ", SLICE_F(flow->label));
}

/* The lie as a capture has to be caught like the lie in the run. */
static int audit_lie(struct breaking *b, const struct flow *flow, struct flow *broken, struct err *err)
{
	const char *id = b->rule->requirement->id;
	enum verdict wanted = b->worst[b->requirement], audited;
	struct prove_capture capture;
	struct campaign *campaign = NULL;

	if (prove_capture_init(&capture, err) == 0) {
		prove_capture_flow(&capture, broken);
		campaign = prove_capture_audit(&capture, b->stage, b->job, err);
	}
	prove_capture_done(&capture);
	if (!campaign)
		return err->code;
	audited = campaign_find(campaign, id)->verdict;
	proofs_add(&b->job->proofs, PROOF_AUDIT, b->requirement, audited == wanted, name_of(b->rule, flow),
		   audited == wanted ? mem_strdup("the lie is caught in a capture, too")
				     : mem_printf("%s in the run, %s in its capture", verdict_name(wanted),
						  verdict_name(audited)));
	campaign_free(campaign);
	return 0;
}

/* False: the flow is too short to decide about the lie, and is no proof of anything. */
static bool judge_lie(struct breaking *b, const struct flow *flow, struct flow *broken)
{
	struct buf text = {0};

	judge_into(b, broken);
	if (!b->caught && b->undecided)
		return false;
	if (!b->caught)
		buf_puts(&text, "the lie is not caught");
	put_others(b, &text);
	proofs_add(&b->job->proofs, PROOF_BROKEN, b->requirement, !text.len, name_of(b->rule, flow),
		   mem_strdup(text.p ? text.p : ""));
	buf_done(&text);
	if (b->job->code == 0)
		b->job->code = audit_lie(b, flow, broken, &b->job->err);
	return true;
}

static bool passes(const struct breaking *b, const struct story *story, const struct txn *txn)
{
	struct look look = {.story = story,
			    .txn = txn,
			    .event = txn->request,
			    .profile = b->judge.profile,
			    .timers = &b->judge.timers,
			    .secrets = b->judge.secrets};

	if (b->rule->on && check_eval(b->rule->on, &look) != TRI_YES)
		return false;
	return check_eval(b->rule->expect, &look) == TRI_YES;
}

static bool break_occasion(struct breaking *b, const struct story *story, const struct txn *txn)
{
	struct flow *broken;
	bool decided;

	if (txn->occasion != b->rule->occasion || !passes(b, story, txn) ||
	    edit_apply(story, txn, b->rule->broken, b->rule->broken_count, &broken, NULL) < 0)
		return false;
	decided = judge_lie(b, story->flow, broken);
	flow_free(broken);
	return decided;
}

/* --- all lies about one flow --- */

static void break_rule(struct breaking *b, const struct story *story, size_t number)
{
	unsigned *tried = &b->tried[b->requirement][number];

	b->rule = &b->stage->catalogue.requirements[b->requirement]->rules[number];
	for (size_t i = 0; i < story->count && *tried < OCCASIONS_MAX; i++)
		if (break_occasion(b, story, story->txns[i])) {
			++*tried;
			return;
		}
}

static void on_flow(void *arg, const struct play *play, struct flow *flow)
{
	struct breaking *b = arg;
	struct story story;

	b->rule = NULL;
	judge_into(b, flow);
	memcpy(b->before, b->worst, b->stage->catalogue.requirement_count * sizeof(*b->worst));
	story_tell(&story, flow, b->judge.profile);
	for (b->requirement = 0; b->requirement < b->stage->catalogue.requirement_count; b->requirement++) {
		const struct requirement *r = b->stage->catalogue.requirements[b->requirement];

		if (!prove_side_has(b->job->side, b->stage, b->requirement))
			continue;
		for (size_t i = 0; i < r->rule_count; i++)
			break_rule(b, &story, i);
	}
}

/* Some rules only say why nothing is decided. */
static bool can_pass(const struct rule *rule)
{
	return strcmp(rule->expect->word->name, "undecided") != 0;
}

static void add_untried(struct breaking *b)
{
	const struct catalogue *catalogue = &b->stage->catalogue;

	for (size_t r = 0; r < catalogue->requirement_count; r++) {
		const struct requirement *requirement = catalogue->requirements[r];

		if (!prove_side_has(b->job->side, b->stage, r))
			continue;
		for (size_t i = 0; i < requirement->rule_count; i++)
			if (!b->tried[r][i] && can_pass(&requirement->rules[i]))
				proofs_add(&b->job->proofs, PROOF_BROKEN, r, false,
					   mem_strdup(requirement->rules[i].name),
					   mem_strdup("no flow passes it, or its lie fits none that is long enough"));
	}
}

static void breaking_init(struct breaking *b)
{
	const struct catalogue *catalogue = &b->stage->catalogue;

	b->worst = mem_alloc(catalogue->requirement_count * sizeof(*b->worst));
	b->before = mem_alloc(catalogue->requirement_count * sizeof(*b->before));
	b->tried = mem_alloc(catalogue->requirement_count * sizeof(*b->tried));
	for (size_t i = 0; i < catalogue->requirement_count; i++)
		b->tried[i] = mem_alloc(catalogue->requirements[i]->rule_count * sizeof(**b->tried) + 1);
}

static void breaking_done(struct breaking *b)
{
	for (size_t i = 0; i < b->stage->catalogue.requirement_count; i++)
		free(b->tried[i]);
	free(b->tried);
	free(b->worst);
	free(b->before);
}

static int break_campaign(struct breaking *b, struct err *err)
{
	struct campaign *campaign = prove_campaign(b->stage, b->job, on_flow, b, err);

	if (!campaign)
		return err->code;
	b->job->cases += campaign->case_count;
	campaign_free(campaign);
	return 0;
}

int prove_broken(const struct prove_stage *stage, struct prove_job *job, struct err *err)
{
	struct breaking b = {
		.stage = stage,
		.job = job,
		.judge = {.catalogue = &stage->catalogue,
			  .secrets = &secrets_of_peers,
			  .profile = &stage->profile,
			  .timers = TIMERS_DEFAULT,
			  .server = job->side->actor == ACTOR_SERVER,
			  .client = job->side->actor == ACTOR_CLIENT,
			  .ims = job->side->ims,
			  .on_count = on_count,
			  .on_finding = on_finding},
	};
	int rc;

	b.judge.arg = &b;
	breaking_init(&b);
	rc = break_campaign(&b, err);
	job->direct = true;
	if (rc == 0 && job->side->without_core)
		rc = break_campaign(&b, err);
	if (rc == -EINVAL) /* nothing of what is selected can be played so */
		rc = 0;
	if (rc == 0)
		add_untried(&b);
	breaking_done(&b);
	return rc == 0 ? job->code : rc;
}
