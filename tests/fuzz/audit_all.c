/* SPDX-License-Identifier: MIT */
#include "fuzz/audit_all.h"
#include "fuzz/memory_file.h"
#include "harness/audit.h"
#include "reports/redact.h"
#include "reports/report.h"
#include "script/profile.h"
#include "script/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct standing { /* what every audit stands on; never freed */
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
	struct judge judge;
} standing;

static void must(int result, const struct err *err)
{
	if (result >= 0)
		return;
	fprintf(stderr, "%s\n", err->text);
	abort();
}

static void stand(void)
{
	struct standing *s = &standing;
	struct err err;

	if (s->script)
		return;
	catalogue_init(&s->catalogue);
	s->script = script_new(&s->catalogue);
	must(script_load_dir(s->script, SOURCE_ROOT "/scenarios", &err), &err);
	must(script_finish(s->script, &err), &err);
	must(profile_load(SOURCE_ROOT "/scenarios/profiles/default.lua", &s->arena, &s->profile, &err), &err);
	settings_init();
	must(settings_reader_new(&s->profile.settings, &s->reader, &err), &err);
	s->profile.reader = s->reader;
	s->judge = (struct judge){.catalogue = &s->catalogue,
				  .profile = &s->profile,
				  .timers = TIMERS_DEFAULT,
				  .server = true,
				  .client = true};
}

static char *json_of(const struct campaign *campaign)
{
	const struct report_options options = {.times = true};
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	report_json(campaign, &options, to, NULL);
	fclose(to);
	return text;
}

void audit_all_report(const struct campaign *campaign)
{
	const struct report_options options = {.color = true};

	for (const struct report_format *format = report_formats; format->name; format++) {
		char *text = NULL;
		size_t len;
		FILE *to = open_memstream(&text, &len);
		format->write(campaign, &options, to, NULL);
		fclose(to);
		free(text);
	}
}

void audit_all_compare(const struct campaign *a, const struct campaign *b)
{
	char *one = json_of(a), *other = json_of(b);

	if (strcmp(one, other) != 0) {
		fprintf(stderr, "one campaign says:\n%s\nand the other:\n%s\n", one, other);
		abort();
	}
	free(one);
	free(other);
}

static void compare_with_journal(const struct campaign *campaign, const char *journal)
{
	struct journal_campaign again;
	struct err err;

	must(journal_read(&journal, 1, &again, &err), &err);
	audit_all_compare(campaign, again.campaign);
	journal_campaign_done(&again);
}

static struct campaign *audit(const char *capture, const char *journal)
{
	struct campaign *campaign = campaign_new(CAMPAIGN_AUDIT, &standing.catalogue, ACTOR_SERVER, true);
	struct audit_config config = {.judge = &standing.judge,
				      .files = &capture,
				      .file_count = 1,
				      .jobs = 1,
				      .open_max = 8,
				      .campaign = campaign};
	struct audit_inputs inputs;
	struct err err;

	campaign->complete = true;
	must(journal_create(journal, campaign, 0, 1, &config.journal, &err), &err);
	audit_run(&config, &inputs, &err);
	campaign_settle(campaign);
	must(journal_close(config.journal, &err), &err);
	return campaign;
}

void audit_all(struct slice capture)
{
	char capture_path[MEMORY_FILE_PATH], journal_path[MEMORY_FILE_PATH];
	int capture_fd = memory_file(capture, capture_path), journal_fd = memory_file(SLICE_NONE, journal_path);
	struct campaign *campaign;
	struct redaction *redaction;

	stand();
	campaign = audit(capture_path, journal_path);
	compare_with_journal(campaign, journal_path);
	audit_all_report(campaign);
	redaction = redaction_new(campaign);
	audit_all_report(campaign);
	redaction_free(redaction);
	campaign_free(campaign);
	close(capture_fd);
	close(journal_fd);
}
