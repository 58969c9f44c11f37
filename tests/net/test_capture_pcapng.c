/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "net/bytes.h"
#include "net_help.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(net_capture_pcapng);

/* A pcapng file in the making, in either byte order. */
struct maker {
	struct buf file;
	bool big;
	size_t block;
};

static void u16(struct maker *m, uint32_t v)
{
	uint8_t b[2];

	(m->big ? put_be16 : put_le16)(b, v);
	buf_add(&m->file, slice_bytes(b, 2));
}

static void u32(struct maker *m, uint32_t v)
{
	uint8_t b[4];

	(m->big ? put_be32 : put_le32)(b, v);
	buf_add(&m->file, slice_bytes(b, 4));
}

static void bytes(struct maker *m, struct slice s)
{
	buf_add(&m->file, s);
	buf_add(&m->file, (struct slice){"\0\0\0", -s.len & 3});
}

static void begin(struct maker *m, uint32_t type)
{
	m->block = m->file.len;
	u32(m, type);
	u32(m, 0);
}

static void end(struct maker *m)
{
	uint32_t len = (uint32_t)(m->file.len - m->block + 4);

	u32(m, len);
	(m->big ? put_be32 : put_le32)((uint8_t *)m->file.p + m->block + 4, len);
}

static void section(struct maker *m, bool big)
{
	m->big = big;
	begin(m, 0x0a0d0d0a);
	u32(m, 0x1a2b3c4d);
	u16(m, 1);
	u16(m, 0);
	u32(m, 0xffffffff);
	u32(m, 0xffffffff);
	end(m);
}

static void interface(struct maker *m, uint32_t link, uint32_t snap, int resolution, int64_t offset)
{
	begin(m, 1);
	u16(m, link);
	u16(m, 0);
	u32(m, snap);
	u16(m, 2);
	u16(m, 3);
	bytes(m, SLICE("eth"));
	if (resolution >= 0) {
		char r = (char)resolution;
		u16(m, 9);
		u16(m, 1);
		bytes(m, (struct slice){&r, 1});
	}
	if (offset) {
		u16(m, 14);
		u16(m, 8);
		u32(m, m->big ? (uint32_t)((uint64_t)offset >> 32) : (uint32_t)offset);
		u32(m, m->big ? (uint32_t)offset : (uint32_t)((uint64_t)offset >> 32));
	}
	u32(m, 0);
	end(m);
}

static void enhanced(struct maker *m, uint32_t iface, uint64_t ticks, uint32_t origlen, struct slice s)
{
	begin(m, 6);
	u32(m, iface);
	u32(m, (uint32_t)(ticks >> 32));
	u32(m, (uint32_t)ticks);
	u32(m, (uint32_t)s.len);
	u32(m, origlen);
	bytes(m, s);
	end(m);
}

static void simple(struct maker *m, uint32_t origlen, struct slice s)
{
	begin(m, 3);
	u32(m, origlen);
	bytes(m, s);
	end(m);
}

static void old_packet(struct maker *m, uint32_t iface, uint64_t ticks, struct slice s)
{
	begin(m, 2);
	u16(m, iface);
	u16(m, 0);
	u32(m, (uint32_t)(ticks >> 32));
	u32(m, (uint32_t)ticks);
	u32(m, (uint32_t)s.len);
	u32(m, (uint32_t)s.len);
	bytes(m, s);
	end(m);
}

static void unknown(struct maker *m)
{
	begin(m, 0x80000bad);
	bytes(m, SLICE("what nobody knows"));
	end(m);
}

