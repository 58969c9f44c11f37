/* SPDX-License-Identifier: MIT
 *
 * A growing string of bytes. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

#include <stdarg.h>

struct buf {
	char *p; /* NULL while empty; a NUL always follows the len bytes otherwise */
	size_t len, cap;
};

/* A zeroed struct buf is an empty one. */
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); /* empty, memory kept */
void buf_add(struct buf *buf, struct slice s);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args);
/* Removes the first `n` bytes (n <= len). */
void buf_drop_front(struct buf *buf, size_t n);
/* Room for `n` more bytes, to be written at p + len by the caller, who then raises len, or says where he ended. */
char *buf_reserve(struct buf *buf, size_t n);
static inline void buf_wrote(struct buf *buf, char *end)
{
	buf->len = (size_t)(end - buf->p);
	*end = '\0';
}
/* Hands the bytes over (never NULL, NUL-terminated) and leaves the buffer empty; free() what it returns. */
char *buf_take(struct buf *buf);

static inline struct slice buf_slice(const struct buf *buf)
{
	return (struct slice){buf->p, buf->len};
}

#endif
