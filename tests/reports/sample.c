/* SPDX-License-Identifier: MIT */
#include "reports/sample.h"
#include "base/mem.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

/* clang-format off */
static const struct requirement requirements[] = {
	{.id = "6.1.1.5-1", .level = LEVEL_SHALL, .text = "no feature tag in Accept-Contact: 403, and nothing stored"},
	{.id = "6.1.1.5-2", .level = LEVEL_SHALL, .text = "Event is not poc-settings: 489"},
	{.id = "6.1.1.5-3", .level = LEVEL_SHALL, .text = "authenticated originator not authorised: 403"},
	{.id = "12.2.2.2-2g", .level = LEVEL_SHOULD, .text = "Session-Expires with refresher=uac",
	 .reading = "the parameter is compared without case"},
	{.id = "5.3-no-push", .level = LEVEL_SHALL_NOT, .text = "a REGISTER triggers no push by itself"},
	{.id = "6.1.1.5-ims", .level = LEVEL_SHALL, .condition = CONDITION_IMS, .text = "IMS session mechanisms"},
	{.id = "12.2.2.2-2i", .level = LEVEL_SHALL, .text = "sent towards the served user"},
	{.id = "6.1.1.5-6", .level = LEVEL_SHALL, .text = "200 with SIP-ETag and Expires"},
	{.id = "5.2.4-indicate", .level = LEVEL_MAY, .text = "the user may be told of success after the 200"},
};
/* clang-format on */

void sample_init(struct sample *sample, enum campaign_kind kind)
{
	catalogue_init(&sample->catalogue);
	for (size_t i = 0; i < ARRAY_LEN(requirements); i++) {
		struct requirement *copy = arena_alloc(&sample->catalogue.arena, sizeof(*copy));

		*copy = requirements[i];
		copy->clause = strchr(copy->id, '-') - copy->id > 7 ? "12.2.2.2" : "6.1.1.5";
		copy->clause_title = "a clause";
		copy->live = strcmp(copy->id, "5.2.4-indicate") == 0 ? NULL : "yes";
		copy->capture = "yes";
		cr_assert_eq(catalogue_add(&sample->catalogue, copy), 0);
	}
	sample->campaign = campaign_new(kind, &sample->catalogue, ACTOR_SERVER, false);
	sample->campaign->seed = 7;
}

struct finding sample_finding(const char *requirement, enum verdict verdict, uint64_t order, const char *seen)
{
	struct finding f = {.verdict = verdict, .order = order};

	f.requirement = mem_strdup(requirement);
	f.seen = mem_strdup(seen);
	f.user = mem_strdup("sip:alice@im.example");
	return f;
}

/* `spoiled` takes the wire's bytes the way every such byte takes. */
static char *spoiled(const char *text, const char *wire)
{
	struct buf out = {0};

	buf_printf(&out, "%s%s", text, *wire ? " " : "");
	text_clean(&out, slice_of(wire), TEXT_LINE_MAX);
	return buf_take(&out);
}

static void add(struct sample *sample, const char *requirement, enum verdict verdict, uint64_t order, const char *seen,
		const char *wire)
{
	struct finding f = sample_finding(requirement, verdict, order, NULL);

	f.seen = spoiled(seen, wire);
	f.case_name = mem_strdup(order < 3 ? "publish-untagged" : "push");
	f.expected = mem_strdup(verdict == VERDICT_PASS ? "" : "the answer has status 403");
	if (verdict == VERDICT_WARN || verdict == VERDICT_INCONC || verdict == VERDICT_ERROR)
		f.reason = spoiled("no proof of life after the silence", wire);
	f.evidence[0] = (struct evidence){0, 17 + order, 1500000000, 10, 24, NULL, NULL};
	f.evidence[0].line = spoiled("PUBLISH sip:alice@im.example 127.0.0.1:5060 → 127.0.0.1:5070", wire);
	f.evidence_count = 1;
	cr_assert_eq(campaign_add_finding(sample->campaign, &f, NULL), 0);
}

static void add_cases(struct sample *sample, const char *wire)
{
	static const char *const ids[] = {"6.1.1.5-1", "6.1.1.5-2", NULL};
	struct campaign_case *c = campaign_add_case(sample->campaign, 1, "publish-untagged", ids);

	c->verdict = VERDICT_FAIL;
	c->duration = 1234567890;
	campaign_set_text(&c->user, "sip:alice@im.example");
	campaign_set_text(&c->reason, "6.1.1.5-1 did not hold");
	campaign_set_text(&c->repeat, "imconform run --seed 7 --only publish-untagged");
	free(c->ladder);
	c->ladder = spoiled("SIP   core      server\n        |-- PUBLISH -->|\n", wire);
	c = campaign_add_case(sample->campaign, 2, "push", NULL);
	c->verdict = VERDICT_PASS;
	c = campaign_add_case(sample->campaign, 0, "register", NULL);
	campaign_set_text(&c->reason, "not selected");
}

