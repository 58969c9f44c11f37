/* SPDX-License-Identifier: MIT
 *
 * Between the runs and the objects of plays. */
#ifndef SCRIPT_OBJECTS_H
#define SCRIPT_OBJECTS_H

#include "script/live.h"

/* From 1, in the order of the runs' beginnings; never given twice in one script. */
uint64_t script_run_number(const struct script_run *run);

#endif
