/* SPDX-License-Identifier: MIT */
#include "reports/journal_lines.h"
#include "reports/json_write.h"

/* clang-format off */
static const char *const kind_names[JOURNAL_KIND_COUNT] = {
	[JOURNAL_CAMPAIGN] = "campaign",
	[JOURNAL_PART] = "part",
	[JOURNAL_FILE] = "file",
	[JOURNAL_NOTE] = "note",
	[JOURNAL_FACT] = "fact",
	[JOURNAL_EXCUSE] = "excuse",
	[JOURNAL_CLAIM] = "claim",
	[JOURNAL_SHOWN] = "shown",
	[JOURNAL_FINDING] = "finding",
	[JOURNAL_CASE] = "case",
	[JOURNAL_COUNT] = "count",
	[JOURNAL_INPUT] = "input",
	[JOURNAL_END] = "end",
};
/* clang-format on */

const char *journal_kind_name(enum journal_kind kind)
{
	return kind_names[kind];
}

static struct json_writer line_begin(FILE *to, enum journal_kind kind)
{
	struct json_writer json = {.to = to};

	json_begin(&json, NULL, '{');
	json_text(&json, "t", kind_names[kind]);
	return json;
}

static void line_end(struct json_writer *json)
{
	json_end(json, '}');
	fputc('\n', json->to);
}

static void put_requirement(struct json_writer *json, const struct requirement *requirement)
{
	json_begin(json, NULL, '{');
	json_text(json, "id", requirement->id);
	json_text(json, "clause", requirement->clause);
	json_text(json, "title", requirement->clause_title);
	json_text(json, "actor", actor_name(requirement->actor));
	json_text(json, "level", level_name(requirement->level));
	json_bool(json, "ims", requirement->condition == CONDITION_IMS);
	json_text(json, "text", requirement->text);
	json_text(json, "reading", requirement->reading);
	json_text(json, "live", requirement->live);
	json_text(json, "capture", requirement->capture);
	json_end(json, '}');
}

/* The seed is a text: readers of JSON lose numbers beyond 2^53. */
void journal_line_campaign(FILE *to, const struct campaign *campaign)
{
	struct json_writer json = line_begin(to, JOURNAL_CAMPAIGN);
	char seed[24];

	snprintf(seed, sizeof(seed), "%llu", (unsigned long long)campaign->seed);
	json_number(&json, "format", JOURNAL_FORMAT);
	json_text(&json, "kind", campaign->kind == CAMPAIGN_RUN ? "run" : "audit");
	json_text(&json, "role", actor_name(campaign->iut_role));
	json_bool(&json, "both_roles", campaign->both_roles);
	json_bool(&json, "reference", campaign->reference);
	json_text(&json, "seed", seed);
	json_bool(&json, "strict", campaign->strict);
	json_bool(&json, "ims", campaign->ims);
	json_begin(&json, "requirements", '[');
	for (size_t i = 0; i < campaign->requirement_count; i++)
		put_requirement(&json, campaign->requirements[i].requirement);
	json_end(&json, ']');
	line_end(&json);
}

void journal_line_part(FILE *to, unsigned shard, unsigned shards, const char *address)
{
	struct json_writer json = line_begin(to, JOURNAL_PART);

	json_number(&json, "shard", shard);
	json_number(&json, "shards", shards);
	json_text(&json, "address", address);
	line_end(&json);
}

void journal_line_file(FILE *to, const char *path)
{
	struct json_writer json = line_begin(to, JOURNAL_FILE);

	json_text(&json, "path", path);
	line_end(&json);
}

void journal_line_note(FILE *to, const char *text)
{
	struct json_writer json = line_begin(to, JOURNAL_NOTE);

	json_text(&json, "text", text);
	line_end(&json);
}

void journal_line_fact(FILE *to, const struct campaign_fact *fact)
{
	struct json_writer json = line_begin(to, JOURNAL_FACT);

	json_text(&json, "group", fact->group);
	json_text(&json, "name", fact->name);
	json_text(&json, "value", fact->value);
	line_end(&json);
}

