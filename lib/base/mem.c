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

void *mem_alloc(size_t size)
{
	return mem_check(calloc(1, size ? size : 1));
}

enum { LARGE_PAGE = 2 << 20 };

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
