/* SPDX-License-Identifier: MIT */
#include "judge/campaign.h"
#include "judge/campaign_sort.h"
#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>

/* Maps hold pointers, and NULL means absent: an index is kept one higher. */
static void index_set(struct map *map, const char *key, size_t index)
{
	map_set(map, slice_of(key), (void *)(uintptr_t)(index + 1));
}

static bool index_get(const struct map *map, const char *key, size_t *ret)
{
	uintptr_t value = (uintptr_t)map_get(map, slice_of(key));

	*ret = value - 1;
	return value != 0;
}

static void add_requirement(struct campaign *campaign, const struct requirement *requirement)
{
	struct campaign_requirement *r = &campaign->requirements[campaign->requirement_count];

	*r = (struct campaign_requirement){.requirement = requirement, .reason = mem_strdup("")};
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		r->last[v] = UINT64_MAX;
	index_set(&campaign->requirement_by_id, requirement->id, campaign->requirement_count++);
}

struct campaign *campaign_new(enum campaign_kind kind, const struct catalogue *catalogue, enum actor iut_role,
			      bool both_roles)
{
	struct campaign *campaign = mem_alloc(sizeof(*campaign));

	campaign->kind = kind;
	campaign->catalogue = catalogue;
	campaign->iut_role = iut_role;
	campaign->both_roles = both_roles;
	campaign->findings_max = CAMPAIGN_FINDINGS_MAX;
	campaign->passes_max = CAMPAIGN_PASSES_MAX;
	campaign->iut_address = mem_strdup("");
	campaign->requirements = mem_alloc((catalogue->requirement_count + 1) * sizeof(*campaign->requirements));
	for (size_t i = 0; i < catalogue->requirement_count; i++)
		if (both_roles || catalogue->requirements[i]->actor == iut_role)
			add_requirement(campaign, catalogue->requirements[i]);
	return campaign;
}

static void requirement_done(struct campaign_requirement *r)
{
	for (size_t i = 0; i < r->count; i++)
		finding_done(&r->findings[i]);
	free(r->findings);
	free(r->reason);
	free(r->excuse);
	free(r->claim_text);
}

static void case_done(struct campaign_case *c)
{
	for (size_t i = 0; c->requirements && c->requirements[i]; i++)
		free(c->requirements[i]);
	free(c->requirements);
	free(c->name);
	free(c->reason);
	free(c->user);
	free(c->repeat);
	free(c->ladder);
}

