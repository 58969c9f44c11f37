/* SPDX-License-Identifier: MIT
 *
 * The inside of an audit, shared by its files and by nobody else. */
#ifndef HARNESS_AUDIT_PARTS_H
#define HARNESS_AUDIT_PARTS_H

#include "harness/audit.h"
#include "harness/crew.h"
#include "net/merge.h"
#include "trace/ledger.h"

struct audit_intake;
struct audit_judging;

struct audit {
	const struct audit_config *config;
	struct wire *wire;
	struct ledger *ledger;
	struct crew *crew;
	struct audit_intake *intake;
	struct audit_judging *judging;
	struct audit_inputs *inputs;
	unsigned *file_index;    /* by the merger's number: in the campaign */
	uint64_t latest;         /* ns; of the packets read */
	uint64_t previous;       /* ns; of the last one */
	uint64_t packets, bytes; /* read */
	uint64_t junk;           /* pieces of SIP streams that are no SIP */
	uint64_t known_reasons[NET_REASON_COUNT], known_lost, known_dropped; /* as of the packet before */
};

/* --- audit_roles.c --- */

/* For the ledger: what was told of this address. `arg` is the audit. */
enum flow_role audit_role(void *arg, const struct net_addr *addr);
/* How the roles were found: lines for the report. */
void audit_note_roles(struct audit *audit);

/* --- audit_intake.c --- */

struct audit_intake *audit_intake_new(struct audit *audit);
/* Whose messages are all filed. */
void audit_intake_free(struct audit_intake *intake);
void audit_take_message(struct audit_intake *intake, const struct wire_message *message);
/* Something is missing between these hosts (either may be NULL: everywhere) at `time`. */
void audit_take_gap(struct audit_intake *intake, uint64_t time, const struct net_addr *a, const struct net_addr *b,
		    uint32_t gaps);
/* Files what has been taken so far. */
void audit_intake_flush(struct audit_intake *intake);

/* --- audit_judge.c --- */

struct audit_judging *audit_judging_new(struct audit *audit);
/* For the ledger: a chapter is over; `arg` is the audit. */
void audit_judge_chapter(void *arg, struct chapter *chapter);
/* Waits for what is not judged yet, and frees. What was found is in the campaign then. *err: of the journal. */
int audit_judging_finish(struct audit_judging *judging, struct err *err);

#endif
