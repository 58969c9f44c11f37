/* SPDX-License-Identifier: MIT
 *
 * The requirements as declared in the clause files of scenarios/, frozen: read by the judge, list, explain, reports and
 * the self-proof. Filled by script/declare; everything lives in the catalogue's arena. */
#ifndef CATALOGUE_CATALOGUE_H
#define CATALOGUE_CATALOGUE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "check/check.h"

enum actor { ACTOR_SERVER, ACTOR_CLIENT, ACTOR_COUNT };
enum level { LEVEL_SHALL, LEVEL_SHALL_NOT, LEVEL_SHOULD, LEVEL_MAY, LEVEL_NOTE };
enum condition { CONDITION_ALWAYS, CONDITION_IMS, CONDITION_CORE, CONDITION_COUNT };

/* The smallest lie that the rule must catch: applied to an occasion on which the rule passed (trace/edit.h). */
struct requirement;

struct rule {
	struct requirement *requirement;
	const char *name;       /* "" where the requirement has one rule only */
	enum occasion occasion; /* what it looks at */
	const struct check *on; /* further conditions under which it applies; NULL: always */
	const struct check *expect;
	const char *contested;     /* NULL, or why a failure is only a warning */
	const struct edit *broken; /* at least one */
	size_t broken_count;
	const char *const *falls_with; /* "ID: reason" of requirements that the same lie must break too, NULL-ended */
	const char *file;              /* where it was declared */
	int line;
};

struct requirement {
	const char *id;     /* "6.1.1.5-1" */
	const char *clause; /* "6.1.1.5" */
	const char *clause_title;
	enum actor actor;
	enum level level;
	enum condition condition;
	const char *text;    /* the obligation, one sentence */
	const char *reading; /* how open text is read; NULL if none */
	const char *live;    /* how a scenario shows it; NULL: not observable live */
	const char *capture; /* how a capture shows it; NULL: not observable in a capture */
	struct rule *rules;
	size_t rule_count;
	const char *file;
	int line;
};

struct play { /* a scenario; its body is a Lua function that script/ keeps */
	const char *name;
	const char *title;
	enum actor actor;          /* the IUT's role */
	const char *const *covers; /* ids, NULL-ended */
	const char *control;       /* name of the positive case that must have passed; NULL if none */
	uint64_t ahead; /* ns for which no other case starts after it, which comes first then; 0: side by side */
	const char *file;
	int line;
	int body; /* reference for script/play */
};

struct rule_place { /* a rule as the judge comes by it */
	const struct rule *rule;
	size_t requirement; /* place of its requirement */
};

/* What the rules for one occasion ask before they apply, as a tree: those that begin with the same conditions share
 * them, so that one that does not hold ends all of them at once. */
struct guard {
	const struct check *check; /* NULL: nothing more is asked, the rule applies */
	size_t rule;               /* its place in catalogue.rules then */
	struct guard *next;        /* what is asked besides */
	struct guard *then;        /* where it goes on where the check may hold, */
	struct guard *otherwise;   /* where it does not, or behind a rule; NULL: that was all */
};

struct catalogue {
	struct arena arena;
	struct requirement **requirements; /* in order of declaration */
	size_t requirement_count, requirement_cap;
	struct rule_place *rules; /* of all requirements, in their order */
	size_t rule_count, rule_cap;
	struct guard *guards[OCCASION_COUNT][ACTOR_COUNT][CONDITION_COUNT];
	struct play **plays;
	size_t play_count, play_cap;
	struct map by_id, play_by_name;
	struct map checks;    /* by what they ask */
	unsigned check_count; /* numbers of checks given so far, and 0 */
};

void catalogue_init(struct catalogue *catalogue);
/* For some requirements of another catalogue, which lives longer: still empty. */
void catalogue_init_part(struct catalogue *part, const struct catalogue *whole);
void catalogue_done(struct catalogue *catalogue);
const struct requirement *catalogue_find(const struct catalogue *catalogue, const char *id);
const struct play *catalogue_find_play(const struct catalogue *catalogue, const char *name);
/* Is the play there for the requirement of that id? */
bool play_covers(const struct play *play, const char *id);

/* Take what lives in the catalogue's arena, a requirement with its rules. -EEXIST: there is one of this id (name);
 * nothing changes. */
int catalogue_add(struct catalogue *catalogue, struct requirement *requirement);
int catalogue_add_play(struct catalogue *catalogue, struct play *play);

/* The check itself with a number, or an earlier one that asks the same; its kids are of this catalogue, too. */
const struct check *catalogue_check(struct catalogue *catalogue, struct check *check);

/* For sentences: "a PUBLISH at the server". */
const char *occasion_phrase(enum occasion occasion);
const char *actor_name(enum actor actor); /* "server", "client" */
const char *level_name(enum level level); /* "SHALL", "SHALL NOT", "SHOULD", "MAY", "NOTE" */

/* Does `text` match `pattern`? '*' stands for any run of characters, '?' for one; a pattern without either matches
 * whole, or as a prefix that ends at '-' or '.': "6.1.1.5" selects all its steps. For --only and --skip. */
bool catalogue_match(const char *pattern, const char *text);
/* The same for people who name ids and cases: what a pattern names exactly is meant alone, whatever else begins with
 * it; its family is NAME-* then. */
bool catalogue_selects(const struct catalogue *catalogue, const char *pattern, const char *text);

#endif