void journal_line_excuse(FILE *to, const char *requirement, const char *reason)
{
	struct json_writer json = line_begin(to, JOURNAL_EXCUSE);

	json_text(&json, "requirement", requirement);
	json_text(&json, "reason", reason);
	line_end(&json);
}

void journal_line_claim(FILE *to, const char *requirement, enum claim claim)
{
	struct json_writer json = line_begin(to, JOURNAL_CLAIM);

	json_text(&json, "requirement", requirement);
	json_text(&json, "answer", claim_name(claim));
	line_end(&json);
}

void journal_line_shown(FILE *to, const char *requirement)
{
	struct json_writer json = line_begin(to, JOURNAL_SHOWN);

	json_text(&json, "requirement", requirement);
	line_end(&json);
}

/* A finding that has not been in a campaign yet may lack texts. */
static void put_some(struct json_writer *json, const char *key, const char *text)
{
	json_text(json, key, text ? text : "");
}

static void put_evidence(struct json_writer *json, const struct campaign *campaign, const struct evidence *evidence)
{
	json_begin(json, NULL, '{');
	json_text(json, "file", evidence->file < campaign->file_count ? campaign->files[evidence->file] : NULL);
	json_number(json, "frame", evidence->frame);
	json_number(json, "time", evidence->time);
	json_number(json, "from", evidence->from);
	json_number(json, "to", evidence->to);
	put_some(json, "line", evidence->line);
	json_text(json, "raw", evidence->raw);
	json_end(json, '}');
}

void journal_line_finding(FILE *to, const struct campaign *campaign, const struct finding *finding)
{
	struct json_writer json = line_begin(to, JOURNAL_FINDING);

	json_number(&json, "order", finding->order);
	json_text(&json, "requirement", finding->requirement);
	json_text(&json, "verdict", verdict_name(finding->verdict));
	put_some(&json, "rule", finding->rule);
	json_text(&json, "case", finding->case_name);
	put_some(&json, "user", finding->user);
	put_some(&json, "expected", finding->expected);
	put_some(&json, "seen", finding->seen);
	put_some(&json, "reason", finding->reason);
	json_begin(&json, "evidence", '[');
	for (unsigned i = 0; i < finding->evidence_count; i++)
		put_evidence(&json, campaign, &finding->evidence[i]);
	json_end(&json, ']');
	line_end(&json);
}

void journal_line_case(FILE *to, const struct campaign_case *c)
{
	struct json_writer json = line_begin(to, JOURNAL_CASE);

	json_number(&json, "order", c->order);
	json_text(&json, "name", c->name);
	json_begin(&json, "requirements", '[');
	for (char **id = c->requirements; *id; id++)
		json_text(&json, NULL, *id);
	json_end(&json, ']');
	json_text(&json, "verdict", verdict_name(c->verdict));
	json_text(&json, "reason", c->reason);
	json_number(&json, "duration", c->duration);
	json_text(&json, "user", c->user);
	json_text(&json, "repeat", c->repeat);
	json_text(&json, "ladder", c->ladder);
	line_end(&json);
}

void journal_line_count(FILE *to, unsigned shard, const char *requirement, enum verdict verdict, uint64_t count)
{
	struct json_writer json = line_begin(to, JOURNAL_COUNT);

	json_number(&json, "shard", shard);
	json_text(&json, "requirement", requirement);
	json_text(&json, "verdict", verdict_name(verdict));
	json_number(&json, "count", count);
	line_end(&json);
}

void journal_line_input(FILE *to, unsigned shard, const struct campaign_input *input)
{
	struct json_writer json = line_begin(to, JOURNAL_INPUT);

	json_number(&json, "shard", shard);
	json_number(&json, "packets", input->packets);
	json_number(&json, "sip_messages", input->sip_messages);
	json_number(&json, "flows", input->flows);
	json_bool(&json, "truncated", input->truncated);
	json_begin(&json, "dropped", '{');
	for (unsigned i = 0; i < input->dropped_count; i++)
		json_number(&json, input->dropped[i].reason, input->dropped[i].count);
	json_end(&json, '}');
	line_end(&json);
}

void journal_line_end(FILE *to, unsigned shard)
{
	struct json_writer json = line_begin(to, JOURNAL_END);

	json_number(&json, "shard", shard);
	line_end(&json);
}
