/* SPDX-License-Identifier: MIT
 *
 * The one door for text from the wire: every byte that came from a socket or a file passes text_clean before any
 * writer or error message. What comes out is valid UTF-8 that every format can take after its own quoting: control,
 * bidi and format characters, code points that XML forbids, and bytes that are no UTF-8 become \xNN (each byte); a
 * backslash becomes \\, so that the step can be undone. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

enum { TEXT_LINE_MAX = 400, TEXT_NO_MAX = 0 };

/* Appends the cleaned text of `s`. With `max` > 0 at most `max` bytes of s are shown, cut at a character, then
 * "… n bytes more". */
void text_clean(struct buf *to, struct slice s, size_t max);

/* The same for several lines: LF and CRLF end a line of the output ("\n"), tabs stay, everything else as above. */
void text_clean_lines(struct buf *to, struct slice s, size_t max);

/* Into a caller's fixed buffer, cut to fit; returns `to`, so that it can stand in an argument list. */
char *text_clean_fixed(char *to, size_t to_len, struct slice s);

#endif
