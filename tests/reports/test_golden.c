/* SPDX-License-Identifier: MIT
 *
 * Every format against its golden file. */
#include "reports/sample.h"

#include <criterion/criterion.h>

static void check_format(const char *format, const char *name, const struct report_options *options, bool strict)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_RUN);
	sample.campaign->strict = strict;
	sample_fill(&sample, "");
	sample_golden(name, sample_report(format, sample.campaign, options));
	sample_done(&sample);
}

Test(reports, golden_text)
{
	check_format("text", "run.txt", &(struct report_options){0}, false);
}

Test(reports, golden_text_quiet_in_color)
{
	check_format("text", "run-quiet-color.txt", &(struct report_options){.quiet = true, .color = true}, false);
}

Test(reports, golden_json)
{
	check_format("json", "run.json", &(struct report_options){0}, false);
}

Test(reports, golden_json_with_times)
{
	check_format("json", "run-times.json", &(struct report_options){.times = true}, false);
}

Test(reports, golden_junit)
{
	check_format("junit", "run.xml", &(struct report_options){0}, false);
}

Test(reports, golden_junit_strict)
{
	check_format("junit", "run-strict.xml", &(struct report_options){.times = true}, true);
}

Test(reports, golden_tap)
{
	check_format("tap", "run.tap", &(struct report_options){0}, false);
}

Test(reports, golden_markdown)
{
	check_format("markdown", "run.md", &(struct report_options){0}, false);
}

Test(reports, golden_sctr)
{
	check_format("sctr", "run-sctr.txt", &(struct report_options){0}, false);
}

Test(reports, golden_of_a_campaign_that_was_cut_short)
{
	struct sample sample;

	sample_init(&sample, CAMPAIGN_AUDIT);
	campaign_settle(sample.campaign);
	sample_golden("empty.txt", sample_report("text", sample.campaign, &(struct report_options){0}));
	sample_golden("empty.tap", sample_report("tap", sample.campaign, &(struct report_options){0}));
	sample_golden("empty.xml", sample_report("junit", sample.campaign, &(struct report_options){0}));
	sample_golden("empty.json", sample_report("json", sample.campaign, &(struct report_options){0}));
	sample_golden("empty.md", sample_report("markdown", sample.campaign, &(struct report_options){0}));
	sample_done(&sample);
}
