/* SPDX-License-Identifier: MIT
 *
 * Audits in a test: captures written by the generator of tests/tools, judged by the shipped catalogue. */
#ifndef TESTS_AUDIT_HELP_H
#define TESTS_AUDIT_HELP_H

#include "harness/audit.h"
#include "script/script.h"
#include "tools/capture_gen.h"

enum { AUDIT_PACKETS_MAX = 512, AUDIT_FILES_MAX = 4 };

struct audit_packet {
	uint64_t time;
	struct net_addr src, dst;
	struct slice bytes; /* in the bench's arena */
};

struct audit_bench {
	struct catalogue catalogue;
	struct script *script;
	struct arena arena;
	struct profile profile;
	struct settings_reader *reader;
	struct judge judge;
	struct audit_config config; /* a test may change it before audit_bench_run */
	char files[AUDIT_FILES_MAX][64];
	const char *paths[AUDIT_FILES_MAX];
	struct audit_packet packets[AUDIT_PACKETS_MAX]; /* a test fills, changes and drops them */
	size_t count;
	uint64_t now;              /* ns; of the next packet */
	struct campaign *campaign; /* of the last run, settled */
	struct audit_inputs inputs;
	struct err err;
	int result;
};

void audit_bench_init(struct audit_bench *bench);
void audit_bench_done(struct audit_bench *bench);
/* The session's messages, 10 ms apart; then the server shows, 5 s later, that it is alive. */
void audit_bench_session(struct audit_bench *bench, uint32_t number, enum gen_fault fault);
/* One message; `text` with LF line ends, which become CRLF. */
void audit_bench_say(struct audit_bench *bench, unsigned ms, const char *src, const char *dst, const char *text);

/* Writes packets [from, to) but `without` (SIZE_MAX: none) to file number `file`. */
void audit_bench_write(struct audit_bench *bench, unsigned file, size_t from, size_t to, size_t without);
/* Judges the first `files` files. */
void audit_bench_run(struct audit_bench *bench, unsigned files);
/* The same of all packets in one file. */
void audit_bench_run_all(struct audit_bench *bench);

uint64_t audit_bench_count(const struct audit_bench *bench, const char *id, enum verdict verdict);
/* Findings of that verdict in all requirements. */
uint64_t audit_bench_total(const struct audit_bench *bench, enum verdict verdict);
/* The whole report as JSON; free(). */
char *audit_bench_report(const struct audit_bench *bench);

#endif
