/* SPDX-License-Identifier: MIT
 *
 * The journal: the record of a campaign as append-only JSON Lines, from which every report can be made anew, also after
 * a kill, on another machine, or with a later catalogue. The runner and the audit write it; report, merge and show
 * read.
 *
 * Every line is an object whose "t" says what it is:
 *   campaign  the first line: format, kind, role, seed, and the requirements with all that reports say of them
 *   part      shard I of N (0 of 1: the whole), and the address of the IUT
 *   file      a capture that evidence points into
 *   note      a line about the campaign itself
 *   fact      what the test was told, and what was left out
 *   excuse    why a requirement was not judged
 *   claim     what the ICS says of a requirement
 *   shown     a requirement that is not claimed was seen to hold
 *   finding   a verdict; evidence names its file
 *   case      a live case and its end
 *   count     findings of one requirement and verdict that have no line of their own
 *   input     what was read
 *   end       the part is finished; a part without it was killed, or is running yet
 * Lines are flushed one by one: what a person has seen on the screen is in the file. A last line without its end of
 * line is the mark of a kill and is left out with a note; any other line that can't be read is an error with its
 * number.
 *
 * Shards. `finding.order` and `campaign_case.order` must not depend on how the campaign was cut (case number, or frame
 * of the flow's first message, then a counter). In `input` each shard of a run counts what it did; those of an audit
 * have all read the same, so that the whole's numbers are those of any of them. Of an audit, findings that are too many
 * for reports are only counted, in the whole as in each shard: the first by `order` stay. */
#ifndef REPORTS_JOURNAL_H
#define REPORTS_JOURNAL_H

#include "judge/campaign.h"

struct journal;

/* Creates (or empties) the file and writes what is known of the campaign now: kind, role, address, seed, strict, ims,
 * requirements. `shard` from 1 to `shards`; 0 and 1: the whole. `campaign` outlives the journal.
 * -errno with "PATH: reason". */
int journal_create(const char *path, const struct campaign *campaign, unsigned shard, unsigned shards,
		   struct journal **ret, struct err *err);
/* A verdict that has been reached: call it before campaign_add_finding, which takes the texts. Live runs write every
 * finding. An audit leaves out those that passed: journal_close adds the ones that the campaign has kept. -errno. */
int journal_add_finding(struct journal *journal, const struct finding *finding, struct err *err);
/* A case that has ended. */
int journal_add_case(struct journal *journal, const struct campaign_case *test_case, struct err *err);
/* Writes what is not in the journal yet: files, notes, excuses, findings that the campaign kept, counts, input; where
 * the campaign is complete, the closing line too. Frees the journal, whatever it returns. NULL is fine. */
int journal_close(struct journal *journal, struct err *err);

/* What a journal tells. The catalogue is made from the journal itself. */
struct journal_campaign {
	struct catalogue catalogue;   /* requirements without rules, plays none */
	struct campaign *campaign;    /* settled */
	unsigned parts, shards, ends; /* lines of that kind seen, and into how many shards the campaign was cut */
	bool whole_ended;
};

/* Reads one or more journals of one campaign; duplicates are folded. Errors:
 * -errno with "PATH: reason", -EBADMSG with "PATH:LINE: reason", -EINVAL where two journals are of different campaigns.
 */
int journal_read(const char *const *paths, size_t count, struct journal_campaign *ret, struct err *err);
void journal_campaign_done(struct journal_campaign *journal);

/* Joins journals of one campaign into one in canonical order: associative, commutative, idempotent; once all shards are
 * there and finished, the same bytes as from the journal of one process. Written to a temporary file first, so that
 * `out` may be one of the inputs. Errors as journal_read. */
int journal_merge(const char *const *paths, size_t count, const char *out, struct err *err);

/* Does the file begin as a journal does? false also where it can't be read, or not twice, as a pipe can't. */
bool journal_probe(const char *path);

#endif
