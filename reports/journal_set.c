/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* qsort_r */
#include "reports/journal_set.h"
#include "reports/journal_json.h"
#include "reports/journal_read.h"
#include "base/mem.h"
#include "base/text.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct journal_file {
	const char *path; /* the caller's */
	int fd;           /* -1: can't be read again, as a pipe can't */
	uint64_t offset;  /* of the line at hand */
};

void journal_set_done(struct journal_set *set)
{
	for (size_t i = 0; i < set->file_count; i++)
		if (set->files[i].fd >= 0)
			close(set->files[i].fd);
	free(set->files);
	free(set->list);
	buf_done(&set->lines[0]);
	buf_done(&set->lines[1]);
	map_done(&set->names);
	arena_done(&set->arena);
	*set = (struct journal_set){0};
}

/* --- texts --- */

static int read_again(struct journal_set *set, const struct journal_entry *entry, struct buf *to)
{
	const struct journal_file *file = &set->files[entry->file];
	char clean[200];

	buf_clear(to);
	buf_reserve(to, entry->len + 1);
	while (to->len < entry->len) {
		ssize_t n = pread(file->fd, to->p + to->len, entry->len - to->len, (off_t)(entry->offset + to->len));

		if (n > 0)
			to->len += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (to->len == entry->len && (to->len == 0 || (*to->p == '{' && to->p[to->len - 1] == '}')))
		return 0;
	if (!set->failed.code)
		err_set(&set->failed, -EIO, "%s: has changed while it was read",
			text_clean_fixed(clean, sizeof(clean), slice_of(file->path)));
	return -EIO;
}

static int text_of(struct journal_set *set, const struct journal_entry *entry, struct buf *scratch, struct slice *ret)
{
	int r = 0;

	*ret = (struct slice){entry->text, entry->len};
	if (entry->file == JOURNAL_NO_FILE)
		return 0;
	r = read_again(set, entry, scratch);
	*ret = r < 0 ? (struct slice){"", 0} : buf_slice(scratch);
	return r;
}

int journal_set_text(struct journal_set *set, const struct journal_entry *entry, struct slice *ret, struct err *err)
{
	int r = text_of(set, entry, &set->lines[0], ret);

	if (r < 0 && err)
		*err = set->failed;
	return r;
}

/* --- lines --- */

static const char *intern(struct journal_set *set, const char *name)
{
	char *known = map_get(&set->names, slice_of(name));

	if (!known) {
		known = (char *)arena_copy(&set->arena, slice_of(name)).p;
		map_set(&set->names, slice_of(name), known);
	}
	return known;
}

/* `file` JOURNAL_NO_FILE: the text is kept. */
static void set_push(struct journal_set *set, const struct journal_line *line, struct slice text, unsigned file)
{
	struct journal_entry *entry;
	bool keep = file == JOURNAL_NO_FILE || set->files[file].fd < 0;

	MEM_GROW(set->list, set->count, set->cap);
	entry = &set->list[set->count++];
	*entry = (struct journal_entry){
		.kind = line->kind,
		.verdict = line->verdict,
		.file = keep ? JOURNAL_NO_FILE : file & 0xffff,
		.len = (uint32_t)text.len,
		.order = line->order,
		.shard = line->shard,
		.shards = line->shards,
		.name = intern(set, line->name),
	};
	if (keep)
		entry->text = arena_copy(&set->arena, text).p;
	else
		entry->offset = set->files[file].offset;
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

static int compare_texts(struct journal_set *set, const struct journal_entry *a, const struct journal_entry *b)
{
	struct slice x, y;
	int c;

	text_of(set, a, &set->lines[0], &x);
	text_of(set, b, &set->lines[1], &y);
	c = memcmp(x.p, y.p, x.len < y.len ? x.len : y.len);
	return c ? c : compare_numbers(x.len, y.len);
}

static int compare_entries(const void *pa, const void *pb, void *arg)
{
	const struct journal_entry *a = pa, *b = pb;
	int c = compare_identity(a, b);

	if (c == 0)
		c = compare_numbers(a->verdict, b->verdict);
	return c ? c : compare_texts(arg, a, b);
}

/* Cases have one end and shards one input, also where they were run twice: the last in order stays, of cases the worst.
 * All other lines fold only with their like. */
static bool is_folded(struct journal_set *set, const struct journal_entry *entry, const struct journal_entry *next)
{
	bool single = entry->kind == JOURNAL_CASE || entry->kind == JOURNAL_PART || entry->kind >= JOURNAL_COUNT;

	return single ? compare_identity(entry, next) == 0 : compare_entries(entry, next, set) == 0;
}

void journal_set_fold(struct journal_set *set, size_t from)
{
	size_t n = from;

	if (set->count > from)
		qsort_r(set->list + from, set->count - from, sizeof(*set->list), compare_entries, set);
	for (size_t i = from; i < set->count; i++)
		if (i + 1 == set->count || !is_folded(set, &set->list[i], &set->list[i + 1]))
			set->list[n++] = set->list[i];
	set->count = n;
}

/* --- journals --- */

struct loading {
	struct journal_set *set;
	struct journal_line first; /* the campaign line of the first journal */
	const char *first_path, *path;
	unsigned file;
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
		set_push(loading->set, &line, text, loading->file);
	loading->set->files[loading->file].offset += text.len + 1;
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
	set_push(set, &line, text, JOURNAL_NO_FILE);
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

static void open_file(struct journal_set *set, const char *path)
{
	struct journal_file *file = &set->files[set->file_count++];
	struct stat st;

	*file = (struct journal_file){.path = path, .fd = -1};
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		file->fd = open(path, O_RDONLY | O_CLOEXEC);
}

static int load_one(struct loading *loading, struct err *err)
{
	struct journal_campaign *check = &loading->check;
	size_t from = loading->set->count;
	bool cut;
	int r;

	catalogue_init(&check->catalogue);
	r = journal_each_line(loading->path, load_line, loading, &cut, err);
	journal_campaign_done(check);
	if (r == 0 && cut)
		journal_set_add(loading->set, SLICE("{\"t\":\"note\",\"text\":\"" JOURNAL_CUT "\"}\n"));
	if (r == 0)
		journal_set_trim(loading->set, from);
	return r;
}

int journal_set_load(struct journal_set *set, const char *const *paths, size_t count, struct err *err)
{
	struct loading loading = {.set = set};
	int r = 0;

	if (count > JOURNAL_FILES_MAX)
		return err_set(err, -EINVAL, "more than %d journals", JOURNAL_FILES_MAX);
	set->files = mem_alloc((count + 1) * sizeof(*set->files));
	for (size_t i = 0; i < count && r == 0; i++) {
		loading.path = paths[i];
		loading.file = (unsigned)i;
		open_file(set, paths[i]);
		r = load_one(&loading, err);
	}
	journal_line_done(&loading.first);
	if (r < 0)
		return r;
	journal_set_fold(set, 0);
	r = journal_set_collapse(set, err);
	if (set->failed.code && err)
		*err = set->failed;
	return set->failed.code ? set->failed.code : r;
}
