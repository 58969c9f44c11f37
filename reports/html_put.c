/* SPDX-License-Identifier: MIT */
#include "reports/html.h"
#include "reports/quote.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>

/* Texts are clean already; what is not is shown as the bytes that it is. */
static void put_other(struct buf *to, const char *p, size_t n)
{
	if (n == 0 || ((unsigned char)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f)
		buf_printf(to, "\\x%02x", (unsigned char)*p);
	else
		buf_add(to, (struct slice){p, n});
}

void html_text(struct buf *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len;) {
		const char *entity = text[i] == '`' ? "&#96;" : quote_entity(text[i]);
		size_t n = quote_utf8_len(text + i);

		if (n > len - i)
			n = 0;
		if (entity)
			buf_puts(to, entity);
		else
			put_other(to, text + i, n);
		i += n ? n : 1;
	}
}

void html_put(struct buf *to, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	for (const char *p = format; *p; p++) {
		if (*p != '%') {
			buf_putc(to, *p);
			continue;
		}
		p++;
		if (*p == 's') {
			const char *text = va_arg(list, const char *);

			html_text(to, text, strlen(text));
		} else if (*p == 'u') {
			buf_printf(to, "%" PRIu64, va_arg(list, uint64_t));
		} else {
			assert(*p == '%');
			buf_putc(to, '%');
		}
	}
	va_end(list);
}

void html_anchor(struct buf *to, const char *prefix, const char *name, size_t number)
{
	size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

	if (*name && name[plain] == '\0')
		html_put(to, "%s-%s", prefix, name);
	else
		html_put(to, "%s_%u", prefix, (uint64_t)number);
}