static void add_facts(struct campaign *campaign, const char *wire)
{
	char *value = spoiled("127.0.0.1:5060", wire);

	campaign_add_fact(campaign, "ixit", "core.address", value);
	campaign_add_fact(campaign, "ixit", "timers.quiet_ms", "2000");
	campaign_add_fact(campaign, "left out", "tag-absent", value);
	campaign_add_fact(campaign, "system", "implementation", value);
	campaign_add_fact(campaign, "system", "laboratory", "a laboratory");
	cr_assert_eq(campaign_claim(campaign, "6.1.1.5-2", CLAIM_YES, NULL), 0);
	cr_assert_eq(campaign_claim(campaign, "12.2.2.2-2i", CLAIM_NO, NULL), 0);
	free(value);
}

void sample_fill(struct sample *sample, const char *wire)
{
	struct campaign *campaign = sample->campaign;

	campaign_set_address(campaign, "127.0.0.1:5070");
	campaign_add_file(campaign, "evidence.pcapng");
	add(sample, "6.1.1.5-1", VERDICT_PASS, 2, "PUBLISH → 403", wire);
	add(sample, "6.1.1.5-1", VERDICT_FAIL, 1, "PUBLISH → 200", wire);
	add(sample, "6.1.1.5-2", VERDICT_PASS, 3, "PUBLISH → 489", wire);
	add(sample, "6.1.1.5-3", VERDICT_INCONC, 4, "", wire);
	add(sample, "12.2.2.2-2g", VERDICT_WARN, 5, "Session-Expires: 90;refresher=uas", wire);
	add(sample, "5.3-no-push", VERDICT_ERROR, 6, "", wire);
	cr_assert_eq(campaign_excuse(campaign, "12.2.2.2-2i", "not declared in the ICS", NULL), 0);
	add_cases(sample, wire);
	add_facts(campaign, wire);
	campaign_add_note(campaign, "the IM Server was told from its answers");
	campaign->input.packets = 120;
	campaign->input.sip_messages = 40;
	campaign->input.flows = 1;
	campaign_add_dropped(campaign, "fragment", 2);
	campaign->complete = true;
	campaign_settle(campaign);
}

void sample_done(struct sample *sample)
{
	campaign_free(sample->campaign);
	catalogue_done(&sample->catalogue);
}

char *sample_report(const char *format, const struct campaign *campaign, const struct report_options *options)
{
	const struct report_format *writer = report_format_find(slice_of(format));
	struct err err = {0};
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	int r = writer->write(campaign, options, to, &err);

	fclose(to);
	cr_assert_eq(r, 0, "%s: %s", format, err.text);
	return text;
}

char *sample_read(const char *path)
{
	FILE *from = fopen(path, "rb");
	struct buf text = {0};
	size_t n;

	cr_assert_not_null(from, "%s", path);
	while ((n = fread(buf_reserve(&text, 4096), 1, 4096, from)) > 0) {
		text.len += n;
		text.p[text.len] = '\0';
	}
	fclose(from);
	return buf_take(&text);
}

void sample_journal(const char *path, const struct campaign *campaign, unsigned shard, unsigned shards)
{
	struct journal *journal;
	struct err err = {0};

	cr_assert_eq(journal_create(path, campaign, shard, shards, &journal, &err), 0, "%s", err.text);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		for (size_t j = 0; j < campaign->requirements[i].count; j++)
			cr_assert_eq(journal_add_finding(journal, &campaign->requirements[i].findings[j], &err), 0);
	for (size_t i = 0; i < campaign->case_count; i++)
		cr_assert_eq(journal_add_case(journal, &campaign->cases[i], &err), 0);
	cr_assert_eq(journal_close(journal, &err), 0, "%s", err.text);
}

void sample_write_journal(const char *path, const char *wire)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample_fill(&sample, wire);
	sample_journal(path, sample.campaign, 0, 1);
	sample_done(&sample);
}

void sample_write(const char *path, const char *text)
{
	FILE *to = fopen(path, "wb");

	cr_assert_not_null(to, "%s", path);
	fputs(text, to);
	fclose(to);
}

static char folder[64];

static void remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		perror(folder);
}

const char *sample_path(const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % ARRAY_LEN(paths)];

	if (!*folder) {
		strcpy(folder, "/tmp/imconform-test-XXXXXX");
		cr_assert_not_null(mkdtemp(folder));
		atexit(remove_folder);
	}
	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

void sample_golden(const char *name, char *text)
{
	char path[512];
	char *golden;

	snprintf(path, sizeof(path), "%s/tests/reports/golden/%s", SOURCE_ROOT, name);
	if (getenv("IMCONFORM_BLESS"))
		sample_write(path, text);
	golden = sample_read(path);
	cr_expect_str_eq(text, golden, "%s is not as blessed:\n%s", path, text);
	free(golden);
	free(text);
}
