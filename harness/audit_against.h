/* SPDX-License-Identifier: MIT
 *
 * The same captures under another profile: where verdicts differ, which value of the profile makes the difference. Each
 * value that differs is tried alone in the profile that judges, so that the answer is no guess. */
#ifndef HARNESS_AUDIT_AGAINST_H
#define HARNESS_AUDIT_AGAINST_H

#include "harness/audit.h"
#include "trace/profile.h"

/* -EINVAL: pipes and interfaces can't be read again. */
int audit_against_check(const struct audit_config *config, struct err *err);
/* `config` is that of the audit that is done, whose campaign is settled; each difference becomes a note of it. Errors
 * as audit_run has them. */
int audit_against(const struct audit_config *config, const struct profile *other, struct err *err);

#endif
