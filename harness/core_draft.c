/* SPDX-License-Identifier: MIT */
#include "harness/core_draft.h"
#include "harness/sip_text.h"

#include <stdarg.h>
#include <stdio.h>

static void make_room(struct draft *draft)
{
	size_t cap = draft->cap ? 2 * draft->cap : 32;
	struct draft_line *lines = arena_alloc(draft->arena, cap * sizeof(*lines));

	for (size_t i = 0; i < draft->count; i++)
		lines[i] = draft->lines[i];
	draft->lines = lines;
	draft->cap = cap;
}

void draft_add(struct draft *draft, const char *name, struct slice value)
{
	if (draft->count == draft->cap)
		make_room(draft);
	draft->lines[draft->count++] = (struct draft_line){name, arena_copy(draft->arena, value)};
}

void draft_add_raw(struct draft *draft, struct slice line)
{
	draft_add(draft, NULL, line);
}

void draft_printf(struct draft *draft, const char *name, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	draft_add(draft, name, slice_of(text));
}

static bool line_is(const struct draft_line *line, const char *name)
{
	return line->name && slice_is_nocase(slice_of(line->name), name);
}

/* Drops all lines of that name; returns where the first one stood, or the end. */
static size_t take_out(struct draft *draft, const char *name)
{
	size_t kept = 0, first = SIZE_MAX;

	for (size_t i = 0; i < draft->count; i++) {
		if (!line_is(&draft->lines[i], name))
			draft->lines[kept++] = draft->lines[i];
		else if (first == SIZE_MAX)
			first = kept;
	}
	draft->count = kept;
	return first < kept ? first : kept;
}

void draft_remove(struct draft *draft, const char *name)
{
	take_out(draft, name);
}

void draft_set(struct draft *draft, const char *name, struct slice value)
{
	size_t at = take_out(draft, name);

	draft_add(draft, name, value);
	for (size_t i = draft->count - 1; i > at; i--) {
		struct draft_line line = draft->lines[i];
		draft->lines[i] = draft->lines[i - 1];
		draft->lines[i - 1] = line;
	}
}

struct draft draft_copy(const struct draft *draft, struct arena *arena)
{
	struct draft copy = *draft;

	copy.arena = arena;
	copy.uri = arena_copy(arena, draft->uri);
	copy.body = draft->body.p ? arena_copy(arena, draft->body) : SLICE_NONE;
	if (draft->content_type)
		copy.content_type = arena_copy(arena, slice_of(draft->content_type)).p;
	copy.lines = arena_alloc(arena, (draft->count + 1) * sizeof(*copy.lines));
	copy.cap = draft->count + 1;
	for (size_t i = 0; i < draft->count; i++)
		copy.lines[i] = (struct draft_line){draft->lines[i].name, arena_copy(arena, draft->lines[i].value)};
	return copy;
}

void draft_write(const struct draft *draft, struct buf *to)
{
	sip_text_request(to, draft->method, draft->uri);
	for (size_t i = 0; i < draft->count; i++) {
		if (draft->lines[i].name) {
			sip_text_header_slice(to, draft->lines[i].name, draft->lines[i].value);
		} else {
			buf_add(to, draft->lines[i].value);
			buf_puts(to, "\r\n");
		}
	}
	sip_text_body(to, draft->content_type, draft->body);
}
