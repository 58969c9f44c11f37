/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <criterion/criterion.h>

#include "net/capture.h"
#include "net/pcapng_write.h"
#include "net_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(net_pcapng_write);

static const char *const comments[] = {"6.1.1.5-1: fail", "and a second one"};

static int write_one(struct pcapng_writer *w, const char *src, const char *dst, enum net_transport transport,
		     struct slice bytes)
{
	struct pcapng_message m = {
		1700000000123456789ull, help_addr(src), help_addr(dst), transport, bytes, comments, 2};

	return pcapng_write_message(w, &m);
}

static struct buf long_message(void)
{
	struct buf text = {0};

	buf_puts(&text, "OPTIONS sip:long@example.com SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKx\r\nFrom: "
			"<sip:a@b>;tag=1\r\n"
			"To: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\nContent-Length: 70000\r\n\r\n");
	memset(buf_reserve(&text, 70000), 'x', 70000);
	text.len += 70000;
	return text;
}

/* Every transport, both families, both directions. Returns how many frames. */
static int write_all(struct buf *out)
{
	static const char *const ends[2][2] = {{"10.0.0.1:5060", "10.0.0.2:5070"},
					       {"[2001:db8::1]:5060", "[2001:db8::2]:5070"}};
	static const enum net_transport transports[] = {NET_UDP, NET_TCP, NET_SCTP, NET_TLS, NET_WS};
	struct buf text = long_message();
	struct pcapng_writer w;
	int frames = 0;

	pcapng_writer_init(&w, out, "imconform");
	pcapng_write_tls_secrets(&w, SLICE("CLIENT_RANDOM 00 11\n"));
	for (size_t i = 0; i < 2 * sizeof(transports) / sizeof(transports[0]); i++) {
		enum net_transport t = transports[i / 2];
		bool is_long = t == NET_TCP || t == NET_TLS;
		struct slice bytes = is_long ? buf_slice(&text) : slice_of(help_request("short"));

		for (int d = 0; d < 2; d++) {
			int frame = write_one(&w, ends[i % 2][d], ends[i % 2][!d], t, bytes);

			frames += is_long ? 2 : 1;
			cr_expect_eq(frame, frames);
		}
	}
	pcapng_writer_done(&w);
	buf_done(&text);
	return frames;
}

Test(net_pcapng_write, what_is_written_is_read_again)
{
	struct buf out = {0};
	struct recorder r;
	struct net *net = recorder_net(&r, NULL);
	int frames = write_all(&out);

	help_feed(net, buf_slice(&out));
	net_finish(net);
	cr_expect_eq(net_stats(net)->packets, (uint64_t)frames);
	cr_expect_eq(net_stats(net)->datagrams, 8);
	cr_expect_eq(net_stats(net)->streams, 2);
	cr_expect(strstr(r.log.p, "udp [2001:db8::2]:5070 > [2001:db8::1]:5060 f4-4 OPTIONS sip:short"), "%s", r.log.p);
	cr_expect_eq(net_stats(net)->reasons[NET_LOST_TCP_GAP], 0);
	net_free(net);
	recorder_done(&r);
	buf_done(&out);
}

Test(net_pcapng_write, refuses_what_no_packet_can_carry)
{
	struct buf out = {0}, text = long_message();
	struct pcapng_writer w;

	pcapng_writer_init(&w, &out, "imconform");
	cr_expect_eq(write_one(&w, "10.0.0.1:1", "10.0.0.2:1", NET_UDP, buf_slice(&text)), -EMSGSIZE);
	cr_expect_eq(write_one(&w, "10.0.0.1:1", "[::1]:1", NET_UDP, SLICE("x")), -EAFNOSUPPORT);
	cr_expect_eq(write_one(&w, "10.0.0.1:1", "10.0.0.2:1", NET_UDP, (struct slice){text.p, 65507}), 1);
	pcapng_writer_done(&w);
	buf_done(&out);
	buf_done(&text);
}

static char *run(const char *format, const char *path)
{
	struct buf all = {0};
	char *command = NULL;
	FILE *pipe;
	size_t n;

	cr_assert(asprintf(&command, format, path) > 0);
	pipe = popen(command, "r");
	do {
		n = fread(buf_reserve(&all, 4096), 1, 4096, pipe);
		all.len += n;
	} while (n);
	cr_assert_eq(pclose(pipe), 0, "%s", command);
	free(command);
	return buf_take(&all);
}

