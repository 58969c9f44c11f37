/* SPDX-License-Identifier: MIT */
#include "reports/journal.h"
#include "reports/journal_lines.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

struct journal {
	FILE *to;
	char *name; /* for messages */
	const struct campaign *campaign;
	unsigned shard;
	int failed; /* the first failure: half a line may stand at the end, so that no other may follow */
	uint64_t (*written)[VERDICT_COUNT]; /* findings that have a line, by requirement */
};

static int journal_flush(struct journal *journal, struct err *err)
{
	errno = 0;
	if (!journal->failed && (fflush(journal->to) != 0 || ferror(journal->to)))
		journal->failed = errno ? -errno : -EIO;
	if (journal->failed)
		return err_set(err, journal->failed, "%s: %s", journal->name, strerror(-journal->failed));
	return 0;
}

static void journal_free(struct journal *journal)
{
	if (journal->to)
		fclose(journal->to);
	free(journal->name);
	free(journal->written);
	free(journal);
}

/* What is known of the campaign itself; it stands twice where it was known at the beginning. */
static void write_known(struct journal *journal)
{
	const struct campaign *campaign = journal->campaign;

	for (size_t i = 0; i < campaign->file_count; i++)
		journal_line_file(journal->to, campaign->files[i]);
	for (size_t i = 0; i < campaign->note_count; i++)
		journal_line_note(journal->to, campaign->notes[i]);
	for (size_t i = 0; i < campaign->fact_count; i++)
		journal_line_fact(journal->to, &campaign->facts[i]);
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		if (r->excuse)
			journal_line_excuse(journal->to, r->requirement->id, r->excuse);
		if (r->claim != CLAIM_OPEN)
			journal_line_claim(journal->to, r->requirement->id, r->claim);
		if (r->shown)
			journal_line_shown(journal->to, r->requirement->id);
	}
}

int journal_create(const char *path, const struct campaign *campaign, unsigned shard, unsigned shards,
		   struct journal **ret, struct err *err)
{
	struct journal *journal = mem_alloc(sizeof(*journal));
	struct buf name = {0};
	int r;

	text_clean(&name, slice_of(path), TEXT_NO_MAX);
	journal->name = buf_take(&name);
	journal->campaign = campaign;
	journal->shard = shards > 1 ? shard : 0;
	journal->written = mem_alloc((campaign->requirement_count + 1) * sizeof(*journal->written));
	journal->to = fopen(path, "we");
	if (!journal->to) {
		r = err_set(err, -errno, "%s: %s", journal->name, strerror(errno));
		journal_free(journal);
		return r;
	}
	journal_line_campaign(journal->to, campaign);
	journal_line_part(journal->to, journal->shard, shards > 1 ? shards : 1, campaign->iut_address);
	write_known(journal);
	r = journal_flush(journal, err);
	if (r < 0)
		journal_free(journal);
	else
		*ret = journal;
	return r;
}

static uint64_t *written_of(struct journal *journal, const char *requirement, enum verdict verdict)
{
	const struct campaign_requirement *r = campaign_find(journal->campaign, requirement);

	return r ? &journal->written[r - journal->campaign->requirements][verdict] : NULL;
}

int journal_add_finding(struct journal *journal, const struct finding *finding, struct err *err)
{
	uint64_t *written = written_of(journal, finding->requirement, finding->verdict);

	if (!written)
		return err_set(err, -ENOENT, "no requirement '%s' for this role", finding->requirement);
	if (campaign_find(journal->campaign, finding->requirement)->claim == CLAIM_NO)
		return 0;
	if (!journal->failed)
		journal_line_finding(journal->to, journal->campaign, finding);
	++*written;
	return journal_flush(journal, err);
}

int journal_add_case(struct journal *journal, const struct campaign_case *test_case, struct err *err)
{
	if (!journal->failed)
		journal_line_case(journal->to, test_case);
	return journal_flush(journal, err);
}

/* Findings of a verdict that has no line yet, as far as the campaign kept them; then the number of all others. */
static void write_rest(struct journal *journal, const struct campaign_requirement *r, enum verdict verdict)
{
	uint64_t *written = &journal->written[r - journal->campaign->requirements][verdict];
	bool none = *written == 0;

	for (size_t i = 0; i < r->count && none; i++) {
		if (r->findings[i].verdict != verdict)
			continue;
		journal_line_finding(journal->to, journal->campaign, &r->findings[i]);
		++*written;
	}
	if (r->counts[verdict] > *written)
		journal_line_count(journal->to, journal->shard, r->requirement->id, verdict,
				   r->counts[verdict] - *written);
}

static void write_end(struct journal *journal)
{
	const struct campaign *campaign = journal->campaign;

	write_known(journal);
	for (size_t i = 0; i < campaign->requirement_count; i++)
		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			write_rest(journal, &campaign->requirements[i], (enum verdict)v);
	journal_line_input(journal->to, journal->shard, &campaign->input);
	if (campaign->complete)
		journal_line_end(journal->to, journal->shard);
}

int journal_close(struct journal *journal, struct err *err)
{
	int r;

	if (!journal)
		return 0;
	if (!journal->failed)
		write_end(journal);
	r = journal_flush(journal, err);
	journal_free(journal);
	return r;
}
