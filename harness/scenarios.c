/* SPDX-License-Identifier: MIT */
#include "harness/scenarios.h"

#include "base/text.h"
#include "harness/build_facts.h"
#include "script/profile.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the program, for a copy that was moved or that is still in its build tree. */
static bool program_folder(char *to, size_t size)
{
	ssize_t len = readlink("/proc/self/exe", to, size - 1);
	char *slash;

	if (len <= 0)
		return false;
	to[len] = '\0';
	slash = strrchr(to, '/');
	if (slash)
		*slash = '\0';
	return slash;
}

static bool is_scenarios(const char *dir)
{
	char path[PATH_MAX + 96];
	struct stat info;

	snprintf(path, sizeof(path), "%s/profiles/default.lua", dir);
	return !stat(path, &info) && S_ISREG(info.st_mode);
}

/* Appends the folder of the scenarios that come with the program. -ENOENT: there is none. */
static int find_folder(struct buf *to, struct err *err)
{
	static const char *const beside[] = {"/../share/imconform/scenarios", "/../../scenarios"};
	static const char *const fixed[] = {IMCONFORM_DATA_DIR, IMCONFORM_SOURCE_DIR};
	char dir[PATH_MAX], path[PATH_MAX + 64];
	size_t i;

	for (i = 0; i < 2 && program_folder(dir, sizeof(dir)); i++) {
		snprintf(path, sizeof(path), "%s%s", dir, beside[i]);
		if (is_scenarios(path)) {
			buf_puts(to, realpath(path, dir) ? dir : path);
			return 0;
		}
	}
	for (i = 0; i < 2; i++) {
		if (is_scenarios(fixed[i])) {
			buf_puts(to, fixed[i]);
			return 0;
		}
	}
	return err_set(err, -ENOENT, "the scenarios are missing, expected them in %s", IMCONFORM_DATA_DIR);
}

static int load_all(const struct options *options, struct script *script, struct err *err)
{
	struct buf folder = {0};
	size_t i;
	int result = find_folder(&folder, err);

	if (!result)
		result = script_load_dir(script, folder.p, err);
	buf_done(&folder);
	for (i = 0; i < options->scenarios.count && !result; i++)
		result = script_load_dir(script, options->scenarios.items[i], err);
	return result ? result : script_finish(script, err);
}

int scenarios_load(const struct options *options, struct catalogue *catalogue, struct script **ret_script,
		   struct err *err)
{
	int result;

	catalogue_init(catalogue);
	*ret_script = script_new(catalogue);
	result = load_all(options, *ret_script, err);
	if (!result)
		return 0;
	script_free(*ret_script);
	*ret_script = NULL;
	catalogue_done(catalogue);
	return result;
}

int scenarios_profile(const struct options *options, struct arena *arena, struct profile *ret, struct err *err)
{
	return scenarios_profile_named(options->profile ? options->profile : "default", arena, ret, err);
}

int scenarios_profile_named(const char *name, struct arena *arena, struct profile *ret, struct err *err)
{
	struct buf path = {0};
	char clean[64];
	int result;

	if (strpbrk(name, "/.")) /* a file; the ones that come with the program have plain names */
		return profile_load(name, arena, ret, err);
	result = find_folder(&path, err);
	if (!result) {
		buf_printf(&path, "/profiles/%s.lua", name);
		result = profile_load(path.p, arena, ret, err);
		if (result == -ENOENT)
			err_set(err, result,
				"'%s' is neither a profile that comes with the program nor the path of a file",
				text_clean_fixed(clean, sizeof(clean), slice_of(name)));
	}
	buf_done(&path);
	return result;
}

void scenarios_note_profile(const struct profile *profile, struct campaign *campaign)
{
	char name[64], note[96];

	if (!strcmp(profile->name, "default"))
		return;
	snprintf(note, sizeof(note), "profile: %s", text_clean_fixed(name, sizeof(name), slice_of(profile->name)));
	campaign_add_note(campaign, note);
}

static bool any_matches(const struct option_list *patterns, const struct catalogue *catalogue, const char *text)
{
	size_t i;

	for (i = 0; i < patterns->count; i++)
		if (catalogue_selects(catalogue, patterns->items[i], text))
			return true;
	return false;
}

bool scenarios_has(const struct options *options, const struct catalogue *catalogue,
		   const struct requirement *requirement)
{
	if (any_matches(&options->skip, catalogue, requirement->id))
		return false;
	return !options->only.count || any_matches(&options->only, catalogue, requirement->id);
}

static bool any_matches_play(const struct option_list *patterns, const struct catalogue *catalogue,
			     const struct play *play)
{
	const char *const *id;

	for (id = play->covers; *id; id++)
		if (any_matches(patterns, catalogue, *id))
			return true;
	return any_matches(patterns, catalogue, play->name);
}

/* A play that is there for several steps is left out only by its own name, or when all its steps are. */
static bool skips_play(const struct option_list *patterns, const struct catalogue *catalogue, const struct play *play)
{
	const char *const *id;

	if (any_matches(patterns, catalogue, play->name))
		return true;
	for (id = play->covers; *id; id++)
		if (!any_matches(patterns, catalogue, *id))
			return false;
	return true;
}

bool scenarios_has_play(const struct options *options, const struct catalogue *catalogue, const struct play *play)
{
	if (skips_play(&options->skip, catalogue, play))
		return false;
	return !options->only.count || any_matches_play(&options->only, catalogue, play);
}

static bool matches_something(const struct catalogue *catalogue, const char *pattern)
{
	size_t i;

	for (i = 0; i < catalogue->requirement_count; i++)
		if (catalogue_selects(catalogue, pattern, catalogue->requirements[i]->id))
			return true;
	for (i = 0; i < catalogue->play_count; i++)
		if (catalogue_selects(catalogue, pattern, catalogue->plays[i]->name))
			return true;
	return false;
}

char *scenarios_suggest(const struct catalogue *catalogue, const char *name, char to[SUGGEST_TEXT_MAX])
{
	struct suggest suggest;
	size_t i;

	suggest_init(&suggest, slice_of(name));
	for (i = 0; i < catalogue->requirement_count; i++)
		suggest_offer(&suggest, catalogue->requirements[i]->id);
	for (i = 0; i < catalogue->play_count; i++)
		suggest_offer(&suggest, catalogue->plays[i]->name);
	return suggest_text(&suggest, to);
}

static int check_patterns(const struct option_list *patterns, const char *name, const struct catalogue *catalogue,
			  struct err *err)
{
	char text[80], suggestion[SUGGEST_TEXT_MAX];
	size_t i;

	for (i = 0; i < patterns->count; i++)
		if (!matches_something(catalogue, patterns->items[i]))
			return err_set(err, -EINVAL,
				       "%s: '%s' matches no requirement and no case%s, see imconform list", name,
				       text_clean_fixed(text, sizeof(text), slice_of(patterns->items[i])),
				       scenarios_suggest(catalogue, patterns->items[i], suggestion));
	return 0;
}

int scenarios_check(const struct options *options, const struct catalogue *catalogue, struct err *err)
{
	size_t i;
	int result = check_patterns(&options->only, "--only", catalogue, err);

	if (!result)
		result = check_patterns(&options->skip, "--skip", catalogue, err);
	if (result)
		return result;
	for (i = 0; i < catalogue->requirement_count; i++)
		if (scenarios_has(options, catalogue, catalogue->requirements[i]))
			return 0;
	for (i = 0; i < catalogue->play_count; i++)
		if (scenarios_has_play(options, catalogue, catalogue->plays[i]))
			return 0;
	return err_set(err, -EINVAL, "--only and --skip leave nothing to do");
}
