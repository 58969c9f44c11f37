/* SPDX-License-Identifier: MIT
 *
 * make_captures SESSIONS AT_ONCE FAULTS_PER_100 FILE: a capture of that many sessions, so many of them interleaved;
 * says how many faults of each kind it has planted. For tests/bench/audit.sh. */
#include "tools/capture_gen.h"
#include "base/hash.h"
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const fault_names[GEN_FAULT_COUNT] = {"none", "5.3-expires", "6.1.1.5-1 and 5.2.4-4", "12.2.2.2-2f",
							 "12.2.2.2-2h"};

struct running {
	struct gen_session session;
	unsigned at;
};

static struct running next_session(uint32_t number, uint64_t *seed, unsigned faults, uint64_t planted[GEN_FAULT_COUNT])
{
	struct running r = {.session = {.number = number}};

	if (rng_below(seed, 100) < faults)
		r.session.fault = (enum gen_fault)(1 + rng_below(seed, GEN_FAULT_COUNT - 1));
	planted[r.session.fault]++;
	return r;
}

int main(int argc, char **argv)
{
	uint32_t sessions = argc == 5 ? (uint32_t)atol(argv[1]) : 0, at_once = argc == 5 ? (uint32_t)atol(argv[2]) : 0,
		 begun = 0;
	uint64_t seed = 1, time = 1700000000000000000ull, planted[GEN_FAULT_COUNT] = {0};
	struct buf capture = {0}, message = {0};
	struct running *running;
	struct net_addr src, dst;
	FILE *file;

	if (!sessions || !at_once || !(file = fopen(argv[4], "w"))) {
		fputs("usage: make_captures SESSIONS AT_ONCE FAULTS_PER_100 FILE\n", stderr);
		return 2;
	}
	at_once = at_once < sessions ? at_once : sessions;
	running = mem_alloc(at_once * sizeof(*running));
	while (begun < at_once) {
		running[begun] = next_session(begun, &seed, (unsigned)atoi(argv[3]), planted);
		begun++;
	}
	gen_capture_begin(&capture);
	while (at_once) {
		struct running *r = &running[rng_below(&seed, at_once)];
		buf_clear(&message);
		gen_message(&r->session, r->at, &message, &src, &dst);
		gen_capture_packet(&capture, time += 5000 + rng_below(&seed, 90000), &src, &dst, buf_slice(&message));
		fwrite(capture.p, 1, capture.len, file);
		buf_clear(&capture);
		if (++r->at < GEN_MESSAGES)
			continue;
		if (begun < sessions)
			*r = next_session(begun++, &seed, (unsigned)atoi(argv[3]), planted);
		else
			*r = running[--at_once];
	}
	for (unsigned i = 1; i < GEN_FAULT_COUNT; i++)
		printf("%s: %llu\n", fault_names[i], (unsigned long long)planted[i]);
	free(running);
	buf_done(&capture);
	buf_done(&message);
	return fclose(file) ? 1 : 0;
}
