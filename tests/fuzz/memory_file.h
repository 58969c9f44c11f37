/* SPDX-License-Identifier: MIT
 *
 * Files of memory, for readers that take a path. */
#ifndef TESTS_FUZZ_MEMORY_FILE_H
#define TESTS_FUZZ_MEMORY_FILE_H

#include "base/slice.h"

enum { MEMORY_FILE_PATH = 64 };

/* The file goes when the descriptor that is returned is closed. */
int memory_file(struct slice bytes, char path[MEMORY_FILE_PATH]);

#endif
