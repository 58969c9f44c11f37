/* SPDX-License-Identifier: MIT
 *
 * imconform prove: the self-proof, as a matrix on standard output unless -o asks for other reports. */
#include "harness/commands.h"
#include "harness/prove.h"
#include "harness/reporting.h"
#include "reports/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int show_matrix(const struct proving *proving, bool all)
{
	struct campaign *campaign = prove_report(proving);
	struct buf text = {0};

	prove_list(proving, all, &text);
	buf_puts(&text, text.len ? "\n" : "");
	prove_matrix(proving, campaign, &text);
	campaign_free(campaign);
	words_flush(&text, stdout);
	buf_done(&text);
	return proving_holds(proving) ? EXIT_PASSED : EXIT_FAILED;
}

static int show_reports(const struct proving *proving, const struct options *options, struct outputs *outputs)
{
	struct campaign *campaign = prove_report(proving);
	int status = reporting_write(options, outputs, campaign);

	campaign_free(campaign);
	return status == EXIT_HARNESS ? status : proving_holds(proving) ? EXIT_PASSED : EXIT_FAILED;
}

static int prove(const struct options *options, struct outputs *outputs)
{
	double begin = seconds();
	struct proving proving;
	struct err err = {0};
	int rc = proving_run(&proving, options, &err), status;

	if (rc < 0) {
		fprintf(stderr, "imconform prove: %s\n", err.text);
		status = rc == -EINVAL || rc == -ENOENT ? EXIT_USAGE : EXIT_HARNESS;
	} else {
		status = options->output.count ? show_reports(&proving, options, outputs)
					       : show_matrix(&proving, options->all);
		fflush(stdout); /* what follows stands behind the matrix, wherever both go */
		if (!options->quiet)
			fprintf(stderr, "imconform prove: %" PRIu64 " cases in %" PRIu64 " campaigns, %.1f s\n",
				proving.cases, proving.campaigns, seconds() - begin);
	}
	proving_done(&proving);
	return status;
}

int cmd_prove(const struct options *options)
{
	struct outputs outputs = {0};
	struct err err = {0};
	int status = EXIT_USAGE;

	if (options->output.count && reporting_open(options, &outputs, &err) < 0)
		fprintf(stderr, "imconform prove: %s\n", err.text);
	else
		status = prove(options, &outputs);
	outputs_done(&outputs);
	return status;
}
