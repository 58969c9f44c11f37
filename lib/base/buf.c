/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

void buf_done(struct buf *buf)
{
	free(buf->p);
	*buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	if (buf->p)
		buf->p[0] = '\0';
}

char *buf_reserve(struct buf *buf, size_t n)
{
	if (buf->cap - buf->len < n + 1 || !buf->p) {
		size_t cap = buf->cap ? buf->cap * 2 : 128;

		if (cap < buf->len + n + 1)
			cap = buf->len + n + 1;
		buf->p = mem_realloc(buf->p, cap);
		buf->cap = cap;
	}
	return buf->p + buf->len;
}

void buf_add(struct buf *buf, struct slice s)
{
	char *to = buf_reserve(buf, s.len);

	if (s.len)
		memcpy(to, s.p, s.len);
	buf->len += s.len;
	buf->p[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, slice_of(text));
}

void buf_putc(struct buf *buf, char c)
{
	buf_add(buf, (struct slice){&c, 1});
}

/* Most texts fit in what is there already: they are written once. */
void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	char *to = buf_reserve(buf, 0);
	size_t room = buf->cap - buf->len;
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(to, room, format, args);
	if (n > 0 && (size_t)n >= room)
		vsnprintf(buf_reserve(buf, (size_t)n), (size_t)n + 1, format, again);
	va_end(again);
	if (n > 0)
		buf->len += (size_t)n;
	buf->p[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

void buf_drop_front(struct buf *buf, size_t n)
{
	if (n == 0)
		return;
	memmove(buf->p, buf->p + n, buf->len - n);
	buf->len -= n;
	buf->p[buf->len] = '\0';
}

enum { SLACK_MAX = 32 }; /* what is handed over may be kept for long: more than that is not left behind it */

char *buf_take(struct buf *buf)
{
	char *p;

	buf_reserve(buf, 0);
	p = buf->p;
	p[buf->len] = '\0';
	if (buf->cap - buf->len > SLACK_MAX)
		p = mem_realloc(p, buf->len + 1);
	*buf = (struct buf){0};
	return p;
}
