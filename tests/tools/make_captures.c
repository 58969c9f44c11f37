/* SPDX-License-Identifier: MIT
 *
 * make_captures MODE SESSIONS AT_ONCE FAULTS_PER_100 FILE: a capture of that many sessions, so many of them
 * interleaved; says how many faults of each kind it has planted. For tests/bench. */
#include "tools/capture_gen.h"
#include "base/hash.h"
#include "base/mem.h"
#include "tools/wire_gen.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const fault_names[GEN_FAULT_COUNT] = {"none", "5.3-expires", "6.1.1.5-1 and 5.2.4-4", "12.2.2.2-2f",
							 "12.2.2.2-2h"};

struct running {
	struct gen_session session;
	unsigned at;
};

struct captures {
	enum wire_mode mode;
	uint32_t sessions, at_once;
	unsigned faults; /* in a hundred sessions */
	uint64_t seed;
	uint64_t planted[GEN_FAULT_COUNT];
};

static struct running next_session(struct captures *captures, uint32_t number)
{
	struct running r = {.session = {.number = number, .tcp = captures->mode == WIRE_TCP}};

	if (rng_below(&captures->seed, 100) < captures->faults)
		r.session.fault = (enum gen_fault)(1 + rng_below(&captures->seed, GEN_FAULT_COUNT - 1));
	captures->planted[r.session.fault]++;
	return r;
}

static void make(struct captures *captures, struct wire *wire)
{
	uint32_t begun = 0, at_once = captures->at_once;
	struct running *running = mem_alloc(at_once * sizeof(*running));
	struct buf message = {0};
	struct net_addr src, dst;

	for (; begun < at_once; begun++)
		running[begun] = next_session(captures, begun);
	while (at_once) {
		struct running *r = &running[rng_below(&captures->seed, at_once)];
		buf_clear(&message);
		gen_message(&r->session, r->at, &message, &src, &dst);
		wire_message(wire, r->session.number, &src, &dst, buf_slice(&message));
		if (++r->at < GEN_MESSAGES)
			continue;
		if (begun < captures->sessions)
			*r = next_session(captures, begun++);
		else
			*r = running[--at_once];
	}
	free(running);
	buf_done(&message);
}

static bool mode_of(const char *name, enum wire_mode *ret)
{
	for (*ret = 0; *ret < WIRE_MODE_COUNT; ++*ret)
		if (!strcmp(name, wire_mode_names[*ret]))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct captures captures = {.seed = 1};
	struct wire *wire;
	FILE *file;

	if (argc != 6 || !mode_of(argv[1], &captures.mode) || !(captures.sessions = (uint32_t)atol(argv[2])) ||
	    !(captures.at_once = (uint32_t)atol(argv[3])) || !(file = fopen(argv[5], "w"))) {
		fputs("usage: make_captures udp|tcp|frag|mixed SESSIONS AT_ONCE FAULTS_PER_100 FILE\n", stderr);
		return 2;
	}
	captures.faults = (unsigned)atoi(argv[4]);
	if (captures.at_once > captures.sessions)
		captures.at_once = captures.sessions;
	wire = wire_new(captures.mode, file, captures.sessions, captures.seed);
	make(&captures, wire);
	wire_free(wire);
	for (unsigned i = 1; i < GEN_FAULT_COUNT; i++)
		printf("%s: %llu\n", fault_names[i], (unsigned long long)captures.planted[i]);
	return fclose(file) ? 1 : 0;
}
