/* SPDX-License-Identifier: MIT */
#include "reports/html.h"
#include "reports/message.h"
#include "base/mem.h"

#include <stdlib.h>
#include <strings.h>

/* Digest answers are as good as the password to whoever can guess: their characters become stars, one for one. */
static void mask(char *raw)
{
	for (char *line = raw; line; line = strchr(line, '\n')) {
		char *end, *p;

		line += *line == '\n';
		if (strncasecmp(line, "authorization:", 14) && strncasecmp(line, "proxy-authorization:", 20))
			continue;
		end = line + strcspn(line, "\n");
		for (p = line; p < end && strncasecmp(p, "response", 8); p++)
			;
		p = p < end ? memchr(p, '"', (size_t)(end - p)) : NULL;
		while (p && ++p < end && *p != '"')
			*p = '*';
	}
}

void html_message(struct buf *to, const char *raw, uint32_t from, uint32_t end)
{
	char *shown = mem_strdup(raw);
	const char *first = message_place(shown, from), *last = message_place(shown, end);

	mask(shown);
	buf_puts(to, "<pre><code>");
	if (from < end && first && last && first < last) {
		html_text(to, shown, (size_t)(first - shown));
		buf_puts(to, "<mark>");
		html_text(to, first, (size_t)(last - first));
		buf_puts(to, "</mark>");
		html_text(to, last, strlen(last));
	} else {
		html_text(to, shown, strlen(shown));
	}
	buf_puts(to, "</code></pre>\n");
	free(shown);
}
