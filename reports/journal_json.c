/* SPDX-License-Identifier: MIT */
#include "reports/journal_json.h"
#include "reports/json_read.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

static const char *name_verdict(unsigned i)
{
	return verdict_name((enum verdict)i);
}

static const char *name_actor(unsigned i)
{
	return actor_name((enum actor)i);
}

static const char *name_level(unsigned i)
{
	return level_name((enum level)i);
}

static const char *name_campaign(unsigned i)
{
	return i == CAMPAIGN_RUN ? "run" : "audit";
}

static const char *name_line(unsigned i)
{
	return journal_kind_name((enum journal_kind)i);
}

static const char *name_claim(unsigned i)
{
	return claim_name((enum claim)i);
}

static enum verdict get_verdict(struct reading *from)
{
	return (enum verdict)get_choice(from, "verdict", name_verdict, VERDICT_COUNT);
}

int journal_line_parse(struct slice text, struct journal_line *ret, struct err *err)
{
	json_error_t error;
	json_t *json = json_loadb(text.p, text.len, JSON_REJECT_DUPLICATES, &error);
	static const char *const lines[] = {"ladder", "raw", NULL};
	struct reading from = {.object = json};
	char clean[200];

	*ret = (struct journal_line){.json = json, .name = ""};
	if (!json)
		return err_set(err, -EBADMSG, "no JSON at byte %d: %s", error.position,
			       text_clean_fixed(clean, sizeof(clean), slice_of(error.text)));
	reading_clean(json, lines);
	ret->kind = (enum journal_kind)get_choice(&from, "t", name_line, JOURNAL_KIND_COUNT);
	if (ret->kind == JOURNAL_FINDING || ret->kind == JOURNAL_CASE)
		ret->order = get_number(&from, "order");
	if (ret->kind == JOURNAL_FINDING || ret->kind == JOURNAL_CASE || ret->kind == JOURNAL_COUNT)
		ret->verdict = get_verdict(&from);
	if (ret->kind == JOURNAL_CASE)
		ret->name = get_text(&from, "name");
	if (ret->kind == JOURNAL_COUNT || (ret->kind >= JOURNAL_EXCUSE && ret->kind <= JOURNAL_FINDING))
		ret->name = get_text(&from, "requirement");
	if (ret->kind == JOURNAL_PART)
		ret->shards = (unsigned)get_number(&from, "shards");
	if (ret->kind == JOURNAL_PART || ret->kind >= JOURNAL_COUNT)
		ret->shard = (unsigned)get_number(&from, "shard");
	if (reading_end(&from, err) < 0) {
		journal_line_done(ret);
		return -EBADMSG;
	}
	return 0;
}

void journal_line_done(struct journal_line *line)
{
	json_decref(line->json);
	line->json = NULL;
}

uint64_t journal_line_count_of(struct slice text)
{
	json_t *json = json_loadb(text.p, text.len, 0, NULL);
	json_int_t count = json_integer_value(json_object_get(json, "count"));

	json_decref(json);
	return count > 0 ? (uint64_t)count : 0;
}

const char *journal_line_differs(const struct journal_line *a, const struct journal_line *b)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)a->json, key,
			    value) if (!json_equal(value, json_object_get(b->json, key))) return key;
	return json_object_size(a->json) == json_object_size(b->json) ? NULL : "format";
}

static const char *keep(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, slice_of(text)).p : NULL;
}

static int read_requirement(const json_t *object, struct catalogue *catalogue, struct err *err)
{
	struct requirement *requirement = arena_alloc(&catalogue->arena, sizeof(*requirement));
	struct reading from = {.object = object};

	requirement->id = keep(&catalogue->arena, get_text(&from, "id"));
	requirement->clause = keep(&catalogue->arena, get_text(&from, "clause"));
	requirement->clause_title = keep(&catalogue->arena, get_text(&from, "title"));
	requirement->actor = (enum actor)get_choice(&from, "actor", name_actor, ACTOR_CLIENT + 1);
	requirement->level = (enum level)get_choice(&from, "level", name_level, LEVEL_NOTE + 1);
	requirement->condition = get_bool(&from, "ims") ? CONDITION_IMS : CONDITION_ALWAYS;
	requirement->text = keep(&catalogue->arena, get_text(&from, "text"));
	requirement->reading = keep(&catalogue->arena, get_text_or_null(&from, "reading"));
	requirement->live = keep(&catalogue->arena, get_text_or_null(&from, "live"));
	requirement->capture = keep(&catalogue->arena, get_text_or_null(&from, "capture"));
	if (reading_end(&from, err) < 0)
		return err_prefix(err, -EBADMSG, "requirements");
	if (catalogue_add(catalogue, requirement) < 0)
		return err_set(err, -EBADMSG, "requirement '%s' is there twice", requirement->id);
	return 0;
}

