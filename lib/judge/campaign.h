/* SPDX-License-Identifier: MIT
 *
 * A campaign is what reports are made of: requirements with their verdicts and findings, cases, inputs. It is built from
 * findings as they come (live or read back from a journal) and owns all it holds. */
#ifndef JUDGE_CAMPAIGN_H
#define JUDGE_CAMPAIGN_H

#include "judge/verdict.h"
#include "base/err.h"
#include "base/map.h"
#include "catalogue/catalogue.h"

enum campaign_kind { CAMPAIGN_RUN, CAMPAIGN_AUDIT };

struct campaign_requirement {
	const struct requirement *requirement; /* of the catalogue, which outlives the campaign */
	enum verdict verdict;                  /* worst of its findings; NONE without any */
	char *reason;                          /* why this verdict, one line; never empty */
	uint64_t counts[VERDICT_COUNT];        /* findings by verdict, those not kept included */
	struct finding *findings;              /* worst first is the reports' business; here in order of `order` */
	size_t count, cap;
};

struct campaign_case {
	char *name;
	char **requirements; /* ids that the case is there for, NULL-ended */
	enum verdict verdict;
	char *reason;        /* why not pass, "" if pass */
	uint64_t duration;   /* ns */
	char *user;
	char *repeat;        /* command line that repeats it */
	char *ladder;        /* text ladder of a case that did not pass, or NULL */
};

struct campaign_input {
	uint64_t packets, sip_messages, flows;
	bool truncated;
	struct { char *reason; uint64_t count; } dropped[32];
	unsigned dropped_count;
};

struct campaign {
	enum campaign_kind kind;
	enum actor iut_role;
	char *iut_address;   /* "127.0.0.1:5070", or "" */
	bool reference;      /* the built-in implementation was judged */
	uint64_t seed;
	bool complete;       /* false: interrupted or killed */
	bool strict;
	const struct catalogue *catalogue;
	struct campaign_requirement *requirements; /* one per requirement of the judged role, catalogue order */
	size_t requirement_count;
	struct campaign_case *cases;
	size_t case_count, case_cap;
	struct campaign_input input;
	char **files;        /* evidence files or captures, by index */
	size_t file_count;
	char **notes;        /* lines about the campaign itself: how roles were found, limits hit, --tls-insecure … */
	size_t note_count;
	size_t findings_max; /* findings kept per requirement and verdict; further ones are only counted; 0: all */
};

struct campaign *campaign_new(enum campaign_kind kind, const struct catalogue *catalogue, enum actor iut_role, bool both_roles);
void campaign_free(struct campaign *campaign);
/* Takes the finding's texts over (also when it is only counted). Unknown ids: -ENOENT. */
int campaign_add_finding(struct campaign *campaign, struct finding *finding, struct err *err);
/* Copies; `requirements` NULL-ended. Returns the stored case, valid until the next call. */
struct campaign_case *campaign_add_case(struct campaign *campaign, const char *name, const char *const *requirements);
unsigned campaign_add_file(struct campaign *campaign, const char *path); /* returns its index */
void campaign_add_note(struct campaign *campaign, const char *text);
void campaign_add_dropped(struct campaign *campaign, const char *reason, uint64_t count);
/* Sets verdict and reason of every requirement from its findings; idempotent. Call before reporting. */
void campaign_settle(struct campaign *campaign);
/* Requirements by verdict; */
void campaign_summary(const struct campaign *campaign, uint64_t ret_counts[VERDICT_COUNT]);
/* 0 all that applied passed and something did · 1 any fail (under strict also warn) · 3 no fail but inconc, or nothing
 * was judged · 4 harness error. Worst wins: 4, 1, 3. */
int campaign_exit_status(const struct campaign *campaign);

#endif
