/* SPDX-License-Identifier: MIT
 *
 * What comes in is read where it lies, whatever comes between and however long it is. */
#include "trace/batch.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define OPTIONS "OPTIONS sip:bob@im.example SIP/2.0\r\nCall-ID: one\r\nCSeq: 7 OPTIONS\r\n\r\n"
#define REGISTER                                                                                                       \
	"REGISTER sip:im.example SIP/2.0\r\nTo: <sip:bob@im.example>\r\nCall-ID: two\r\nCSeq: 8 REGISTER\r\n\r\n"

static void add(struct batch *batch, const char *text)
{
	const struct wire_message message = {.bytes = slice_of(text)};

	batch_add(batch, &message);
}

Test(trace_batch, messages_and_gaps_keep_their_order)
{
	const uint8_t ip[4] = {192, 0, 2, 1};
	const struct net_addr host = net_addr_v4(ip, 5060);
	struct batch batch = {0};

	add(&batch, OPTIONS);
	batch_add_gap(&batch, 5, &host, NULL, FLOW_GAP_LOST);
	add(&batch, "OPTIONS and nothing that SIP begins with\r\n\r\n");
	add(&batch, REGISTER);
	batch_read(&batch);
	cr_assert_eq(batch.count, 4);
	cr_expect(batch.arrivals[0].readable);
	cr_expect_eq(batch.arrivals[0].marks.cseq, 7);
	cr_expect_eq(batch.arrivals[1].gaps, FLOW_GAP_LOST);
	cr_expect_eq(batch.arrivals[1].message.time, 5);
	cr_expect(net_addr_eq(&batch.arrivals[1].message.path.src, &host));
	cr_expect_eq(batch.arrivals[1].message.path.dst.family, NET_FAMILY_NONE);
	cr_expect_not(batch.arrivals[2].readable);
	cr_expect_eq(batch.arrivals[3].marks.cseq, 8);
	cr_expect(slice_is(batch.arrivals[3].key.text, "bob@im.example"));
	cr_expect_eq(batch.arrivals[0].key.hash, batch.arrivals[3].key.hash);
	batch_done(&batch);
}

/* Of long messages only a few wait at a time, and their memory is not kept. */
Test(trace_batch, it_is_full_by_count_and_by_length)
{
	char *text = mem_printf("%s%050000d", OPTIONS, 0);
	struct batch batch = {0};

	for (unsigned i = 0; i < BATCH_MAX; i++) {
		cr_expect_not(batch_is_full(&batch));
		add(&batch, OPTIONS);
	}
	cr_expect(batch_is_full(&batch));
	batch_clear(&batch);
	cr_expect_eq(batch.count, 0);
	for (unsigned i = 0; i < 2; i++) {
		cr_expect_not(batch_is_full(&batch));
		add(&batch, text);
	}
	cr_expect(batch_is_full(&batch));
	batch_read(&batch);
	cr_expect_eq(batch.arrivals[1].msg.body.len, 50000);
	batch_clear(&batch);
	cr_expect_lt(batch.bytes.cap, 200000);
	batch_done(&batch);
	free(text);
}
