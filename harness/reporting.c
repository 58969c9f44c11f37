/* SPDX-License-Identifier: MIT */
#include "harness/reporting.h"
#include "harness/commands.h"
#include "harness/overwrite.h"
#include "reports/baseline.h"
#include "reports/expected.h"
#include "reports/journal.h"
#include "reports/redact.h"

#include <time.h>
#include <unistd.h>

/* --- what else decides: an older campaign, and failures that are known --- */

static int compare(const struct options *options, struct campaign *campaign, struct err *err)
{
	const char *path = options->baseline;
	struct journal_campaign old;
	int r = path ? journal_read(&path, 1, &old, err) : 0;

	if (!path || r < 0)
		return r;
	if (campaign)
		baseline_compare(campaign, old.campaign);
	journal_campaign_done(&old);
	return 0;
}

static int excuse(const struct options *options, struct campaign *campaign, struct err *err)
{
	time_t now = time(NULL);
	struct expected expected;
	char today[16];
	struct tm day;
	int r;

	if (!options->expected)
		return 0;
	r = expected_read(options->expected, &expected, err);
	strftime(today, sizeof(today), "%Y-%m-%d", gmtime_r(&now, &day));
	if (r == 0 && campaign)
		expected_apply(&expected, today, campaign);
	expected_done(&expected);
	return r;
}

/* Without a campaign the files are read only, so that what is wrong with them is told before the run. */
static int decide(const struct options *options, struct campaign *campaign, struct err *err)
{
	int r = excuse(options, campaign, err);

	return r < 0 ? r : compare(options, campaign, err);
}

/* --- reports --- */

int reporting_open(const struct options *options, struct outputs *outputs, struct err *err)
{
	int r = options->output.count ? 0 : outputs_add(outputs, "text:-", err);

	for (size_t i = 0; i < options->output.count && r == 0; i++)
		r = outputs_add(outputs, options->output.items[i], err);
	if (r == 0)
		r = overwrite_check(options, outputs, err);
	if (r == 0)
		r = decide(options, NULL, err);
	return r < 0 ? r : outputs_open(outputs, err);
}

static bool is_colored(const struct options *options)
{
	if (strcmp(options->color, "auto") == 0)
		return isatty(STDOUT_FILENO);
	return strcmp(options->color, "always") == 0;
}

static struct report_options options_for(const struct options *options)
{
	return (struct report_options){
		.color = is_colored(options),
		.times = options->times,
		.quiet = options->quiet,
	};
}

static int end(int code, const struct err *err, int status)
{
	if (code == 0)
		return status;
	fprintf(stderr, "imconform: %s\n", err->text);
	return code == -EINVAL ? EXIT_USAGE : EXIT_HARNESS;
}

int reporting_write(const struct options *options, struct outputs *outputs, struct campaign *campaign)
{
	struct report_options how = options_for(options);
	struct err err;
	int r = decide(options, campaign, &err);

	if (options->redact)
		how.redaction = redaction_new(campaign);
	if (r == 0)
		r = outputs_write(outputs, campaign, &how, &err);
	redaction_free(how.redaction);
	return end(r, &err, campaign_exit_status(campaign));
}

int reporting_write_interop(const struct options *options, struct outputs *outputs, const struct interop *interop)
{
	const struct report_options how = options_for(options);
	struct err err;
	int r = outputs_write_interop(outputs, interop, &how, &err);

	return end(r, &err, interop_exit_status(interop));
}
