/* SPDX-License-Identifier: MIT
 *
 * gz streams through zlib (net/gunzip.h), xz, zstd, lz4 and bzip2 through libarchive, a block at a time, with limits on
 * size and ratio. Of a gz that is cut, all is given that came before; of the others, what stands in whole blocks. */
#ifndef NET_CAPTURE_UNPACK_H
#define NET_CAPTURE_UNPACK_H

#include "net/capture.h"

struct unpack;

/* Do the first bytes of a file look like a compressed stream? Six bytes suffice. */
bool unpack_detect(struct slice first);

/* Starts on `fd`, of which `first` has been read already (copied). `fd` stays the caller's. */
int unpack_new(int fd, struct slice first, const struct capture_limits *limits, struct unpack **ret, struct err *err);
void unpack_free(struct unpack *u);

/* Up to `len` bytes: their number, 0 at the end, -EBADMSG for broken data, -EFBIG for a bomb, with err filled.
 * -ENODATA, err not filled: the compressed file ends too early. -EINTR as read(2). */
int64_t unpack_read(struct unpack *u, void *to, size_t len, struct err *err);

#endif
