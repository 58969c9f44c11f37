/* SPDX-License-Identifier: MIT
 *
 * Every text is read twice: first for the identities in it, in the campaign's order, which numbers them; then it is
 * written anew. */
#include "reports/redact_private.h"
#include "reports/message.h"
#include "base/mem.h"
#include "net/addr.h"

#include <stdlib.h>

static void put_text(struct redact_writer *w, char *text, bool message)
{
	struct slice s = slice_of(text);

	w->text = text;
	if (message)
		redact_message(w, s);
	else
		redact_value(w, s);
	for (unsigned i = 0; i < 2; i++)
		if (w->mark[i] == s.len)
			w->moved[i] = w->out.len;
}

static void take(struct redact_writer *w, char **text)
{
	if (w->redaction->numbered) {
		free(*text);
		*text = buf_take(&w->out);
	}
	buf_done(&w->out);
}

static void redact_text(struct redaction *redaction, char **text)
{
	struct redact_writer w = {.redaction = redaction, .mark = {SIZE_MAX, SIZE_MAX}};

	if (!*text)
		return;
	put_text(&w, *text, false);
	take(&w, text);
}

/* Folders often bear the name of whoever owns them. */
static void redact_path(struct redaction *redaction, char **path)
{
	const char *slash = strrchr(*path, '/');

	if (redaction->numbered && slash) {
		char *last = mem_strdup(slash + 1);

		free(*path);
		*path = last;
	}
	redact_text(redaction, path);
}

/* The same of every path in a command or a note. */
static void redact_words(struct redaction *redaction, char **text)
{
	struct buf out = {0};

	for (const char *p = *text; p && *p && redaction->numbered;) {
		size_t n = strcspn(p, " '"), last = n;

		while (last > 0 && p[last - 1] != '/')
			last--;
		if (last && (*p == '/' || *p == '~' || *p == '.'))
			p += last, n -= last;
		n += p[n] != '\0';
		buf_add(&out, (struct slice){p, n});
		p += n;
	}
	if (out.len) {
		free(*text);
		*text = buf_take(&out);
	}
	redact_text(redaction, text);
}

/* --- all texts of a campaign --- */

static size_t place_of(const char *raw, uint32_t byte)
{
	const char *place = message_place(raw, byte);

	return place ? (size_t)(place - raw) : strlen(raw);
}

static void redact_raw(struct redaction *redaction, struct evidence *e)
{
	struct redact_writer w = {.redaction = redaction};
	bool range = e->from < e->to;

	if (!e->raw)
		return;
	w.mark[0] = range ? place_of(e->raw, e->from) : SIZE_MAX;
	w.mark[1] = range ? place_of(e->raw, e->to) : SIZE_MAX;
	put_text(&w, e->raw, true);
	take(&w, &e->raw);
	if (!redaction->numbered || !range)
		return;
	e->from = message_byte(e->raw, e->raw + w.moved[0]);
	e->to = message_byte(e->raw, e->raw + w.moved[1]);
}

static void visit_finding(struct redaction *redaction, struct finding *f)
{
	char **texts[] = {&f->user, &f->expected, &f->seen, &f->reason};

	for (unsigned i = 0; i < f->evidence_count; i++)
		redact_raw(redaction, &f->evidence[i]);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		redact_text(redaction, texts[i]);
	for (unsigned i = 0; i < f->evidence_count; i++)
		redact_text(redaction, &f->evidence[i].line);
}

static void visit_case(struct redaction *redaction, struct campaign_case *c)
{
	char **texts[] = {&c->user, &c->reason, &c->ladder};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		redact_text(redaction, texts[i]);
	redact_words(redaction, &c->repeat);
}

static void visit_requirement(struct redaction *redaction, struct campaign_requirement *r)
{
	for (size_t i = 0; i < r->count; i++)
		visit_finding(redaction, &r->findings[i]);
	redact_text(redaction, &r->reason);
	redact_text(redaction, &r->excuse);
	redact_text(redaction, &r->claim_text);
}

static void visit(struct redaction *redaction, struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->requirement_count; i++)
		visit_requirement(redaction, &campaign->requirements[i]);
	for (size_t i = 0; i < campaign->case_count; i++)
		visit_case(redaction, &campaign->cases[i]);
	for (size_t i = 0; i < campaign->note_count; i++)
		redact_words(redaction, &campaign->notes[i]);
	for (size_t i = 0; i < campaign->fact_count; i++)
		redact_words(redaction, &campaign->facts[i].value);
	for (size_t i = 0; i < campaign->file_count; i++)
		redact_path(redaction, &campaign->file_names[i]);
	redact_text(redaction, &campaign->iut_address);
}

struct redaction *redaction_new(struct campaign *campaign)
{
	struct redaction *redaction = mem_alloc(sizeof(*redaction));

	for (size_t i = 0; i < campaign->requirement_count; i++)
		map_set(&redaction->clauses, slice_of(campaign->requirements[i].requirement->clause), redaction);
	visit(redaction, campaign);
	redact_number(redaction);
	visit(redaction, campaign);
	return redaction;
}

void redaction_free(struct redaction *redaction)
{
	if (!redaction)
		return;
	map_done(&redaction->names);
	map_done(&redaction->words);
	map_done(&redaction->clauses);
	arena_done(&redaction->arena);
	free(redaction->list);
	free(redaction);
}

void redaction_addr(struct redaction *redaction, struct net_addr *addr)
{
	char text[NET_ADDR_TEXT_MAX];
	struct net_addr bare = *addr;
	struct slice host;

	bare.port = 0;
	host = slice_of(net_addr_format(text, &bare));
	if (*host.p == '[') /* as it is with a port */
		host = (struct slice){host.p + 1, host.len - 2};
	net_addr_parse_ip(slice_of(redact_name(redaction, addr->family == NET_FAMILY_V4 ? REDACT_V4 : REDACT_V6, host)),
			  addr->port, addr);
}
