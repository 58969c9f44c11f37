/* SPDX-License-Identifier: MIT
 *
 * Reads a profile (trace/profile.h) from a data file: scenarios/profiles/default.lua shows all it may hold. A file that
 * has a `base`, another file in its folder, says only what is different: tables are merged, lists and the rest
 * replaced. */
#ifndef SCRIPT_PROFILE_H
#define SCRIPT_PROFILE_H

#include "base/arena.h"
#include "base/err.h"
#include "trace/profile.h"

/* Everything of *ret lives in the arena. -EINVAL with "file:line: …, expected …"; -ENOENT etc. where the file, or the
 * schema that it names, can't be read. */
int profile_load(const char *path, struct arena *arena, struct profile *ret, struct err *err);

#endif
