/* SPDX-License-Identifier: MIT
 *
 * imconform report JOURNAL…: any report, from the record of a campaign. */
#include "harness/commands.h"
#include "harness/reporting.h"
#include "reports/journal.h"

static int report(const struct options *options, struct outputs *outputs, struct err *err)
{
	struct journal_campaign journal;
	int status;

	if (reporting_open(options, outputs, err) < 0 ||
	    journal_read(options->operands.items, options->operands.count, &journal, err) < 0)
		return EXIT_USAGE;
	journal.campaign->strict |= options->strict;
	status = reporting_write(options, outputs, journal.campaign);
	journal_campaign_done(&journal);
	return status;
}

int cmd_report(const struct options *options)
{
	struct outputs outputs = {0};
	struct err err;
	int status = report(options, &outputs, &err);

	if (status == EXIT_USAGE)
		fprintf(stderr, "imconform report: %s\n", err.text);
	outputs_done(&outputs);
	return status;
}
