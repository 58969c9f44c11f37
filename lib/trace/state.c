/* SPDX-License-Identifier: MIT */
#include "trace/flow.h"
#include "base/mem.h"

const struct publication *state_publication(const struct state *state, struct slice etag)
{
	for (const struct publication *p = state->publications; p; p = p->older)
		if (p->etag.len && slice_eq(p->etag, etag))
			return p;
	return NULL;
}

uint64_t state_hop(const struct event_path *path)
{
	struct net_addr host = path->src;
	uint64_t hop;

	host.port = 0;
	hop = net_addr_hash(&path->dst, net_addr_hash(&host, 0));
	return hop ? hop : 1;
}

bool state_asserts(const struct state *state, uint64_t hop)
{
	for (unsigned i = 0; i < STATE_ASSERTING_MAX; i++)
		if (state->asserting[i] == hop)
			return true;
	return false;
}

void state_add_asserting(struct state *state, uint64_t hop)
{
	if (state_asserts(state, hop))
		return;
	memmove(&state->asserting[1], &state->asserting[0], (STATE_ASSERTING_MAX - 1) * sizeof(hop));
	state->asserting[0] = hop;
}

/* --- keeping --- */

static const size_t strings[] = {
	offsetof(struct state, call_id),    offsetof(struct state, service_route),
	offsetof(struct state, associated), offsetof(struct state, registered_as),
	offsetof(struct state, contact),    offsetof(struct state, reg_id),
};

static struct slice *string_at(struct state *state, size_t i)
{
	return (struct slice *)((char *)state + strings[i]);
}

/* On a tape pointers tell no more than whether there is something: it follows. */
static void write_string(struct tape *tape, struct tape_pool *pool, struct slice s)
{
	tape_append(tape, pool, s.p, s.len);
}

static void read_string(struct tape_reader *reader, struct arena *arena, struct slice *s)
{
	char *p;

	if (!s->p)
		return;
	p = arena_longer(arena, NULL, 0, s->len);
	tape_read(reader, p, s->len);
	s->p = p;
}

static void write_publications(const struct publication *p, struct tape *tape, struct tape_pool *pool)
{
	for (size_t count = 1; p && count <= STATE_PUBLICATIONS_MAX; p = p->older, count++) {
		struct publication copy = *p;
		if (count == STATE_PUBLICATIONS_MAX)
			copy.older = NULL;
		tape_append(tape, pool, &copy, sizeof(copy));
		write_string(tape, pool, copy.etag);
	}
}

static void read_publications(struct tape_reader *reader, struct arena *arena, struct state *state)
{
	for (const struct publication **at = &state->publications; *at;) {
		struct publication *p = arena_longer(arena, NULL, 0, sizeof(*p));
		tape_read(reader, p, sizeof(*p));
		read_string(reader, arena, &p->etag);
		*at = p;
		at = &p->older;
	}
}

/* A URI that is longer than a message's part is nobody's. */
static const struct stored_message *worth_keeping(const struct stored_message *m)
{
	while (m && m->writer.len > STATE_STORED_LEN_MAX)
		m = m->older;
	return m;
}

static void write_stored(const struct stored_message *m, struct tape *tape, struct tape_pool *pool)
{
	for (size_t count = 1; m && count <= STATE_STORED_MAX; m = worth_keeping(m->older), count++) {
		struct stored_message copy = *m;
		if (copy.text.len > STATE_STORED_LEN_MAX)
			copy.text.len = STATE_STORED_LEN_MAX;
		copy.request = NULL;
		copy.older = count < STATE_STORED_MAX ? worth_keeping(m->older) : NULL;
		tape_append(tape, pool, &copy, sizeof(copy));
		write_string(tape, pool, copy.writer);
		write_string(tape, pool, copy.text);
	}
}

static void read_stored(struct tape_reader *reader, struct arena *arena, struct state *state)
{
	for (const struct stored_message **at = &state->stored; *at;) {
		struct stored_message *m = arena_longer(arena, NULL, 0, sizeof(*m));
		tape_read(reader, m, sizeof(*m));
		read_string(reader, arena, &m->writer);
		read_string(reader, arena, &m->text);
		*at = m;
		at = &m->older;
	}
}

static bool are_more(const struct publication *p, size_t most)
{
	while (p && most--)
		p = p->older;
	return p != NULL;
}

void state_write(const struct state *state, struct tape *tape, struct tape_pool *pool)
{
	struct state copy = *state;

	copy.publications_complete &= !are_more(copy.publications, STATE_PUBLICATIONS_MAX);
	copy.stored = worth_keeping(copy.stored);
	tape_append(tape, pool, &copy, sizeof(copy));
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		write_string(tape, pool, *string_at(&copy, i));
	write_publications(copy.publications, tape, pool);
	write_stored(copy.stored, tape, pool);
}

struct state state_read(const struct tape *tape, struct arena *arena)
{
	struct tape_reader reader = tape_begin(tape);
	struct state state;

	tape_read(&reader, &state, sizeof(state));
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		read_string(&reader, arena, string_at(&state, i));
	read_publications(&reader, arena, &state);
	read_stored(&reader, arena, &state);
	return state;
}
