/* SPDX-License-Identifier: MIT
 *
 * One catalogue and one script for a test; loads of texts under the name "x.lua". */
#ifndef TESTS_SCRIPT_HELP_H
#define TESTS_SCRIPT_HELP_H

#include "script/live.h"
#include "trace/edit.h"

#include <criterion/criterion.h>
#include <stdio.h>

#define CLAUSE "clause { '9.9', 'Test', actor = 'server' } "
/* a step that has all it needs; ID and MORE are pasted into it */
#define STEP(id, more)                                                                                                 \
	"step { '" id "', shall = 'x', live = 'l', capture = 'c', on = publish {}, expect = answer { status(403) }, "  \
	"broken = { edit('answer', 'status', 200) }" more " } "
#define PLAY(name, body) "play { '" name "', 'title', covers = { '9.9-1' }, function(t) " body " end } "

struct fixture {
	struct catalogue catalogue;
	struct script *script;
	struct err err;
};

static inline void fixture_init(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	catalogue_init(&fixture->catalogue);
	fixture->script = script_new(&fixture->catalogue);
}

static inline void fixture_done(struct fixture *fixture)
{
	script_free(fixture->script);
	catalogue_done(&fixture->catalogue);
}

static inline int fixture_load(struct fixture *fixture, const char *text)
{
	int result = script_load_text(fixture->script, "x.lua", slice_of(text), &fixture->err);

	return result ? result : script_finish(fixture->script, &fixture->err);
}

static inline void expect_error(const char *text, const char *expected)
{
	struct fixture fixture;

	fixture_init(&fixture);
	cr_expect_eq(fixture_load(&fixture, text), -EINVAL, "taken: %s", text);
	cr_expect_str_eq(fixture.err.text, expected);
	fixture_done(&fixture);
}

/* For errors that list words in between. */
static inline void expect_error_parts(const char *text, const char *begin, const char *end)
{
	struct fixture fixture;
	size_t len;

	fixture_init(&fixture);
	cr_expect_eq(fixture_load(&fixture, text), -EINVAL, "taken: %s", text);
	len = strlen(fixture.err.text);
	cr_expect_eq(strncmp(fixture.err.text, begin, strlen(begin)), 0, "%s", fixture.err.text);
	cr_expect(len >= strlen(end) && !strcmp(fixture.err.text + len - strlen(end), end), "%s", fixture.err.text);
	fixture_done(&fixture);
}

#endif
