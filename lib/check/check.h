/* SPDX-License-Identifier: MIT
 *
 * Checks are values: a tree of words from a small vocabulary, frozen from Lua tables, evaluated in C over an occasion
 * of a story, printed as a sentence, explained. Three-valued (Kleene): UNKNOWN where the evidence does not decide. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "check/secrets.h"
#include "check/timers.h"
#include "trace/profile.h"
#include "trace/story.h"

enum check_arg_kind { CHECK_ARG_NONE, CHECK_ARG_TEXT, CHECK_ARG_NUMBER, CHECK_ARG_HEADER };

struct check_arg {
	enum check_arg_kind kind;
	const char *text;       /* TEXT and HEADER: as written */
	int64_t number;         /* NUMBER; of a TEXT that is one of the word's choices, once it is bound: which */
	enum sip_header header; /* HEADER */
};

enum { CHECK_ARGS_MAX = 6 };

struct check {
	const struct word *word;
	unsigned number; /* checks that ask the same have the same, below the catalogue's check_count; 0: none */
	unsigned kid_count;
	const struct check **kids;
	unsigned arg_count;
	struct check_arg args[CHECK_ARGS_MAX];
};

/* Why a check came out as it did; filled only when asked for. Texts are clean (base/text.h). */
struct why {
	struct buf expected, seen, reason; /* reason: why unknown */
	const struct event *event;         /* decisive message; may be NULL */
	uint32_t from, to;                 /* bytes of it; from == to: the whole */
	const struct event *also;          /* the other side (the request of an answer …); may be NULL */
};
void why_done(struct why *why);

struct look { /* what a check looks at */
	const struct story *story;
	const struct txn *txn; /* the occasion */
	const struct event
		*event; /* the message that header words read: the request, unless answer{} etc. changed it */
	const struct profile *profile;
	const struct timers *timers;
	const struct secrets *secrets; /* NULL: none are known */
	struct why *why;               /* NULL: only the result matters (the fast way) */
	uint8_t *memory; /* where results are kept: that of `txn`, if the look is at its request and without words;
			    NULL: nowhere */
};

/* Asks the word itself. */
enum tri check_ask(const struct check *check, const struct look *look);
/* The same, but asks only once per occasion: rules have many checks in common. Reasons are not kept: whoever wants them
 * has to use check_ask(). */
static inline enum tri check_eval(const struct check *check, const struct look *look)
{
	uint8_t known = look->memory ? look->memory[check->number] : 0;

	return known ? (enum tri)(known - 1) : check_ask(check, look);
}

/* The checks that must all hold for this one to hold: the kids of an all{}; of any other check only itself, and then
 * `check` is what is returned. */
const struct check *const *check_parts(const struct check *const *check, unsigned *ret_count);
/* "the answer has status 403 and …": appends a sentence part. */
void check_sentence(const struct check *check, struct buf *to);

/* The vocabulary, for the Lua side, list, and the page of words. */
enum word_kids { WORD_LEAF, WORD_KIDS };
struct word {
	const char *name;      /* as in Lua */
	const char *signature; /* one letter an argument: t text, n number, h header name, e one of `choices`; upper
				  case: optional; '*' list at the end */
	enum word_kids kids;   /* WORD_KIDS: takes a table of further checks */
	const char *sentence;  /* "the %1 header is absent": %1.. arguments, %* the kids joined by "and" */
	const char *help;      /* one line for the page of words */
	enum tri (*eval)(const struct check *check, const struct look *look);
	const char *const *choices; /* what 'e' arguments may be, NULL-ended; NULL where there are none */
};
const struct word *const *check_words(size_t *ret_count);
const struct word *check_word(struct slice name);
/* Checks the arguments against the signature; resolves headers. -EINVAL with what was expected. */
int check_bind(struct check *check, struct err *err);

#endif
