/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "net_help.h"
#include "samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(net_samples);

Test(net_samples, every_link_tunnel_and_transport_yields_its_messages)
{
	for (size_t i = 0; i < sample_count; i++) {
		struct buf file = {0};
		struct recorder r;
		struct net *net = recorder_net(&r, NULL);

		samples[i].make(&file);
		help_feed(net, buf_slice(&file));
		net_finish(net);
		cr_expect_eq(r.messages, samples[i].messages, "%s: %zu messages\n%s", samples[i].name, r.messages,
			     r.log.p);
		cr_expect_eq(net_stats(net)->reasons[NET_LOST_BROKEN], 0, "%s", samples[i].name);
		net_free(net);
		recorder_done(&r);
		buf_done(&file);
	}
}

/* Whatever a header claims, nothing behind the end of the packet is read: a sanitizer watches. */
Test(net_samples, every_prefix_of_every_packet_is_harmless)
{
	for (size_t i = 0; i < sample_count; i++) {
		struct buf file = {0};
		struct recorder r;
		struct net *net = recorder_net(&r, NULL);
		uint32_t link, len;

		samples[i].make(&file);
		memcpy(&link, file.p + 20, 4);
		memcpy(&len, file.p + 24 + 8, 4);
		for (uint32_t n = 0; n <= len; n++) {
			uint8_t *copy = malloc(n ? n : 1);

			memcpy(copy, file.p + 40, n);
			net_feed(net, &(struct capture_packet){1, 1, 0, copy, n, n, link}, 0);
			net_feed(net, &(struct capture_packet){1, 1, 0, copy, n, len, link}, 0);
			free(copy);
		}
		net_finish(net);
		net_free(net);
		recorder_done(&r);
		buf_done(&file);
	}
}

static long tshark_count(const char *path)
{
	char *command = NULL, line[4096];
	long count = 0;
	FILE *pipe;

	cr_assert(asprintf(&command,
			   "tshark -r '%s' -o tcp.reassemble_out_of_order:TRUE -Y sip -T fields "
			   "-e sip.Request-Line -e sip.Status-Line -E aggregator=@ 2>/dev/null",
			   path) > 0);
	pipe = popen(command, "r");
	while (fgets(line, sizeof(line), pipe))
		for (const char *at = line; (at = strstr(at, "SIP/2.0")); at += 7)
			count++;
	pclose(pipe);
	free(command);
	return count;
}

Test(net_samples, tshark_finds_the_same, .timeout = 110)
{
	struct buf all = {0};

	if (system("tshark --version >/dev/null 2>&1") != 0)
		cr_skip("tshark is not installed");
	for (size_t i = 0; i < sample_count; i++) {
		char path[] = "/tmp/imconform-sample-XXXXXX";
		int fd = mkstemp(path);
		long count;

		buf_clear(&all);
		samples[i].make(&all);
		cr_assert_eq(write(fd, all.p, all.len), (ssize_t)all.len);
		close(fd);
		count = tshark_count(path);
		unlink(path);
		cr_expect_eq(count, (long)samples[i].tshark_messages, "%s: tshark finds %ld", samples[i].name, count);
		cr_expect(samples[i].why || samples[i].messages == samples[i].tshark_messages, "%s", samples[i].name);
	}
	buf_done(&all);
}
