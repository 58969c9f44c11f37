/* SPDX-License-Identifier: MIT
 *
 * Quoting for reports that are marked up, and for command lines. */
#ifndef REPORTS_QUOTE_H
#define REPORTS_QUOTE_H

#include "base/buf.h"

/* What stands for the character in XML and HTML, in texts and in quoted attributes; NULL: itself. */
const char *quote_entity(char c);
/* Text or an attribute's value in XML: bytes that XML 1.0 (2.2) does not allow are shown as \xNN. "[[", with which
 * Jenkins' attachments begin, is written as "[\x5b". */
void quote_xml(struct buf *to, const char *text);
/* Text between Markdown's: every character that could mean something is an entity, so that it stays text. Line ends
 * stay. */
void quote_markdown(struct buf *to, const char *text);
/* A word of a shell's command line, whatever is in it. */
void quote_shell(struct buf *to, const char *word);
/* Length of the UTF-8 sequence (RFC 3629) at the beginning of a C string, 0 if it is none. */
size_t quote_utf8_len(const char *text);

#endif
