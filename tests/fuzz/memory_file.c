/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz/memory_file.h"

#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int memory_file(struct slice bytes, char path[MEMORY_FILE_PATH])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, bytes.p, bytes.len) == (ssize_t)bytes.len);
	snprintf(path, MEMORY_FILE_PATH, "/proc/self/fd/%d", fd);
	return fd;
}
