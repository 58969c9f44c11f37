/* SPDX-License-Identifier: MIT
 *
 * Reports as the command line asks for them: -o, --quiet, --color, --times, --baseline, --expected. For the verbs that
 * end in reports. */
#ifndef HARNESS_REPORTING_H
#define HARNESS_REPORTING_H

#include "harness/options.h"
#include "reports/interop.h"
#include "reports/output.h"

/* Reads --baseline and --expected, checks and opens all -o, before anything is run; text on standard output where there
 * is none. What goes wrong is a usage error, with a text for the user. outputs_done() in any case. */
int reporting_open(const struct options *options, struct outputs *outputs, struct err *err);
/* Compares with the baseline and the known failures, writes all reports and returns the exit status: the campaign's, or
 * EXIT_HARNESS with one line on stderr. */
int reporting_write(const struct options *options, struct outputs *outputs, struct campaign *campaign);

/* The same of several implementations side by side. */
int reporting_write_interop(const struct options *options, struct outputs *outputs, const struct interop *interop);

#endif
