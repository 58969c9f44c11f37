/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "net_help.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

TestSuite(net_unpack);

static int (*const filters[])(struct archive *) = {archive_write_add_filter_gzip, archive_write_add_filter_xz,
						   archive_write_add_filter_zstd, archive_write_add_filter_lz4,
						   archive_write_add_filter_bzip2};
enum { FILTERS = sizeof(filters) / sizeof(filters[0]), GZIP = 0, XZ = 1, ZSTD = 2 };

static la_ssize_t collect(struct archive *a, void *to, const void *p, size_t n)
{
	buf_add(to, (struct slice){p, n});
	return (la_ssize_t)n;
}

/* `head`, then `bytes`, `times` over. */
static struct buf pack(int filter, struct slice head, struct slice bytes, size_t times)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct buf out = {0};

	cr_assert_eq(filters[filter](a), ARCHIVE_OK);
	archive_write_set_format_raw(a);
	archive_write_set_bytes_per_block(a, 0);
	cr_assert_eq(archive_write_open(a, &out, NULL, collect, NULL), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	cr_assert_eq(archive_write_header(a, entry), ARCHIVE_OK);
	cr_assert_eq(archive_write_data(a, head.p, head.len), (la_ssize_t)head.len);
	for (size_t i = 0; i < times; i++)
		cr_assert_eq(archive_write_data(a, bytes.p, bytes.len), (la_ssize_t)bytes.len);
	archive_write_close(a);
	archive_write_free(a);
	archive_entry_free(entry);
	return out;
}

static struct buf capture_bytes(int packets)
{
	struct buf file = {0};

	help_pcap_head(&file, 101);
	for (int i = 0; i < packets; i++)
		help_pcap_packet(&file, slice_of(help_request("packed")));
	return file;
}

Test(net_unpack, every_kind_gives_the_same_packets)
{
	struct buf plain = capture_bytes(3000);

	for (int f = 0; f < FILTERS; f++) {
		struct buf packed = pack(f, buf_slice(&plain), SLICE_NONE, 0);
		struct capture *c;
		struct capture_packet p;
		struct err err;
		uint64_t n = 0;

		cr_assert_eq(help_open(buf_slice(&packed), &c, &err), 0, "%d: %s", f, err.text);
		for (; capture_next(c, &p, &err) > 0; n++)
			cr_assert(memcmp(plain.p + p.offset, p.p, p.caplen) == 0);
		cr_expect_eq(n, 3000, "%d", f);
		cr_expect_null(capture_note(c));
		capture_free(c);
		buf_done(&packed);
	}
	buf_done(&plain);
}

Test(net_unpack, every_cut_is_harmless_and_noted)
{
	struct buf plain = capture_bytes(50);

	for (int f = 0; f < FILTERS; f++) {
		struct buf packed = pack(f, buf_slice(&plain), SLICE_NONE, 0);

		for (size_t n = 7; n < packed.len; n++) {
			struct capture *c = NULL;
			struct capture_packet p;
			struct err err;
			int r = help_open((struct slice){packed.p, n}, &c, &err);

			if (r < 0) {
				cr_assert(strncmp(err.text, "x.pcap: ", 8) == 0, "%d %zu: %s", f, n, err.text);
				continue;
			}
			while ((r = capture_next(c, &p, &err)) > 0)
				cr_assert(memcmp(plain.p + p.offset, p.p, p.caplen) == 0);
			cr_assert(r == 0 || r == -EBADMSG, "%d %zu: %d", f, n, r);
			cr_assert(r < 0 || capture_note(c), "%d %zu of %zu", f, n, packed.len);
			capture_free(c);
		}
		buf_done(&packed);
	}
	buf_done(&plain);
}

static int packets_of(struct slice packed)
{
	struct capture *c = NULL;
	struct capture_packet p;
	struct err err;
	int n = 0;

	if (help_open(packed, &c, &err) < 0)
		return 0;
	while (capture_next(c, &p, &err) > 0)
		n++;
	cr_expect(packed.len == 0 || capture_note(c));
	capture_free(c);
	return n;
}

Test(net_unpack, of_a_cut_gz_nothing_is_lost_that_came_before)
{
	struct buf plain = capture_bytes(50), packed = pack(GZIP, buf_slice(&plain), SLICE_NONE, 0);
	int before = 0;

	for (size_t n = 7; n < packed.len; n++) {
		int got = packets_of((struct slice){packed.p, n});

		cr_expect_geq(got, before, "%zu", n);
		before = got;
	}
	cr_expect_eq(before, 50);
	cr_expect_gt(packets_of((struct slice){packed.p, packed.len / 2}), 0);
	cr_expect_eq(packets_of((struct slice){packed.p, packed.len - 8}), 50, "only the checksum is missing");
	buf_done(&plain);
	buf_done(&packed);
}

Test(net_unpack, members_of_a_gz_follow_each_other)
{
	struct buf plain = capture_bytes(50), packed = {0};
	size_t half = plain.len / 2;
	struct buf first = pack(GZIP, (struct slice){plain.p, half}, SLICE_NONE, 0);
	struct buf second = pack(GZIP, (struct slice){plain.p + half, plain.len - half}, SLICE_NONE, 0);
	struct capture *c;
	struct capture_packet p;
	struct err err;
	int n = 0;

	buf_add(&packed, buf_slice(&first));
	buf_add(&packed, buf_slice(&second));
	buf_add(&packed, (struct slice){"\0\0\0\0", 4}); /* padding, as tapes have it */
	cr_assert_eq(help_open(buf_slice(&packed), &c, &err), 0, "%s", err.text);
	while (capture_next(c, &p, &err) > 0)
		n++;
	cr_expect_eq(n, 50);
	cr_expect_null(capture_note(c));
	capture_free(c);
	buf_done(&plain);
	buf_done(&first);
	buf_done(&second);
	buf_done(&packed);
}

