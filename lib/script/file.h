/* SPDX-License-Identifier: MIT
 *
 * A file as a whole, up to a limit: for the texts that people write. */
#ifndef SCRIPT_FILE_H
#define SCRIPT_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the bytes. -EINVAL: longer than `max`; else the errno of what failed, err tells the path. */
int file_read(const char *path, size_t max, struct buf *to, struct err *err);

#endif
