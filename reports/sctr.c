/* SPDX-License-Identifier: MIT
 *
 * The conformance test report in the order of ISO/IEC 9646-5: what was tested, what it claims (ICS), what the test was
 * told (IXIT), the campaign as a log of each case, and the statement that follows. As text, to be filed or signed. */
#include "reports/report.h"
#include "reports/words.h"

#include <inttypes.h>

struct sctr {
	const struct campaign *campaign;
	struct buf out;
};

static void put_field(struct sctr *sctr, const char *name, const char *text)
{
	buf_printf(&sctr->out, "%-24s", name);
	words_wrap(&sctr->out, *text ? text : "-", 24, 22);
}

static void put_identification(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;
	struct buf text = {0};

	buf_puts(&sctr->out, "SYSTEM CONFORMANCE TEST REPORT\n\n1  Identification\n\n");
	words_campaign(&text, campaign);
	put_field(sctr, "Campaign", text.p);
	put_field(sctr, "Means of testing", "imconform");
	put_field(sctr, "Specification", "OMA SIMPLE IM, deferred-message push");
	put_field(sctr, "Test laboratory", "");
	put_field(sctr, "Client", "");
	put_field(sctr, "Date", "");
	buf_puts(&sctr->out, "\n2  System under test\n\n");
	put_field(sctr, "Implementation", campaign->reference ? "the built-in reference" : "");
	put_field(sctr, "Role",
		  campaign->both_roles                 ? "IM Server and IM Client"
		  : campaign->iut_role == ACTOR_SERVER ? "IM Server"
						       : "IM Client");
	put_field(sctr, "Address", campaign->iut_address);
	buf_done(&text);
}

/* What was claimed is what was not excused; then what was seen otherwise. */
static void put_ics(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;

	buf_puts(&sctr->out, "\n3  Implementation conformance statement (ICS)\n\n");
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		buf_printf(&sctr->out, "%-10s", level_name(r->requirement->level));
		buf_printf(&sctr->out, "%-18s ", r->requirement->id);
		words_wrap(&sctr->out, r->verdict == VERDICT_NONE && r->excuse ? r->excuse : "claimed", 29, 22);
		if (r->claim_verdict != VERDICT_NONE)
			put_field(sctr, "  seen", r->claim_text);
	}
}

static void put_ixit(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;
	struct buf seed = {0};

	buf_puts(&sctr->out, "\n4  Implementation extra information for testing (IXIT)\n\n");
	buf_printf(&seed, "%" PRIu64, campaign->seed);
	put_field(sctr, "Core is an IMS", campaign->ims ? "yes" : "no");
	put_field(sctr, "Warnings fail", campaign->strict ? "yes" : "no");
	put_field(sctr, "Seed", campaign->kind == CAMPAIGN_RUN ? seed.p : "");
	for (size_t i = 0; i < campaign->note_count; i++)
		put_field(sctr, "Note", campaign->notes[i]);
	buf_done(&seed);
}

static void put_log(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;
	struct buf text = {0};

	buf_puts(&sctr->out, "\n5  Test campaign\n\n");
	words_input(&text, campaign);
	put_field(sctr, "Input", text.p);
	for (size_t i = 0; i < campaign->file_count; i++)
		put_field(sctr, "Evidence", campaign->file_names[i]);
	buf_puts(&sctr->out, "\n5.1  Log of test cases\n\n");
	for (size_t i = 0; i < campaign->case_count; i++) {
		buf_printf(&sctr->out, "%-8s", verdict_name(campaign->cases[i].verdict));
		words_wrap(&sctr->out, campaign->cases[i].name, 8, 6);
		if (*campaign->cases[i].reason)
			put_field(sctr, "        observation", campaign->cases[i].reason);
	}
	buf_puts(&sctr->out, "\n5.2  Verdicts of requirements\n\n");
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		buf_printf(&sctr->out, "%-8s%-18s ", verdict_name(r->verdict), r->requirement->id);
		words_wrap(&sctr->out, r->reason, 27, 22);
	}
	buf_done(&text);
}

static void put_statement(struct sctr *sctr)
{
	static const char *const statements[] = {
		"No non-conformance was found, and all that applied passed.",
		"The implementation does not conform: requirements failed.", "",
		"No statement on conformance can be made: verdicts are inconclusive or missing.",
		"No statement on conformance can be made: the means of testing failed."};
	const char *lack = words_lack(sctr->campaign);
	struct buf text = {0};

	buf_puts(&sctr->out, "\n6  Statement\n\n");
	words_summary(&text, sctr->campaign);
	put_field(sctr, "Requirements", text.p);
	put_field(sctr, "Campaign as a whole", *lack ? lack : "finished");
	put_field(sctr, "Dynamic conformance", statements[campaign_exit_status(sctr->campaign)]);
	put_field(sctr, "Signature", "");
	buf_done(&text);
}

int report_sctr(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct sctr sctr = {.campaign = campaign};

	put_identification(&sctr);
	put_ics(&sctr);
	put_ixit(&sctr);
	put_log(&sctr);
	put_statement(&sctr);
	words_flush(&sctr.out, to);
	buf_done(&sctr.out);
	return words_end(to, err);
}
