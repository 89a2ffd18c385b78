/* SPDX-License-Identifier: Apache-2.0 */
/* A buffer that grows by doubling and never past its maximum. */
#include "platen/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 256

void pl_bytes_init(struct pl_bytes *b, size_t max)
{
	*b = (struct pl_bytes){ .max = max };
}

void pl_bytes_finish(struct pl_bytes *b)
{
	free(b->at);
	*b = (struct pl_bytes){ .max = b->max };
}

void pl_bytes_clear(struct pl_bytes *b)
{
	b->size = 0;
	if (b->at)
		b->at[0] = '\0';
}

/* Makes room for n more bytes and the NUL behind them. */
static enum pl_result reserve(struct pl_bytes *b, size_t n)
{
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	uint8_t *at;

	if (n > b->max - b->size)
		return PL_E_TOO_BIG;
	if (b->cap > b->size + n)
		return PL_OK;
	while (cap <= b->size + n)
		cap = cap < b->max / 2 ? cap * 2 : b->max + 1;
	at = realloc(b->at, cap);
	if (!at)
		return PL_E_NO_MEMORY;
	b->at = at;
	b->cap = cap;
	return PL_OK;
}

enum pl_result pl_bytes_add(struct pl_bytes *b, const void *data, size_t n)
{
	enum pl_result r = reserve(b, n);

	if (r != PL_OK)
		return r;
	if (n > 0)
		memcpy(b->at + b->size, data, n);
	b->size += n;
	b->at[b->size] = '\0';
	return PL_OK;
}

enum pl_result pl_bytes_add_text(struct pl_bytes *b, const char *text)
{
	return pl_bytes_add(b, text, strlen(text));
}

enum pl_result pl_bytes_add_format(struct pl_bytes *b, const char *fmt, ...)
{
	va_list args;
	enum pl_result r;
	int n;

	va_start(args, fmt);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (n < 0)
		return PL_E_INVALID;
	r = reserve(b, (size_t)n);
	if (r != PL_OK)
		return r;
	va_start(args, fmt);
	vsnprintf((char *)b->at + b->size, (size_t)n + 1, fmt, args);
	va_end(args);
	b->size += (size_t)n;
	return PL_OK;
}

void pl_bytes_drop(struct pl_bytes *b, size_t n)
{
	if (n == 0)
		return;
	memmove(b->at, b->at + n, b->size - n);
	b->size -= n;
	b->at[b->size] = '\0';
}
