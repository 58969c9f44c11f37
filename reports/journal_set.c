/* SPDX-License-Identifier: MIT */
#include "reports/journal_set.h"
#include "reports/journal_json.h"
#include "reports/journal_read.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <stdlib.h>

void journal_entry_done(struct journal_entry *entry)
{
	free(entry->name);
	free(entry->text);
}

void journal_set_done(struct journal_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		journal_entry_done(&set->list[i]);
	free(set->list);
	*set = (struct journal_set){0};
}

static void set_push(struct journal_set *set, const struct journal_line *line, struct slice text)
{
	struct journal_entry *entry;

	MEM_GROW(set->list, set->count, set->cap);
	entry = &set->list[set->count++];
	*entry = (struct journal_entry){
		.kind = line->kind,
		.verdict = line->verdict,
		.order = line->order,
		.shard = line->shard,
		.shards = line->shards,
		.name = mem_strdup(line->name),
		.text = mem_alloc(text.len + 1),
	};
	memcpy(entry->text, text.p, text.len);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* What makes two lines tell of the same thing. */
static int compare_identity(const struct journal_entry *a, const struct journal_entry *b)
{
	int c = compare_numbers(a->kind, b->kind);

	if (c == 0)
		c = compare_numbers(a->order, b->order);
	if (c == 0)
		c = strcmp(a->name, b->name);
	if (c == 0)
		c = compare_numbers(a->shard, b->shard);
	return c == 0 && a->kind == JOURNAL_COUNT ? compare_numbers(a->verdict, b->verdict) : c;
}

static int compare_entries(const void *pa, const void *pb)
{
	const struct journal_entry *a = pa, *b = pb;
	int c = compare_identity(a, b);

	if (c == 0)
		c = compare_numbers(a->verdict, b->verdict);
	return c ? c : strcmp(a->text, b->text);
}

/* Cases have one end and shards one input, also where they were run twice: the last in order stays, of cases the worst.
 * All other lines fold only with their like. */
static bool is_folded(const struct journal_entry *entry, const struct journal_entry *next)
{
	bool single = entry->kind == JOURNAL_CASE || entry->kind == JOURNAL_PART || entry->kind >= JOURNAL_COUNT;

	return single ? compare_identity(entry, next) == 0 : compare_entries(entry, next) == 0;
}

void journal_set_fold(struct journal_set *set)
{
	size_t n = 0;

	if (set->count)
		qsort(set->list, set->count, sizeof(*set->list), compare_entries);
	for (size_t i = 0; i < set->count; i++) {
		if (i + 1 < set->count && is_folded(&set->list[i], &set->list[i + 1]))
			journal_entry_done(&set->list[i]);
		else
			set->list[n++] = set->list[i];
	}
	set->count = n;
}

struct loading {
	struct journal_set *set;
	struct journal_line first; /* the campaign line of the first journal */
	const char *first_path, *path;
	struct journal_campaign check; /* what this journal tells, so that every line of it is checked */
};

static int check_same(const struct loading *loading, const struct journal_line *line, struct err *err)
{
	char a[200], b[200];
	const char *key = journal_line_differs(&loading->first, line);

	if (!key)
		return 0;
	return err_set(err, -EINVAL, "%s and %s are of different campaigns: '%s' differs",
		       text_clean_fixed(a, sizeof(a), slice_of(loading->first_path)),
		       text_clean_fixed(b, sizeof(b), slice_of(loading->path)), key);
}

static int load_line(void *arg, struct slice text, struct err *err)
{
	struct loading *loading = arg;
	struct journal_line line;
	int r = journal_line_parse(text, &line, err);

	if (r < 0)
		return r;
	r = journal_line_apply(&line, &loading->check, err);
	if (r == 0)
		loading->check.campaign->findings_max = loading->check.campaign->passes_max = 1;
	if (r == 0 && line.kind == JOURNAL_CAMPAIGN && loading->first.json)
		r = check_same(loading, &line, err);
	else if (r == 0)
		set_push(loading->set, &line, text);
	if (r == 0 && line.kind == JOURNAL_CAMPAIGN && !loading->first.json) {
		loading->first = line;
		loading->first_path = loading->path;
		return 0;
	}
	journal_line_done(&line);
	return r;
}

static void add_made(struct journal_set *set, struct slice text)
{
	struct journal_line line;
	int r = journal_line_parse(text, &line, NULL);

	assert(r == 0); /* written by ourselves */
	set_push(set, &line, text);
	journal_line_done(&line);
}

/* Adds lines that were written into memory. */
void journal_set_add(struct journal_set *set, struct slice lines)
{
	while (lines.len) {
		const char *end = memchr(lines.p, '\n', lines.len);

		add_made(set, slice_range(lines.p, end));
		lines = slice_range(end + 1, lines.p + lines.len);
	}
}

static int load_one(struct loading *loading, struct err *err)
{
	struct journal_campaign *check = &loading->check;
	bool cut;
	int r;

	catalogue_init(&check->catalogue);
	r = journal_each_line(loading->path, load_line, loading, &cut, err);
	journal_campaign_done(check);
	if (r == 0 && cut)
		journal_set_add(loading->set, SLICE("{\"t\":\"note\",\"text\":\"" JOURNAL_CUT "\"}\n"));
	return r;
}

int journal_set_load(struct journal_set *set, const char *const *paths, size_t count, struct err *err)
{
	struct loading loading = {.set = set};
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		loading.path = paths[i];
		r = load_one(&loading, err);
	}
	journal_line_done(&loading.first);
	if (r < 0)
		return r;
	journal_set_fold(set);
	return journal_set_collapse(set, err);
}
