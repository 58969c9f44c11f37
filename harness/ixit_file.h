/* SPDX-License-Identifier: MIT
 *
 * Between the two files of the IXIT: what an ICS file is read into. */
#ifndef HARNESS_IXIT_FILE_H
#define HARNESS_IXIT_FILE_H

#include "harness/ixit.h"

/* An empty ICS is -EINVAL: it would select nothing. */
int ics_read(const char *path, struct arena *arena, const struct ics **ret, struct err *err);

#endif
