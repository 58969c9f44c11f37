/* SPDX-License-Identifier: MIT
 *
 * No file may be lost by a slip on the command line: what a command writes is none of the files that it reads, and no
 * two of those that it writes are one. Asked before anything is opened. */
#ifndef HARNESS_OVERWRITE_H
#define HARNESS_OVERWRITE_H

#include "harness/options.h"
#include "reports/output.h"

/* -EINVAL, with the file and the options, where --journal or a report would overwrite a journal or capture that is
 * read,
 * --baseline, --expected, --ixit, --ics, or each other. Links are followed; devices and pipes are no such files. */
int overwrite_check(const struct options *options, const struct outputs *outputs, struct err *err);

#endif
