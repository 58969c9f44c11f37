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

static struct slice put(char **at, struct slice s)
{
	char *p = *at;

	if (!s.p)
		return s;
	if (s.len)
		memcpy(p, s.p, s.len);
	*at += s.len;
	return (struct slice){p, s.len};
}

/* --- keeping --- */

static size_t publications_size(const struct state *state, size_t *ret_count)
{
	size_t size = 0, count = 0;

	for (const struct publication *p = state->publications; p && count < STATE_PUBLICATIONS_MAX;
	     p = p->older, count++)
		size += sizeof(*p) + p->etag.len;
	*ret_count = count;
	return size;
}

/* A URI that is longer than a message's part is nobody's. */
static bool is_worth_keeping(const struct stored_message *m)
{
	return m->writer.len <= STATE_STORED_LEN_MAX;
}

static struct slice beginning(struct slice text)
{
	return (struct slice){text.p, text.len < STATE_STORED_LEN_MAX ? text.len : STATE_STORED_LEN_MAX};
}

static size_t stored_size(const struct state *state, size_t *ret_count)
{
	size_t size = 0, count = 0;

	for (const struct stored_message *m = state->stored; m && count < STATE_STORED_MAX; m = m->older)
		if (is_worth_keeping(m)) {
			size += sizeof(*m) + m->writer.len + beginning(m->text).len;
			count++;
		}
	*ret_count = count;
	return size;
}

static void put_publications(struct publication *copies, size_t count, const struct state *state, char **at)
{
	const struct publication *p = state->publications;

	for (size_t i = 0; i < count; i++, p = p->older) {
		copies[i] = *p;
		copies[i].etag = put(at, p->etag);
		copies[i].older = i + 1 < count ? &copies[i + 1] : NULL;
	}
}

static void put_stored(struct stored_message *copies, size_t count, const struct state *state, char **at)
{
	const struct stored_message *m = state->stored;

	for (size_t i = 0; i < count; i++, m = m->older) {
		while (!is_worth_keeping(m))
			m = m->older;
		copies[i] = *m;
		copies[i].writer = put(at, m->writer);
		copies[i].text = put(at, beginning(m->text));
		copies[i].request = NULL;
		copies[i].older = i + 1 < count ? &copies[i + 1] : NULL;
	}
}

struct state *state_keep(const struct state *state)
{
	size_t publications, stored;
	size_t size = sizeof(*state) + publications_size(state, &publications) + stored_size(state, &stored) +
		      state->call_id.len + state->service_route.len + state->associated.len + state->registered_as.len +
		      state->contact.len + state->reg_id.len;
	struct state *kept = mem_realloc(NULL, size);
	struct publication *copies = (struct publication *)(kept + 1);
	struct stored_message *messages = (struct stored_message *)(copies + publications);
	char *at = (char *)(messages + stored);
	const struct publication *p = state->publications;

	for (size_t i = 0; i < publications; i++)
		p = p->older;
	*kept = *state;
	kept->publications_complete = state->publications_complete && !p;
	kept->call_id = put(&at, state->call_id);
	kept->service_route = put(&at, state->service_route);
	kept->associated = put(&at, state->associated);
	kept->registered_as = put(&at, state->registered_as);
	kept->contact = put(&at, state->contact);
	kept->reg_id = put(&at, state->reg_id);
	kept->publications = publications ? copies : NULL;
	put_publications(copies, publications, state, &at);
	kept->stored = stored ? messages : NULL;
	put_stored(messages, stored, state, &at);
	return kept;
}
