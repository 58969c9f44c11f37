/* SPDX-License-Identifier: MIT
 *
 * Where the bytes of a message are in its cleaned text (text_clean_lines), and back: an escape \xNN or \\ was one byte,
 * an end of line two; in the body, Content-Length tells whether it was one. */
#ifndef REPORTS_MESSAGE_H
#define REPORTS_MESSAGE_H

#include "base/buf.h"

/* Where byte `byte` of the wire is in the text; NULL behind its end. */
const char *message_place(const char *raw, uint32_t byte);
/* Which byte of the wire `place`, a place in the text, was. */
uint32_t message_byte(const char *raw, const char *place);
/* Appends the bytes of the wire that the text stands for. */
void message_bytes(const char *raw, struct buf *to);

#endif
