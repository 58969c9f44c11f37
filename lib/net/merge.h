/* SPDX-License-Identifier: MIT
 *
 * Several captures as one stream in time order: what rotated, or was taken at several places at once. The audit reads
 * it; packets keep the frame number of their own file. A file whose packets are out of order is read in its own order;
 * equal times come in the order in which the files were added.
 *
 * Files that are not due yet are closed and opened again, so that thousands of rotated ones need neither descriptors
 * nor buffers. */
#ifndef NET_MERGE_H
#define NET_MERGE_H

#include "net/capture.h"

struct merge;

struct merge *merge_new(const struct capture_limits *limits); /* limits are copied; may be NULL */
void merge_free(struct merge *m);

/* Opens `path` ("-" for standard input) and looks at its first packet; its number is the count of those before. Errors
 * are those of capture_open; the file then has no number. A bad first packet is told by merge_next. */
int merge_add(struct merge *m, const char *path, struct err *err);

/* 1 with the next packet, the merger's and valid until the next call, and its file's number; 0 at the end of all.
 * Negative as capture_next: the packets of *ret_file that came before are good, and the others go on with the next
 * call. */
int merge_next(struct merge *m, const struct capture_packet **ret, uint32_t *ret_file, struct err *err);

/* capture_note of each file, those that are over included: NULL or a line; valid until merge_free. */
const char *merge_note(const struct merge *m, uint32_t file);

#endif
