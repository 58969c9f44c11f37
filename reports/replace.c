/* SPDX-License-Identifier: MIT */
#include "reports/replace.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const struct replacement *replacement, int code, struct err *err)
{
	char clean[200];

	return err_set(err, -code, "%s: %s", text_clean_fixed(clean, sizeof(clean), slice_of(replacement->path)),
		       strerror(code));
}

int replacement_open(struct replacement *replacement, const char *path, struct err *err)
{
	char *real = realpath(path, NULL);
	struct stat st;

	*replacement = (struct replacement){.path = real ? real : mem_strdup(path)};
	if (real && stat(real, &st) == 0 && !S_ISREG(st.st_mode)) {
		replacement->to = fopen(real, "we"); /* a folder fails here, with its reason */
	} else if (real && access(real, W_OK) != 0) {
		return fail(replacement, errno, err);
	} else {
		replacement->temporary = mem_printf("%s.%ld.partial", replacement->path, (long)getpid());
		replacement->to = fopen(replacement->temporary, "we");
	}
	return replacement->to ? 0 : fail(replacement, errno, err);
}

int replacement_commit(struct replacement *replacement, struct err *err)
{
	int code = ferror(replacement->to) ? EIO : 0;
	struct stat st;

	if (replacement->temporary && stat(replacement->path, &st) == 0 &&
	    fchmod(fileno(replacement->to), st.st_mode & 0777) != 0)
		code = errno;
	if (fclose(replacement->to) != 0)
		code = errno;
	replacement->to = NULL;
	if (code == 0 && replacement->temporary && rename(replacement->temporary, replacement->path) != 0)
		code = errno;
	if (code)
		return fail(replacement, code, err);
	free(replacement->temporary);
	replacement->temporary = NULL;
	return 0;
}

void replacement_done(struct replacement *replacement)
{
	if (replacement->to)
		fclose(replacement->to);
	if (replacement->temporary)
		unlink(replacement->temporary);
	free(replacement->temporary);
	free(replacement->path);
	*replacement = (struct replacement){0};
}
