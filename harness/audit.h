/* SPDX-License-Identifier: MIT
 *
 * The pipeline of an audit: captures or an interface in, findings into a campaign out. Packets become messages
 * (trace/wire), messages are filed by served user (trace/ledger), what a user did is judged chapter by chapter
 * (lib/judge) on this thread or on several, and what was found is told in an order that the threads don't decide.
 *
 *   audit.c         reading, one packet after the other, and what the report says of the input
 *   audit_intake.c  messages by the batch, read by whoever has time and filed in their order
 *   audit_judge.c   judging, by whoever has time
 *   audit_roles.c   who is who: patterns of the user, servers that the traffic shows
 *
 * The caller owns everything that the configuration points to, and keeps it until audit_run has returned. */
#ifndef HARNESS_AUDIT_H
#define HARNESS_AUDIT_H

#include "judge/campaign.h"
#include "judge/judge.h"
#include "net/addr.h"
#include "reports/journal.h"

struct audit_patterns {
	struct net_pattern *items;
	size_t count, cap;
};

struct audit_config {
	const struct judge *judge; /* what is judged, and how; on_finding and arg are the audit's */
	const char *const *files;  /* paths, "-" is standard input */
	size_t file_count;
	const char *interface;                      /* listen there instead; NULL: files */
	struct audit_patterns server, client, core; /* roles that the user named */
	const uint16_t *ports;                      /* traffic there is SIP, whatever it looks like */
	size_t port_count;
	bool from_start;        /* somebody asserts it: nothing that concerns the users was before the capture */
	unsigned jobs;          /* judging threads; 0: as many as is good, 1: none but this one */
	unsigned shard, shards; /* from 1; only this part of the users is judged; 0 and 0: everybody */
	size_t open_max, users_max, chapter_len_max, len_max; /* limits of trace/ledger; 0: defaults */
	struct campaign *campaign;
	struct journal *journal; /* NULL: none */
	/* A finding that did not pass, at once; in live listening in the order in which it is reached. May be NULL. */
	void (*on_finding)(void *arg, const struct finding *finding);
	/* How far the reading is, every so many packets: their bytes, and the SIP messages in them. May be NULL. */
	void (*on_progress)(void *arg, uint64_t bytes, uint64_t messages);
	void *arg;
	const volatile bool *stop; /* set from a signal handler: end here, judge what was seen; may be NULL */
};

struct audit_inputs {
	size_t opened, refused; /* files that could be opened, and those that could not or are no captures */
	size_t broken;          /* that could not be read to their end */
};

/* Reads everything and judges it; the campaign is then ready for campaign_settle. 0; a negative errno where an input
 * could not be read (to its end), or the journal not written: *err tells the first, everything else was judged. */
int audit_run(const struct audit_config *config, struct audit_inputs *ret_inputs, struct err *err);

#endif
