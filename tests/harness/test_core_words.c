/* SPDX-License-Identifier: MIT
 *
 * scenarios/README.md is the page of words: nothing that plays and steps can say is missing there. */
#include "base/mem.h"
#include "check/check.h"
#include "runner_help.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct buf page_read(void)
{
	FILE *from = fopen(SOURCE_ROOT "/scenarios/README.md", "r");
	struct buf page = {0};
	size_t got;

	cr_assert_not_null(from);
	do {
		got = fread(buf_reserve(&page, 4096), 1, 4096, from);
		page.len += got;
	} while (got);
	fclose(from);
	return page;
}

/* `name` in backticks, and nothing before or behind it that would make it another word. */
static bool page_has(const struct buf *page, const char *name)
{
	struct slice rest = buf_slice(page), needle = slice_of(name);
	const char *at;

	while ((at = slice_find(rest, needle))) {
		const char *behind = at + needle.len;

		if (at[-1] == '`' && *behind && strchr("` ({", *behind))
			return true;
		rest = slice_range(behind, page->p + page->len);
	}
	return false;
}

Test(harness_core, every_live_word_is_on_the_page)
{
	struct buf page = page_read(), names = {0};

	rehearsal_script();
	lua_play_words(&names);
	for (char *name = strtok(names.p, "\n"); name; name = strtok(NULL, "\n"))
		cr_expect(page_has(&page, name), "%s is not on the page", name);
	buf_done(&names);
	buf_done(&page);
}

/* What the page says of the check in its row: "| `name …` | says |". */
static struct slice page_says(const struct buf *page, const char *name)
{
	char *begin = mem_printf("\n| `%s", name);
	struct slice rest = buf_slice(page), says = SLICE_NONE;
	const char *at, *end;

	while (!says.p && (at = slice_find(rest, slice_of(begin)))) {
		rest = slice_range(at + strlen(begin), page->p + page->len);
		end = slice_find(rest, SLICE(" |\n"));
		if (end && strchr(" (", *rest.p) && (at = slice_find(slice_range(rest.p, end), SLICE("` | "))))
			says = slice_range(at + strlen("` | "), end);
	}
	free(begin);
	return says;
}

Test(harness_core, every_check_is_on_the_page_as_messages_explain_it)
{
	struct buf page = page_read();
	size_t count;
	const struct word *const *words = check_words(&count);

	for (size_t i = 0; i < count; i++) {
		struct slice says = page_says(&page, words[i]->name);

		cr_expect(slice_is(says, words[i]->help), "%s: '%.*s', expected '%s'", words[i]->name, SLICE_F(says),
			  words[i]->help);
	}
	buf_done(&page);
}

Test(harness_core, every_occasion_is_on_the_page)
{
	struct buf page = page_read();

	for (int i = OCCASION_OTHER + 1; i < OCCASION_COUNT; i++)
		cr_expect(page_has(&page, occasion_name((enum occasion)i)), "%s is not on the page",
			  occasion_name((enum occasion)i));
	buf_done(&page);
}
