/* SPDX-License-Identifier: MIT */
#include "harness/password.h"
#include "base/text.h"

#include <stdio.h>

/* An empty file has an empty line. */
static int first_line(FILE *file, char ret[PASSWORD_MAX])
{
	errno = 0;
	ret[0] = '\0';
	return fgets(ret, PASSWORD_MAX, file) ? 0 : -errno;
}

int password_read(const char *path, char ret[PASSWORD_MAX], struct err *err)
{
	FILE *file = fopen(path, "re");
	int rc = file ? first_line(file, ret) : -errno;
	char shown[80];

	if (file)
		fclose(file);
	text_clean_fixed(shown, sizeof(shown), slice_of(path));
	if (rc < 0)
		return err_set(err, rc, "%s: %s", shown, strerror(-rc));
	if (strlen(ret) == PASSWORD_MAX - 1 && ret[PASSWORD_MAX - 2] != '\n')
		return err_set(err, -EINVAL, "%s: a line of more than %d bytes", shown, PASSWORD_MAX - 2);
	ret[strcspn(ret, "\r\n")] = '\0';
	return ret[0] ? 0 : err_set(err, -EINVAL, "%s: no password on the first line", shown);
}
