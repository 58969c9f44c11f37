/* SPDX-License-Identifier: MIT
 *
 * A campaign in which every verdict and every reason is there, for the tests of reports. */
#ifndef TESTS_REPORTS_SAMPLE_H
#define TESTS_REPORTS_SAMPLE_H

#include "base/buf.h"
#include "reports/journal.h"
#include "reports/report.h"

struct sample {
	struct catalogue catalogue;
	struct campaign *campaign; /* settled */
};

/* Requirements only, nothing has happened. */
void sample_init(struct sample *sample, enum campaign_kind kind);
/* The same with findings, cases, notes and input, finished. `wire` stands wherever bytes of the wire may come. */
void sample_fill(struct sample *sample, const char *wire);
void sample_done(struct sample *sample);
/* A finding with texts of its own, ready for campaign_add_finding. Any text may be NULL. */
struct finding sample_finding(const char *requirement, enum verdict verdict, uint64_t order, const char *seen);

/* The report as text; fails the test where the writer fails. */
char *sample_report(const char *format, const struct campaign *campaign, const struct report_options *options);
/* Is `text`, which is freed, what golden/NAME has? After a change that is meant, write the golden files anew and look
 * at the difference before it is committed: IMCONFORM_BLESS=1 build/tests/unit --filter 'reports?*' */
void sample_golden(const char *name, char *text);
/* The whole file, NUL-terminated; fails the test where it can't be read. */
char *sample_read(const char *path);
void sample_write(const char *path, const char *text);
/* Writes the journal as a run would: findings and cases as they come, then the end. */
void sample_journal(const char *path, const struct campaign *campaign, unsigned shard, unsigned shards);
/* The filled sample's, of one process. */
void sample_write_journal(const char *path, const char *wire);
/* A path in a fresh folder of this process, valid until the next 8 calls. */
const char *sample_path(const char *name);

#endif
