/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail: a harness that has no memory left can't judge, so these print one line to stderr and
 * abort. Sizes that an outsider controls are checked against a limit before they come here. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed; free() */
/* For what is looked at all over: in large pages where the system has them. `size`: a power of two. */
void *mem_alloc_table(size_t size);                                              /* zeroed; free() */
void *mem_alloc_block(size_t size);                                              /* not zeroed; free() */
void *mem_realloc(void *old, size_t size);                                       /* new bytes are not zeroed; free() */
char *mem_strdup(const char *text);                                              /* NULL stays NULL; free() */
char *mem_printf(const char *format, ...) __attribute__((format(printf, 1, 2))); /* free() */

enum { MEM_LINE = 64 /* bytes that come together */ };

/* What lies where nothing looked of late is on its way then, when it is needed. `p`: anything, and NULL. */
static inline void mem_fetch(const void *p, size_t size)
{
	for (size_t at = 0; p && at < size; at += MEM_LINE)
		__builtin_prefetch((const char *)p + at);
}

/* Grows `array` (a pointer variable) so that index `count` is usable; `cap` is a size_t variable. Old elements stay. */
#define MEM_GROW(array, count, cap)                                                                                    \
	do {                                                                                                           \
		if ((count) >= (cap)) {                                                                                \
			(cap) = (cap) ? (cap)*2 : 8;                                                                   \
			(array) = mem_realloc((array), (cap) * sizeof(*(array)));                                      \
		}                                                                                                      \
	} while (0)

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
