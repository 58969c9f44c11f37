/* SPDX-License-Identifier: MIT */
#include "net/capture_unpack.h"
#include "net/capture_input.h"
#include "base/mem.h"
#include "base/text.h"

#include <archive.h>
#include <stdlib.h>
#include <unistd.h>

enum { RATIO_DEFAULT = 1000 };
#define UNPACKED_MAX_DEFAULT (64ull << 30)
#define RATIO_FROM           (64ull << 20)

struct unpack {
	struct archive *archive;
	int fd;
	int read_error; /* negative errno of the last read(2), or 0 */
	bool packed_end, empty;
	uint64_t packed, unpacked; /* bytes so far */
	struct capture_limits limits;
	size_t first_len;
	uint8_t block[INPUT_BUFFER];
};

static bool starts_with(struct slice s, const char *magic, size_t len)
{
	return s.len >= len && memcmp(s.p, magic, len) == 0;
}

bool unpack_detect(struct slice first)
{
	return starts_with(first, "\x1f\x8b", 2) ||
	       starts_with(first,
			   "\xfd"
			   "7zXZ",
			   6) ||
	       starts_with(first, "\x28\xb5\x2f\xfd", 4) || starts_with(first, "\x04\x22\x4d\x18", 4) ||
	       starts_with(first, "\x02\x21\x4c\x18", 4) || starts_with(first, "BZh", 3);
}

static la_ssize_t packed_read(struct archive *archive, void *data, const void **ret)
{
	struct unpack *u = data;
	ssize_t n = (ssize_t)u->first_len;

	u->first_len = 0;
	if (n == 0)
		n = read(u->fd, u->block, sizeof(u->block));
	*ret = u->block;
	if (n < 0) {
		u->read_error = -errno;
		archive_set_error(archive, errno, "read failed");
		return -1;
	}
	u->packed_end = n == 0;
	u->packed += (uint64_t)n;
	return n;
}

/* libarchive's words name the filter and what is broken; they may quote the file. */
static int refuse(struct unpack *u, int code, struct err *err)
{
	const char *why = archive_error_string(u->archive);
	char clean[200];

	return err_set(err, code, "byte %llu of the compressed file: %s", (unsigned long long)u->packed,
		       text_clean_fixed(clean, sizeof(clean), slice_of(why ? why : "broken compressed data")));
}

/* What a failed call of libarchive means: our read(2) failed, the file ends too early, or it is broken. */
static int failure(struct unpack *u, struct err *err)
{
	if (u->read_error == -EINTR)
		return -EINTR;
	if (u->read_error)
		return err_set(err, u->read_error, "byte %llu of the compressed file: %s",
			       (unsigned long long)u->packed, strerror(-u->read_error));
	return u->packed_end ? -ENODATA : refuse(u, -EBADMSG, err);
}

int unpack_new(int fd, struct slice first, const struct capture_limits *limits, struct unpack **ret, struct err *err)
{
	struct unpack *u = mem_alloc(sizeof(*u));
	struct archive_entry *entry;
	int r;

	u->fd = fd;
	u->limits = *limits;
	if (!u->limits.unpacked_max)
		u->limits.unpacked_max = UNPACKED_MAX_DEFAULT;
	if (!u->limits.ratio_max)
		u->limits.ratio_max = RATIO_DEFAULT;
	u->first_len = first.len;
	memcpy(u->block, first.p, first.len);
	u->archive = archive_read_new();
	archive_read_support_filter_gzip(u->archive);
	archive_read_support_filter_xz(u->archive);
	archive_read_support_filter_zstd(u->archive);
	archive_read_support_filter_lz4(u->archive);
	archive_read_support_filter_bzip2(u->archive);
	archive_read_support_format_raw(u->archive);
	archive_read_support_format_empty(u->archive);
	r = archive_read_open(u->archive, u, NULL, packed_read, NULL);
	if (r == ARCHIVE_OK)
		r = archive_read_next_header(u->archive, &entry);
	u->empty = r == ARCHIVE_EOF;
	if (r == ARCHIVE_OK || u->empty) {
		*ret = u;
		return 0;
	}
	r = failure(u, err);
	if (r == -ENODATA)
		err_set(err, r, "byte %llu of the compressed file: cut before anything could be unpacked",
			(unsigned long long)u->packed);
	unpack_free(u);
	return r;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	archive_read_free(u->archive);
	free(u);
}

static int check_limits(const struct unpack *u, struct err *err)
{
	if (u->unpacked > u->limits.unpacked_max)
		return err_set(err, -EFBIG, "byte %llu of the compressed file: unpacks to more than %llu bytes",
			       (unsigned long long)u->packed, (unsigned long long)u->limits.unpacked_max);
	if (u->unpacked > RATIO_FROM && u->unpacked / u->limits.ratio_max > u->packed)
		return err_set(err, -EFBIG, "byte %llu of the compressed file: unpacks to more than %u times its size",
			       (unsigned long long)u->packed, u->limits.ratio_max);
	return 0;
}

int64_t unpack_read(struct unpack *u, void *to, size_t len, struct err *err)
{
	la_ssize_t n;
	int r;

	if (u->empty)
		return 0;
	u->read_error = 0;
	n = archive_read_data(u->archive, to, len);
	if (n < 0)
		return failure(u, err);
	u->unpacked += (uint64_t)n;
	r = check_limits(u, err);
	return r ? r : n;
}
