/* SPDX-License-Identifier: MIT
 *
 * Shards folded into the whole. */
#include "reports/journal_set.h"
#include "reports/journal_json.h"
#include "reports/replace.h"
#include "base/mem.h"

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
static void write_whole(struct journal_set *set, FILE *to)
{
	struct journal_campaign sum = {0};

	catalogue_init(&sum.catalogue);
	for (size_t i = 0; i < set->count; i++) {
		const struct journal_entry *e = &set->list[i];
		struct journal_line line;
		struct slice text;

		if (e->kind != JOURNAL_CAMPAIGN && (!is_of_part(e) || e->shard == 0))
			continue;
		if (journal_set_text(set, e, &text, NULL) < 0 || journal_line_parse(text, &line, NULL) < 0)
			continue; /* set->failed says why */
		journal_line_apply(&line, &sum, NULL);
		journal_line_done(&line);
	}
	if (set->failed.code) {
		journal_campaign_done(&sum);
		return;
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

/* Leaves out the lines of shards, and those of the whole too where `all`. */
static void drop_parts(struct journal_set *set, bool all)
{
	size_t n = 0;

	for (size_t i = 0; i < set->count; i++)
		if (!is_of_part(&set->list[i]) || (!all && set->list[i].shard == 0))
			set->list[n++] = set->list[i];
	set->count = n;
}

static void make_whole(struct journal_set *set)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	write_whole(set, to);
	fclose(to);
	drop_parts(set, true);
	journal_set_add(set, (struct slice){text, len});
	free(text);
	journal_set_fold(set, 0);
}

/* --- an audit's findings, too many to keep --- */

struct surplus { /* of one requirement and verdict */
	const char *requirement;
	enum verdict verdict;
	uint64_t seen, left_out;
};

struct surpluses {
	struct surplus *list;
	size_t count, cap;
};

static struct surplus *surplus_of(struct surpluses *surpluses, const struct journal_entry *e)
{
	for (size_t i = 0; i < surpluses->count; i++)
		if (surpluses->list[i].verdict == e->verdict && strcmp(surpluses->list[i].requirement, e->name) == 0)
			return &surpluses->list[i];
	MEM_GROW(surpluses->list, surpluses->count, surpluses->cap);
	surpluses->list[surpluses->count] = (struct surplus){.requirement = e->name, .verdict = e->verdict};
	return &surpluses->list[surpluses->count++];
}

/* What a count line says already is added to what was left out, and the line goes. */
static bool is_surplus(struct journal_set *set, struct surpluses *surpluses, const struct journal_entry *e,
		       bool counted)
{
	uint64_t max = e->verdict == VERDICT_PASS ? CAMPAIGN_PASSES_MAX : CAMPAIGN_FINDINGS_MAX;
	struct surplus *surplus;
	struct slice text;

	if (e->kind != JOURNAL_FINDING && e->kind != JOURNAL_COUNT)
		return false;
	surplus = surplus_of(surpluses, e);
	if (e->kind == JOURNAL_FINDING) {
		surplus->left_out += ++surplus->seen > max && counted;
		return surplus->seen > max;
	}
	if (!surplus->left_out || journal_set_text(set, e, &text, NULL) < 0)
		return false;
	surplus->left_out += journal_line_count_of(text);
	return true;
}

static void add_counts(struct journal_set *set, const struct surpluses *surpluses)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	for (size_t i = 0; i < surpluses->count; i++)
		if (surpluses->list[i].left_out)
			journal_line_count(to, 0, surpluses->list[i].requirement, surpluses->list[i].verdict,
					   surpluses->list[i].left_out);
	fclose(to);
	journal_set_add(set, (struct slice){text, len});
	free(text);
}

/* The whole of an audit has the first findings by order, as if one process had read it all. Lines from `from` on, which
 * are sorted: findings by order, counts behind them. `counted`: what is left out is in no count line yet. */
static void leave_out_surplus(struct journal_set *set, size_t from, bool counted)
{
	struct surpluses surpluses = {0};
	size_t n = from;

	for (size_t i = from; i < set->count; i++)
		if (!is_surplus(set, &surpluses, &set->list[i], counted))
			set->list[n++] = set->list[i];
	set->count = n;
	add_counts(set, &surpluses);
	free(surpluses.list);
	journal_set_fold(set, from);
}

static bool is_audit(struct journal_set *set)
{
	struct slice text;

	return set->count && journal_set_text(set, &set->list[0], &text, NULL) == 0 &&
	       slice_find((struct slice){text.p, text.len < 100 ? text.len : 100}, SLICE("\"kind\":\"audit\""));
}

void journal_set_trim(struct journal_set *set, size_t from)
{
	bool whole = false;

	for (size_t i = from; i < set->count; i++)
		whole |= set->list[i].kind == JOURNAL_END && set->list[i].shard == 0;
	if (!whole || !is_audit(set))
		return;
	journal_set_fold(set, from);
	leave_out_surplus(set, from, true);
}

/* --- */

/* Once every shard is finished, or the whole is there, no shard is told of any more. */
int journal_set_collapse(struct journal_set *set, struct err *err)
{
	struct parts parts;
	int r = find_parts(set, &parts, err);

	if (r < 0)
		return r;
	if (parts.whole)
		drop_parts(set, false);
	if (!parts.whole && (parts.shards == 0 || parts.finished != parts.shards))
		return 0;
	if (!parts.whole)
		make_whole(set);
	if (is_audit(set))
		leave_out_surplus(set, 0, !parts.whole);
	return 0;
}
static int write_lines(struct journal_set *set, FILE *to, struct err *err)
{
	struct slice text;
	int r = 0;

	for (size_t i = 0; i < set->count && r == 0; i++)
		if ((r = journal_set_text(set, &set->list[i], &text, err)) == 0)
			fprintf(to, "%.*s\n", SLICE_F(text));
	return r;
}

int journal_merge(const char *const *paths, size_t count, const char *out, struct err *err)
{
	struct journal_set set = {0};
	struct replacement file = {0};
	int r = journal_set_load(&set, paths, count, err);

	if (r == 0)
		r = replacement_open(&file, out, err);
	if (r == 0)
		r = write_lines(&set, file.to, err);
	if (r == 0)
		r = replacement_commit(&file, err);
	replacement_done(&file);
	journal_set_done(&set);
	return r;
}
