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

/* No line begins with a name that a file gave. */
static void put_fact(struct sctr *sctr, const struct campaign_fact *fact)
{
	size_t columns = words_columns(fact->name);

	buf_puts(&sctr->out, "- ");
	words_lines(&sctr->out, fact->name, "");
	sctr->out.len--; /* its end of line */
	for (; columns < 32; columns++)
		buf_putc(&sctr->out, ' ');
	buf_putc(&sctr->out, ' ');
	words_wrap(&sctr->out, *fact->value ? fact->value : "-", columns + 3, 22);
}

/* What the IXIT says of system and laboratory; "" where it does not. */
static const char *system_fact(const struct campaign *campaign, const char *name)
{
	const struct campaign_fact *fact = NULL;

	while ((fact = campaign_next_fact(campaign, "system", fact)) != NULL)
		if (strcmp(fact->name, name) == 0)
			return fact->value;
	return "";
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
	put_field(sctr, "Test laboratory", system_fact(campaign, "laboratory"));
	put_field(sctr, "Client", system_fact(campaign, "client"));
	put_field(sctr, "Date", system_fact(campaign, "date"));
	buf_puts(&sctr->out, "\n2  System under test\n\n");
	put_field(sctr, "Implementation",
		  campaign->reference ? "the built-in reference" : system_fact(campaign, "implementation"));
	put_field(sctr, "Version", system_fact(campaign, "version"));
	put_field(sctr, "Supplier", system_fact(campaign, "supplier"));
	put_field(sctr, "Role",
		  campaign->both_roles                 ? "IM Server and IM Client"
		  : campaign->iut_role == ACTOR_SERVER ? "IM Server"
						       : "IM Client");
	put_field(sctr, "Address", campaign->iut_address);
	buf_done(&text);
}

/* --- ICS --- */

static bool is_answered(const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		if (campaign->requirements[i].claim != CLAIM_OPEN)
			return true;
	return false;
}

static const char *answer_of(const struct campaign *campaign, const struct campaign_requirement *r)
{
	if (r->claim == CLAIM_NO)
		return "no";
	if (r->requirement->condition == CONDITION_IMS && !campaign->ims)
		return "n/a: the core is no IMS";
	return r->claim == CLAIM_YES ? "yes" : "not answered: taken as claimed";
}

static void put_ics(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;

	buf_puts(&sctr->out, "\n3  Implementation conformance statement (ICS)\n\n");
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		buf_printf(&sctr->out, "%-10s", level_name(r->requirement->level));
		buf_printf(&sctr->out, "%-18s ", r->requirement->id);
		words_wrap(&sctr->out, answer_of(campaign, r), 29, 22);
	}
}

/* The claims against what is mandatory, and against what was seen. */
static void put_review(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;
	const struct campaign_requirement *r = NULL;

	buf_puts(&sctr->out, "\n3.1  Static conformance review\n\n");
	if (!is_answered(campaign))
		put_field(sctr, "Result", "no ICS was given: there is nothing to review");
	else if (!words_claim(campaign, NULL))
		put_field(sctr, "Result", "nothing mandatory is missing, and nothing seen contradicts the claims");
	while ((r = words_claim(campaign, r)) != NULL) {
		buf_printf(&sctr->out, "%-8s%-18s ", verdict_name(r->claim_verdict), r->requirement->id);
		words_wrap(&sctr->out, r->claim_text, 27, 22);
	}
}

static void put_ixit(struct sctr *sctr)
{
	const struct campaign_fact *fact = NULL;

	buf_puts(&sctr->out, "\n4  Implementation extra information for testing (IXIT)\n\n");
	while ((fact = campaign_next_fact(sctr->campaign, "ixit", fact)) != NULL)
		put_fact(sctr, fact);
}

/* --- campaign --- */

static void put_campaign(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;
	struct buf text = {0};

	buf_puts(&sctr->out, "\n5  Test campaign\n\n");
	words_input(&text, campaign);
	put_field(sctr, "Input", text.p);
	for (size_t i = 0; i < campaign->file_count; i++)
		put_field(sctr, "Evidence", campaign->file_names[i]);
	buf_clear(&text);
	buf_printf(&text, "%" PRIu64, campaign->seed);
	put_field(sctr, "Seed", campaign->kind == CAMPAIGN_RUN ? text.p : "");
	put_field(sctr, "Warnings fail", campaign->strict ? "yes" : "no");
	for (size_t i = 0; i < campaign->note_count; i++)
		put_field(sctr, "Note", campaign->notes[i]);
	buf_done(&text);
}

