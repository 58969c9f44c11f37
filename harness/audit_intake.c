/* SPDX-License-Identifier: MIT
 *
 * Messages are taken by the batch. Whoever has time reads them; the reading thread files them, in their order. */
#include "harness/audit_parts.h"
#include "base/mem.h"

#include <stdlib.h>

enum { BATCHES_AHEAD = 8 };

struct load {
	struct task task;
	struct batch batch;
};

struct audit_intake {
	struct audit *audit;
	struct load ring[BATCHES_AHEAD + 1]; /* `count` of them are on their way; the one behind is being filled */
	unsigned first, count;
};

static struct load *load_at(struct audit_intake *intake, unsigned behind)
{
	return &intake->ring[(intake->first + behind) % ARRAY_LEN(intake->ring)];
}

static void read_batch(struct task *task, unsigned worker)
{
	(void)worker;
	batch_read(&((struct load *)task)->batch);
}

/* Until at most `most` batches are not filed. */
static void file_batches(struct audit_intake *intake, unsigned most)
{
	while (intake->count > most) {
		struct load *oldest = load_at(intake, 0);
		crew_wait(intake->audit->crew, &oldest->task);
		ledger_file(intake->audit->ledger, &oldest->batch);
		batch_clear(&oldest->batch);
		intake->count--;
		intake->first = intake->count ? (intake->first + 1) % ARRAY_LEN(intake->ring) : 0;
	}
}

static void send_batch(struct audit_intake *intake)
{
	struct crew *crew = intake->audit->crew;
	struct load *load = load_at(intake, intake->count++);

	load->task.run = read_batch;
	crew_give(crew, &load->task, CREW_FIRST, NULL);
	file_batches(intake, crew_size(crew) > 1 ? BATCHES_AHEAD : 0);
}

void audit_take_message(struct audit_intake *intake, const struct wire_message *message)
{
	struct batch *batch = &load_at(intake, intake->count)->batch;

	batch_add(batch, message);
	if (batch_is_full(batch))
		send_batch(intake);
}

void audit_take_gap(struct audit_intake *intake, uint64_t time, const struct net_addr *a, const struct net_addr *b,
		    uint32_t gaps)
{
	struct batch *batch = &load_at(intake, intake->count)->batch;

	batch_add_gap(batch, time, a, b, gaps);
	if (batch_is_full(batch))
		send_batch(intake);
}

void audit_intake_flush(struct audit_intake *intake)
{
	if (load_at(intake, intake->count)->batch.count)
		send_batch(intake);
	file_batches(intake, 0);
}

struct audit_intake *audit_intake_new(struct audit *audit)
{
	struct audit_intake *intake = mem_alloc(sizeof(*intake));

	intake->audit = audit;
	return intake;
}

void audit_intake_free(struct audit_intake *intake)
{
	for (unsigned i = 0; i < ARRAY_LEN(intake->ring); i++)
		batch_done(&intake->ring[i].batch);
	free(intake);
}
