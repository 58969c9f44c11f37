/* SPDX-License-Identifier: MIT
 *
 * What went wrong, with its place, for the person who gave the input. Functions return 0 or a negative errno and fill
 * their last argument `struct err *err` only on failure; a caller that does not care passes NULL. The text is one line
 * without a final full stop, and starts with the place where there is one: "alice.lua:12: …", "trace.pcap: frame 7: …".
 *
 * Three kinds of wrong are never mixed: the IUT is wrong: a finding; the input is wrong: an err; we are wrong: assert.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <errno.h>

struct err {
	int code;       /* negative errno */
	char text[480]; /* always NUL-terminated; already safe to print (see base/text.h) when made by err_set */
};

/* Fills *err (which may be NULL) and returns `code`, so that failing reads `return err_set(err, -EINVAL, …);`.
 * Bytes that came from outside pass text_clean() before they are given here, so that they can be told; control
 * characters that did not are shown as "?", so that a text is one line, and no terminal obeys it. */
int err_set(struct err *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "format…: " in front of what *err says already. Returns err->code. `err` may be NULL: returns `code`. */
int err_prefix(struct err *err, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
