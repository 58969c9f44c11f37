/* SPDX-License-Identifier: MIT */
#include "harness/reporting.h"
#include "harness/commands.h"

#include <unistd.h>

int reporting_open(const struct options *options, struct outputs *outputs, struct err *err)
{
	int r = options->output.count ? 0 : outputs_add(outputs, "text:-", err);

	for (size_t i = 0; i < options->output.count && r == 0; i++)
		r = outputs_add(outputs, options->output.items[i], err);
	return r < 0 ? r : outputs_open(outputs, err);
}

static bool is_colored(const struct options *options)
{
	if (strcmp(options->color, "auto") == 0)
		return isatty(STDOUT_FILENO);
	return strcmp(options->color, "always") == 0;
}

int reporting_write(const struct options *options, struct outputs *outputs, const struct campaign *campaign)
{
	const struct report_options how = {
	    .color = is_colored(options),
	    .times = options->times,
	    .quiet = options->quiet,
	};
	struct err err;

	if (outputs_write(outputs, campaign, &how, &err) == 0)
		return campaign_exit_status(campaign);
	fprintf(stderr, "imconform: %s\n", err.text);
	return EXIT_HARNESS;
}
