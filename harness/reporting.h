/* SPDX-License-Identifier: MIT
 *
 * Reports as the command line asks for them: -o, --quiet, --color, --times. For the verbs that end in reports. */
#ifndef HARNESS_REPORTING_H
#define HARNESS_REPORTING_H

#include "harness/options.h"
#include "reports/output.h"

/* Checks and opens all -o, before anything is run; text on standard output where there is none. What goes wrong is a
 * usage error, with a text for the user. outputs_done() in any case. */
int reporting_open(const struct options *options, struct outputs *outputs, struct err *err);
/* Writes all of them and returns the exit status: the campaign's, or EXIT_HARNESS with one line on stderr. */
int reporting_write(const struct options *options, struct outputs *outputs, const struct campaign *campaign);

#endif
