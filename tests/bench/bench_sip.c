/* SPDX-License-Identifier: MIT
 *
 * What indexing a SIP message costs, in nanoseconds: median of nine rounds. `meson test --benchmark` runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sip/feature.h"

enum { ROUNDS = 9, TIMES = 100000 };

static const char message[] =
	"PUBLISH sip:alice@im.example.com SIP/2.0\r\n"
	"Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK776asdhds;rport\r\n"
	"Max-Forwards: 70\r\n"
	"From: \"Alice\" <sip:alice@im.example.com>;tag=1928301774\r\n"
	"To: <sip:alice@im.example.com>\r\n"
	"Call-ID: a84b4c76e66710@pc33.im.example.com\r\n"
	"CSeq: 314159 PUBLISH\r\n"
	"P-Preferred-Identity: <sip:alice@im.example.com>\r\n"
	"Route: <sip:core.im.example.com;lr>\r\n"
	"Accept-Contact: *;+g.oma.sip-im;explicit;require\r\n"
	"User-Agent: IM-client/OMA1.0 Vendor/2.1\r\n"
	"Event: poc-settings\r\n"
	"Expires: 3600\r\n"
	"Content-Type: application/poc-settings+xml\r\n"
	"Content-Length: 180\r\n"
	"\r\n"
	"123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
	"123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789 ";

static struct arena arena;
static struct sip_msg indexed;
static volatile unsigned sink;

static void probe(void)
{
	sink = sip_msg_probe(SLICE(message));
}

static void index_message(void)
{
	arena_rewind(&arena);
	sink = (unsigned)sip_msg_index(&indexed, SLICE(message), &arena, NULL);
}

static void find_feature(void)
{
	sink = sip_feature_found(&indexed, SIP_HEADER_ACCEPT_CONTACT, "+g.oma.sip-im", NULL, NULL);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *what, void (*call)(void))
{
	double rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		double start = now();

		for (int n = 0; n < TIMES; n++)
			call();
		rounds[i] = (now() - start) / TIMES;
	}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), by_size);
	printf("%-32s %8.1f ns\n", what, rounds[ROUNDS / 2]);
}

int main(void)
{
	printf("message of %zu bytes\n", sizeof(message) - 1);
	measure("sip_msg_probe", probe);
	measure("sip_msg_index", index_message);
	measure("sip_feature_found", find_feature);
	arena_done(&arena);
	return 0;
}
