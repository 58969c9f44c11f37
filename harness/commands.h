/* SPDX-License-Identifier: MIT
 *
 * One function a verb, each in its own harness/cmd_<verb>.c. They return the exit status. */
#ifndef HARNESS_COMMANDS_H
#define HARNESS_COMMANDS_H

#include "base/err.h"
#include "harness/options.h"

#include <errno.h>

enum exit_status {
	EXIT_PASSED = 0,  /* all that applied passed, and something did */
	EXIT_FAILED = 1,  /* any fail */
	EXIT_USAGE = 2,   /* usage or configuration */
	EXIT_OPEN = 3,    /* no fail, but inconc, or nothing was judged */
	EXIT_HARNESS = 4, /* harness error */
	EXIT_SIGNAL = 128 /* + SIGINT or SIGTERM: interrupted, after the partial report */
};

/* Of a verb that could not do its work: the caller asked for what can't be, or a device is full or broken. */
static inline int exit_of(const struct err *err)
{
	bool is_ours = err->code == -ENOSPC || err->code == -EDQUOT || err->code == -EFBIG || err->code == -EIO;

	return is_ours ? EXIT_HARNESS : EXIT_USAGE;
}

int cmd_run(const struct options *options);
int cmd_audit(const struct options *options);
int cmd_list(const struct options *options);
int cmd_explain(const struct options *options);
int cmd_prove(const struct options *options);
int cmd_serve(const struct options *options);
int cmd_report(const struct options *options);
int cmd_merge(const struct options *options);
int cmd_show(const struct options *options);
int cmd_doctor(const struct options *options);

#endif