static void strings_free(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

const char *campaign_kind_name(enum campaign_kind kind)
{
	static const char *const names[] = {"run", "audit", "proof"};

	return names[kind];
}

struct campaign_matrix *campaign_add_matrix(struct campaign *campaign, const char *title, size_t rows, size_t columns)
{
	struct campaign_matrix *matrix = mem_alloc(sizeof(*matrix));

	*matrix = (struct campaign_matrix){.title = title,
					   .rows = rows,
					   .columns = columns,
					   .cells = mem_alloc(rows * columns * sizeof(*matrix->cells))};
	campaign->matrix = matrix;
	return matrix;
}

static void matrix_free(struct campaign_matrix *matrix)
{
	if (!matrix)
		return;
	for (size_t i = 0; i < matrix->rows * matrix->columns; i++) {
		free(matrix->cells[i].text);
		free(matrix->cells[i].list);
	}
	free(matrix->cells);
	free(matrix);
}

void campaign_free(struct campaign *campaign)
{
	if (!campaign)
		return;
	for (size_t i = 0; i < campaign->requirement_count; i++)
		requirement_done(&campaign->requirements[i]);
	for (size_t i = 0; i < campaign->case_count; i++)
		case_done(&campaign->cases[i]);
	for (unsigned i = 0; i < campaign->input.dropped_count; i++)
		free(campaign->input.dropped[i].reason);
	strings_free(campaign->files, campaign->file_count);
	strings_free(campaign->file_names, campaign->file_count);
	strings_free(campaign->notes, campaign->note_count);
	campaign_free_facts(campaign);
	matrix_free(campaign->matrix);
	map_done(&campaign->requirement_by_id);
	map_done(&campaign->case_by_name);
	map_done(&campaign->file_by_path);
	free(campaign->requirements);
	free(campaign->cases);
	free(campaign->iut_address);
	free(campaign);
}

void campaign_set_text(char **text, const char *value)
{
	char *copy = mem_strdup(value);

	free(*text);
	*text = copy;
}

void campaign_set_address(struct campaign *campaign, const char *address)
{
	campaign_set_text(&campaign->iut_address, address);
}

static struct campaign_requirement *requirement_find(const struct campaign *campaign, const char *id, struct err *err)
{
	size_t i;

	if (index_get(&campaign->requirement_by_id, id, &i))
		return &campaign->requirements[i];
	err_set(err, -ENOENT, "no requirement '%s' for this role", id);
	return NULL;
}

const struct campaign_requirement *campaign_find(const struct campaign *campaign, const char *id)
{
	return requirement_find(campaign, id, NULL);
}

static void fill_text(char **text)
{
	if (!*text)
		*text = mem_strdup("");
}

/* Writers need not ask of each text whether it is there. */
static void fill_texts(struct finding *finding)
{
	fill_text(&finding->rule);
	fill_text(&finding->user);
	fill_text(&finding->expected);
	fill_text(&finding->seen);
	fill_text(&finding->reason);
	for (unsigned i = 0; i < finding->evidence_count; i++)
		fill_text(&finding->evidence[i].line);
}

int campaign_add_finding(struct campaign *campaign, struct finding *finding, struct err *err)
{
	struct campaign_requirement *r = requirement_find(campaign, finding->requirement, err);
	size_t max = campaign_limit(campaign, finding->verdict);

	if (!r) {
		finding_done(finding);
		return -ENOENT;
	}
	if (r->claim == CLAIM_NO) {
		r->shown |= finding->verdict == VERDICT_PASS;
		finding_done(finding);
		return 0;
	}
	r->counts[finding->verdict]++;
	if (finding->order > r->last[finding->verdict]) {
		finding_done(finding);
		return 0;
	}
	fill_texts(finding);
	MEM_GROW(r->findings, r->count, r->cap);
	r->findings[r->count++] = *finding;
	/* Sorting at a quarter above the limit only keeps the price of a finding constant. */
	if (++r->kept[finding->verdict] > max + max / 4 && max)
		campaign_sort_findings(campaign, r);
	*finding = (struct finding){0};
	return 0;
}

int campaign_add_count(struct campaign *campaign, const char *requirement, enum verdict verdict, uint64_t count,
		       struct err *err)
{
	struct campaign_requirement *r = requirement_find(campaign, requirement, err);

	if (!r)
		return -ENOENT;
	if (r->claim == CLAIM_NO)
		r->shown |= verdict == VERDICT_PASS && count;
	else
		r->counts[verdict] += count;
	return 0;
}

bool campaign_only_count(struct campaign *campaign, const char *requirement, enum verdict verdict, uint64_t order)
{
	struct campaign_requirement *r = requirement_find(campaign, requirement, NULL);

	if (!r || r->claim == CLAIM_NO || order <= r->last[verdict])
		return false;
	r->counts[verdict]++;
	return true;
}

uint64_t campaign_take(struct campaign *campaign, const char *requirement, enum verdict verdict,
		       void (*each)(void *arg, struct finding *finding), void *arg)
{
	struct campaign_requirement *r = requirement_find(campaign, requirement, NULL);
	uint64_t more = r ? r->counts[verdict] : 0;
	size_t left = 0;

	for (size_t i = 0; r && i < r->count; i++) {
		if (r->findings[i].verdict != verdict) {
			r->findings[left++] = r->findings[i];
			continue;
		}
		each(arg, &r->findings[i]);
		more--;
	}
	if (!r)
		return 0;
	r->count = left;
	r->counts[verdict] = r->kept[verdict] = 0;
	r->last[verdict] = UINT64_MAX;
	return more;
}

int campaign_excuse(struct campaign *campaign, const char *requirement, const char *reason, struct err *err)
{
	struct campaign_requirement *r = requirement_find(campaign, requirement, err);

	if (!r)
		return -ENOENT;
	if (!r->excuse)
		r->excuse = mem_strdup(reason);
	return 0;
}

static char **strings_copy(const char *const *strings)
{
	size_t n = 0;
	char **copy;

	while (strings && strings[n])
		n++;
	copy = mem_alloc((n + 1) * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = mem_strdup(strings[i]);
	return copy;
}

struct campaign_case *campaign_add_case(struct campaign *campaign, uint64_t order, const char *name,
					const char *const *requirements)
{
	struct campaign_case *c;
	size_t i;

	if (index_get(&campaign->case_by_name, name, &i))
		return &campaign->cases[i];
	MEM_GROW(campaign->cases, campaign->case_count, campaign->case_cap);
	c = &campaign->cases[campaign->case_count];
	*c = (struct campaign_case){
		.order = order,
		.name = mem_strdup(name),
		.requirements = strings_copy(requirements),
		.reason = mem_strdup(""),
		.user = mem_strdup(""),
		.repeat = mem_strdup(""),
	};
	index_set(&campaign->case_by_name, name, campaign->case_count++);
	return c;
}

const struct campaign_case *campaign_find_case(const struct campaign *campaign, const char *name)
{
	size_t i;

	return index_get(&campaign->case_by_name, name, &i) ? &campaign->cases[i] : NULL;
}

void campaign_reindex_cases(struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->case_count; i++)
		index_set(&campaign->case_by_name, campaign->cases[i].name, i);
}

unsigned campaign_add_file(struct campaign *campaign, const char *path)
{
	struct buf name = {0};
	size_t i, n = campaign->file_count;

	if (index_get(&campaign->file_by_path, path, &i))
		return (unsigned)i;
	campaign->files = mem_realloc(campaign->files, (n + 1) * sizeof(*campaign->files));
	campaign->file_names = mem_realloc(campaign->file_names, (n + 1) * sizeof(*campaign->file_names));
	text_clean(&name, slice_of(path), TEXT_NO_MAX);
	campaign->files[n] = mem_strdup(path);
	campaign->file_names[n] = buf_take(&name);
	index_set(&campaign->file_by_path, path, n);
	return (unsigned)campaign->file_count++;
}

void campaign_add_note(struct campaign *campaign, const char *text)
{
	for (size_t i = 0; i < campaign->note_count; i++)
		if (strcmp(campaign->notes[i], text) == 0)
			return;
	campaign->notes = mem_realloc(campaign->notes, (campaign->note_count + 1) * sizeof(*campaign->notes));
	campaign->notes[campaign->note_count++] = mem_strdup(text);
}

static unsigned dropped_find(const struct campaign_input *input, const char *reason)
{
	unsigned i = 0;

	while (i < input->dropped_count && strcmp(input->dropped[i].reason, reason) != 0)
		i++;
	return i;
}

void campaign_add_dropped(struct campaign *campaign, const char *reason, uint64_t count)
{
	struct campaign_input *input = &campaign->input;
	unsigned i = dropped_find(input, reason);

	if (i >= input->dropped_count && i >= ARRAY_LEN(input->dropped) - 1) {
		reason = "other"; /* has the last place */
		i = dropped_find(input, reason);
	}
	if (i == input->dropped_count)
		input->dropped[input->dropped_count++].reason = mem_strdup(reason);
	input->dropped[i].count += count;
}
