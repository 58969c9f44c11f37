/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "base/hash.h"
#include "base/mem.h"
#include "net/bytes.h"
#include "net_help.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(net_capture);

static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d};

static void put(struct buf *to, bool big, uint32_t v)
{
	uint8_t b[4];

	(big ? put_be32 : put_le32)(b, v);
	buf_add(to, slice_bytes(b, 4));
}

static void head(struct buf *to, bool big, uint32_t magic, uint32_t link)
{
	put(to, big, magic);
	put(to, big, big ? 2 << 16 | 4 : 4 << 16 | 2);
	put(to, big, 0);
	put(to, big, 0);
	put(to, big, 65535);
	put(to, big, link);
}

static void packet(struct buf *to, bool big, uint32_t s, uint32_t fraction, uint32_t origlen, struct slice bytes)
{
	put(to, big, s);
	put(to, big, fraction);
	put(to, big, (uint32_t)bytes.len);
	put(to, big, origlen);
	buf_add(to, bytes);
}

Test(net_capture, both_byte_orders_and_resolutions)
{
	for (int i = 0; i < 4; i++) {
		struct buf file = {0};
		struct capture *c;
		struct capture_packet p;
		struct err err;
		bool big = i & 1;

		head(&file, big, magics[i / 2], 101);
		packet(&file, big, 5, 7, 9, SLICE("first"));
		packet(&file, big, 4294967295u, 999, 3, SLICE("abc"));
		cr_assert_eq(help_open(buf_slice(&file), &c, &err), 0, "%s", err.text);
		cr_assert_eq(capture_next(c, &p, &err), 1);
		cr_expect_eq(p.time, 5000000000ull + (i / 2 ? 7 : 7000));
		cr_expect(p.frame == 1 && p.offset == 40 && p.caplen == 5 && p.origlen == 9 && p.link == 101);
		cr_expect(memcmp(p.p, "first", 5) == 0);
		cr_assert_eq(capture_next(c, &p, &err), 1);
		cr_expect(p.frame == 2 && p.offset == 61 && p.time == 4294967295000000000ull + (i / 2 ? 999 : 999000));
		cr_expect_eq(capture_next(c, &p, &err), 0);
		cr_expect_eq(capture_next(c, &p, &err), 0);
		cr_expect_null(capture_note(c));
		capture_free(c);
		buf_done(&file);
	}
}

Test(net_capture, a_cut_file_gives_all_packets_before_and_a_note)
{
	struct buf file = {0};

	head(&file, false, magics[0], 101);
	packet(&file, false, 1, 1, 5, SLICE("first"));
	packet(&file, false, 2, 1, 6, SLICE("second"));
	for (size_t n = 24; n <= file.len; n++) {
		struct capture *c;
		struct capture_packet p;
		struct err err;
		char want[128];
		size_t whole = n < 45 ? 0 : n < 67 ? 1 : 2;

		cr_assert_eq(help_open((struct slice){file.p, n}, &c, &err), 0, "%s", err.text);
		for (size_t i = 0; i < whole; i++)
			cr_assert_eq(capture_next(c, &p, &err), 1);
		cr_assert_eq(capture_next(c, &p, &err), 0);
		snprintf(want, sizeof(want), "x.pcap: byte %zu: the file is cut off here, after %zu whole packets", n,
			 whole);
		if (n == 24 || n == 45 || n == 67)
			cr_expect_null(capture_note(c), "%zu", n);
		else
			cr_expect_str_eq(capture_note(c), want);
		capture_free(c);
	}
	buf_done(&file);
}

static void expect_open_error(struct slice file, int code, const char *text)
{
	struct capture *c = NULL;
	struct err err;

	cr_expect_eq(help_open(file, &c, &err), code, "%s", text);
	cr_expect_str_eq(err.text, text);
	cr_expect_null(c);
}

Test(net_capture, bad_files_are_told_apart)
{
	struct buf file = {0};

	expect_open_error(SLICE(""), -ENODATA, "x.pcap: empty file");
	expect_open_error(SLICE("<?xml version"), -EBADMSG,
			  "x.pcap: byte 0: not a capture: it starts with 3c 3f 78 6d");
	expect_open_error(SLICE("ab"), -EBADMSG, "x.pcap: byte 0: not a capture: it starts with 61 62");
	head(&file, false, magics[0], 147);
	expect_open_error(buf_slice(&file), -EPROTONOSUPPORT, "x.pcap: byte 20: unknown link type 147");
	expect_open_error((struct slice){file.p, 23}, -EBADMSG, "x.pcap: byte 0: the file ends within its header");
	file.p[4] = 9;
	expect_open_error(buf_slice(&file), -EBADMSG, "x.pcap: byte 0: pcap version 9.4 is unknown");
	buf_done(&file);
}

Test(net_capture, files_that_are_not_there)
{
	struct capture *c;
	struct err err;

	cr_expect_eq(capture_open("/nonexistent/\x1b.pcap", NULL, &c, &err), -ENOENT);
	cr_expect_str_eq(err.text, "/nonexistent/\\x1b.pcap: No such file or directory");
	cr_expect_eq(capture_open("/", NULL, &c, &err), -EISDIR);
	cr_expect_str_eq(err.text, "/: a directory, expected a capture");
	cr_expect_lt(capture_open_live("no-such-interface", NULL, &c, &err), 0);
	cr_expect(strncmp(err.text, "no-such-interface: ", 19) == 0, "%s", err.text);
}

