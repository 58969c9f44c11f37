/* SPDX-License-Identifier: MIT */
#include "cmd_help.h"
#include "base/buf.h"

#include <criterion/criterion.h>

int cmd_call(int (*command)(const struct options *), const char *const *argv)
{
	struct options options;
	struct err err;
	int argc = 0, status;

	while (argv[argc])
		argc++;
	cr_assert_eq(options_parse(&options, argc, (char *const *)argv, NULL, &err), 0, "%s", err.text);
	status = command(&options);
	fflush(stdout);
	fflush(stderr);
	options_done(&options);
	return status;
}

char *cmd_written(FILE *from)
{
	struct buf text = {0};
	int c;

	while ((c = fgetc(from)) != EOF)
		buf_putc(&text, (char)c);
	return buf_take(&text);
}
