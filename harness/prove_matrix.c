/* SPDX-License-Identifier: MIT */
#include "harness/prove.h"
#include "reports/words.h"

#include <stdio.h>

enum { ID_WIDTH = 18, CELL_WIDTH = 9 };

static void put_head(struct buf *to)
{
	buf_printf(to, "%-*s", ID_WIDTH, "requirement");
	for (enum proof_kind kind = 0; kind < PROOF_KINDS; kind++)
		buf_printf(to, " %*s", CELL_WIDTH, proof_kind_name(kind));
	buf_puts(to, "\n");
}

static void put_cell(struct buf *to, struct proof_cell cell)
{
	char text[48];

	if (proving_cell_holds(cell))
		snprintf(text, sizeof(text), "%zu", cell.count);
	else if (cell.count)
		snprintf(text, sizeof(text), "NOT %zu/%zu", cell.count - cell.held, cell.count);
	else
		snprintf(text, sizeof(text), "NONE");
	buf_printf(to, " %*s", CELL_WIDTH, text);
}

static void put_row(const struct proving *proving, size_t requirement, struct buf *to)
{
	buf_printf(to, "%-*s", ID_WIDTH, proving->stage.catalogue.requirements[requirement]->id);
	for (enum proof_kind kind = 0; kind < PROOF_KINDS; kind++)
		put_cell(to, proving_cell(proving, requirement, kind));
	buf_puts(to, "\n");
}

static void put_sum(const struct proving *proving, struct buf *to)
{
	size_t rows = 0, proved = 0, held = 0;

	for (size_t r = 0; r < proving->stage.catalogue.requirement_count; r++) {
		bool all = true;

		if (!prove_stage_has(&proving->stage, r))
			continue;
		for (enum proof_kind kind = 0; kind < PROOF_KINDS; kind++)
			all &= proving_cell_holds(proving_cell(proving, r, kind));
		rows++;
		proved += all;
	}
	for (size_t i = 0; i < proving->proofs.count; i++)
		held += proving->proofs.list[i].held;
	buf_printf(to, "\n%zu of %zu requirements proved in each way, %zu of %zu proofs held\n", proved, rows, held,
		   proving->proofs.count);
}

void prove_matrix(const struct proving *proving, struct buf *to)
{
	put_head(to);
	for (size_t r = 0; r < proving->stage.catalogue.requirement_count; r++)
		if (prove_stage_has(&proving->stage, r))
			put_row(proving, r, to);
	put_sum(proving, to);
}

static void put_proof(const struct proving *proving, const struct proof *proof, struct buf *to)
{
	struct buf line = {0};

	buf_printf(&line, "%-6s %s %s: %s", proof->held ? "held" : "NOT",
		   proving->stage.catalogue.requirements[proof->requirement]->id, proof_kind_name(proof->kind),
		   proof->name);
	if (*proof->text)
		buf_printf(&line, " - %s", proof->text);
	words_wrap(to, line.p, 0, 7);
	buf_done(&line);
}

void prove_list(const struct proving *proving, bool all, struct buf *to)
{
	for (size_t i = 0; i < proving->proofs.count; i++)
		if (all || !proving->proofs.list[i].held)
			put_proof(proving, &proving->proofs.list[i], to);
}
