/* SPDX-License-Identifier: MIT
 *
 * The bytes of a capture file through one reused buffer, unpacked on the way where they are compressed. Used by the
 * readers of the formats only. Reading beats mapping: a copy that stays in cache costs less than page faults, and
 * mapped pages would count as memory. */
#ifndef NET_CAPTURE_INPUT_H
#define NET_CAPTURE_INPUT_H

#include "net/capture.h"

enum { INPUT_BUFFER = 256 * 1024 };

struct unpack;
struct capture_input {
	int fd; /* closed by input_done */
	struct unpack *unpack;
	uint8_t *buf;
	size_t cap, start, end; /* unread bytes: buf[start..end) */
	uint64_t offset;        /* of buf[start] in the unpacked file */
	bool eof;
	bool cut; /* the compressed file ends too early: eof is set too */
};

/* Takes `fd`. Looks at the first bytes, waiting for them in a pipe: -EINTR where a signal comes first. */
int input_init(struct capture_input *in, int fd, const struct capture_limits *limits, struct err *err);
void input_done(struct capture_input *in);

/* Makes `n` bytes stand at input_at(). 1; 0 where the file ends before; negative errno with err filled, but for -EINTR.
 */
int input_fill(struct capture_input *in, size_t n, struct err *err);

static inline int input_need(struct capture_input *in, size_t n, struct err *err)
{
	return in->end - in->start >= n ? 1 : input_fill(in, n, err);
}

static inline const uint8_t *input_at(const struct capture_input *in)
{
	return in->buf + in->start;
}

static inline void input_skip(struct capture_input *in, size_t n)
{
	in->start += n;
	in->offset += n;
}

#endif
