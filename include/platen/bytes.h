/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_BYTES_H
#define PL_BYTES_H

/*
 * Bytes: a buffer that grows, and cannot exist without a maximum.
 *
 *     struct pl_bytes b;
 *     pl_bytes_init(&b, 64 * 1024);
 *     r = pl_bytes_add(&b, data, n);   PL_E_TOO_BIG past 64 KiB, the content stays as it was
 *     pl_bytes_finish(&b);
 *
 * A NUL always stands behind the content (not counted in `size`), so text can be read in place.
 * Threads: one at a time. Memory: the buffer owns `at`; pointers into it die with the next add.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"
#include "platen/span.h"

struct pl_bytes {
	uint8_t *at;
	size_t size; /* bytes in use */
	size_t cap;  /* bytes allocated */
	size_t max;  /* bytes it may ever hold */
};

void pl_bytes_init(struct pl_bytes *b, size_t max);
void pl_bytes_finish(struct pl_bytes *b); /* frees; the buffer may be initialised again */
void pl_bytes_clear(struct pl_bytes *b);  /* empty, memory kept */

/* Returns PL_OK | PL_E_TOO_BIG (nothing was added) | PL_E_NO_MEMORY. */
enum pl_result pl_bytes_add(struct pl_bytes *b, const void *data, size_t n);
enum pl_result pl_bytes_add_text(struct pl_bytes *b, const char *text);
enum pl_result pl_bytes_add_format(struct pl_bytes *b, const char *fmt, ...) PL_PRINTF(2, 3);

/* Removes `n` bytes (n <= size) from the front. */
void pl_bytes_drop(struct pl_bytes *b, size_t n);

/* Takes everything behind the first `size` bytes off again: how an addition that failed half-way is
 * undone. */
static inline void pl_bytes_cut(struct pl_bytes *b, size_t size)
{
	if (b->size <= size)
		return;
	b->size = size;
	b->at[size] = '\0';
}

static inline struct pl_span pl_bytes_span(const struct pl_bytes *b)
{
	return (struct pl_span){ (const char *)b->at, b->size };
}

#endif
