/* SPDX-License-Identifier: MIT
 *
 * Shards folded into the whole. */
#include "reports/journal_set.h"
#include "reports/journal_json.h"
#include "reports/replace.h"

#include <stdlib.h>

static bool is_of_part(const struct journal_entry *entry)
{
	return entry->kind == JOURNAL_PART || entry->kind >= JOURNAL_COUNT;
}

/* Which parts a set has, and which of them are finished. Its lines are folded, so each part is there once. */
struct parts {
	unsigned shards;   /* into how many the campaign was cut; 0: no shard is there */
	unsigned finished; /* shards with an end */
	bool whole;        /* the journal of an uncut campaign, with its end */
};

static int find_parts(const struct journal_set *set, struct parts *ret, struct err *err)
{
	*ret = (struct parts){0};
	for (size_t i = 0; i < set->count; i++) {
		const struct journal_entry *e = &set->list[i];

		if (e->kind == JOURNAL_END && e->shard == 0)
			ret->whole = true;
		else if (e->kind == JOURNAL_END)
			ret->finished++;
		if (e->kind != JOURNAL_PART || e->shard == 0)
			continue;
		if (ret->shards && ret->shards != e->shards)
			return err_set(err, -EINVAL, "shards of %u and of %u can't be joined", ret->shards, e->shards);
		ret->shards = e->shards;
	}
	return 0;
}

/* Lines of the whole, made from the sums of the shards'. */
static void write_whole(const struct journal_set *set, FILE *to)
{
	struct journal_campaign sum = {0};

	catalogue_init(&sum.catalogue);
	for (size_t i = 0; i < set->count; i++) {
		const struct journal_entry *e = &set->list[i];
		struct journal_line line;

		if (e->kind != JOURNAL_CAMPAIGN && (!is_of_part(e) || e->shard == 0))
			continue;
		journal_line_parse(slice_of(e->text), &line, NULL);
		journal_line_apply(&line, &sum, NULL);
		journal_line_done(&line);
	}
	campaign_settle(sum.campaign);
	journal_line_part(to, 0, 1, sum.campaign->iut_address);
	for (size_t i = 0; i < sum.campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &sum.campaign->requirements[i];

		for (unsigned v = 0; v < VERDICT_COUNT; v++)
			if (r->counts[v])
				journal_line_count(to, 0, r->requirement->id, (enum verdict)v, r->counts[v]);
	}
	journal_line_input(to, 0, &sum.campaign->input);
	journal_line_end(to, 0);
	journal_campaign_done(&sum);
}

/* Frees the lines of shards, and those of the whole too where `all`. */
static void drop_parts(struct journal_set *set, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (is_of_part(&set->list[i]) && (all || set->list[i].shard != 0))
			journal_entry_done(&set->list[i]);
		else
			set->list[n++] = set->list[i];
	}
	set->count = n;
}

/* Once every shard is finished, or the whole is there, no shard is told of any more. */
int journal_set_collapse(struct journal_set *set, struct err *err)
{
	struct parts parts;
	char *text = NULL;
	size_t len = 0;
	FILE *to;
	int r = find_parts(set, &parts, err);

	if (r < 0)
		return r;
	if (parts.whole)
		drop_parts(set, false);
	if (parts.whole || parts.shards == 0 || parts.finished != parts.shards)
		return 0;
	to = open_memstream(&text, &len);
	write_whole(set, to);
	fclose(to);
	drop_parts(set, true);
	journal_set_add(set, (struct slice){text, len});
	free(text);
	journal_set_fold(set);
	return 0;
}

int journal_merge(const char *const *paths, size_t count, const char *out, struct err *err)
{
	struct journal_set set = {0};
	struct replacement file = {0};
	int r = journal_set_load(&set, paths, count, err);

	if (r == 0)
		r = replacement_open(&file, out, err);
	for (size_t i = 0; i < set.count && r == 0; i++)
		fprintf(file.to, "%s\n", set.list[i].text);
	if (r == 0)
		r = replacement_commit(&file, err);
	replacement_done(&file);
	journal_set_done(&set);
	return r;
}
