/* SPDX-License-Identifier: MIT
 *
 * The merged configuration as doctor shows it: each value, and where it comes from. */
#ifndef HARNESS_CMD_DOCTOR_IXIT_H
#define HARNESS_CMD_DOCTOR_IXIT_H

#include "harness/ixit.h"

/* On standard output: a line each of name, value and origin: FILE:LINE, flag, environment or default. Hooks and
 * passwords may hold secrets: it is only said that they are there. */
void doctor_put_ixit(const struct ixit *ixit);

#endif
