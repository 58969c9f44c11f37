/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *mem_check(void *p)
{
	if (!p) {
		fputs("imconform: out of memory\n", stderr);
		abort();
	}
	return p;
}

enum { SMALL = 1024, LARGE_PAGE = 2 << 20 };

/* Its own function, or the compiler makes calloc of it again. */
static __attribute__((noinline)) void *alloc_small(size_t size)
{
	return mem_check(malloc(size ? size : 1));
}

/* Of what is small each thread has some at hand, which glibc's calloc does not look for: it waits for other threads. */
void *mem_alloc(size_t size)
{
	return size <= SMALL ? memset(alloc_small(size), 0, size) : mem_check(calloc(1, size));
}

void *mem_alloc_block(size_t size)
{
	void *p;

	if (size < LARGE_PAGE)
		return mem_realloc(NULL, size);
	p = mem_check(aligned_alloc(LARGE_PAGE, size));
#ifdef MADV_HUGEPAGE
	madvise(p, size, MADV_HUGEPAGE); /* without it all is as well, but slower */
#endif
	return p;
}

void *mem_alloc_table(size_t size)
{
	return size < LARGE_PAGE ? mem_alloc(size) : memset(mem_alloc_block(size), 0, size);
}

void *mem_realloc(void *old, size_t size)
{
	return mem_check(realloc(old, size ? size : 1));
}

char *mem_strdup(const char *text)
{
	return text ? mem_check(strdup(text)) : NULL;
}

char *mem_printf(const char *format, ...)
{
	va_list args;
	char *text = NULL;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return mem_check(n < 0 ? NULL : text);
}
