/* SPDX-License-Identifier: MIT
 *
 * imconform audit FILE…: judges captures, a pipe, or an interface that it listens to. */
#include "harness/audit.h"
#include "harness/audit_against.h"
#include "harness/audit_secrets.h"
#include "harness/commands.h"
#include "harness/ixit_facts.h"
#include "harness/ixit_review.h"
#include "harness/progress.h"
#include "harness/reporting.h"
#include "harness/scenarios.h"
#include "base/mem.h"
#include "base/time.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct auditing { /* what an audit stands on, freed in the reverse order */
	const struct options *options;
	struct ixit ixit;
	struct catalogue catalogue, judged; /* all of it; the part that is selected and claimed */
	struct script *script;
	struct arena arena;
	struct profile profile, against; /* `against`: name NULL, none */
	struct settings_reader *reader;
	struct judge judge;
	struct outputs outputs;
	struct campaign *campaign;
	struct audit_config config;
	struct audit_secrets secrets;
	uint16_t *ports;
	struct progress progress;
	uint64_t begin, all; /* ns; bytes of all captures, 0: nobody knows */
};

static volatile bool interrupted;
static volatile int signal_number;

static void on_signal(int number)
{
	interrupted = true;
	signal_number = number;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* --- what is asked for --- */

static int read_patterns(const struct option_list *list, const char *name, struct audit_patterns *ret, struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		MEM_GROW(ret->items, ret->count, ret->cap);
		if (net_pattern_parse(slice_of(list->items[i]), &ret->items[ret->count++], err) < 0)
			return err_prefix(err, -EINVAL, "%s", name);
	}
	return 0;
}

static int read_ports(struct auditing *a, struct err *err)
{
	const struct option_list *list = &a->options->port;
	uint64_t port;

	a->ports = mem_alloc((list->count + 1) * sizeof(*a->ports));
	for (size_t i = 0; i < list->count; i++) {
		if (!slice_to_u64(slice_of(list->items[i]), &port) || port == 0 || port > UINT16_MAX)
			return err_set(err, -EINVAL, "--port: expected a number from 1 to 65535");
		a->ports[i] = (uint16_t)port;
	}
	a->config.ports = a->ports;
	a->config.port_count = list->count;
	return 0;
}

static int check_operands(const struct options *options, struct err *err)
{
	if (options->interface && options->operands.count)
		return err_set(err, -EINVAL,
			       "files and an interface can't be judged together, expected one or the other");
	if (!options->interface && !options->operands.count)
		return err_set(err, -EINVAL, "expected a capture file, - for a pipe, or -i INTERFACE");
	return 0;
}

static int load(struct auditing *a, struct err *err)
{
	const struct options *options = a->options;
	int rc = check_operands(options, err);

	if (rc == 0)
		rc = ixit_load(&a->ixit, options, err);
	if (rc == 0)
		rc = scenarios_load(options, &a->catalogue, &a->script, err);
	if (rc == 0)
		rc = ixit_review_check(&a->ixit, &a->catalogue, err);
	if (rc == 0)
		rc = scenarios_check(options, &a->catalogue, err);
	if (rc == 0)
		rc = scenarios_profile(options, &a->arena, &a->profile, err);
	if (rc == 0 && options->against)
		rc = scenarios_profile_named(options->against, &a->arena, &a->against, err);
	if (rc < 0)
		return rc;
	settings_init();
	rc = settings_reader_new(&a->profile.settings, &a->reader, err);
	a->profile.reader = a->reader;
	if (rc == 0)
		rc = read_patterns(&options->server, "--server", &a->config.server, err);
	if (rc == 0)
		rc = read_patterns(&options->client, "--client", &a->config.client, err);
	if (rc == 0)
		rc = read_patterns(&options->core_hops, "--core", &a->config.core, err);
	if (rc == 0)
		rc = read_ports(a, err);
	if (rc == 0)
		rc = audit_secrets_read(&a->secrets, &options->password, err);
	if (rc == 0)
		audit_secrets_add_users(&a->secrets, &a->ixit);
	return rc == 0 ? reporting_open(options, &a->outputs, err) : rc;
}