static void put_cases(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;
	const struct campaign_fact *fact = campaign_next_fact(campaign, "left out", NULL);

	buf_puts(&sctr->out, "\n5.1  Log of test cases\n\n");
	if (!campaign->case_count)
		buf_puts(&sctr->out, "none: captures were judged\n");
	for (size_t i = 0; i < campaign->case_count; i++) {
		buf_printf(&sctr->out, "%-8s", verdict_name(campaign->cases[i].verdict));
		words_wrap(&sctr->out, campaign->cases[i].name, 8, 6);
		if (*campaign->cases[i].reason)
			put_field(sctr, "        observation", campaign->cases[i].reason);
	}
	buf_puts(&sctr->out, "\n5.2  Test cases that were not selected\n\n");
	if (!fact)
		buf_puts(&sctr->out, "none\n");
	for (; fact; fact = campaign_next_fact(campaign, "left out", fact))
		put_fact(sctr, fact);
}

/* One clause's requirements: those from `i` on that are of the same. Returns how many. */
static size_t put_clause(struct sctr *sctr, size_t i)
{
	const struct campaign *campaign = sctr->campaign;
	const char *clause = campaign->requirements[i].requirement->clause;
	uint64_t counts[VERDICT_COUNT] = {0};
	size_t n = 0;

	for (; i + n < campaign->requirement_count; n++) {
		if (strcmp(campaign->requirements[i + n].requirement->clause, clause))
			break;
		counts[campaign->requirements[i + n].verdict]++;
	}
	buf_printf(&sctr->out, "%-14s", clause);
	for (size_t v = 0; v < WORDS_VERDICTS; v++)
		buf_printf(&sctr->out, "%8" PRIu64, counts[words_verdicts[v]]);
	buf_putc(&sctr->out, '\n');
	return n;
}

static void put_verdicts(struct sctr *sctr)
{
	const struct campaign *campaign = sctr->campaign;

	buf_puts(&sctr->out, "\n5.3  Verdicts by clause\n\n              ");
	for (size_t v = 0; v < WORDS_VERDICTS; v++)
		buf_printf(&sctr->out, "%8s", verdict_name(words_verdicts[v]));
	buf_putc(&sctr->out, '\n');
	for (size_t i = 0; i < campaign->requirement_count;)
		i += put_clause(sctr, i);
	buf_puts(&sctr->out, "\n5.4  Verdicts of requirements\n\n");
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		buf_printf(&sctr->out, "%-8s%-18s ", verdict_name(r->verdict), r->requirement->id);
		words_wrap(&sctr->out, r->reason, 27, 22);
	}
}

static const char *static_statement(const struct campaign *campaign)
{
	const struct campaign_requirement *r = NULL;

	if (!is_answered(campaign))
		return "Not stated: no ICS was given.";
	while ((r = words_claim(campaign, r)) != NULL)
		if (r->claim_verdict == VERDICT_FAIL)
			return "The ICS does not stand: see the review.";
	return "The ICS meets what is mandatory.";
}

/* Whatever a gate makes of it: a failure that is expected is one. */
static const char *dynamic_statement(const struct campaign *campaign)
{
	static const char *const statements[] = {
		"No non-conformance was found, and all that applied passed.",
		"The implementation does not conform: requirements failed.", "",
		"No statement on conformance can be made: verdicts are inconclusive or missing.",
		"No statement on conformance can be made: the means of testing failed."};
	int status = campaign_conformance(campaign);
	uint64_t counts[VERDICT_COUNT];

	campaign_summary(campaign, counts);
	if (status == 0 && counts[VERDICT_WARN])
		return "No non-conformance was found. What did not hold, the warnings, is not mandatory or can be read "
		       "in more than one way.";
	return statements[status];
}

static void put_statement(struct sctr *sctr)
{
	const char *lack = words_lack(sctr->campaign);
	struct buf text = {0};

	buf_puts(&sctr->out, "\n6  Statement\n\n");
	words_summary(&text, sctr->campaign);
	put_field(sctr, "Requirements", text.p);
	put_field(sctr, "Campaign as a whole", *lack ? lack : "finished");
	put_field(sctr, "Static conformance", static_statement(sctr->campaign));
	put_field(sctr, "Dynamic conformance", dynamic_statement(sctr->campaign));
	put_field(sctr, "Signature", "");
	buf_done(&text);
}

int report_sctr(const struct campaign *campaign, const struct report_options *options, FILE *to, struct err *err)
{
	struct sctr sctr = {.campaign = campaign};

	put_identification(&sctr);
	put_ics(&sctr);
	put_review(&sctr);
	put_ixit(&sctr);
	put_campaign(&sctr);
	put_cases(&sctr);
	put_verdicts(&sctr);
	put_statement(&sctr);
	words_flush(&sctr.out, to);
	buf_done(&sctr.out);
	return words_end(to, err);
}
