/* SPDX-License-Identifier: MIT */
#include "net/capture_unpack.h"
#include "net/capture_input.h"
#include "net/gunzip.h"
#include "base/mem.h"
#include "base/text.h"

#include <archive.h>
#include <stdlib.h>
#include <unistd.h>

enum { RATIO_DEFAULT = 1000 };
#define UNPACKED_MAX_DEFAULT (64ull << 30)
#define RATIO_FROM           (64ull << 20)

struct unpack {
	struct gunzip *gunzip; /* of gz; NULL: */
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

static bool is_gzip(struct slice first)
{
	return starts_with(first, "\x1f\x8b", 2);
}

bool unpack_detect(struct slice first)
{
	return is_gzip(first) ||
	       starts_with(first,
			   "\xfd"
			   "7zXZ",
			   6) ||
	       starts_with(first, "\x28\xb5\x2f\xfd", 4) || starts_with(first, "\x04\x22\x4d\x18", 4) ||
	       starts_with(first, "\x02\x21\x4c\x18", 4) || starts_with(first, "BZh", 3);
}

/* The next compressed bytes: their number, 0 at the end of the file, negative errno. */
static int64_t packed_more(void *arg, const uint8_t **ret)
{
	struct unpack *u = arg;
	ssize_t n = (ssize_t)u->first_len;

	u->first_len = 0;
	if (n == 0)
		n = read(u->fd, u->block, sizeof(u->block));
	*ret = u->block;
	if (n < 0)
		return u->read_error = -errno;
	u->packed_end = n == 0;
	u->packed += (uint64_t)n;
	return n;
}

static la_ssize_t archive_more(struct archive *archive, void *data, const void **ret)
{
	const uint8_t *block;
	int64_t n = packed_more(data, &block);

	*ret = block;
	if (n >= 0)
		return n;
	archive_set_error(archive, (int)-n, "read failed");
	return -1;
}

/* libarchive's words name the filter and what is broken; they may quote the file. */
static int refuse(struct unpack *u, int code, struct err *err)
{
	const char *why = u->gunzip ? gunzip_why(u->gunzip) : archive_error_string(u->archive);
	char clean[200];

	return err_set(err, code, "byte %llu of the compressed file: %s", (unsigned long long)u->packed,
		       text_clean_fixed(clean, sizeof(clean), slice_of(why ? why : "broken compressed data")));
}

/* What a failed call of a library means: our read(2) failed, the file ends too early, or it is broken. */
static int failure(struct unpack *u, bool is_cut, struct err *err)
{
	if (u->read_error == -EINTR)
		return -EINTR;
	if (u->read_error)
		return err_set(err, u->read_error, "byte %llu of the compressed file: %s",
			       (unsigned long long)u->packed, strerror(-u->read_error));
	return is_cut ? -ENODATA : refuse(u, -EBADMSG, err);
}

static int archive_start(struct unpack *u, struct err *err)
{
	struct archive_entry *entry;
	int r;

	u->archive = archive_read_new();
	archive_read_support_filter_xz(u->archive);
	archive_read_support_filter_zstd(u->archive);
	archive_read_support_filter_lz4(u->archive);
	archive_read_support_filter_bzip2(u->archive);
	archive_read_support_format_raw(u->archive);
	archive_read_support_format_empty(u->archive);
	r = archive_read_open(u->archive, u, NULL, archive_more, NULL);
	if (r == ARCHIVE_OK)
		r = archive_read_next_header(u->archive, &entry);
	u->empty = r == ARCHIVE_EOF;
	if (r == ARCHIVE_OK || u->empty)
		return 0;
	r = failure(u, u->packed_end, err);
	if (r == -ENODATA)
		err_set(err, r, "byte %llu of the compressed file: cut before anything could be unpacked",
			(unsigned long long)u->packed);
	return r;
}

int unpack_new(int fd, struct slice first, const struct capture_limits *limits, struct unpack **ret, struct err *err)
{
	struct unpack *u = mem_alloc(sizeof(*u));
	int r = 0;

	u->fd = fd;
	u->limits = *limits;
	if (!u->limits.unpacked_max)
		u->limits.unpacked_max = UNPACKED_MAX_DEFAULT;
	if (!u->limits.ratio_max)
		u->limits.ratio_max = RATIO_DEFAULT;
	u->first_len = first.len;
	memcpy(u->block, first.p, first.len);
	if (is_gzip(first))
		u->gunzip = gunzip_new(packed_more, u);
	else
		r = archive_start(u, err);
	if (r == 0) {
		*ret = u;
		return 0;
	}
	unpack_free(u);
	return r;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	gunzip_free(u->gunzip);
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
	int64_t n;
	int r;

	if (u->empty)
		return 0;
	u->read_error = 0;
	n = u->gunzip ? gunzip_read(u->gunzip, to, len) : archive_read_data(u->archive, to, len);
	if (n < 0)
		return failure(u, u->gunzip ? n == -ENODATA : u->packed_end, err);
	u->unpacked += (uint64_t)n;
	r = check_limits(u, err);
	return r ? r : n;
}
