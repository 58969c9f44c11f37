/* SPDX-License-Identifier: MIT */
#include "net/capture_input.h"
#include "net/capture_unpack.h"
#include "net/bytes.h"
#include "base/mem.h"

#include <stdlib.h>
#include <unistd.h>

enum { MAGIC_LEN = 6 };

static int64_t read_some(struct capture_input *in, struct err *err)
{
	uint8_t *to = in->buf + in->end;
	size_t room = in->cap - in->end;
	int64_t n;

	if (in->unpack) {
		n = unpack_read(in->unpack, to, room, err);
		if (n != -ENODATA)
			return n;
		in->cut = true;
		return 0;
	}
	n = read(in->fd, to, room);
	if (n >= 0)
		return n;
	if (errno == EISDIR)
		return err_set(err, -EISDIR, "a directory, expected a capture");
	return errno == EINTR ? -EINTR
			      : err_set(err, -errno, "byte %llu: %s", (unsigned long long)in->offset, strerror(errno));
}

static void make_room(struct capture_input *in, size_t n)
{
	if (in->start) {
		memmove(in->buf, in->buf + in->start, in->end - in->start);
		in->end -= in->start;
		in->start = 0;
	}
	if (in->cap < n) {
		in->cap = n;
		in->buf = mem_realloc(in->buf, in->cap);
	}
}

int input_fill(struct capture_input *in, size_t n, struct err *err)
{
	make_room(in, n);
	while (in->end < n && !in->eof) {
		int64_t got = read_some(in, err);

		if (got < 0)
			return (int)got;
		in->eof = got == 0;
		in->end += (size_t)got;
	}
	return in->end >= n;
}

int input_init(struct capture_input *in, int fd, const struct capture_limits *limits, struct err *err)
{
	int r;

	*in = (struct capture_input){.fd = fd, .cap = INPUT_BUFFER};
	in->buf = mem_realloc(NULL, in->cap);
	r = input_fill(in, MAGIC_LEN, err);
	if (r == -EINTR)
		return err_set(err, r, "interrupted before anything came");
	if (r < 0 || !unpack_detect(slice_bytes(in->buf, in->end)))
		return r < 0 ? r : 0;
	r = unpack_new(fd, slice_bytes(in->buf, in->end), limits, &in->unpack, err);
	in->end = 0;
	in->eof = false;
	return r;
}

void input_done(struct capture_input *in)
{
	unpack_free(in->unpack);
	free(in->buf);
	if (in->fd >= 0)
		close(in->fd);
}
