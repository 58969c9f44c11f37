/* SPDX-License-Identifier: MIT */
#include "reports/journal_read.h"
#include "reports/journal_json.h"
#include "reports/journal_set.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct lines {
	FILE *from;
	char *line;
	size_t cap, number;
};

/* 1 with a line in *ret, 0 at the end. */
static int lines_next(struct lines *lines, struct slice *ret, bool *ret_cut)
{
	ssize_t n = getline(&lines->line, &lines->cap, lines->from);

	if (n <= 0)
		return 0;
	lines->number++;
	*ret_cut = lines->line[n - 1] != '\n';
	*ret = (struct slice){lines->line, (size_t)n - 1};
	return !*ret_cut;
}

int journal_each_line(const char *path, int (*call)(void *arg, struct slice line, struct err *err), void *arg,
		      bool *ret_cut, struct err *err)
{
	struct lines lines = {.from = fopen(path, "re")};
	char name[200];
	struct slice line;
	int r = 0;

	*ret_cut = false;
	text_clean_fixed(name, sizeof(name), slice_of(path));
	if (!lines.from)
		return err_set(err, -errno, "%s: %s", name, strerror(errno));
	errno = 0;
	while (r == 0 && lines_next(&lines, &line, ret_cut)) {
		r = call(arg, line, err);
		/* of a capture, say, what JSON lacks is no help */
		if (r == -EBADMSG && lines.number == 1 && *line.p != '{')
			err_set(err, r, "not a journal: no 'campaign' line first");
	}
	if (r < 0)
		err_prefix(err, r, "%s:%zu", name, lines.number);
	else if (ferror(lines.from))
		r = err_set(err, errno ? -errno : -EIO, "%s: %s", name, strerror(errno ? errno : EIO));
	else if (lines.number - *ret_cut == 0)
		r = err_set(err, -EBADMSG, "%s: not a journal: no whole line", name);
	fclose(lines.from);
	free(lines.line);
	return r;
}

static int apply_text(void *arg, struct slice text, struct err *err)
{
	struct journal_line line;
	int r = journal_line_parse(text, &line, err);

	if (r < 0)
		return r;
	r = journal_line_apply(&line, arg, err);
	journal_line_done(&line);
	return r;
}

static int read_several(const char *const *paths, size_t count, struct journal_campaign *into, struct err *err)
{
	struct journal_set set = {0};
	int r = journal_set_load(&set, paths, count, err);

	for (size_t i = 0; i < set.count && r == 0; i++) {
		struct slice text;

		r = journal_set_text(&set, &set.list[i], &text, err);
		if (r == 0)
			r = apply_text(into, text, err);
	}
	journal_set_done(&set);
	return r;
}

int journal_read(const char *const *paths, size_t count, struct journal_campaign *ret, struct err *err)
{
	bool cut = false;
	int r;

	*ret = (struct journal_campaign){0};
	catalogue_init(&ret->catalogue);
	if (count == 1)
		r = journal_each_line(paths[0], apply_text, ret, &cut, err);
	else
		r = read_several(paths, count, ret, err);
	if (r < 0) {
		journal_campaign_done(ret);
		return r;
	}
	if (cut)
		campaign_add_note(ret->campaign, JOURNAL_CUT);
	ret->campaign->complete = ret->whole_ended || (ret->ends > 0 && ret->ends == ret->shards);
	campaign_settle(ret->campaign);
	return 0;
}

void journal_campaign_done(struct journal_campaign *journal)
{
	campaign_free(journal->campaign);
	catalogue_done(&journal->catalogue);
	*journal = (struct journal_campaign){0};
}

bool journal_probe(const char *path)
{
	static const char start[] = "{\"t\":\"campaign\",";
	char bytes[sizeof(start) - 1];
	struct stat st;
	FILE *from = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "re") : NULL;
	bool is = from && fread(bytes, 1, sizeof(bytes), from) == sizeof(bytes) &&
		  memcmp(bytes, start, sizeof(bytes)) == 0;

	if (from)
		fclose(from);
	return is;
}
