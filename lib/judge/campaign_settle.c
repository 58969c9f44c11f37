/* SPDX-License-Identifier: MIT
 *
 * What a campaign comes to: verdicts, reasons, summary, exit status. */
#include "judge/campaign_sort.h"
#include "base/buf.h"

#include <stdlib.h>

static enum verdict worst_of(const struct campaign_requirement *r)
{
	enum verdict worst = VERDICT_NONE;

	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		if (r->counts[v])
			worst = (enum verdict)v;
	return worst;
}

static const struct finding *first_of(const struct campaign_requirement *r, enum verdict verdict)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->findings[i].verdict == verdict)
			return &r->findings[i];
	return NULL;
}

static const char *why_none(const struct campaign *campaign, const struct campaign_requirement *r)
{
	const struct requirement *requirement = r->requirement;
	const struct finding *f = first_of(r, VERDICT_NONE);

	if (r->excuse)
		return r->excuse;
	if (requirement->condition == CONDITION_IMS && !campaign->ims && campaign->kind == CAMPAIGN_AUDIT)
		return "core.ims of the IXIT does not say that the core is an IMS";
	if (requirement->condition == CONDITION_IMS && !campaign->ims)
		return "the core is no IMS";
	if (campaign->kind == CAMPAIGN_AUDIT && !requirement->capture)
		return "not observable in a capture";
	if (campaign->kind == CAMPAIGN_RUN && !requirement->live)
		return "not observable in a run";
	return f && *f->reason ? f->reason : "not exercised";
}

/* " at frame 17 of trace.pcap", as far as it is known. */
static void put_place(struct buf *to, const struct campaign *campaign, const struct finding *f)
{
	const struct evidence *e = f->evidence;

	if (f->evidence_count == 0 || e->frame == 0)
		return;
	buf_printf(to, " at frame %llu", (unsigned long long)e->frame);
	if (campaign->file_count > 1 && e->file < campaign->file_count)
		buf_printf(to, " of %s", campaign->file_names[e->file]);
}

/* "; what was seen at frame 17 (why)": of the finding that decided. */
static void put_finding(struct buf *to, const struct campaign *campaign, const struct finding *f)
{
	if (!f)
		return;
	if (*f->seen) {
		buf_printf(to, "; %s", f->seen);
		put_place(to, campaign, f);
	}
	if (*f->reason)
		buf_printf(to, *f->seen ? " (%s)" : "; %s", f->reason);
}

static char *reason_of(const struct campaign *campaign, const struct campaign_requirement *r)
{
	static const char *const words[VERDICT_COUNT] = {
		[VERDICT_PASS] = "held",         [VERDICT_WARN] = "did not hold", [VERDICT_INCONC] = "not decided",
		[VERDICT_FAIL] = "did not hold", [VERDICT_ERROR] = "not judged",
	};
	struct buf text = {0};
	uint64_t all = 0;

	if (r->verdict == VERDICT_NONE) {
		buf_puts(&text, why_none(campaign, r));
		return buf_take(&text);
	}
	for (unsigned v = VERDICT_PASS; v < VERDICT_COUNT; v++)
		all += r->counts[v];
	buf_printf(&text, "%llu of %llu %s", (unsigned long long)r->counts[r->verdict], (unsigned long long)all,
		   words[r->verdict]);
	if (r->verdict != VERDICT_PASS)
		put_finding(&text, campaign, first_of(r, r->verdict));
	else if (first_of(r, VERDICT_PASS))
		put_place(&text, campaign, first_of(r, VERDICT_PASS)); /* "32 of 32 held at frame 777" and elsewhere */
	return buf_take(&text);
}

void campaign_settle(struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		struct campaign_requirement *r = &campaign->requirements[i];

		campaign_sort_findings(campaign, r);
		r->verdict = worst_of(r);
		free(r->reason);
		r->reason = reason_of(campaign, r);
		claim_settle(campaign, r);
	}
	campaign_sort_cases(campaign);
	campaign_sort_notes(campaign);
	campaign_sort_facts(campaign);
	campaign_sort_dropped(campaign);
}

void campaign_summary(const struct campaign *campaign, uint64_t ret_counts[VERDICT_COUNT])
{
	memset(ret_counts, 0, VERDICT_COUNT * sizeof(*ret_counts));
	for (size_t i = 0; i < campaign->requirement_count; i++)
		ret_counts[campaign->requirements[i].verdict]++;
}

/* Of cases what did not pass: that one of them passed shows nothing. */
static void count_verdicts(const struct campaign *campaign, uint64_t n[VERDICT_COUNT])
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		n[campaign->requirements[i].verdict]++;
	for (size_t i = 0; i < campaign->case_count; i++)
		n[campaign->cases[i].verdict] += campaign->cases[i].verdict > VERDICT_PASS;
}

static void count_claims(const struct campaign *campaign, uint64_t n[VERDICT_COUNT])
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		n[campaign->requirements[i].claim_verdict]++;
}

/* A failure that is expected excuses itself, and nothing else of its requirement. */
static void take_expected(const struct campaign *campaign, uint64_t n[VERDICT_COUNT])
{
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		if (!r->expected)
			continue;
		n[r->verdict]--;
		n[r->claim_verdict]--;
		n[VERDICT_INCONC] += r->counts[VERDICT_INCONC];
		n[VERDICT_ERROR] += r->counts[VERDICT_ERROR];
	}
	for (size_t i = 0; i < campaign->case_count; i++)
		n[campaign->cases[i].verdict] -= campaign->cases[i].expected;
}

static int status_of(const struct campaign *campaign, const uint64_t n[VERDICT_COUNT])
{
	if (n[VERDICT_ERROR])
		return 4;
	if (n[VERDICT_FAIL] || (campaign->strict && n[VERDICT_WARN]))
		return 1;
	return n[VERDICT_INCONC] || !n[VERDICT_PASS] || !campaign->complete ? 3 : 0;
}

int campaign_conformance(const struct campaign *campaign)
{
	uint64_t n[VERDICT_COUNT] = {0};

	count_verdicts(campaign, n);
	return status_of(campaign, n);
}

int campaign_exit_status(const struct campaign *campaign)
{
	uint64_t n[VERDICT_COUNT] = {0};
	int status;

	count_verdicts(campaign, n);
	count_claims(campaign, n);
	take_expected(campaign, n);
	status = status_of(campaign, n);
	return campaign->refused && status != 4 ? 1 : status;
}
