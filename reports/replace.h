/* SPDX-License-Identifier: MIT
 *
 * A file that takes another's place only when it is whole. For reports and merged journals. */
#ifndef REPORTS_REPLACE_H
#define REPORTS_REPLACE_H

#include "base/err.h"

#include <stdio.h>

struct replacement {
	char *path;      /* where it goes; a link is followed */
	char *temporary; /* where it is until then; NULL for devices and pipes, which are written as they are */
	FILE *to;
};

/* Opens for writing. -errno with "PATH: reason". */
int replacement_open(struct replacement *replacement, const char *path, struct err *err);
/* Closes and moves into place, with the rights of the old file; where anything failed, that stays. */
int replacement_commit(struct replacement *replacement, struct err *err);
/* Gives up. Fine after replacement_commit, and on a zeroed one. */
void replacement_done(struct replacement *replacement);

#endif