Test(net_unpack, a_gz_that_is_broken_gives_what_came_before)
{
	struct buf plain = capture_bytes(50), packed = pack(GZIP, buf_slice(&plain), SLICE_NONE, 0);
	struct capture *c;
	struct capture_packet p;
	struct err err;
	int n = 0, r;

	packed.p[packed.len - 6] ^= 0xff; /* its checksum */
	cr_assert_eq(help_open(buf_slice(&packed), &c, &err), 0, "%s", err.text);
	while ((r = capture_next(c, &p, &err)) > 0)
		n++;
	cr_expect_eq(n, 50);
	cr_expect_eq(r, -EBADMSG);
	cr_expect(strstr(err.text, "of the compressed file: incorrect data check"), "%s", err.text);
	capture_free(c);
	buf_done(&plain);
	buf_done(&packed);
}

Test(net_unpack, a_file_cut_within_its_head_is_told)
{
	struct buf plain = capture_bytes(50), packed = pack(XZ, buf_slice(&plain), SLICE_NONE, 0);
	struct capture *c;
	struct err err;

	cr_expect_eq(help_open((struct slice){packed.p, 20}, &c, &err), -ENODATA);
	cr_expect_str_eq(err.text, "x.pcap: byte 20 of the compressed file: cut before anything could be unpacked");
	buf_done(&packed);
	packed = pack(GZIP, buf_slice(&plain), SLICE_NONE, 0);
	cr_expect_eq(help_open((struct slice){packed.p, 8}, &c, &err), -ENODATA);
	cr_expect_str_eq(err.text, "x.pcap: the compressed file was cut before anything could be unpacked");
	buf_done(&plain);
	buf_done(&packed);
}

Test(net_unpack, broken_data_is_told_with_its_place)
{
	struct buf plain = capture_bytes(3000), packed = pack(XZ, buf_slice(&plain), SLICE_NONE, 0);
	struct capture *c;
	struct capture_packet p;
	struct err err = {0};
	int r;

	memset(packed.p + 13, 0xff, 4); /* the header of its first block */
	r = help_open(buf_slice(&packed), &c, &err);
	if (r == 0) {
		while ((r = capture_next(c, &p, &err)) > 0)
			;
		capture_free(c);
	}
	cr_expect_eq(r, -EBADMSG, "%d", r);
	cr_expect(strncmp(err.text, "x.pcap: byte ", 13) == 0 && strstr(err.text, "of the compressed file: "), "%s",
		  err.text);
	buf_done(&plain);
	buf_done(&packed);
}

Test(net_unpack, nothing_inside_is_told)
{
	struct buf packed = pack(GZIP, SLICE_NONE, SLICE_NONE, 0);
	struct capture *c;
	struct err err;

	cr_expect_eq(help_open(buf_slice(&packed), &c, &err), -ENODATA);
	cr_expect_str_eq(err.text, "x.pcap: the compressed file holds nothing");
	buf_done(&packed);
	packed = pack(GZIP, SLICE("hello"), SLICE_NONE, 0);
	cr_expect_eq(help_open(buf_slice(&packed), &c, &err), -EBADMSG);
	cr_expect_str_eq(err.text, "x.pcap: byte 0: not a capture: it starts with 68 65 6c 6c");
	buf_done(&packed);
}

/* A capture that goes on with 80 MB of empty packets, in a few kilobytes. */
static int read_bomb(int filter, const struct capture_limits *limits, struct err *err)
{
	static char zeros[1 << 20];
	struct buf head = {0}, packed;
	struct capture *c;
	struct capture_packet p;
	int fd = memfd_create("bomb", 0), r;

	help_pcap_head(&head, 101);
	packed = pack(filter, buf_slice(&head), (struct slice){zeros, sizeof(zeros)}, 80);
	cr_assert_eq(write(fd, packed.p, packed.len), (ssize_t)packed.len);
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	r = capture_open_fd(fd, "bomb", limits, &c, err);
	if (r == 0) {
		while ((r = capture_next(c, &p, err)) > 0)
			;
		capture_free(c);
	}
	buf_done(&packed);
	buf_done(&head);
	return r;
}

Test(net_unpack, bombs_are_stopped_by_ratio_and_by_size)
{
	struct capture_limits small = {.unpacked_max = 500000}, ratio = {.ratio_max = 1};
	struct err err = {0};

	cr_expect_eq(read_bomb(GZIP, &small, &err), -EFBIG);
	cr_expect(strstr(err.text, "of the compressed file: unpacks to more than 500000 bytes"), "%s", err.text);
	cr_expect(strncmp(err.text, "bomb: byte ", 11) == 0, "%s", err.text);
	cr_expect_eq(read_bomb(ZSTD, NULL, &err), -EFBIG);
	cr_expect(strstr(err.text, "of the compressed file: unpacks to more than 1000 times its size"), "%s", err.text);
	cr_expect_eq(read_bomb(GZIP, &ratio, &err), -EFBIG);
}
