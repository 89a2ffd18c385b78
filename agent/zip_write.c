/* SPDX-License-Identifier: Apache-2.0 */
/* Local headers with their data, then the directory, then its end; little-endian throughout. */
#include "zip_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "platen/clock.h"

#define CENTRAL_SIZE 46
#define DEFLATED     8
#define NEEDS	     20 /* version 2.0 of the format */
#define MADE_ON_UNIX 0x0314
#define IS_UTF8	     0x0800

struct packer {
	uint8_t at[CENTRAL_SIZE];
	size_t n;
};

static void put16(struct packer *p, uint32_t value)
{
	p->at[p->n++] = (uint8_t)value;
	p->at[p->n++] = (uint8_t)(value >> 8);
}

static void put32(struct packer *p, uint32_t value)
{
	put16(p, value & 0xffff);
	put16(p, value >> 16);
}

/* "2026-01-31T08:15:30.123Z" as DOS has it: two-second steps since 1980. */
static uint32_t dos_stamp(int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT];
	unsigned year, month, day, hour, minute, second;

	pl_clock_text(wall_ms, text);
	if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u", &year, &month, &day, &hour, &minute, &second) !=
		    6 ||
	    year < 1980 || year > 2107)
		return 0x00210000; /* 1980-01-01 */
	return (year - 1980) << 25 | month << 21 | day << 16 | hour << 11 | minute << 5 |
	       second / 2;
}

void pl_zip_init(struct pl_zip *zip, size_t max, int64_t wall_ms)
{
	*zip = (struct pl_zip){ .stamp = dos_stamp(wall_ms) };
	pl_bytes_init(&zip->bytes, max);
}

void pl_zip_finish(struct pl_zip *zip)
{
	pl_bytes_finish(&zip->bytes);
}

/* Packs `plain` into `out`, which is as large; false: it would not get smaller. */
static bool deflate_all(struct pl_span plain, uint8_t *out, size_t *ret_n)
{
	z_stream z = { 0 };
	bool smaller;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)plain.at;
	z.avail_in = (uInt)plain.size;
	z.next_out = out;
	z.avail_out = (uInt)plain.size;
	smaller = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*ret_n = z.total_out;
	deflateEnd(&z);
	return smaller;
}

/* What both headers of a file have in common. */
static void put_common(struct packer *p, const struct pl_zip *zip, const struct pl_zip_entry *e)
{
	put16(p, NEEDS);
	put16(p, IS_UTF8);
	put16(p, e->method);
	put32(p, zip->stamp);
	put32(p, e->crc);
	put32(p, e->packed);
	put32(p, e->size);
	put16(p, (uint32_t)strlen(e->name));
	put16(p, 0); /* no extra field */
}

static enum pl_result write_file(struct pl_zip *zip, const struct pl_zip_entry *e, const void *data)
{
	struct packer p = { .n = 0 };
	size_t before = zip->bytes.size;
	enum pl_result r;

	put32(&p, 0x04034b50);
	put_common(&p, zip, e);
	r = pl_bytes_add(&zip->bytes, p.at, p.n);
	if (r == PL_OK)
		r = pl_bytes_add_text(&zip->bytes, e->name);
	if (r == PL_OK && e->packed > 0)
		r = pl_bytes_add(&zip->bytes, data, e->packed);
	if (r != PL_OK)
		zip->bytes.size = before;
	return r;
}

enum pl_result pl_zip_add(struct pl_zip *zip, const char *name, struct pl_span content)
{
	struct pl_zip_entry e = { .size = (uint32_t)content.size,
				  .packed = (uint32_t)content.size,
				  .offset = (uint32_t)zip->bytes.size };
	uint8_t *packed = NULL;
	size_t n = 0;
	enum pl_result r;

	if (zip->count == PL_MAX_ZIP_ENTRIES)
		return PL_E_FULL;
	if (content.size > UINT32_MAX / 2)
		return PL_E_TOO_BIG;
	if (content.size > 0)
		packed = malloc(content.size);
	if (content.size > 0 && !packed)
		return PL_E_NO_MEMORY;
	snprintf(e.name, sizeof(e.name), "%s", name);
	e.crc = (uint32_t)crc32(0, (const Bytef *)content.at, (uInt)content.size);
	if (packed && deflate_all(content, packed, &n)) {
		e.method = DEFLATED;
		e.packed = (uint32_t)n;
	}
	r = write_file(zip, &e, e.method == DEFLATED ? (const void *)packed : content.at);
	free(packed);
	if (r == PL_OK)
		zip->entries[zip->count++] = e;
	return r;
}

static enum pl_result write_central(struct pl_zip *zip, const struct pl_zip_entry *e)
{
	struct packer p = { .n = 0 };
	enum pl_result r;

	put32(&p, 0x02014b50);
	put16(&p, MADE_ON_UNIX);
	put_common(&p, zip, e);
	put16(&p, 0);		   /* no comment */
	put16(&p, 0);		   /* disk */
	put16(&p, 0);		   /* internal attributes */
	put32(&p, 0100640u << 16); /* a file of rw-r----- */
	put32(&p, e->offset);
	r = pl_bytes_add(&zip->bytes, p.at, p.n);
	return r == PL_OK ? pl_bytes_add_text(&zip->bytes, e->name) : r;
}

enum pl_result pl_zip_end(struct pl_zip *zip)
{
	struct packer p = { .n = 0 };
	size_t begin = zip->bytes.size;
	enum pl_result r = PL_OK;

	for (size_t i = 0; i < zip->count && r == PL_OK; i++)
		r = write_central(zip, &zip->entries[i]);
	if (r != PL_OK)
		return r;
	put32(&p, 0x06054b50);
	put16(&p, 0);
	put16(&p, 0);
	put16(&p, (uint32_t)zip->count);
	put16(&p, (uint32_t)zip->count);
	put32(&p, (uint32_t)(zip->bytes.size - begin));
	put32(&p, (uint32_t)begin);
	put16(&p, 0);
	return pl_bytes_add(&zip->bytes, p.at, p.n);
}
