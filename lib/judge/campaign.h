/* SPDX-License-Identifier: MIT
 *
 * A campaign is what reports are made of: requirements with their verdicts and findings, cases, inputs. It is built
 * from findings as they come (live or read back from a journal) and owns all it holds. */
#ifndef JUDGE_CAMPAIGN_H
#define JUDGE_CAMPAIGN_H

#include "judge/claim.h"
#include "judge/verdict.h"
#include "base/err.h"
#include "base/map.h"
#include "catalogue/catalogue.h"

/* What a new campaign keeps: reports stay of a size that their readers take. */
enum { CAMPAIGN_FINDINGS_MAX = 1000, CAMPAIGN_PASSES_MAX = 20 };

enum campaign_kind { CAMPAIGN_RUN, CAMPAIGN_AUDIT, CAMPAIGN_PROOF };
const char *campaign_kind_name(enum campaign_kind kind); /* "run", "audit", "proof" */

struct campaign_requirement {
	const struct requirement *requirement; /* of the catalogue, which outlives the campaign */
	enum verdict verdict;                  /* worst of its findings; NONE without any */
	char *reason;                          /* why this verdict, one line; never empty once settled */
	bool expected;                         /* its failures are known, and do not gate (reports/expected.h) */
	char *excuse;                          /* why it was not judged: "not declared in the ICS"; NULL if none */
	enum claim claim;                      /* what the ICS says of it */
	bool shown;                            /* it is not claimed, and was seen to hold */
	enum verdict claim_verdict;            /* once settled: what that comes to (judge/claim.h); NONE: nothing */
	char *claim_text;
	uint64_t counts[VERDICT_COUNT]; /* findings by verdict, those not kept included */
	struct finding *findings;       /* in order of `order` once settled */
	size_t count, cap;
	size_t kept[VERDICT_COUNT];
	uint64_t last[VERDICT_COUNT]; /* findings above this order are not kept any more */
};

struct campaign_case {
	uint64_t order; /* position in the campaign, whatever ran first; cases are reported in it, then by name */
	char *name;
	char **requirements; /* ids that the case is there for, NULL-ended */
	enum verdict verdict;
	char *reason;      /* why not pass, "" if pass */
	uint64_t duration; /* ns */
	char *user;
	char *repeat;  /* command line that repeats it */
	bool expected; /* its failure is known, and does not gate */
	char *ladder;  /* of a case that did not pass, in the notation of reports/ladder.h, or NULL */
};

/* What is no verdict: "ixit" what the test was told, "system" who and what was tested, "left out" a case that was not
 * selected, and why. */
struct campaign_fact {
	char *group, *name, *value;
};

struct campaign_cell {
	char *text;
	bool good;
	char *list; /* what is behind it, in one line; NULL: nothing */
};

struct campaign_matrix { /* a table that reports show as it is; the first row and the first column are heads */
	const char *title;
	size_t rows, columns;
	struct campaign_cell *cells; /* row by row */
};

struct campaign_input {
	uint64_t packets, sip_messages, flows;
	bool truncated;
	struct {
		char *reason;
		uint64_t count;
	} dropped[32];
	unsigned dropped_count;
};

struct campaign {
	enum campaign_kind kind;
	enum actor iut_role;
	char *iut_address; /* "127.0.0.1:5070", or "" */
	bool reference;    /* the built-in implementation was judged */
	uint64_t seed;
	bool complete; /* false: interrupted or killed */
	bool strict;
	bool refused;    /* whatever the verdicts say: a baseline or a list of expected failures was not met */
	bool ims;        /* the core is an IMS; otherwise rows under that condition don't apply */
	bool both_roles; /* requirements of servers and of clients */
	const struct catalogue *catalogue;
	struct campaign_requirement *requirements; /* one per requirement of the judged role, catalogue order */
	size_t requirement_count;
	struct campaign_case *cases;
	size_t case_count, case_cap;
	struct campaign_input input;
	char **files;      /* evidence files or captures, by index: paths as given */
	char **file_names; /* the same, clean: what reports show */
	size_t file_count;
	struct campaign_matrix *matrix; /* NULL: none */
	char **notes; /* lines about the campaign itself: how roles were found, limits hit, --tls-insecure … */
	size_t note_count;
	struct campaign_fact *facts; /* what the report says of system and test, sorted once settled */
	size_t fact_count, fact_cap;
	/* Findings kept per requirement and verdict, the first by `order`; the others are only counted. 0: all. */
	size_t findings_max; /* of those that did not pass */
	size_t passes_max;
	struct map requirement_by_id, case_by_name, file_by_path; /* index + 1 as a pointer */
	struct map fact_names;                                    /* which facts there are */
};

