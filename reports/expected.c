/* SPDX-License-Identifier: MIT */
#include "reports/expected.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

/* --- the file --- */

static char *clean_field(struct expected *expected, struct slice s)
{
	struct buf clean = {0};
	char *copy;

	text_clean(&clean, slice_trim(s), TEXT_LINE_MAX);
	copy = arena_printf(&expected->arena, "%s", clean.len ? clean.p : "");
	buf_done(&clean);
	return copy;
}

static bool is_day(const char *text)
{
	static const char form[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof(form); i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return true;
}

static int read_line(struct expected *expected, const char *text, int number, struct err *err)
{
	struct expected_line line = {.number = number};
	const char **fields[] = {&line.requirement, &line.test_case, &line.reason, &line.owner, &line.expiry};
	const char *p = text;

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const char *end = p ? p + strcspn(p, "|\r\n") : NULL;

		if (!p)
			return err_set(err, -EBADMSG, "wants REQUIREMENT | CASE | REASON | OWNER | EXPIRY");
		*fields[i] = clean_field(expected, slice_range(p, end));
		if (!**fields[i])
			return err_set(err, -EBADMSG, "field %zu is empty", i + 1);
		p = *end == '|' ? end + 1 : NULL;
	}
	if (p)
		return err_set(err, -EBADMSG, "has more than five fields");
	if (!is_day(line.expiry))
		return err_set(err, -EBADMSG, "'%s' is no day: YYYY-MM-DD", line.expiry);
	MEM_GROW(expected->lines, expected->count, expected->cap);
	expected->lines[expected->count++] = line;
	return 0;
}

int expected_read(const char *path, struct expected *ret, struct err *err)
{
	FILE *from = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	int r = 0;

	*ret = (struct expected){0};
	if (!from)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	for (int number = 1; r == 0 && getline(&text, &cap, from) >= 0; number++) {
		const char *begin = text + strspn(text, " \t\r\n");

		if (*begin && *begin != '#')
			r = read_line(ret, begin, number, err);
		if (r < 0)
			err_prefix(err, r, "%s:%d", path, number);
	}
	if (r == 0 && ferror(from))
		r = err_set(err, -EIO, "%s: %s", path, strerror(EIO));
	free(text);
	fclose(from);
	return r;
}

void expected_done(struct expected *expected)
{
	arena_done(&expected->arena);
	free(expected->lines);
	*expected = (struct expected){0};
}

/* --- what it says of a campaign --- */

/* As --only selects (catalogue_selects): who has this very name goes before those whose names begin so. */
static bool is_meant(bool names_one, const char *pattern, const char *text)
{
	return names_one ? strcmp(pattern, text) == 0 : catalogue_match(pattern, text);
}

static bool is_place(const struct campaign *campaign, const struct expected_line *line, const struct finding *f)
{
	return is_meant(campaign_find(campaign, line->requirement), line->requirement, f->requirement) &&
	       is_meant(campaign_find_case(campaign, line->test_case), line->test_case,
			f->case_name ? f->case_name : "");
}

static bool is_reason(const struct expected_line *line, const struct finding *f)
{
	return strstr(f->seen, line->reason) || strstr(f->reason, line->reason);
}

static bool is_failure(const struct campaign *campaign, enum verdict verdict)
{
	return verdict == VERDICT_FAIL || (campaign->strict && verdict == VERDICT_WARN);
}

static bool is_expected(const struct campaign *campaign, const struct expected *expected, const char *today,
			const struct finding *f)
{
	for (size_t i = 0; i < expected->count; i++)
		if (strcmp(expected->lines[i].expiry, today) >= 0 && is_place(campaign, &expected->lines[i], f) &&
		    is_reason(&expected->lines[i], f))
			return true;
	return false;
}

/* Failures that are only counted are not known, and so not expected. */
static bool is_requirement_expected(const struct campaign *campaign, const struct campaign_requirement *r,
				    const struct expected *expected, const char *today)
{
	uint64_t failures = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (!is_failure(campaign, r->findings[i].verdict))
			continue;
		if (!is_expected(campaign, expected, today, &r->findings[i]))
			return false;
		failures++;
	}
	return failures > 0 && failures == r->counts[VERDICT_FAIL] + (campaign->strict ? r->counts[VERDICT_WARN] : 0);
}

static bool is_case_expected(const struct campaign *campaign, const char *name, const struct expected *expected,
			     const char *today)
{
	bool any = false;

	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		for (size_t j = 0; j < r->count; j++) {
			const struct finding *f = &r->findings[j];

			if (!f->case_name || strcmp(f->case_name, name) || !is_failure(campaign, f->verdict))
				continue;
			if (!is_expected(campaign, expected, today, f))
				return false;
			any = true;
		}
	}
	return any;
}

struct met {
	bool failed, other, passed;
};

static struct met meet(const struct expected_line *line, const struct campaign *campaign)
{
	struct met met = {0};

	for (size_t i = 0; i < campaign->requirement_count; i++) {
		const struct campaign_requirement *r = &campaign->requirements[i];

		for (size_t j = 0; j < r->count; j++) {
			const struct finding *f = &r->findings[j];

			if (!is_place(campaign, line, f))
				continue;
			met.failed |= is_failure(campaign, f->verdict) && is_reason(line, f);
			met.other |= is_failure(campaign, f->verdict) && !is_reason(line, f);
			met.passed |= f->verdict == VERDICT_PASS;
		}
	}
	return met;
}

static const char *word_of(struct met met, bool expired)
{
	if (expired)
		return "has expired";
	if (met.other)
		return "fails for another reason, too";
	if (met.failed)
		return "fails as expected";
	return met.passed ? "passes: take the line out" : "was not exercised";
}

void expected_apply(const struct expected *expected, const char *today, struct campaign *campaign)
{
	struct buf note = {0};

	for (size_t i = 0; i < expected->count; i++) {
		const struct expected_line *line = &expected->lines[i];
		struct met met = meet(line, campaign);
		bool expired = strcmp(line->expiry, today) < 0;

		campaign->refused |= expired || met.other || (!met.failed && met.passed);
		buf_clear(&note);
		buf_printf(&note, "expected failure, line %d: %s in case %s (%s; %s, until %s) %s", line->number,
			   line->requirement, line->test_case, line->reason, line->owner, line->expiry,
			   word_of(met, expired));
		campaign_add_note(campaign, note.p);
	}
	for (size_t i = 0; i < campaign->requirement_count; i++)
		campaign->requirements[i].expected =
			is_requirement_expected(campaign, &campaign->requirements[i], expected, today);
	for (size_t i = 0; i < campaign->case_count; i++) {
		struct campaign_case *c = &campaign->cases[i];

		c->expected = is_failure(campaign, c->verdict) && is_case_expected(campaign, c->name, expected, today);
	}
	buf_done(&note);
}
