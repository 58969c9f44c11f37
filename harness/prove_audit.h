/* SPDX-License-Identifier: MIT
 *
 * Live equals audit: the evidence of a campaign, or of one flow, audited like somebody else's capture. Used by
 * prove_campaign.c and prove_broken.c; nothing touches a disk. */
#ifndef HARNESS_PROVE_AUDIT_H
#define HARNESS_PROVE_AUDIT_H

#include "harness/prove.h"
#include "judge/judge.h"
#include "net/addr.h"

struct prove_capture {
	int fd;
	char *path;                /* of the capture, which has no name */
	struct evidence_log *log;  /* to be filled */
	struct net_pattern server; /* of the last flow; without bits: none is known */
};
/* -ENOMEM and what evidence_log_new has. prove_capture_done() in any case. */
int prove_capture_init(struct prove_capture *capture, struct err *err);
void prove_capture_done(struct prove_capture *capture);
/* All messages of the flow, and the last signs of life of its hosts. */
void prove_capture_flow(struct prove_capture *capture, const struct flow *flow);
/* Ends the log and judges it. The settled campaign is the caller's; NULL: err. */
struct campaign *prove_capture_audit(struct prove_capture *capture, const struct prove_stage *stage,
				     const struct prove_job *job, struct err *err);

/* AKA keys of the users whom the runner makes up, for struct secrets. */
bool prove_find_keys(void *arg, struct slice username, struct milenage *ret_keys);

/* What the judge says of each flow of a run, before the runner makes verdicts of it. */
struct prove_live {
	const struct prove_stage *stage;
	struct judge judge;
	struct secrets secrets;
	struct arena arena;                                                     /* passwords */
	uint64_t (*counts)[VERDICT_COUNT];                                      /* findings, by requirement */
	void (*on_flow)(void *arg, const struct play *play, struct flow *flow); /* is told of each, too; may be NULL */
	void *arg;
};
/* Everything else may have been set, and stays; points to itself afterwards. */
void prove_live_init(struct prove_live *live, const struct prove_stage *stage, const struct prove_job *job);
void prove_live_done(struct prove_live *live);
/* For a runner's on_flow; `arg` is the struct prove_live. */
void prove_live_flow(void *arg, const struct play *play, struct flow *flow);

/* What the run decides and its capture can't: requirement, proof and the reason; ended by NULL. */
struct prove_unseen {
	const char *id, *name, *why;
};
extern const struct prove_unseen prove_unseen[];

/* A proof for each requirement: has the audit the verdict of the run? */
void prove_agreement(const struct prove_live *live, struct prove_job *job, const struct campaign *run,
		     const struct campaign *audited);

#endif