Test(net_capture, lengths_that_lie_end_the_file_and_keep_what_came_before)
{
	struct buf file = {0};
	struct capture *c;
	struct capture_packet p;
	struct err err;

	head(&file, false, magics[0], 101);
	packet(&file, false, 1, 1, 5, SLICE("first"));
	packet(&file, false, 1, 1, 5, SLICE("second"));
	put_le32((uint8_t *)file.p + 45 + 8, 262145);
	cr_assert_eq(help_open(buf_slice(&file), &c, &err), 0);
	cr_expect_eq(capture_next(c, &p, &err), 1);
	cr_expect_eq(capture_next(c, &p, &err), -EBADMSG);
	cr_expect_str_eq(err.text, "x.pcap: byte 45: frame 2 claims 262145 bytes");
	cr_expect_eq(capture_next(c, &p, &err), 0);
	capture_free(c);
	buf_done(&file);
}

Test(net_capture, an_original_length_below_the_captured_one_is_raised)
{
	struct buf file = {0};
	struct capture *c;
	struct capture_packet p;

	head(&file, false, magics[0], 101);
	packet(&file, false, 1, 1, 2, SLICE("first"));
	cr_assert_eq(help_open(buf_slice(&file), &c, NULL), 0);
	cr_expect_eq(capture_next(c, &p, NULL), 1);
	cr_expect(p.caplen == 5 && p.origlen == 5);
	capture_free(c);
	buf_done(&file);
}

/* The reader of our own is held to libpcap, over files larger than its buffer. */
Test(net_capture, agrees_with_libpcap)
{
	for (uint64_t seed = 1; seed <= 8; seed++) {
		uint64_t rng = seed, count = 0;
		struct buf file = {0};
		char text[PCAP_ERRBUF_SIZE];
		struct capture *c;
		struct capture_packet p;
		struct pcap_pkthdr *h;
		const u_char *bytes;
		pcap_t *pcap;

		head(&file, seed & 1, magics[seed / 2 % 2], 1);
		while (file.len < 700000) {
			size_t n = rng_below(&rng, rng_below(&rng, 20) ? 1500 : 65536);
			struct buf body = {0};

			for (size_t i = 0; i < n; i++)
				buf_putc(&body, (char)rng_next(&rng));
			packet(&file, seed & 1, (uint32_t)rng_next(&rng) >> 1, (uint32_t)rng_below(&rng, 1000000),
			       (uint32_t)(n + rng_below(&rng, 100)), buf_slice(&body));
			buf_done(&body);
		}
		file.len -= rng_below(&rng, 100);
		pcap = pcap_fopen_offline_with_tstamp_precision(fmemopen(file.p, file.len, "r"),
								PCAP_TSTAMP_PRECISION_NANO, text);
		cr_assert_not_null(pcap, "%s", text);
		cr_assert_eq(help_open(buf_slice(&file), &c, NULL), 0);
		for (; pcap_next_ex(pcap, &h, &bytes) == 1; count++) {
			cr_assert_eq(capture_next(c, &p, NULL), 1);
			cr_assert(p.caplen == h->caplen && p.origlen == h->len && memcmp(p.p, bytes, h->caplen) == 0);
			cr_assert_eq(p.time, (uint64_t)h->ts.tv_sec * 1000000000 + (uint64_t)h->ts.tv_usec);
			cr_assert_eq((int)p.link, pcap_datalink(pcap));
			cr_assert(memcmp(file.p + p.offset, p.p, p.caplen) == 0);
		}
		cr_expect_eq(capture_next(c, &p, NULL), 0);
		cr_expect_gt(count, 100);
		capture_free(c);
		pcap_close(pcap);
		buf_done(&file);
	}
}

Test(net_capture, a_pipe_is_read_as_it_fills)
{
	struct buf file = {0};
	struct capture *c;
	struct capture_packet p;
	struct err err;
	int fds[2];

	head(&file, false, magics[1], 101);
	packet(&file, false, 1, 1, 5, SLICE("first"));
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], file.p, file.len), (ssize_t)file.len);
	cr_assert_eq(capture_open_fd(fds[0], "standard input", NULL, &c, &err), 0, "%s", err.text);
	cr_expect_eq(capture_next(c, &p, &err), 1);
	cr_assert_eq(write(fds[1], file.p + 24, 21), 21);
	cr_expect_eq(capture_next(c, &p, &err), 1);
	cr_expect_eq(p.frame, 2);
	close(fds[1]);
	cr_expect_eq(capture_next(c, &p, &err), 0);
	capture_free(c);
	buf_done(&file);
}

static void send_datagram(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(47119), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	cr_assert(fd >= 0);
	cr_assert_eq(sendto(fd, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to)), 5);
	close(fd);
}

Test(net_capture, a_live_interface_is_heard)
{
	struct capture *c;
	struct capture_packet p;
	struct err err;
	int r = capture_open_live("lo", "udp and dst port 47119", &c, &err);

	if (r < 0) {
		cr_expect(strncmp(err.text, "lo: ", 4) == 0, "%s", err.text);
		cr_skip("no right to capture on the loopback interface");
	}
	send_datagram();
	for (int i = 0; i < 50 && (r = capture_next(c, &p, &err)) == -EAGAIN; i++)
		;
	cr_assert_eq(r, 1);
	cr_expect(p.link == 1 && p.frame == 1 && p.caplen == 14 + 20 + 8 + 5);
	cr_expect(memcmp(p.p + p.caplen - 5, "hello", 5) == 0);
	cr_expect_eq(capture_live_dropped(c), 0);
	capture_free(c);
	cr_expect_eq(capture_open_live("lo", "no such filter", &c, &err), -EINVAL);
	cr_expect(strncmp(err.text, "lo: filter: ", 12) == 0, "%s", err.text);
}