Test(net_pcapng_write, tshark_likes_it)
{
	char path[] = "/tmp/imconform-write-XXXXXX", *text;
	struct buf out = {0};
	int fd;

	if (system("tshark --version >/dev/null 2>&1") != 0)
		cr_skip("tshark is not installed");
	write_all(&out);
	fd = mkstemp(path);
	cr_assert_eq(write(fd, out.p, out.len), (ssize_t)out.len);
	close(fd);
	text = run("tshark -r %s -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE "
		   "-o sctp.checksum:CRC32C -Y '_ws.expert.message contains \"hecksum\" or _ws.malformed' 2>/dev/null",
		   path);
	cr_expect_str_eq(text, "");
	free(text);
	text = run("tshark -r %s -c 1 -T fields -e frame.time_epoch -e frame.comment -e sip.Method 2>/dev/null", path);
	cr_expect_str_eq(text, "1700000000.123456789\t6.1.1.5-1: fail,and a second one\tOPTIONS\n");
	free(text);
	text = run("tshark -r %s -Y 'tcp.srcport == 5060 and sip.Method' -T fields -e frame.number 2>/dev/null", path);
	cr_expect_str_eq(text, "6\n10\n18\n22\n25\n27\n", "%s", text);
	free(text);
	unlink(path);
	buf_done(&out);
}

/* --- secrets, and words on the whole file --- */

static void keep_secrets(void *arg, struct slice key_log)
{
	buf_add(arg, key_log);
	buf_putc(arg, '|');
}

/* Reads a capture of `out`; what it has of secrets to `ret`. */
static int read_secrets(const struct buf *out, struct buf *ret)
{
	char path[] = "/tmp/imconform-secrets-XXXXXX";
	int fd = mkstemp(path), packets = 0;
	struct capture_packet packet;
	struct capture *capture;

	cr_assert_eq(write(fd, out->p, out->len), (ssize_t)out->len);
	lseek(fd, 0, SEEK_SET);
	unlink(path);
	cr_assert_eq(capture_open_fd(fd, "secrets", NULL, &capture, NULL), 0);
	capture_on_tls_secrets(capture, keep_secrets, ret);
	while (capture_next(capture, &packet, NULL) > 0)
		packets++;
	capture_free(capture);
	return packets;
}

Test(net_pcapng_write, secrets_are_read_again)
{
	static const char *const notes[] = {"said of the whole"};
	struct buf out = {0}, seen = {0};
	struct pcapng_writer w;

	pcapng_writer_init_noted(&w, &out, "imconform", notes, 1);
	cr_expect_not_null(slice_find(buf_slice(&out), SLICE("\x01\x00\x11\x00said of the whole\0\0\0")));
	pcapng_write_tls_secrets(&w, SLICE("CLIENT_RANDOM 00 11\n"));
	write_one(&w, "10.0.0.1:1", "10.0.0.2:1", NET_UDP, SLICE("x"));
	pcapng_write_tls_secrets(&w, SLICE("odd"));
	pcapng_writer_done(&w);
	cr_expect_eq(read_secrets(&out, &seen), 1);
	cr_expect_str_eq(seen.p, "CLIENT_RANDOM 00 11\n|odd|");
	buf_done(&out);
	buf_done(&seen);
}

/* Secrets of another protocol, and a length that lies. */
Test(net_pcapng_write, secrets_that_are_none_are_passed_over)
{
	struct buf out = {0}, seen = {0};
	struct pcapng_writer w;
	size_t at;

	pcapng_writer_init(&w, &out, "imconform");
	at = out.len;
	pcapng_write_tls_secrets(&w, SLICE("four"));
	pcapng_write_tls_secrets(&w, SLICE("five"));
	out.p[at + 8] = 0;       /* not TLS */
	out.p[at + 24 + 12] = 5; /* of four */
	pcapng_writer_done(&w);
	cr_expect_eq(read_secrets(&out, &seen), 0);
	cr_expect_eq(seen.len, 0, "%s", seen.p);
	buf_done(&out);
	buf_done(&seen);
}
