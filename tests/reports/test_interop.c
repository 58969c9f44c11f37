/* SPDX-License-Identifier: MIT
 *
 * Several implementations side by side. */
#include "reports/sample.h"
#include "base/mem.h"
#include "reports/interop.h"
#include "reports/output.h"

#include <criterion/criterion.h>
#include <stdlib.h>

struct pair {
	struct sample samples[2];
	const struct campaign *campaigns[2];
	struct interop interop;
};

static void pair_init(struct pair *pair, const char *wire)
{
	static const char *const names[] = {"acme", "<b>other</b>"};

	for (unsigned i = 0; i < 2; i++) {
		sample_init(&pair->samples[i], CAMPAIGN_RUN);
		pair->campaigns[i] = pair->samples[i].campaign;
	}
	sample_fill(&pair->samples[0], wire);
	campaign_settle(pair->samples[1].campaign);
	pair->interop = (struct interop){pair->campaigns, names, 2};
}

static void pair_done(struct pair *pair)
{
	sample_done(&pair->samples[0]);
	sample_done(&pair->samples[1]);
}

static char *render(report_interop_fn *write, const struct interop *interop)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	cr_assert_eq(write(interop, &(struct report_options){0}, to, NULL), 0);
	fclose(to);
	return text;
}

Test(reports, golden_interop)
{
	struct pair pair;

	pair_init(&pair, "<script>");
	sample_golden("interop.txt", render(interop_text, &pair.interop));
	sample_golden("interop.md", render(interop_markdown, &pair.interop));
	sample_golden("interop.html", render(interop_html, &pair.interop));
	cr_expect_eq(interop_exit_status(&pair.interop), 4);
	pair_done(&pair);
}

/* The ids of all, each once. */
Test(reports, interop_joins_requirements)
{
	struct pair pair;
	const char **ids;
	size_t n = 0;

	pair_init(&pair, "");
	ids = interop_requirements(&pair.interop);
	while (ids[n])
		n++;
	cr_expect_eq(n, pair.campaigns[0]->requirement_count);
	free(ids);
	pair_done(&pair);
}

Test(reports, interop_has_no_form_in_every_format)
{
	struct outputs outputs = {0};
	struct pair pair;
	struct err err;

	pair_init(&pair, "");
	cr_assert_eq(outputs_add(&outputs, "json:-", &err), 0);
	cr_expect_eq(outputs_write_interop(&outputs, &pair.interop, &(struct report_options){0}, &err), -EINVAL);
	cr_expect_str_eq(err.text,
			 "-o json: has no form for several implementations; text, markdown and html have one");
	outputs_done(&outputs);
	pair_done(&pair);
}
