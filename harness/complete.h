/* SPDX-License-Identifier: MIT
 *
 * What can stand next on a command line, for the completion of shells: verbs, options and their values from the table
 * of options, ids and cases from the catalogue, faults from the reference implementations. Fed by main (imconform
 * --complete WORDS…), read by the scripts in harness/completions/, one a shell. */
#ifndef HARNESS_COMPLETE_H
#define HARNESS_COMPLETE_H

#include "base/buf.h"

/* `words` are those behind the program's name, the last of them is being written and may be "". Appends a line for each
 * word that can stand in its place: the whole word, a tab, and what it means. ":files" and ":folders" stand for names
 * of files; behind their tab is the part of the word that comes before the name. Wrong words before the last one are
 * passed over; where the scenarios can't be read there are no ids. `get` is getenv, or NULL. */
void complete(int count, char *const *words, char *(*get)(const char *name), struct buf *to);

#endif
