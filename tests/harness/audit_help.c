/* SPDX-License-Identifier: MIT */
#include "harness/audit_help.h"
#include "base/mem.h"
#include "body/settings.h"
#include "reports/report.h"
#include "script/profile.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(int result, const struct err *err)
{
	cr_assert_geq(result, 0, "%s", err->text);
}

void audit_bench_init(struct audit_bench *bench)
{
	struct err err;

	memset(bench, 0, sizeof(*bench));
	catalogue_init(&bench->catalogue);
	bench->script = script_new(&bench->catalogue);
	must(script_load_dir(bench->script, SOURCE_ROOT "/scenarios", &err), &err);
	must(script_finish(bench->script, &err), &err);
	must(profile_load(SOURCE_ROOT "/scenarios/profiles/default.lua", &bench->arena, &bench->profile, &err), &err);
	settings_init();
	must(settings_reader_new(&bench->profile.settings, &bench->reader, &err), &err);
	bench->profile.reader = bench->reader;
	bench->judge = (struct judge){.catalogue = &bench->catalogue,
				      .profile = &bench->profile,
				      .timers = TIMERS_DEFAULT,
				      .server = true,
				      .client = true};
	bench->config = (struct audit_config){.judge = &bench->judge, .jobs = 1};
	bench->now = 1700000000000000000ull;
	for (unsigned i = 0; i < AUDIT_FILES_MAX; i++) {
		strcpy(bench->files[i], "/tmp/imconform-test-XXXXXX");
		close(mkstemp(bench->files[i]));
		bench->paths[i] = bench->files[i];
	}
}

void audit_bench_done(struct audit_bench *bench)
{
	for (unsigned i = 0; i < AUDIT_FILES_MAX; i++)
		unlink(bench->files[i]);
	campaign_free(bench->campaign);
	settings_reader_free(bench->reader);
	script_free(bench->script);
	arena_done(&bench->arena);
	catalogue_done(&bench->catalogue);
}

static void add(struct audit_bench *bench, unsigned ms, const struct net_addr *src, const struct net_addr *dst,
		struct slice bytes)
{
	cr_assert_lt(bench->count, AUDIT_PACKETS_MAX);
	bench->now += ms * 1000000ull;
	bench->packets[bench->count++] =
		(struct audit_packet){bench->now, *src, *dst, arena_copy(&bench->arena, bytes)};
}

void audit_bench_say(struct audit_bench *bench, unsigned ms, const char *src, const char *dst, const char *text)
{
	struct net_addr from, to;
	struct buf bytes = {0};

	cr_assert_eq(net_addr_parse(slice_of(src), 5060, &from, NULL), 0);
	cr_assert_eq(net_addr_parse(slice_of(dst), 5060, &to, NULL), 0);
	for (const char *p = text; *p; p++)
		buf_printf(&bytes, "%s%c", *p == '\n' ? "\r" : "", *p);
	add(bench, ms, &from, &to, buf_slice(&bytes));
	buf_done(&bytes);
}

void audit_bench_session(struct audit_bench *bench, uint32_t number, enum gen_fault fault)
{
	const struct gen_session session = {number, fault};
	struct net_addr src, dst;
	struct buf bytes = {0};

	for (unsigned i = 0; i < GEN_MESSAGES; i++) {
		buf_clear(&bytes);
		gen_message(&session, i, &bytes, &src, &dst);
		add(bench, 10, &src, &dst, buf_slice(&bytes));
	}
	buf_done(&bytes);
	audit_bench_say(bench, 5000, "10.0.0.2", "10.0.0.1",
			"OPTIONS sip:ping@core.example SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKo\n"
			"From: <sip:im@ims.example>;tag=o\nTo: <sip:ping@core.example>\nCall-ID: o\nCSeq: 1 OPTIONS\n"
			"Max-Forwards: 70\nContent-Length: 0\n\n");
}

void audit_bench_write(struct audit_bench *bench, unsigned file, size_t from, size_t to, size_t without)
{
	FILE *stream = fopen(bench->files[file], "w");
	struct buf capture = {0};

	gen_capture_begin(&capture);
	for (size_t i = from; i < to; i++)
		if (i != without)
			gen_capture_packet(&capture, bench->packets[i].time, &bench->packets[i].src,
					   &bench->packets[i].dst, bench->packets[i].bytes);
	cr_assert_eq(fwrite(capture.p, 1, capture.len, stream), capture.len);
	fclose(stream);
	buf_done(&capture);
}

void audit_bench_run(struct audit_bench *bench, unsigned files)
{
	campaign_free(bench->campaign);
	bench->campaign = campaign_new(CAMPAIGN_AUDIT, &bench->catalogue, ACTOR_SERVER, true);
	bench->campaign->complete = true;
	bench->config.campaign = bench->campaign;
	bench->config.files = bench->paths;
	bench->config.file_count = files;
	bench->result = audit_run(&bench->config, &bench->inputs, &bench->err);
	campaign_settle(bench->campaign);
}

void audit_bench_run_all(struct audit_bench *bench)
{
	audit_bench_write(bench, 0, 0, bench->count, SIZE_MAX);
	audit_bench_run(bench, 1);
}

uint64_t audit_bench_count(const struct audit_bench *bench, const char *id, enum verdict verdict)
{
	const struct campaign_requirement *r = campaign_find(bench->campaign, id);

	cr_assert_not_null(r, "%s", id);
	return r->counts[verdict];
}

uint64_t audit_bench_total(const struct audit_bench *bench, enum verdict verdict)
{
	uint64_t total = 0;

	for (size_t i = 0; i < bench->campaign->requirement_count; i++)
		total += bench->campaign->requirements[i].counts[verdict];
	return total;
}

char *audit_bench_report(const struct audit_bench *bench)
{
	const struct report_options options = {.times = true};
	char *text = NULL;
	size_t len;
	FILE *stream = open_memstream(&text, &len);

	cr_assert_eq(report_json(bench->campaign, &options, stream, NULL), 0);
	fclose(stream);
	return text;
}
