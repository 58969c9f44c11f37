/* SPDX-License-Identifier: MIT */
#include "judge/campaign_sort.h"
#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

/* Group and name with the NUL between: no two facts make the same. */
static bool is_new(struct campaign *campaign, const char *group, const char *name)
{
	struct buf key = {0};
	bool new;

	buf_add(&key, (struct slice){group, strlen(group) + 1});
	buf_puts(&key, name);
	new = !map_set(&campaign->fact_names, buf_slice(&key), campaign);
	buf_done(&key);
	return new;
}

void campaign_add_fact(struct campaign *campaign, const char *group, const char *name, const char *value)
{
	if (!is_new(campaign, group, name))
		return;
	MEM_GROW(campaign->facts, campaign->fact_count, campaign->fact_cap);
	campaign->facts[campaign->fact_count++] =
		(struct campaign_fact){mem_strdup(group), mem_strdup(name), mem_strdup(value)};
}

const struct campaign_fact *campaign_next_fact(const struct campaign *campaign, const char *group,
					       const struct campaign_fact *after)
{
	for (size_t i = after ? (size_t)(after - campaign->facts) + 1 : 0; i < campaign->fact_count; i++)
		if (!strcmp(campaign->facts[i].group, group))
			return &campaign->facts[i];
	return NULL;
}

static int compare_facts(const void *pa, const void *pb)
{
	const struct campaign_fact *a = pa, *b = pb;
	int c = strcmp(a->group, b->group);

	return c ? c : strcmp(a->name, b->name);
}

void campaign_sort_facts(struct campaign *campaign)
{
	if (campaign->fact_count)
		qsort(campaign->facts, campaign->fact_count, sizeof(*campaign->facts), compare_facts);
}

void campaign_free_facts(struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->fact_count; i++) {
		free(campaign->facts[i].group);
		free(campaign->facts[i].name);
		free(campaign->facts[i].value);
	}
	free(campaign->facts);
	map_done(&campaign->fact_names);
}
