/* SPDX-License-Identifier: MIT
 *
 * Journals line by line. For journal*.c only. */
#ifndef REPORTS_JOURNAL_READ_H
#define REPORTS_JOURNAL_READ_H

#include "base/err.h"
#include "base/slice.h"

/* What is noted of a journal whose last line has no end. It names no file, so that merging in any order notes the same.
 */
#define JOURNAL_CUT "a journal ends in half a line: its run was killed while it wrote; the half line is left out"

/* Calls `call` for each whole line, without its end; a failure ends it and gets "PATH:LINE: " in front. *ret_cut: the
 * last line was only begun. Errors of the system: "PATH: reason". A file without any whole line: -EBADMSG. */
int journal_each_line(const char *path, int (*call)(void *arg, struct slice line, struct err *err), void *arg,
		      bool *ret_cut, struct err *err);

#endif