/* All packets as lines "frame link time caplen/origlen bytes", then the error or note. */
static char *read_all(const struct buf *file)
{
	struct buf out = {0};
	struct capture *c;
	struct capture_packet p;
	struct err err;
	int r = help_open(buf_slice(file), &c, &err);

	if (r < 0) {
		buf_puts(&out, err.text);
		return buf_take(&out);
	}
	while ((r = capture_next(c, &p, &err)) > 0) {
		cr_expect(memcmp(file->p + p.offset, p.p, p.caplen) == 0);
		buf_printf(&out, "%llu %u %llu %u/%u %.*s\n", (unsigned long long)p.frame, p.link,
			   (unsigned long long)p.time, p.caplen, p.origlen, (int)p.caplen, p.p);
	}
	if (r < 0)
		buf_puts(&out, err.text);
	else if (capture_note(c))
		buf_puts(&out, capture_note(c));
	capture_free(c);
	return buf_take(&out);
}

static void expect(struct maker *m, const char *want)
{
	char *got = read_all(&m->file);

	cr_expect_str_eq(got, want);
	free(got);
	buf_done(&m->file);
}

Test(net_capture_pcapng, sections_interfaces_orders_resolutions_and_kinds_of_blocks)
{
	struct maker m = {0};

	section(&m, false);
	interface(&m, 1, 100, -1, 0);         /* microseconds */
	interface(&m, 101, 0, 9, 0);          /* nanoseconds */
	interface(&m, 113, 0, 0x80 | 10, 0);  /* 1/1024 s */
	interface(&m, 101, 0, 3, 1700000000); /* milliseconds, later by the offset */
	interface(&m, 101, 0, 12, -1);        /* picoseconds, earlier by a second */
	unknown(&m);
	enhanced(&m, 0, 1000001, 50, SLICE("micro"));
	enhanced(&m, 1, 5000000007, 4, SLICE("nano"));
	enhanced(&m, 2, 1536, 3, SLICE("bin"));
	enhanced(&m, 3, 250, 5, SLICE("milli"));
	enhanced(&m, 4, 3000000009999, 4, SLICE("pico"));
	enhanced(&m, 4, 5, 4, SLICE("low!"));
	old_packet(&m, 1, 77, SLICE("old"));
	section(&m, true);
	interface(&m, 228, 4, 6, 0);
	unknown(&m);
	enhanced(&m, 0, 2, 3, SLICE("big"));
	expect(&m, "1 1 1000001000 5/50 micro\n"
		   "2 101 5000000007 4/4 nano\n"
		   "3 113 1500000000 3/3 bin\n"
		   "4 101 1700000000250000000 5/5 milli\n"
		   "5 101 2000000009 4/4 pico\n"
		   "6 101 0 4/4 low!\n"
		   "7 101 77 3/3 old\n"
		   "8 228 2000 3/3 big\n");
}

Test(net_capture_pcapng, simple_packets_are_cut_by_the_snap_length)
{
	struct maker m = {0};

	section(&m, true);
	interface(&m, 228, 4, 6, 0);
	enhanced(&m, 0, 2, 3, SLICE("big"));
	simple(&m, 9, SLICE("simp"));
	simple(&m, 2, SLICE("si"));
	old_packet(&m, 0, 3, SLICE("old"));
	expect(&m, "1 228 2000 3/3 big\n2 228 2000 4/9 simp\n3 228 2000 2/2 si\n4 228 3000 3/3 old\n");
}

Test(net_capture_pcapng, a_section_forgets_the_interfaces_before)
{
	struct maker m = {0};

	section(&m, false);
	interface(&m, 1, 0, -1, 0);
	enhanced(&m, 0, 1, 1, SLICE("a"));
	section(&m, true);
	enhanced(&m, 0, 1, 1, SLICE("b"));
	expect(&m, "1 1 1000 1/1 a\nx.pcap: byte 124: frame 2: interface 0 of 0");
}

