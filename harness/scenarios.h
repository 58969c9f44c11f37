/* SPDX-License-Identifier: MIT
 *
 * Which clause files and which profile a command works with: those that come with the program, installed or beside it
 * in the build tree, and those of --scenarios and --profile. And which requirements and cases --only and --skip select.
 */
#ifndef HARNESS_SCENARIOS_H
#define HARNESS_SCENARIOS_H

#include "harness/options.h"
#include "judge/campaign.h"
#include "script/script.h"
#include "script/suggest.h"
#include "trace/profile.h"

/* Initialises and fills the catalogue; *ret_script is the caller's to free, before catalogue_done(), and is needed only
 * for plays. On failure (usage: exit status 2) both are empty and need nothing. */
int scenarios_load(const struct options *options, struct catalogue *catalogue, struct script **ret_script,
		   struct err *err);
/* The profile that --profile names, or the default one; in the arena. */
int scenarios_profile(const struct options *options, struct arena *arena, struct profile *ret, struct err *err);
/* The same of another one: a file, or the plain name of one that comes with the program ("poc-style"). */
int scenarios_profile_named(const char *name, struct arena *arena, struct profile *ret, struct err *err);
/* A note on the campaign, where it is another profile than the default one. */
void scenarios_note_profile(const struct profile *profile, struct campaign *campaign);

/* Do --only and --skip select this requirement, or this play (by its name or an id that it covers)? A
 * pattern that is an id or a name means that one alone. */
bool scenarios_has(const struct options *options, const struct catalogue *catalogue,
		   const struct requirement *requirement);
bool scenarios_has_play(const struct options *options, const struct catalogue *catalogue, const struct play *play);
/* -EINVAL: a pattern that matches nothing, or nothing selected at all. */
int scenarios_check(const struct options *options, const struct catalogue *catalogue, struct err *err);
/* " (did you mean '6.1.1.5-1'?)": the nearest id or case to a name that is none; "" where none is near. Returns `to`.
 */
char *scenarios_suggest(const struct catalogue *catalogue, const char *name, char to[SUGGEST_TEXT_MAX]);

#endif