/* The catalogue is the caller's and outlives the campaign. */
struct campaign *campaign_new(enum campaign_kind kind, const struct catalogue *catalogue, enum actor iut_role,
			      bool both_roles);
void campaign_free(struct campaign *campaign);
void campaign_set_address(struct campaign *campaign, const char *address);
/* Takes the finding's texts over, also when it is only counted or refused. Of a requirement that is not claimed nothing
 * is kept but that it held. Unknown ids: -ENOENT. */
int campaign_add_finding(struct campaign *campaign, struct finding *finding, struct err *err);
/* Counts findings that were not kept by whoever saw them. Unknown ids: -ENOENT. */
int campaign_add_count(struct campaign *campaign, const char *requirement, enum verdict verdict, uint64_t count,
		       struct err *err);
/* Counts a finding that would not be kept, for its order. False: it would be kept, and is not counted. */
bool campaign_only_count(struct campaign *campaign, const char *requirement, enum verdict verdict, uint64_t order);
/* Takes out what the campaign has of that requirement and verdict: tells the findings that it kept, as they came, whose
 * texts are then the callee's, and returns how many more there were. */
uint64_t campaign_take(struct campaign *campaign, const char *requirement, enum verdict verdict,
		       void (*each)(void *arg, struct finding *finding), void *arg);
/* Why a requirement is not judged at all: it is shown where nothing made the requirement apply. The first reason stays.
 * Unknown ids: -ENOENT. */
int campaign_excuse(struct campaign *campaign, const char *requirement, const char *reason, struct err *err);
/* The case of that name: made with `order` and copies of `requirements` (NULL-ended) where it is new. Verdict NONE,
 * texts "". Valid until the next call or campaign_settle. Its texts are set by campaign_set_text. */
struct campaign_case *campaign_add_case(struct campaign *campaign, uint64_t order, const char *name,
					const char *const *requirements);
/* Frees what *text was and copies `value` (NULL stays NULL). */
void campaign_set_text(char **text, const char *value);
const struct campaign_requirement *campaign_find(const struct campaign *campaign, const char *id); /* NULL if unknown */
/* The case of that name, as campaign_add_case has it; NULL if there is none. */
const struct campaign_case *campaign_find_case(const struct campaign *campaign, const char *name);
unsigned campaign_add_file(struct campaign *campaign, const char *path); /* returns its index; the same path once */
void campaign_add_note(struct campaign *campaign, const char *text);     /* the same text once */
/* Copies; the same name of a group once, the first value stays. */
void campaign_add_fact(struct campaign *campaign, const char *group, const char *name, const char *value);
/* The first of the group behind `after` (NULL: of all); NULL at the end. */
const struct campaign_fact *campaign_next_fact(const struct campaign *campaign, const char *group,
					       const struct campaign_fact *after);
/* Adds to the count of that reason; the last of the places takes what doesn't fit as "other". */
void campaign_add_dropped(struct campaign *campaign, const char *reason, uint64_t count);
/* An empty one: the caller sets the texts of all cells, which then are the campaign's. */
struct campaign_matrix *campaign_add_matrix(struct campaign *campaign, const char *title, size_t rows, size_t columns);
/* Sets verdict and reason of every requirement from its findings, and sorts findings, cases, notes and dropped reasons,
 * so that the order of arrival leaves no mark; idempotent. Call before reporting. */
void campaign_settle(struct campaign *campaign);
/* Requirements by verdict. Of a settled campaign, like what follows. */
void campaign_summary(const struct campaign *campaign, uint64_t ret_counts[VERDICT_COUNT]);
/* What the verdicts of requirements and cases say: 0 all that applied passed and something did · 1 any fail (under
 * strict also warn) · 3 no fail but inconc, nothing was judged, or the campaign is not complete · 4 harness error.
 * Worst wins: 4, 1, 3. */
int campaign_conformance(const struct campaign *campaign);
/* What a gate makes of it: the same, but findings about claims count, too, failures that are expected don't, and 1
 * where it is refused. */
int campaign_exit_status(const struct campaign *campaign);

#endif
