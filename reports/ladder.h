/* SPDX-License-Identifier: MIT
 *
 * SIP ladders as text of 80 columns: a column for each party, an arrow for each message, the time at the left. `show`
 * draws whole captures with it, reports the cases that did not pass.
 *
 * A case keeps its ladder as notation (ladder_note.c), so that every report draws it in its own way: lines of clean
 * text, the first character of each saying what it is.
 *   @ TIME MARK   a message: nanoseconds, and "plain", "again" or "wrong"; what follows is of it
 *   < NAME        from whom
 *   > NAME        to whom
 *   = TEXT        its label
 *   ? TEXT        what should have been there instead
 *   ! TEXT        a line of its note */
#ifndef REPORTS_LADDER_H
#define REPORTS_LADDER_H

#include "base/arena.h"
#include "base/buf.h"

enum { LADDER_WIDTH = 80, LADDER_COLUMNS_MAX = 5 };

enum ladder_mark {
	LADDER_PLAIN,
	LADDER_AGAIN,
	LADDER_WRONG
}; /* a retransmission; the message that a finding is about */

struct ladder_arrow {
	uint64_t time;         /* ns, the same clock for all */
	const char *from, *to; /* names of the parties, clean texts: "client", "core", "127.0.0.1:5070" */
	const char *label;     /* "PUBLISH", "403 Forbidden": one clean line, cut where it is too long */
	enum ladder_mark mark;
	const char *note;     /* lines below the arrow, wrapped; NULL or "" for none; clean, may have several lines */
	const char *expected; /* what should have been there instead, one clean line; NULL: nothing to tell */
};

struct ladder_options {
	const char *const *columns; /* names in order, NULL-ended; NULL: in order of appearance */
	bool times;                 /* false: no times at the left, so that two runs draw the same */
};

/* Appends the ladder. Where there are more than LADDER_COLUMNS_MAX parties, it draws one line a message instead, with
 * both names. No arrows: nothing. */
void ladder_draw(struct buf *to, const struct ladder_arrow *arrows, size_t count, const struct ladder_options *options);

/* Appends the notation. */
void ladder_note(struct buf *to, const struct ladder_arrow *arrows, size_t count);
/* The arrows that the notation tells, in the arena; 0 where it is none. */
size_t ladder_read(const char *notation, struct arena *arena, struct ladder_arrow **ret);
/* Appends the ladder that the notation tells; a text that is none stands as it is. NULL: nothing. */
void ladder_show(struct buf *to, const char *notation, bool times);

#endif
