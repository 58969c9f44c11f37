/* SPDX-License-Identifier: MIT
 *
 * The bytes are a file that somebody gave, or what a child process wrote. The first byte says which: j a journal, c a
 * clause file (whose plays are run up to where they wait), p a profile, i an IXIT, s an ICS, e known failures, t a line
 * of an upper tester. */
#include "fuzz/audit_all.h"
#include "fuzz/fuzz.h"
#include "fuzz/memory_file.h"
#include "harness/ixit_review.h"
#include "harness/tester_json.h"
#include "reports/expected.h"
#include "reports/journal.h"
#include "script/profile.h"
#include "script/script.h"

#include <assert.h>
#include <unistd.h>

static const char *const merged = "fuzz_file.merged"; /* in the folder where it runs */

/* Merged with nothing it says the same. */
static void try_journal(const char *path)
{
	struct journal_campaign journal, again;
	struct err err;

	journal_probe(path);
	if (journal_read(&path, 1, &journal, &err) < 0)
		return;
	audit_all_report(journal.campaign);
	assert(journal_merge(&path, 1, merged, &err) == 0);
	assert(journal_read(&merged, 1, &again, &err) == 0);
	audit_all_compare(journal.campaign, again.campaign);
	journal_campaign_done(&again);
	journal_campaign_done(&journal);
}

static void try_clauses(struct slice text)
{
	struct catalogue catalogue;
	struct script *script;
	struct err err;

	catalogue_init(&catalogue);
	script = script_new(&catalogue);
	if (script_load_text(script, "fuzz.lua", text, &err) == 0 && script_finish(script, &err) == 0)
		for (size_t i = 0; i < catalogue.play_count; i++) {
			struct script_run *run = script_run_new(script, catalogue.plays[i]);
			script_run_resume(run, 0, &err);
			script_run_free(run);
		}
	script_free(script);
	catalogue_done(&catalogue);
}

static void try_expected(const char *path)
{
	struct expected expected;

	expected_read(path, &expected, NULL);
	expected_done(&expected);
}

static void try_profile(const char *path)
{
	struct arena arena = {0};
	struct profile profile;

	profile_load(path, &arena, &profile, NULL);
	arena_done(&arena);
}

static void try_ixit(const struct options *options)
{
	struct ixit ixit;
	struct err err;

	ixit_load(&ixit, options, &err);
	ixit_done(&ixit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = {(const char *)data + 1, size - 1};
	struct tester_reply reply;
	char path[MEMORY_FILE_PATH];
	int fd;

	if (!size)
		return 0;
	fd = memory_file(text, path);
	if (*data == 'j')
		try_journal(path);
	else if (*data == 'c')
		try_clauses(text);
	else if (*data == 'p')
		try_profile(path);
	else if (*data == 'i')
		try_ixit(&(struct options){.iut = "server", .ixit = path});
	else if (*data == 's')
		try_ixit(&(struct options){.iut = "server", .ics = path});
	else if (*data == 'e')
		try_expected(path);
	else if (*data == 't')
		tester_json_read(text, &reply, NULL);
	close(fd);
	return 0;
}
