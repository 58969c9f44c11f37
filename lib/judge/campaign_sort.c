/* SPDX-License-Identifier: MIT */
#include "judge/campaign_sort.h"
#include "base/mem.h"

#include <stdlib.h>

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_evidence(const struct finding *a, const struct finding *b)
{
	int c = compare_numbers(a->evidence_count, b->evidence_count);

	for (unsigned i = 0; i < a->evidence_count && c == 0; i++) {
		const struct evidence *x = &a->evidence[i], *y = &b->evidence[i];

		if ((c = compare_numbers(x->frame, y->frame)) == 0 && (c = compare_numbers(x->from, y->from)) == 0 &&
		    (c = compare_numbers(x->to, y->to)) == 0 && (c = compare_numbers(x->time, y->time)) == 0)
			c = compare_texts(x->line, y->line);
	}
	return c;
}

/* `order` decides; the rest makes the order total, so that threads and shards leave no mark. */
static int compare_findings(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	const char *texts[][2] = {
		{a->case_name, b->case_name}, {a->rule, b->rule}, {a->user, b->user},
		{a->expected, b->expected},   {a->seen, b->seen}, {a->reason, b->reason},
	};
	int c = compare_numbers(a->order, b->order);

	if (c == 0)
		c = compare_numbers(a->verdict, b->verdict);
	for (size_t i = 0; i < ARRAY_LEN(texts) && c == 0; i++)
		c = compare_texts(texts[i][0], texts[i][1]);
	return c ? c : compare_evidence(a, b);
}

size_t campaign_limit(const struct campaign *campaign, enum verdict verdict)
{
	return verdict > VERDICT_PASS ? campaign->findings_max : campaign->passes_max;
}

void campaign_sort_findings(const struct campaign *campaign, struct campaign_requirement *r)
{
	size_t kept[VERDICT_COUNT] = {0}, n = 0;

	if (r->count)
		qsort(r->findings, r->count, sizeof(*r->findings), compare_findings);
	for (size_t i = 0; i < r->count; i++) {
		struct finding *f = &r->findings[i];
		size_t max = campaign_limit(campaign, f->verdict);

		if (max && kept[f->verdict] == max) {
			finding_done(f);
			continue;
		}
		if (++kept[f->verdict] == max)
			r->last[f->verdict] = f->order;
		r->findings[n++] = *f;
	}
	r->count = n;
	memcpy(r->kept, kept, sizeof(kept));
}

static int compare_cases(const void *pa, const void *pb)
{
	const struct campaign_case *a = pa, *b = pb;
	int c = compare_numbers(a->order, b->order);

	return c ? c : strcmp(a->name, b->name);
}

void campaign_sort_cases(struct campaign *campaign)
{
	if (campaign->case_count)
		qsort(campaign->cases, campaign->case_count, sizeof(*campaign->cases), compare_cases);
	campaign_reindex_cases(campaign);
}

static int compare_lines(const void *pa, const void *pb)
{
	return strcmp(*(char *const *)pa, *(char *const *)pb);
}

void campaign_sort_notes(struct campaign *campaign)
{
	if (campaign->note_count)
		qsort(campaign->notes, campaign->note_count, sizeof(*campaign->notes), compare_lines);
}

/* The reason is the first member. */
void campaign_sort_dropped(struct campaign *campaign)
{
	struct campaign_input *input = &campaign->input;

	if (input->dropped_count)
		qsort(input->dropped, input->dropped_count, sizeof(*input->dropped), compare_lines);
}
