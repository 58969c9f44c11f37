/* SPDX-License-Identifier: MIT
 *
 * The evidence of a run: everything that the core sent and received, as a pcapng capture with synthesized packets, so
 * that findings can name a file and a frame. Fed by the runner's tap, in order. Written as it grows: what a killed run
 * has reported is in the file. */
#ifndef HARNESS_EVIDENCE_H
#define HARNESS_EVIDENCE_H

#include "base/err.h"
#include "trace/event.h"

struct evidence_log;

/* `path` NULL: frames are counted, and nothing is kept (virtual runs). `epoch`: ns since 1970 at the run's time 0.
 * -errno with "PATH: reason". */
int evidence_log_new(const char *path, uint64_t epoch, struct evidence_log **ret_log, struct err *err);
/* A line of TLS secrets, in the key log format of NSS. */
void evidence_log_secret(struct evidence_log *log, const char *line);
/* The frame number, or 0 where the message fits into no packet. */
uint64_t evidence_log_add(struct evidence_log *log, uint64_t time, const struct event_path *path, struct slice bytes);
/* Closes and frees. -errno where something was not written. NULL is fine. */
int evidence_log_free(struct evidence_log *log, struct err *err);

#endif
