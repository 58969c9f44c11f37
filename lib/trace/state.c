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

struct state *state_keep(const struct state *state)
{
	size_t size = sizeof(*state) + state->call_id.len + state->service_route.len + state->associated.len +
		      state->registered_as.len + state->contact.len,
	       count = 0;
	const struct publication *p;
	struct publication *copies;
	struct state *kept;
	char *at;

	for (p = state->publications; p && count < STATE_PUBLICATIONS_MAX; p = p->older, count++)
		size += sizeof(*p) + p->etag.len;
	kept = mem_realloc(NULL, size);
	*kept = *state;
	kept->publications_complete = state->publications_complete && !p;
	copies = (struct publication *)(kept + 1);
	at = (char *)(copies + count);
	kept->call_id = put(&at, state->call_id);
	kept->service_route = put(&at, state->service_route);
	kept->associated = put(&at, state->associated);
	kept->registered_as = put(&at, state->registered_as);
	kept->contact = put(&at, state->contact);
	kept->publications = count ? copies : NULL;
	p = state->publications;
	for (size_t i = 0; i < count; i++, p = p->older) {
		copies[i] = *p;
		copies[i].etag = put(&at, p->etag);
		copies[i].older = i + 1 < count ? &copies[i + 1] : NULL;
	}
	return kept;
}