static int apply_campaign(struct reading *from, struct journal_campaign *into, struct err *err)
{
	enum campaign_kind kind = (enum campaign_kind)get_choice(from, "kind", name_campaign, CAMPAIGN_AUDIT + 1);
	enum actor role = (enum actor)get_choice(from, "role", name_actor, ACTOR_CLIENT + 1);
	const json_t *requirements = get_array(from, "requirements");
	uint64_t format = get_number(from, "format");
	int r;

	if (!from->wrong && format != JOURNAL_FORMAT)
		return err_set(err, -EBADMSG, "format %llu is not known; this program reads %d",
			       (unsigned long long)format, JOURNAL_FORMAT);
	for (size_t i = 0; i < json_array_size(requirements); i++)
		if ((r = read_requirement(json_array_get(requirements, i), &into->catalogue, err)) < 0)
			return r;
	into->campaign = campaign_new(kind, &into->catalogue, role, get_bool(from, "both_roles"));
	into->campaign->reference = get_bool(from, "reference");
	into->campaign->seed = get_number_in_text(from, "seed");
	into->campaign->strict = get_bool(from, "strict");
	into->campaign->ims = get_bool(from, "ims");
	return reading_end(from, err);
}

static void read_evidence(struct reading *from, struct campaign *campaign, struct evidence *e)
{
	const char *file = get_text_or_null(from, "file");

	e->file = file ? campaign_add_file(campaign, file) : UINT32_MAX;
	e->frame = get_number(from, "frame");
	e->time = get_number(from, "time");
	e->from = (uint32_t)get_number(from, "from");
	e->to = (uint32_t)get_number(from, "to");
	e->line = mem_strdup(get_text(from, "line"));
	e->raw = mem_strdup(get_text_or_null(from, "raw"));
}

static int apply_finding(struct reading *from, struct campaign *campaign, struct err *err)
{
	struct finding f = {.order = get_number(from, "order"), .verdict = get_verdict(from)};
	const json_t *evidence = get_array(from, "evidence");

	f.requirement = mem_strdup(get_text(from, "requirement"));
	f.rule = mem_strdup(get_text(from, "rule"));
	f.case_name = mem_strdup(get_text_or_null(from, "case"));
	f.user = mem_strdup(get_text(from, "user"));
	f.expected = mem_strdup(get_text(from, "expected"));
	f.seen = mem_strdup(get_text(from, "seen"));
	f.reason = mem_strdup(get_text(from, "reason"));
	for (size_t i = 0; i < json_array_size(evidence) && i < FINDING_EVIDENCE_MAX; i++) {
		struct reading one = {.object = json_array_get(evidence, i)};

		read_evidence(&one, campaign, &f.evidence[f.evidence_count++]);
		if (one.wrong && !from->wrong) {
			from->wrong = one.wrong;
			from->key = one.key;
		}
	}
	if (!from->wrong)
		return campaign_add_finding(campaign, &f, err) < 0 ? -EBADMSG : 0;
	finding_done(&f);
	return reading_end(from, err);
}

/* Of a case that was run twice the worse end stays. */
static int apply_case(struct reading *from, struct campaign *campaign, struct err *err)
{
	enum verdict verdict = get_verdict(from);
	const json_t *ids = get_array(from, "requirements");
	size_t n = json_array_size(ids);
	const char **list = mem_alloc((n + 1) * sizeof(*list));
	struct campaign_case *c;
	bool first;

	for (size_t i = 0; i < n; i++)
		list[i] = json_string_value(json_array_get(ids, i));
	c = campaign_add_case(campaign, get_number(from, "order"), get_text(from, "name"), list);
	first = c->verdict == VERDICT_NONE;
	if (first || verdict > c->verdict) {
		c->verdict = verdict;
		c->duration = get_number(from, "duration");
		campaign_set_text(&c->reason, get_text(from, "reason"));
		campaign_set_text(&c->user, get_text(from, "user"));
		campaign_set_text(&c->repeat, get_text(from, "repeat"));
		campaign_set_text(&c->ladder, get_text_or_null(from, "ladder"));
	}
	free(list);
	return reading_end(from, err);
}

/* Shards of a run have each an input of its own; those of an audit have all read the same. */
static void add_number(const struct campaign *campaign, uint64_t *to, uint64_t number)
{
	if (campaign->kind == CAMPAIGN_RUN)
		*to += number;
	else if (*to < number)
		*to = number;
}

