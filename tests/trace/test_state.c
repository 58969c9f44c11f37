/* SPDX-License-Identifier: MIT
 *
 * What is known of a user is kept from one chapter to the next, on its own and in bounds. */
#include "base/mem.h"
#include "trace/flow.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct slice of(size_t len, char c)
{
	static char text[4][8192];
	static unsigned next;
	char *p = text[next++ % 4];

	memset(p, c, len);
	return (struct slice){p, len};
}

static struct tape_pool pool;
static struct arena arena;

static void clean(void)
{
	arena_done(&arena);
	tape_pool_done(&pool);
}

static struct state again(const struct state *state)
{
	struct tape tape = {0};
	struct state kept;

	state_write(state, &tape, &pool);
	kept = state_read(&tape, &arena);
	tape_clear(&tape, &pool);
	return kept;
}

Test(trace_state, keeps_stored_messages_and_publications_together, .fini = clean)
{
	struct publication publication = {.etag = SLICE("e1"), .delivery = DELIVERY_ON};
	struct stored_message older = {.writer = SLICE("sip:bob@im.example"), .text = SLICE("hello"), .away = true};
	struct stored_message newer = {.writer = SLICE("sip:carol@im.example"),
				       .text = of(1000, 'x'),
				       .request = &(struct event){.marks.cseq = 1},
				       .older = &older};
	struct state state = {
		.publications = &publication, .stored = &newer, .call_id = SLICE("c1"), .reg_id = SLICE("7")};
	struct state kept = again(&state);

	cr_assert_not_null(kept.stored);
	cr_expect(slice_is(kept.stored->writer, "sip:carol@im.example"));
	cr_expect_eq(kept.stored->text.len, STATE_STORED_LEN_MAX, "its beginning");
	cr_expect_null(kept.stored->request, "which is gone with its flow");
	cr_assert_not_null(kept.stored->older);
	cr_expect(slice_is(kept.stored->older->writer, "sip:bob@im.example"));
	cr_expect(slice_is(kept.stored->older->text, "hello") && kept.stored->older->text.p != older.text.p);
	cr_expect(kept.stored->older->away);
	cr_expect_null(kept.stored->older->older);
	cr_expect(slice_is(kept.publications->etag, "e1"));
	cr_expect(slice_is(kept.call_id, "c1"));
	cr_expect(slice_is(kept.reg_id, "7"));
}

Test(trace_state, keeps_the_newest_messages_and_no_endless_writer, .fini = clean)
{
	struct stored_message all[STATE_STORED_MAX + 3] = {0};
	const struct stored_message *m;
	struct state state = {0}, kept;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		all[i].writer =
			i == ARRAY_LEN(all) - 2 ? of(STATE_STORED_LEN_MAX + 1, 'w') : SLICE("sip:bob@im.example");
		all[i].text = (struct slice){"0123456789" + i, 1};
		all[i].older = state.stored;
		state.stored = &all[i];
	}
	kept = again(&state);
	for (m = kept.stored; m; m = m->older, count++)
		cr_expect(slice_is(m->writer, "sip:bob@im.example"));
	cr_expect_eq(count, STATE_STORED_MAX);
	cr_expect(slice_is(kept.stored->text, "6"), "the newest first");
	cr_expect(slice_is(kept.stored->older->text, "4"), "without the one of the endless writer");
}

Test(trace_state, keeps_nothing_where_there_is_nothing, .fini = clean)
{
	struct state kept = again(&(struct state){.waiting = TRI_YES});

	cr_expect_null(kept.stored);
	cr_expect_null(kept.publications);
	cr_expect_eq(kept.waiting, TRI_YES);
}

Test(trace_state, keeps_the_newest_publications_and_knows_of_more, .fini = clean)
{
	struct publication all[STATE_PUBLICATIONS_MAX + 1] = {0};
	struct state state = {.publications_complete = true}, kept;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		all[i].etag = (struct slice){"0123456789" + i, 1};
		all[i].older = i ? &all[i - 1] : NULL;
	}
	state.publications = &all[STATE_PUBLICATIONS_MAX - 1];
	kept = again(&state);
	cr_expect(kept.publications_complete);
	for (const struct publication *p = kept.publications; p; p = p->older)
		cr_expect_eq(p->etag.p[0], (char)('0' + STATE_PUBLICATIONS_MAX - ++count));
	cr_expect_eq(count, STATE_PUBLICATIONS_MAX);
	state.publications = &all[STATE_PUBLICATIONS_MAX];
	kept = again(&state);
	cr_expect_not(kept.publications_complete, "the oldest one is gone");
	cr_expect(slice_is(kept.publications->etag, "8"));
	cr_expect_null(state_publication(&kept, SLICE("0")));
}

Test(trace_state, tells_what_is_empty_from_what_is_absent, .fini = clean)
{
	struct state kept = again(&(struct state){.service_route = SLICE(""), .contact = SLICE("sip:a@b")});

	cr_expect_not_null(kept.service_route.p);
	cr_expect_eq(kept.service_route.len, 0);
	cr_expect_null(kept.associated.p);
	cr_expect(slice_is(kept.contact, "sip:a@b"));
}
