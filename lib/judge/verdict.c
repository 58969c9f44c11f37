/* SPDX-License-Identifier: MIT */
#include "judge/verdict.h"
#include "base/mem.h"

#include <stdlib.h>

/* clang-format off */
static const char *const names[VERDICT_COUNT] = {
	[VERDICT_NONE] = "none",
	[VERDICT_PASS] = "pass",
	[VERDICT_WARN] = "warn",
	[VERDICT_INCONC] = "inconc",
	[VERDICT_FAIL] = "fail",
	[VERDICT_ERROR] = "error",
};
/* clang-format on */

const char *verdict_name(enum verdict verdict)
{
	return names[verdict];
}

bool verdict_of(struct slice name, enum verdict *ret)
{
	for (unsigned i = 0; i < VERDICT_COUNT; i++) {
		if (!slice_is(name, names[i]))
			continue;
		*ret = (enum verdict)i;
		return true;
	}
	return false;
}

void finding_done(struct finding *finding)
{
	free(finding->requirement);
	free(finding->rule);
	free(finding->case_name);
	free(finding->user);
	free(finding->expected);
	free(finding->seen);
	free(finding->reason);
	for (unsigned i = 0; i < finding->evidence_count; i++) {
		free(finding->evidence[i].line);
		free(finding->evidence[i].raw);
	}
	*finding = (struct finding){0};
}
