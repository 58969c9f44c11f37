/* SPDX-License-Identifier: MIT
 *
 * Verdicts and findings: what the judge says and every report reads. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include "base/slice.h"

/* In this order a later verdict never improves an earlier one (ISO 9646's rule, widened). */
enum verdict {
	VERDICT_NONE,   /* nothing made it apply */
	VERDICT_PASS,   /* it applied and held, with the message that shows it */
	VERDICT_WARN,   /* a SHOULD, or a contested reading, did not hold: gates only under --strict */
	VERDICT_INCONC, /* it applied and the evidence does not decide */
	VERDICT_FAIL,   /* it applied and did not hold */
	VERDICT_ERROR,  /* our own fault; only the engine sets it */
	VERDICT_COUNT
};

const char *verdict_name(enum verdict verdict); /* "none" … "error" */
/* false for an unknown name */
bool verdict_of(struct slice name, enum verdict *ret);

static inline enum verdict verdict_worse(enum verdict a, enum verdict b)
{
	return a > b ? a : b;
}

enum { FINDING_EVIDENCE_MAX = 4 };

struct evidence {
	uint32_t file;     /* index into campaign.files */
	uint64_t frame;    /* 0: none */
	uint64_t time;     /* ns */
	uint32_t from, to; /* bytes of the message that matter, [from, to); from == to: the whole */
	char *line;        /* "PUBLISH sip:alice@… 127.0.0.1:5060 → 127.0.0.1:5070": one clean line for people */
	char *raw; /* the message's bytes, cleaned by text_clean_lines, for reports without the capture; may be NULL */
};

/* One requirement judged once. All texts are heap strings, clean (base/text.h), owned by the finding. */
struct finding {
	enum verdict verdict;
	char *requirement; /* id */
	char *rule;        /* which rule of the requirement, "" where it has one only */
	char *case_name;   /* live case; NULL in audits */
	char *user;        /* "sip:alice@im.example" */
	char *expected;    /* a sentence; "" for a pass */
	char *seen;        /* what was there instead, or what shows the pass */
	char *reason;      /* inconc, none, warn: why; else "" */
	uint64_t order;    /* position in the campaign: findings are reported in this order */
	struct evidence evidence[FINDING_EVIDENCE_MAX]; /* the decisive message first */
	unsigned evidence_count;
};

void finding_done(struct finding *finding);

#endif