/* --- start --- */

static void make_campaign(struct auditing *a)
{
	a->campaign = campaign_new(CAMPAIGN_AUDIT, &a->catalogue, ACTOR_SERVER, true);
	a->campaign->complete = true;
	a->campaign->strict = a->options->strict;
	a->campaign->ims = a->ixit.ims;
	scenarios_note_profile(&a->profile, a->campaign);
	ixit_review_apply(&a->ixit, a->campaign);
	ixit_tell(&a->ixit, a->options, a->campaign);
	catalogue_init_part(&a->judged, &a->catalogue);
	for (size_t i = 0; i < a->catalogue.requirement_count; i++) {
		struct requirement *requirement = a->catalogue.requirements[i];
		bool selected = scenarios_has(a->options, &a->catalogue, requirement);

		if (!selected)
			campaign_excuse(a->campaign, requirement->id, "not selected", NULL);
		else if (ics_of(&a->ixit, requirement) == ICS_NO) /* judged for all that: is it there? */
			campaign_excuse(a->campaign, requirement->id, "the ICS does not claim it", NULL);
		if (selected && requirement->capture)
			catalogue_add(&a->judged, requirement);
	}
}

/* Listening, a finding is worth a line at once. */
static void on_finding(void *arg, const struct finding *finding)
{
	struct auditing *a = arg;
	FILE *to = outputs_own_stdout(&a->outputs) ? stderr : stdout;

	if (a->options->redact)
		fprintf(to, "%-6s %s\n", verdict_name(finding->verdict), finding->requirement);
	else
		fprintf(to, "%-6s %s %s: expected %s, seen %s%s%s%s\n", verdict_name(finding->verdict),
			finding->requirement, finding->user, finding->expected, finding->seen,
			*finding->reason ? " (" : "", finding->reason, *finding->reason ? ")" : "");
	if (fflush(to) != 0) /* nobody listens any more */
		interrupted = true;
}

/* --- how far it is --- */

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* Bytes of a capture that lies there as it is; 0: a pipe, or compressed, of which nobody knows how much it becomes. */
static uint64_t size_of(const char *path)
{
	static const char magics[][5] = {"\x0a\x0d\x0d\x0a", "\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d",
					 "\x4d\x3c\xb2\xa1"};
	FILE *from = fopen(path, "re");
	char magic[4] = "";
	struct stat st = {0};
	bool plain = false;

	if (from && fread(magic, 1, 4, from) == 4 && fstat(fileno(from), &st) == 0 && S_ISREG(st.st_mode))
		for (size_t i = 0; i < ARRAY_LEN(magics); i++)
			plain |= memcmp(magic, magics[i], 4) == 0;
	if (from)
		fclose(from);
	return plain ? (uint64_t)st.st_size : 0;
}

static void on_progress(void *arg, uint64_t bytes, uint64_t messages)
{
	struct auditing *a = arg;
	struct progress_read read = {.bytes = bytes, .all = a->all, .messages = messages, .time = now() - a->begin};
	struct buf line = {0};

	if (!progress_is_due(&a->progress, read.time))
		return;
	for (size_t i = 0; i < a->campaign->requirement_count; i++)
		for (unsigned v = VERDICT_WARN; v < VERDICT_COUNT; v++)
			read.findings += a->campaign->requirements[i].counts[v];
	progress_read_text(&line, &read);
	progress_show(&a->progress, read.time, line.p);
	buf_done(&line);
}

/* Lines of findings would break the line of an interface. */
static void start_progress(struct auditing *a)
{
	const struct option_list *files = &a->options->operands;
	uint64_t size = 1;

	if (a->options->interface || !progress_is_wanted(a->options->quiet, isatty(STDERR_FILENO), getenv))
		return;
	a->progress.to = stderr;
	a->begin = now();
	for (size_t i = 0; i < files->count && size; i++)
		a->all += size = strcmp(files->items[i], "-") ? size_of(files->items[i]) : 0;
	if (!size)
		a->all = 0;
	a->config.on_progress = on_progress;
}

