/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Small ones and large ones are zeroed, also where other things were before, and large ones begin where pages do. */
Test(base, mem_tables)
{
	for (size_t size = 1 << 20; size <= 4 << 20; size *= 2)
		for (unsigned again = 0; again < 2; again++) {
			unsigned char *table = mem_alloc_table(size), sum = 0;

			for (size_t i = 0; i < size; i++)
				sum |= table[i];
			cr_expect_eq(sum, 0, "%zu", size);
			cr_expect(size < 2 << 20 || (uintptr_t)table % (2 << 20) == 0);
			memset(table, 0xff, size);
			free(table);
		}
}

/* What is not zeroed begins where pages do, too, and can be written all over. */
Test(base, mem_blocks)
{
	for (size_t size = 1 << 10; size <= 4 << 20; size *= 4) {
		unsigned char *block = mem_alloc_block(size);

		cr_expect(size < 2 << 20 || (uintptr_t)block % (2 << 20) == 0);
		memset(block, 0xff, size);
		cr_expect_eq(block[size - 1], 0xff);
		free(block);
	}
}

/* Zeroed, also where other things were before: small ones, none, and others. */
Test(base, mem_alloc_is_zeroed)
{
	for (size_t size = 0; size <= 2048; size += 64)
		for (unsigned again = 0; again < 2; again++) {
			unsigned char *p = mem_alloc(size), sum = 0;

			cr_assert_not_null(p);
			for (size_t i = 0; i < size; i++)
				sum |= p[i];
			cr_expect_eq(sum, 0, "%zu", size);
			memset(p, 0xff, size);
			free(p);
		}
}
