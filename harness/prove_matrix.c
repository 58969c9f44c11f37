/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "harness/prove.h"
#include "reports/matrix.h"
#include "reports/words.h"

/* Those that did not hold first. */
char *prove_names(const struct proving *proving, size_t requirement, enum proof_kind kind)
{
	const char *between = "";
	struct buf names = {0};

	for (int held = 0; held < 2; held++)
		for (size_t i = 0; i < proving->proofs.count; i++) {
			const struct proof *p = &proving->proofs.list[i];

			if (p->requirement != requirement || p->kind != kind || p->held != held)
				continue;
			buf_printf(&names, "%s%s%s", between, held ? "" : "NOT ", p->name);
			between = "; ";
		}
	return buf_take(&names);
}

static char *cell_text(struct proof_cell cell)
{
	if (proving_cell_holds(cell))
		return mem_printf("%zu", cell.count);
	if (cell.count)
		return mem_printf("NOT %zu/%zu", cell.count - cell.held, cell.count);
	return mem_strdup("NONE");
}

static size_t row_count(const struct proving *proving)
{
	size_t count = 0;

	for (size_t r = 0; r < proving->stage.catalogue.requirement_count; r++)
		count += prove_stage_has(&proving->stage, r);
	return count;
}

static void fill_head(struct campaign_cell *row)
{
	row[0] = (struct campaign_cell){mem_strdup("requirement"), true, NULL};
	for (enum proof_kind kind = 0; kind < PROOF_KINDS; kind++)
		row[1 + kind] = (struct campaign_cell){mem_strdup(proof_kind_name(kind)), true, NULL};
}

static void fill_row(const struct proving *proving, size_t requirement, struct campaign_cell *row)
{
	row[0] = (struct campaign_cell){mem_strdup(proving->stage.catalogue.requirements[requirement]->id), true, NULL};
	for (enum proof_kind kind = 0; kind < PROOF_KINDS; kind++) {
		struct proof_cell cell = proving_cell(proving, requirement, kind);

		row[1 + kind] = (struct campaign_cell){cell_text(cell), proving_cell_holds(cell),
						       prove_names(proving, requirement, kind)};
	}
}

void prove_matrix_add(const struct proving *proving, struct campaign *campaign)
{
	struct campaign_matrix *matrix =
		campaign_add_matrix(campaign, "Proofs that held", 1 + row_count(proving), 1 + PROOF_KINDS);
	struct campaign_cell *row = matrix->cells;

	fill_head(row);
	for (size_t r = 0; r < proving->stage.catalogue.requirement_count; r++)
		if (prove_stage_has(&proving->stage, r))
			fill_row(proving, r, row += matrix->columns);
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

void prove_matrix(const struct proving *proving, const struct campaign *campaign, struct buf *to)
{
	matrix_text(to, campaign->matrix);
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
