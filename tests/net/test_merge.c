/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "net/bytes.h"
#include "net/merge.h"
#include "net_help.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/imconform-merge-XXXXXX";
static struct merge *m;

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(dir));
	m = merge_new(NULL);
}

static void tear_down(void)
{
	char *command;

	merge_free(m);
	cr_assert(asprintf(&command, "rm -r %s", dir) > 0);
	cr_assert_eq(system(command), 0);
	free(command);
}

TestSuite(net_merge, .init = set_up, .fini = tear_down);

/* A file of packets at these seconds (0 ends), with `extra` bytes behind; added. */
static int add(const char *name, const uint32_t *seconds, struct slice extra, struct err *err)
{
	struct buf file = {0};
	char path[100];
	FILE *to;

	help_pcap_head(&file, 101);
	for (; *seconds; seconds++) {
		size_t at = file.len;
		help_pcap_packet(&file, SLICE("x"));
		put_le32((uint8_t *)file.p + at, *seconds);
		put_le32((uint8_t *)file.p + at + 4, 0);
	}
	buf_add(&file, extra);
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	to = fopen(path, "wb");
	cr_assert_eq(fwrite(file.p, 1, file.len, to), file.len);
	fclose(to);
	buf_done(&file);
	return merge_add(m, path, err);
}

static void add_ok(const char *name, const uint32_t *seconds)
{
	struct err err;

	cr_assert_eq(add(name, seconds, SLICE_NONE, &err), 0, "%s", err.text);
}

/* "file:frame@seconds " of each, "!" for an error. */
static char *read_all(struct err *err)
{
	struct buf out = {0};
	const struct capture_packet *p;
	uint32_t file;
	int r;

	while ((r = merge_next(m, &p, &file, err)) != 0) {
		if (r < 0)
			buf_printf(&out, "%u! ", file);
		else
			buf_printf(&out, "%u:%llu@%llu ", file, (unsigned long long)p->frame,
				   (unsigned long long)(p->time / 1000000000));
	}
	return buf_take(&out);
}

static void expect(const char *want)
{
	struct err err;
	char *got = read_all(&err);

	cr_expect_str_eq(got, want);
	free(got);
}

Test(net_merge, files_become_one_stream_in_time_order)
{
	add_ok("late", (const uint32_t[]){5, 7, 9, 0});
	add_ok("early", (const uint32_t[]){1, 5, 8, 0});
	add_ok("none", (const uint32_t[]){0});
	add_ok("one", (const uint32_t[]){5, 0});
	expect("1:1@1 1:2@5 0:1@5 3:1@5 0:2@7 1:3@8 0:3@9 "); /* whose file began first goes first */
}

Test(net_merge, a_file_out_of_order_keeps_its_own)
{
	add_ok("a", (const uint32_t[]){3, 1, 6, 0});
	add_ok("b", (const uint32_t[]){2, 4, 0});
	expect("1:1@2 0:1@3 0:2@1 1:2@4 0:3@6 ");
}

Test(net_merge, many_rotated_files_in_any_order)
{
	struct buf want = {0};
	char name[8];

	for (uint32_t i = 0; i < 60; i++) {
		uint32_t k = (i * 37) % 60;
		snprintf(name, sizeof(name), "r%u", i);
		add_ok(name, (const uint32_t[]){10 + 2 * k, 11 + 2 * k, 0});
	}
	for (uint32_t k = 0; k < 60; k++)
		for (uint32_t i = 0; i < 60; i++)
			if ((i * 37) % 60 == k)
				buf_printf(&want, "%u:1@%u %u:2@%u ", i, 10 + 2 * k, i, 11 + 2 * k);
	expect(want.p);
	buf_done(&want);
}

Test(net_merge, a_bad_file_ends_alone)
{
	static const char lie[16] = {1, 0, 0, 0, 0, 0, 0, 0, 127, 127, 127, 127};
	struct err err;
	char *got;

	cr_assert_eq(add("bad", (const uint32_t[]){2, 0}, (struct slice){lie, 16}, &err), 0);
	add_ok("good", (const uint32_t[]){1, 9, 0});
	cr_assert_eq(add("bad2", (const uint32_t[]){0}, (struct slice){lie, 16}, &err), 0);
	cr_assert_eq(add("cut", (const uint32_t[]){8, 0}, (struct slice){lie, 7}, &err), 0);
	got = read_all(&err);
	cr_expect_str_eq(got, "2! 1:1@1 0:1@2 0! 3:1@8 1:2@9 ");
	cr_expect(strstr(err.text, "/bad: byte 41: frame 2 claims 2139062143 bytes"), "%s", err.text);
	cr_expect(strstr(merge_note(m, 3), "/cut: byte 48: the file is cut off here, after 1 whole packets"));
	cr_expect_null(merge_note(m, 1));
	cr_expect_eq(merge_add(m, "/nonexistent.pcap", &err), -ENOENT);
	free(got);
}

/* Every sample cut into two files between any two packets gives the messages of the whole. */
Test(net_merge, rotated_files_are_joined_across_their_border)
{
	for (size_t i = 0; i < sample_count; i++) {
		struct buf whole = {0};

		samples[i].make(&whole);
		for (size_t at = 24; at < whole.len; at += 16 + get_le32((uint8_t *)whole.p + at + 8)) {
			struct buf second = {0};
			struct recorder r;
			struct net *net = recorder_net(&r, NULL);

			buf_add(&second, (struct slice){whole.p, 24});
			buf_add(&second, (struct slice){whole.p + at, whole.len - at});
			help_feed(net, (struct slice){whole.p, at});
			help_feed(net, buf_slice(&second));
			net_finish(net);
			cr_expect_eq(r.messages, samples[i].messages, "%s cut at %zu", samples[i].name, at);
			net_free(net);
			recorder_done(&r);
			buf_done(&second);
		}
		buf_done(&whole);
	}
}
