/* SPDX-License-Identifier: MIT
 *
 * imconform report JOURNAL…: any report, from the record of a campaign. Shards of one campaign are joined; finished or
 * not, journals of whole campaigns that differ are several implementations, and stand side by side. */
#include "harness/commands.h"
#include "harness/reporting.h"
#include "reports/journal.h"
#include "reports/redact.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

static bool are_several(const struct journal_campaign *journals, size_t count)
{
	bool differ = false;

	for (size_t i = 0; i < count; i++) {
		if (journals[i].shards > 1)
			return false;
		differ |= strcmp(journals[i].campaign->iut_address, journals[0].campaign->iut_address) != 0 ||
			  journals[i].campaign->reference != journals[0].campaign->reference;
	}
	return differ;
}

/* "lab/acme.jsonl" → "acme" */
static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strchr(name, '.');
	struct buf clean = {0};

	text_clean(&clean, dot && dot > name ? slice_range(name, dot) : slice_of(name), 40);
	return buf_take(&clean);
}

static int report_several(const struct options *options, struct outputs *outputs, struct journal_campaign *journals)
{
	size_t count = options->operands.count;
	const struct campaign **campaigns = mem_alloc(count * sizeof(*campaigns));
	char **names = mem_alloc(count * sizeof(*names));
	const struct interop interop = {campaigns, (const char *const *)names, count};
	int status;

	for (size_t i = 0; i < count; i++) {
		journals[i].campaign->strict |= options->strict;
		campaigns[i] = journals[i].campaign;
		if (options->redact)
			redaction_free(redaction_new(journals[i].campaign));
		names[i] = name_of(options->operands.items[i]);
	}
	status = reporting_write_interop(options, outputs, &interop);
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	free(campaigns);
	return status;
}

static int report_one(const struct options *options, struct outputs *outputs, struct err *err)
{
	struct journal_campaign journal;
	int status;

	if (journal_read(options->operands.items, options->operands.count, &journal, err) < 0)
		return EXIT_USAGE;
	journal.campaign->strict |= options->strict;
	status = reporting_write(options, outputs, journal.campaign);
	journal_campaign_done(&journal);
	return status;
}

static int report(const struct options *options, struct outputs *outputs, struct err *err)
{
	size_t count = options->operands.count, read = 0;
	struct journal_campaign *journals;
	int status = EXIT_USAGE;

	if (reporting_open(options, outputs, err) < 0)
		return EXIT_USAGE;
	if (count == 1)
		return report_one(options, outputs, err);
	journals = mem_alloc(count * sizeof(*journals));
	while (read < count && journal_read(&options->operands.items[read], 1, &journals[read], err) == 0)
		read++;
	if (read == count && are_several(journals, count) && (options->baseline || options->expected))
		err_set(err, -EINVAL, "--baseline and --expected are for one campaign, not for several side by side");
	else if (read == count)
		status = are_several(journals, count) ? report_several(options, outputs, journals)
						      : report_one(options, outputs, err);
	while (read > 0)
		journal_campaign_done(&journals[--read]);
	free(journals);
	return status;
}

int cmd_report(const struct options *options)
{
	struct outputs outputs = {0};
	struct err err = {0};
	int status = report(options, &outputs, &err);

	if (status == EXIT_USAGE && *err.text)
		fprintf(stderr, "imconform report: %s\n", err.text);
	outputs_done(&outputs);
	return status;
}
