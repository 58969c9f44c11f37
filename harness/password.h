/* SPDX-License-Identifier: MIT
 *
 * Files that hold a password on their first line: what the IXIT and --password name. */
#ifndef HARNESS_PASSWORD_H
#define HARNESS_PASSWORD_H

#include "base/err.h"

enum { PASSWORD_MAX = 1024 };

/* The first line, without its end. -ENOENT etc. where the file can't be read, -EINVAL where the line is empty or too
 * long; err begins with the path, and never has anything of the password. */
int password_read(const char *path, char ret[PASSWORD_MAX], struct err *err);

#endif
