/* SPDX-License-Identifier: MIT */
#include "script/file.h"

#include <stdio.h>

int file_read(const char *path, size_t max, struct buf *to, struct err *err)
{
	FILE *file = fopen(path, "rb");
	size_t n;
	int code;

	if (!file)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	do {
		n = fread(buf_reserve(to, 16384), 1, 16384, file);
		to->len += n;
	} while (n && to->len <= max);
	code = ferror(file) ? errno : 0; /* of the fread: a folder opens, but does not read */
	fclose(file);
	if (code)
		return err_set(err, -code, "%s: %s", path, strerror(code));
	if (to->len > max)
		return err_set(err, -EINVAL, "%s: too long, expected at most %zu bytes", path, max);
	return 0;
}
