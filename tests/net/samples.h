/* SPDX-License-Identifier: MIT
 *
 * Small captures of every link, tunnel and transport that can be read, made from nothing: what the tests feed, and what
 * the tool capture_make writes to files. */
#ifndef TESTS_NET_SAMPLES_H
#define TESTS_NET_SAMPLES_H

#include "base/buf.h"

struct sample {
	const char *name;
	void (*make)(struct buf *to); /* appends a whole capture file */
	size_t messages;              /* SIP messages in it */
	size_t tshark_messages;       /* what tshark 4.0 finds, where it differs: see `why` */
	const char *why;              /* NULL: the same */
};

extern const struct sample samples[];
extern const size_t sample_count;

#endif