static uint64_t dropped_already(const struct campaign *campaign, const char *reason)
{
	for (unsigned i = 0; i < campaign->input.dropped_count && campaign->kind == CAMPAIGN_AUDIT; i++)
		if (strcmp(campaign->input.dropped[i].reason, reason) == 0)
			return campaign->input.dropped[i].count;
	return 0;
}

static int apply_input(struct reading *from, struct campaign *campaign, struct err *err)
{
	const json_t *dropped = get_object(from, "dropped"), *count;
	struct campaign_input *input = &campaign->input;
	const char *reason;

	add_number(campaign, &input->packets, get_number(from, "packets"));
	add_number(campaign, &input->sip_messages, get_number(from, "sip_messages"));
	add_number(campaign, &input->flows, get_number(from, "flows"));
	input->truncated |= get_bool(from, "truncated");
	json_object_foreach((json_t *)dropped, reason, count)
	{
		uint64_t number = (uint64_t)json_integer_value(count), already = dropped_already(campaign, reason);

		if (number > already)
			campaign_add_dropped(campaign, reason, number - already);
	}
	return reading_end(from, err);
}

static int apply_part(struct reading *from, struct journal_campaign *into, struct err *err)
{
	const char *address = get_text(from, "address");

	if (reading_end(from, err) < 0)
		return -EBADMSG;
	if (into->parts++ == 0)
		campaign_set_address(into->campaign, address);
	into->shards = (unsigned)get_number(from, "shards");
	return 0;
}

static int apply_count(struct reading *from, struct campaign *campaign, struct err *err)
{
	enum verdict verdict = get_verdict(from);
	uint64_t count = get_number(from, "count");

	if (reading_end(from, err) < 0)
		return -EBADMSG;
	return campaign_add_count(campaign, get_text(from, "requirement"), verdict, count, err) < 0 ? -EBADMSG : 0;
}

static int apply_excuse(struct reading *from, struct campaign *campaign, struct err *err)
{
	const char *reason = get_text(from, "reason");

	if (reading_end(from, err) < 0)
		return -EBADMSG;
	return campaign_excuse(campaign, get_text(from, "requirement"), reason, err) < 0 ? -EBADMSG : 0;
}

static int apply_claim(struct reading *from, bool shown, struct campaign *campaign, struct err *err)
{
	const char *id = get_text(from, "requirement");
	enum claim claim = CLAIM_NO;

	if (!shown)
		claim = (enum claim)get_choice(from, "answer", name_claim, CLAIM_NO + 1);
	if (reading_end(from, err) < 0)
		return -EBADMSG;
	if (shown)
		return campaign_shown(campaign, id, err) < 0 ? -EBADMSG : 0;
	return campaign_claim(campaign, id, claim, err) < 0 ? -EBADMSG : 0;
}

int journal_line_apply(const struct journal_line *line, struct journal_campaign *into, struct err *err)
{
	struct reading from = {.object = line->json};

	if ((line->kind == JOURNAL_CAMPAIGN) != (into->campaign == NULL))
		return err_set(err, -EBADMSG,
			       into->campaign ? "a second 'campaign' line" : "not a journal: no 'campaign' line first");
	switch (line->kind) {
	case JOURNAL_CAMPAIGN:
		return apply_campaign(&from, into, err);
	case JOURNAL_PART:
		return apply_part(&from, into, err);
	case JOURNAL_FILE:
		campaign_add_file(into->campaign, get_text(&from, "path"));
		return reading_end(&from, err);
	case JOURNAL_NOTE:
		campaign_add_note(into->campaign, get_text(&from, "text"));
		return reading_end(&from, err);
	case JOURNAL_FACT:
		campaign_add_fact(into->campaign, get_text(&from, "group"), get_text(&from, "name"),
				  get_text(&from, "value"));
		return reading_end(&from, err);
	case JOURNAL_EXCUSE:
		return apply_excuse(&from, into->campaign, err);
	case JOURNAL_CLAIM:
	case JOURNAL_SHOWN:
		return apply_claim(&from, line->kind == JOURNAL_SHOWN, into->campaign, err);
	case JOURNAL_FINDING:
		return apply_finding(&from, into->campaign, err);
	case JOURNAL_CASE:
		return apply_case(&from, into->campaign, err);
	case JOURNAL_COUNT:
		return apply_count(&from, into->campaign, err);
	case JOURNAL_INPUT:
		return apply_input(&from, into->campaign, err);
	default:
		into->ends++;
		into->whole_ended |= line->shard == 0;
		return reading_end(&from, err);
	}
}