static int start(struct auditing *a, struct err *err)
{
	const struct options *options = a->options;
	struct audit_config *config = &a->config;

	make_campaign(a);
	a->judge = (struct judge){.catalogue = &a->judged,
				  .profile = &a->profile,
				  .timers = a->ixit.timers,
				  .secrets = &a->secrets.secrets,
				  .server = true,
				  .client = true,
				  .ims = a->ixit.ims};
	config->judge = &a->judge;
	config->files = options->operands.items;
	config->file_count = options->operands.count;
	config->interface = options->interface;
	config->from_start = options->from_start;
	config->jobs = options->interface ? 1 : (unsigned)options->jobs;
	config->shard = options->shard.index;
	config->shards = options->shard.count;
	config->open_max = options->limit_chapters;
	config->users_max = options->limit_users;
	config->chapter_len_max = options->limit_chapter_bytes;
	config->len_max = options->limit_bytes;
	config->campaign = a->campaign;
	config->on_finding = options->interface && !options->quiet ? on_finding : NULL;
	config->arg = a;
	config->stop = &interrupted;
	if (a->against.name && audit_against_check(config, err) < 0)
		return -EINVAL;
	if (!options->journal)
		return 0;
	return journal_create(options->journal, a->campaign, options->shard.index, options->shard.count,
			      &config->journal, err);
}

/* --- end --- */

/* Nothing that is a capture is a mistake of who calls; a capture that breaks off in its middle is trouble. */
static int status_of(const struct auditing *a, const struct audit_inputs *inputs, int result, int status)
{
	if (signal_number)
		return EXIT_SIGNAL + signal_number;
	if (result == 0)
		return status;
	return inputs->broken || !inputs->refused ? EXIT_HARNESS : EXIT_USAGE;
}

static int audit(struct auditing *a)
{
	struct audit_inputs inputs;
	struct err err = {0}, journal_err;
	int result, status;

	catch_signals();
	start_progress(a);
	result = audit_run(&a->config, &inputs, &err);
	progress_clear(&a->progress);
	if (interrupted && !a->options->interface)
		a->campaign->complete = false;
	campaign_settle(a->campaign);
	if (result == 0 && a->against.name && !interrupted)
		result = audit_against(&a->config, &a->against, &err);
	if (result < 0)
		fprintf(stderr, "imconform audit: %s\n", err.text);
	if (journal_close(a->config.journal, &journal_err) < 0) {
		fprintf(stderr, "imconform audit: %s\n", journal_err.text);
		result = -EIO;
	}
	a->config.journal = NULL;
	if (!inputs.opened && !signal_number)
		return (a->options->interface && result != -ENODEV) || result == 0 ? EXIT_HARNESS : EXIT_USAGE;
	status = reporting_write(a->options, &a->outputs, a->campaign);
	return status == EXIT_HARNESS ? status : status_of(a, &inputs, result, status);
}

static void end(struct auditing *a)
{
	journal_close(a->config.journal, NULL);
	campaign_free(a->campaign);
	outputs_done(&a->outputs);
	free(a->config.server.items);
	free(a->config.client.items);
	free(a->config.core.items);
	free(a->ports);
	audit_secrets_done(&a->secrets);
	catalogue_done(&a->judged);
	settings_reader_free(a->reader);
	arena_done(&a->arena);
	if (a->script) {
		script_free(a->script);
		catalogue_done(&a->catalogue);
	}
	ixit_done(&a->ixit);
}

int cmd_audit(const struct options *options)
{
	struct auditing a = {.options = options};
	struct err err = {0};
	int status;

	if (load(&a, &err) < 0 || start(&a, &err) < 0) {
		fprintf(stderr, "imconform audit: %s\n", err.text);
		status = exit_of(&err);
	} else {
		status = audit(&a);
	}
	end(&a);
	return status;
}
