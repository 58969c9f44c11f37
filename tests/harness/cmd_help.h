/* SPDX-License-Identifier: MIT
 *
 * Commands called as a user calls them, in tests that redirect what they say. */
#ifndef TESTS_HARNESS_CMD_HELP_H
#define TESTS_HARNESS_CMD_HELP_H

#include "harness/commands.h"

#include <stdio.h>

/* The exit status; a command line that can't be read fails the test. What was said is flushed. `argv` is NULL-ended. */
int cmd_call(int (*command)(const struct options *), const char *const *argv);
#define CMD_CALL(command, ...) cmd_call(command, (const char *const[]){"imconform", __VA_ARGS__, NULL})

/* What was written to a redirected stream, or a file, since the last call; free(). */
char *cmd_written(FILE *from);

#endif
