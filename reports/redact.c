/* SPDX-License-Identifier: MIT
 *
 * First all URIs are looked through for names, in the campaign's order, which numbers them; then every text is written
 * anew. */
#include "reports/redact.h"
#include "reports/message.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <strings.h>

struct redaction {
	struct arena arena;
	struct map names; /* to the pseudonym */
	unsigned count;
	struct evidence *moving; /* whose range moves while its text is written; else NULL */
	uint32_t from, to;       /* of it, before */
};

static bool is_name_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c && strchr("._+-%~", c));
}

/* The length of "sip:" or another scheme at p, 0 if there is none. */
static size_t scheme_len(const char *text, const char *p)
{
	static const char *const schemes[] = {"sip:", "sips:", "im:", "pres:", "tel:"};

	if (p > text && is_name_char(p[-1]))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (strncasecmp(p, schemes[i], strlen(schemes[i])) == 0)
			return strlen(schemes[i]);
	return 0;
}

/* The identity behind a scheme: up to its '@', or a telephone number; empty if there is none. */
static struct slice identity_at(const char *scheme, size_t len)
{
	const char *begin = scheme + len;
	size_t n = strcspn(begin, "@ <>\"'\n;?,");

	if (begin[n] != '@' && (*scheme | 0x20) != 't')
		n = 0;
	return (struct slice){begin, n};
}

static void collect(struct redaction *redaction, const char *text)
{
	for (const char *p = text; p && *p; p++) {
		size_t len = scheme_len(text, p);
		struct slice name = len ? identity_at(p, len) : (struct slice){p, 0};

		if (!name.len || map_get(&redaction->names, name))
			continue;
		map_set(&redaction->names, name, arena_printf(&redaction->arena, "user-%u", ++redaction->count));
	}
}

/* `len` bytes of the old text at `place` become `word`; the range of the evidence moves along. */
static void replace(struct redaction *redaction, struct buf *out, const char *text, const char *place, size_t len,
		    const char *word)
{
	struct evidence *e = redaction->moving;
	uint32_t begin = e ? message_byte(text, place) : 0, end = begin + (uint32_t)len, grown = (uint32_t)strlen(word);

	buf_puts(out, word);
	if (!e || redaction->from == redaction->to)
		return;
	if (redaction->from >= end)
		e->from += grown - (uint32_t)len;
	else if (redaction->from > begin)
		e->from -= redaction->from - begin;
	if (redaction->to >= end)
		e->to += grown - (uint32_t)len;
	else if (redaction->to > begin)
		e->to += grown - (redaction->to - begin);
}

/* A display name in quotes whose URI follows: what is between the quotes goes. Returns its length, 0 if it is none. */
static size_t display_len(const char *p)
{
	size_t n = *p == '"' ? strcspn(p + 1, "\"\n") : 0;
	const char *uri = p + n + 2;

	if (n == 0 || p[n + 1] != '"')
		return 0;
	uri += strspn(uri, " <");
	return scheme_len(uri, uri) ? n : 0;
}

static size_t name_len(const char *p)
{
	size_t n = 0;

	while (is_name_char(p[n]))
		n++;
	while (n > 0 && p[n - 1] == '.')
		n--;
	return n;
}

/* Writes what stands at p, and returns how much of the text that was. */
static size_t put_next(struct redaction *redaction, struct buf *out, const char *text, const char *p)
{
	size_t scheme = scheme_len(text, p), display = display_len(p), n = name_len(p);
	struct slice name = scheme ? identity_at(p, scheme) : (struct slice){p, n};
	const char *pseudonym = name.len ? map_get(&redaction->names, name) : NULL;

	if (display) {
		buf_putc(out, '"');
		replace(redaction, out, text, p + 1, display, "name");
		return display + 1;
	}
	n = pseudonym ? (size_t)(name.p - p) : scheme ? scheme : n ? n : 1;
	buf_add(out, (struct slice){p, n});
	if (!pseudonym)
		return n;
	replace(redaction, out, text, name.p, name.len, pseudonym);
	return n + name.len;
}

static void rewrite(struct redaction *redaction, char **text)
{
	struct buf out = {0};

	if (!*text)
		return;
	for (const char *p = *text; *p;)
		p += put_next(redaction, &out, *text, p);
	free(*text);
	*text = buf_take(&out);
}

/* --- all texts of a campaign --- */

static void collect_or_rewrite(struct redaction *redaction, char **text, bool write)
{
	if (write)
		rewrite(redaction, text);
	else
		collect(redaction, *text);
}

static void visit_evidence(struct redaction *redaction, struct evidence *e, bool write)
{
	collect_or_rewrite(redaction, &e->line, write);
	redaction->moving = e;
	redaction->from = e->from;
	redaction->to = e->to;
	collect_or_rewrite(redaction, &e->raw, write);
	redaction->moving = NULL;
}

static void visit_finding(struct redaction *redaction, struct finding *f, bool write)
{
	char **texts[] = {&f->user, &f->expected, &f->seen, &f->reason};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		collect_or_rewrite(redaction, texts[i], write);
	for (unsigned i = 0; i < f->evidence_count; i++)
		visit_evidence(redaction, &f->evidence[i], write);
}

static void visit_case(struct redaction *redaction, struct campaign_case *c, bool write)
{
	char **texts[] = {&c->user, &c->reason, &c->repeat, &c->ladder};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		collect_or_rewrite(redaction, texts[i], write);
}

static void visit(struct redaction *redaction, struct campaign *campaign, bool write)
{
	for (size_t i = 0; i < campaign->requirement_count; i++) {
		struct campaign_requirement *r = &campaign->requirements[i];

		for (size_t j = 0; j < r->count; j++)
			visit_finding(redaction, &r->findings[j], write);
		collect_or_rewrite(redaction, &r->reason, write);
	}
	for (size_t i = 0; i < campaign->case_count; i++)
		visit_case(redaction, &campaign->cases[i], write);
	for (size_t i = 0; i < campaign->note_count; i++)
		collect_or_rewrite(redaction, &campaign->notes[i], write);
}

void redact_campaign(struct campaign *campaign)
{
	struct redaction redaction = {0};

	visit(&redaction, campaign, false);
	visit(&redaction, campaign, true);
	map_done(&redaction.names);
	arena_done(&redaction.arena);
}
