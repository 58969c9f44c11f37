/* SPDX-License-Identifier: MIT */
#include "harness/overwrite.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <sys/stat.h>

struct named {
	const char *path; /* the command line's */
	const char *use;
	char *real;
};

struct files {
	struct named *list;
	size_t count, cap;
};

/* Of a file that does not exist yet: in its folder, which does. */
static char *real_of_new(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = mem_printf("%.*s.", slash ? (int)(slash + 1 - path) : 0, path);
	char *found = realpath(folder, NULL), *real;

	free(folder);
	real = found ? mem_printf("%s/%s", found, slash ? slash + 1 : path) : NULL;
	free(found);
	return real;
}

/* The path without links. NULL: no file that could be lost. */
static char *real_of(const char *path)
{
	char *real = realpath(path, NULL);
	struct stat st;

	if (!real)
		return real_of_new(path);
	if (stat(real, &st) == 0 && S_ISREG(st.st_mode))
		return real;
	free(real);
	return NULL;
}

static void files_add(struct files *files, const char *path, const char *use)
{
	char *real = path && strcmp(path, "-") ? real_of(path) : NULL;

	if (!real)
		return;
	MEM_GROW(files->list, files->count, files->cap);
	files->list[files->count++] = (struct named){path, use, real};
}

static void files_done(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->list[i].real);
	free(files->list);
}

static int refuse(const struct named *written, const struct named *lost, struct err *err)
{
	char clean[200];

	return err_set(err, -EINVAL, "%s: %s would overwrite %s",
		       text_clean_fixed(clean, sizeof(clean), slice_of(written->path)), written->use, lost->use);
}

/* The first `written` of them are written. */
static int check(const struct files *files, size_t written, struct err *err)
{
	for (size_t i = 0; i < written; i++)
		for (size_t j = i + 1; j < files->count; j++)
			if (strcmp(files->list[i].real, files->list[j].real) == 0)
				return refuse(&files->list[i], &files->list[j], err);
	return 0;
}

int overwrite_check(const struct options *options, const struct outputs *outputs, struct err *err)
{
	struct files files = {0};
	size_t written;
	int r;

	for (unsigned i = 0; i < outputs->count; i++)
		files_add(&files, outputs->list[i].path, "a report");
	files_add(&files, options->journal, "--journal");
	written = files.count;
	for (size_t i = 0; i < options->operands.count; i++)
		files_add(&files, options->operands.items[i], "a file that is read");
	files_add(&files, options->baseline, "--baseline");
	files_add(&files, options->expected, "--expected");
	files_add(&files, options->ixit, "--ixit");
	files_add(&files, options->ics, "--ics");
	r = check(&files, written, err);
	files_done(&files);
	return r;
}