Test(net_capture_pcapng, lying_lengths_are_told)
{
	static const struct {
		size_t at;
		uint32_t value;
		const char *error;
	} lies[] = {
		{4, 0xfffffff0, "x.pcap: byte 0: a block of type 168627466 claims 4294967280 bytes"},
		{4, 24, "x.pcap: byte 0: a block of type 168627466 claims 24 bytes"},
		{24, 32, "x.pcap: byte 0: a block of type 168627466 gives two different lengths"},
		{8, 7, "x.pcap: byte 0: a section without a byte order"},
		{12, 9, "x.pcap: byte 0: pcapng version 9.0 is unknown"},
		{32, 16, "x.pcap: byte 28: a block of type 1 claims 16 bytes"},
		{32, 41, "x.pcap: byte 28: a block of type 1 claims 41 bytes"},
		{44, 9 << 16 | 2, "x.pcap: byte 28: an option of an interface runs over the end of its block"},
		{44 + 8, 1 << 16 | 9, "x.pcap: byte 28: an option of an interface runs over the end of its block"},
		{60 + 20, 9, "x.pcap: byte 60: frame 1 claims 9 bytes in a block of 36"},
		{60 + 8, 1, "x.pcap: byte 60: frame 1: interface 1 of 1"},
	};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct maker m = {0};

		section(&m, false);
		interface(&m, 1, 0, -1, 0);
		enhanced(&m, 0, 1, 1, SLICE("abcd"));
		put_le32((uint8_t *)m.file.p + lies[i].at, lies[i].value);
		expect(&m, lies[i].error);
	}
}

Test(net_capture_pcapng, a_packet_block_too_short_for_its_fields)
{
	struct maker m = {0};

	section(&m, false);
	interface(&m, 1, 0, -1, 0);
	begin(&m, 6);
	bytes(&m, SLICE("sixteen bytes!!!"));
	end(&m);
	expect(&m, "x.pcap: byte 60: frame 1: a packet block of 28 bytes");
}

Test(net_capture_pcapng, interfaces_without_end)
{
	struct maker m = {0};

	section(&m, false);
	for (int i = 0; i < 65537; i++)
		interface(&m, 1, 0, -1, 0);
	expect(&m, "x.pcap: byte 2097180: more than 65536 interfaces");
}

Test(net_capture_pcapng, resolutions_out_of_reach)
{
	struct maker m = {0};

	section(&m, false);
	interface(&m, 1, 0, 0x80 | 64, 0);
	expect(&m, "x.pcap: byte 28: a time resolution that does not fit 64 bits");
}

Test(net_capture_pcapng, unknown_links_are_an_error_only_where_nothing_else_is_there)
{
	struct maker m = {0};

	section(&m, false);
	interface(&m, 189, 0, -1, 0);
	enhanced(&m, 0, 1, 1, SLICE("u"));
	expect(&m, "1 189 1000 1/1 u\nx.pcap: byte 88: unknown link type 189");
	m = (struct maker){0};
	section(&m, false);
	interface(&m, 189, 0, -1, 0);
	interface(&m, 1, 0, -1, 0);
	enhanced(&m, 0, 1, 1, SLICE("u"));
	enhanced(&m, 1, 1, 1, SLICE("e"));
	expect(&m, "1 189 1000 1/1 u\n2 1 1000 1/1 e\n");
}

Test(net_capture_pcapng, every_prefix_yields_whole_packets_and_says_that_it_is_cut)
{
	struct maker m = {0};

	section(&m, false);
	interface(&m, 1, 0, -1, 0);
	enhanced(&m, 0, 1, 1, SLICE("a"));
	enhanced(&m, 0, 2, 1, SLICE("b"));
	for (size_t n = 1; n < m.file.len; n++) {
		struct buf part = {m.file.p, n, n};
		size_t packets = n < 96 ? 0 : 1;
		char *got = read_all(&part), want[160];

		snprintf(want, sizeof(want), "%sx.pcap: byte %zu: the file is cut off here, after %zu whole packets",
			 packets ? "1 1 1000 1/1 a\n" : "", n, packets);
		if (n < 4)
			cr_expect(strstr(got, "not a capture"), "%s", got);
		else if (n < 28)
			cr_expect_str_eq(got, "x.pcap: byte 0: the file ends within its first section header");
		else if (n == 28 || n == 60 || n == 96)
			cr_expect_str_eq(got, packets ? "1 1 1000 1/1 a\n" : "");
		else
			cr_expect_str_eq(got, want);
		free(got);
	}
	buf_done(&m.file);
}
