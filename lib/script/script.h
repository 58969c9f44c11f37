/* SPDX-License-Identifier: MIT
 *
 * Scenario files: clause files are loaded in a sandbox, their declarations frozen into a catalogue, their plays run as
 * coroutines of one Lua state. Fed with the files of scenarios/ and of --scenarios; read by the runner. What only the
 * live words need (Lua's own types) is in script/live.h.
 *
 * The sandbox: text only, no library function whose cost is not bounded, no way to catch an error, no finalizers. One
 * load of a file, and one stretch of a play between two waits, may take SCRIPT_STEPS_MAX instructions, grow the state
 * by SCRIPT_GROWTH_MAX and allocate SCRIPT_VOLUME_MAX; a string is at most SCRIPT_STRING_MAX long and a single block at
 * most SCRIPT_BLOCK_MAX, so that one instruction's cost is bounded, too. Beyond that the load or the play ends with an
 * err; others go on. One thread a script. */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "catalogue/catalogue.h"

enum {
	SCRIPT_SOURCE_MAX = 96 * 1024,         /* bytes of a clause file; bounds what compiling it costs */
	SCRIPT_STEPS_MAX = 200 * 1000,         /* Lua instructions */
	SCRIPT_STRING_MAX = 32 * 1024,         /* bytes */
	SCRIPT_BLOCK_MAX = 64 * 1024,          /* bytes: a table's array, a coroutine's stack */
	SCRIPT_GROWTH_MAX = 2 * 1024 * 1024,   /* bytes kept */
	SCRIPT_VOLUME_MAX = 16 * 1024 * 1024,  /* bytes asked for, garbage included */
	SCRIPT_MEMORY_MAX = 128 * 1024 * 1024, /* bytes of the whole state */
};

struct script;
/* The catalogue is filled by the loads and must outlive the script; it stays usable without it, but for plays. */
struct script *script_new(struct catalogue *catalogue);
void script_free(struct script *script); /* its runs must be freed before */

/* Loads one clause file's text; `file` is its name in messages. -EINVAL with "file:line: …, expected …"; the catalogue
 * is then unfit for use. */
int script_load_text(struct script *script, const char *file, struct slice text, struct err *err);
/* The same from a file. -ENOENT etc. where it can't be read. */
int script_load_file(struct script *script, const char *path, struct err *err);
/* Every *.lua of a folder (not of its subfolders) in the order of their names, numbers as numbers. -ENOENT: no such
 * folder or no file. */
int script_load_dir(struct script *script, const char *dir, struct err *err);
/* After the last file: every id and play that covers, control and falls_with name must exist. -EINVAL as above. */
int script_finish(struct script *script, struct err *err);

/* A play that runs. */
struct script_run;
enum script_state {
	SCRIPT_WAITING, /* a live word waits; resume when the world woke it */
	SCRIPT_ENDED,   /* the play came to its end, and what it shares with others is as it was */
	SCRIPT_FAILED,  /* our own fault: err tells; verdict `error` */
};

/* The script must outlive the run. */
struct script_run *script_run_new(struct script *script, const struct play *play);
/* In any state; a waiting play never hears of it. NULL is fine. */
void script_run_free(struct script_run *run);

/* Starts the play, or goes on where it waits. The topmost `count` values of script_run_lua(run), pushed before by the
 * caller, are the play's arguments or the waiting word's results. Not to be called from within a live word, and not
 * again after ENDED or FAILED. */
enum script_state script_run_resume(struct script_run *run, int count, struct err *err);
/* Appends "file:line" of where the play is, for messages about a play that never woke. */
void script_run_where(const struct script_run *run, struct buf *to);

#endif
