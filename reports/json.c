/* SPDX-License-Identifier: MIT
 *
 * The JSON report, written as a stream. Its shape is what users' tools rely on: reports/schema.json describes it. */
#include "reports/json_write.h"
#include "base/time.h"
#include "reports/report.h"
#include "reports/words.h"
#include "reports/matrix.h"

struct json_report {
	struct json_writer json;
	const struct campaign *campaign;
	const struct report_options *options;
};

static void put_campaign(struct json_report *report)
{
	const struct campaign *campaign = report->campaign;
	struct json_writer *json = &report->json;

	json_begin(json, "campaign", '{');
	json_text(json, "kind", campaign_kind_name(campaign->kind));
	json_begin(json, "iut", '{');
	json_text(json, "role", actor_name(campaign->iut_role));
	json_text(json, "address", *campaign->iut_address ? campaign->iut_address : NULL);
	json_bool(json, "reference", campaign->reference);
	json_end(json, '}');
	json_number(json, "seed", campaign->seed);
	json_bool(json, "complete", campaign->complete);
	json_bool(json, "strict", campaign->strict);
	json_begin(json, "notes", '[');
	for (size_t i = 0; i < campaign->note_count; i++)
		json_text(json, NULL, campaign->notes[i]);
	json_end(json, ']');
	json_end(json, '}');
}

/* A capture's times are the capture's; those of a run differ from run to run. */
static uint64_t shown_time(const struct json_report *report, uint64_t time)
{
	return report->campaign->kind == CAMPAIGN_AUDIT || report->options->times ? time : 0;
}

static void put_evidence(struct json_report *report, const struct evidence *e)
{
	const struct campaign *campaign = report->campaign;
	struct json_writer *json = &report->json;

	json_begin(json, NULL, '{');
	json_text(json, "file", e->file < campaign->file_count ? campaign->file_names[e->file] : NULL);
	json_number(json, "frame", e->frame);
	json_seconds(json, "time", shown_time(report, e->time));
	json_begin(json, "bytes", '[');
	json_number(json, NULL, e->from);
	json_number(json, NULL, e->to);
	json_end(json, ']');
	json_text(json, "message", e->line);
	json_end(json, '}');
}

static void put_finding(struct json_report *report, const struct finding *f)
{
	struct json_writer *json = &report->json;

	json_begin(json, NULL, '{');
	json_text(json, "verdict", verdict_name(f->verdict));
	json_text(json, "rule", *f->rule ? f->rule : NULL);
	json_text(json, "case", f->case_name);
	json_text(json, "user", f->user);
	json_text(json, "expected", f->expected);
	json_text(json, "seen", f->seen);
	json_text(json, "reason", f->reason);
	json_begin(json, "evidence", '[');
	for (unsigned i = 0; i < f->evidence_count; i++)
		put_evidence(report, &f->evidence[i]);
	json_end(json, ']');
	json_end(json, '}');
}

/* Said where it is so only. */
static void put_known(struct json_writer *json, bool known)
{
	if (known)
		json_bool(json, "known", true);
}

static void put_requirement(struct json_report *report, const struct campaign_requirement *r)
{
	struct json_writer *json = &report->json;

	json_begin(json, NULL, '{');
	json_text(json, "id", r->requirement->id);
	json_text(json, "clause", r->requirement->clause);
	json_text(json, "level", level_name(r->requirement->level));
	json_text(json, "actor", actor_name(r->requirement->actor));
	json_text(json, "text", r->requirement->text);
	json_text(json, "verdict", verdict_name(r->verdict));
	json_text(json, "reason", r->reason);
	put_known(json, words_is_expected(r));
	json_begin(json, "counts", '{');
	for (size_t i = 0; i < WORDS_VERDICTS; i++)
		if (words_verdicts[i] != VERDICT_NONE)
			json_number(json, verdict_name(words_verdicts[i]), r->counts[words_verdicts[i]]);
	json_end(json, '}');
	json_begin(json, "findings", '[');
	for (size_t i = 0; i < r->count; i++)
		put_finding(report, &r->findings[i]);
	json_end(json, ']');
	json_end(json, '}');
}

static void put_case(struct json_report *report, const struct campaign_case *c)
{
	struct json_writer *json = &report->json;

	json_begin(json, NULL, '{');
	json_text(json, "name", c->name);
	json_begin(json, "requirements", '[');
	for (char **id = c->requirements; *id; id++)
		json_text(json, NULL, *id);
	json_end(json, ']');
	json_text(json, "verdict", verdict_name(c->verdict));
	json_text(json, "reason", c->reason);
	put_known(json, c->expected);
	json_number(json, "duration_ms", shown_time(report, c->duration) / MILLISECOND);
	json_text(json, "user", c->user);
	json_text(json, "repeat", c->repeat);
	json_end(json, '}');
}

static void put_claim(struct json_writer *json, const struct campaign_requirement *r)
{
	json_begin(json, NULL, '{');
	json_text(json, "id", r->requirement->id);
	json_text(json, "claim", claim_name(r->claim));
	json_text(json, "verdict", verdict_name(r->claim_verdict));
	json_text(json, "finding", r->claim_text);
	json_end(json, '}');
}

static void put_input(struct json_writer *json, const struct campaign_input *input)
{
	json_begin(json, "input", '{');
	json_number(json, "packets", input->packets);
	json_number(json, "sip_messages", input->sip_messages);
	json_number(json, "flows", input->flows);
	json_bool(json, "truncated", input->truncated);
	json_begin(json, "dropped", '{');
	for (unsigned i = 0; i < input->dropped_count; i++)
		json_number(json, input->dropped[i].reason, input->dropped[i].count);
	json_end(json, '}');
	json_end(json, '}');
}

static void put_summary(struct json_writer *json, const struct campaign *campaign)
{
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(campaign, counts);
	json_begin(json, "summary", '{');
	for (size_t i = 0; i < WORDS_VERDICTS; i++)
		json_number(json, verdict_name(words_verdicts[i]), counts[words_verdicts[i]]);
	json_end(json, '}');
}

int report_json(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct json_report report = {{.to = to, .lines = true}, campaign, options};
	struct json_writer *json = &report.json;

	json_begin(json, NULL, '{');
	json_number(json, "format", 1);
	put_campaign(&report);
	json_begin(json, "requirements", '[');
	for (size_t i = 0; i < campaign->requirement_count; i++)
		put_requirement(&report, &campaign->requirements[i]);
	json_end(json, ']');
	json_begin(json, "cases", '[');
	for (size_t i = 0; i < campaign->case_count; i++)
		put_case(&report, &campaign->cases[i]);
	json_end(json, ']');
	json_begin(json, "ics", '[');
	for (const struct campaign_requirement *r = words_claim(campaign, NULL); r; r = words_claim(campaign, r))
		put_claim(json, r);
	json_end(json, ']');
	matrix_json(json, campaign->matrix);
	put_input(json, &campaign->input);
	put_summary(json, campaign);
	json_end(json, '}');
	fputc('\n', to);
	return words_end(to, err);
}
