/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the end: its record, the directory, one local header. Every number is checked against the
 * bytes there are before it is followed.
 */
#include "zip_read.h"

#include <stdbool.h>
#include <string.h>
#include <zlib.h>

#define END_SIZE     22
#define CENTRAL_SIZE 46
#define LOCAL_SIZE   30
#define STORED	     0
#define DEFLATED     8
#define IS_ENCRYPTED 1

static uint32_t get16(const char *at)
{
	return (uint32_t)(unsigned char)at[0] | (uint32_t)(unsigned char)at[1] << 8;
}

static uint32_t get32(const char *at)
{
	return get16(at) | get16(at + 2) << 16;
}

static enum pl_result refuse(struct pl_error *err)
{
	return pl_error_set(err, PL_E_PROTOCOL, "the file is not a zip as agents make them");
}

static bool is_name(const char *name, size_t n)
{
	static const char LETTERS[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (n == 0 || n >= PL_MAX_ZIP_NAME || name[0] == '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!name[i] || !strchr(LETTERS, name[i]))
			return false;
	return true;
}

/* One entry of the directory at `at`, `left` bytes; *ret_size is how long it is. */
static bool read_entry(const char *at, size_t left, struct pl_zip_part *ret, size_t *ret_size)
{
	struct pl_zip_part p = { .size = 0 };
	size_t name, more;

	if (left < CENTRAL_SIZE || get32(at) != 0x02014b50)
		return false;
	name = get16(at + 28);
	more = get16(at + 30) + get16(at + 32);
	if (left < CENTRAL_SIZE + name + more || (get16(at + 8) & IS_ENCRYPTED) ||
	    !is_name(at + CENTRAL_SIZE, name))
		return false;
	p.method = (uint16_t)get16(at + 10);
	p.crc = get32(at + 16);
	p.packed = get32(at + 20);
	p.size = get32(at + 24);
	p.offset = get32(at + 42);
	memcpy(p.name, at + CENTRAL_SIZE, name);
	*ret = p;
	*ret_size = CENTRAL_SIZE + name + more;
	return p.method == DEFLATED || (p.method == STORED && p.packed == p.size);
}

enum pl_result pl_zip_list(struct pl_span zip, struct pl_zip_part ret_parts[PL_MAX_ZIP_PARTS],
			   size_t *ret_count, struct pl_error *err)
{
	size_t count, size, begin;
	const char *end;

	if (zip.size < END_SIZE)
		return refuse(err);
	end = zip.at + zip.size - END_SIZE; /* agents write no comment behind it */
	if (get32(end) != 0x06054b50)
		return refuse(err);
	count = get16(end + 10);
	size = get32(end + 12);
	begin = get32(end + 16);
	if (count > PL_MAX_ZIP_PARTS || begin > zip.size - END_SIZE ||
	    size != zip.size - END_SIZE - begin)
		return refuse(err);
	for (size_t i = 0; i < count; i++) {
		size_t n;

		if (!read_entry(zip.at + begin, size, &ret_parts[i], &n))
			return refuse(err);
		begin += n;
		size -= n;
	}
	if (size != 0)
		return refuse(err);
	*ret_count = count;
	return PL_OK;
}

static enum pl_result inflate_all(struct pl_span packed, struct pl_bytes *out, uint32_t size)
{
	unsigned char piece[16 * 1024];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)packed.at,
		       .avail_in = (unsigned)packed.size };
	enum pl_result r = PL_OK;
	int rc;

	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return PL_E_NO_MEMORY;
	do {
		z.next_out = piece;
		z.avail_out = sizeof piece;
		rc = inflate(&z, Z_NO_FLUSH);
		if ((rc != Z_OK && rc != Z_STREAM_END) || z.total_out > size)
			r = PL_E_PROTOCOL;
		else
			r = pl_bytes_add(out, piece, sizeof piece - z.avail_out);
	} while (r == PL_OK && rc != Z_STREAM_END);
	inflateEnd(&z);
	return r;
}

enum pl_result pl_zip_unpack(struct pl_span zip, const struct pl_zip_part *part,
			     struct pl_bytes *out, struct pl_error *err)
{
	size_t before = out->size, skip, left;
	struct pl_span packed;
	enum pl_result r;

	if (part->offset > zip.size || zip.size - part->offset < LOCAL_SIZE ||
	    get32(zip.at + part->offset) != 0x04034b50)
		return refuse(err);
	left = zip.size - part->offset;
	skip = LOCAL_SIZE + get16(zip.at + part->offset + 26) + get16(zip.at + part->offset + 28);
	if (skip > left || part->packed > left - skip)
		return refuse(err);
	packed = (struct pl_span){ zip.at + part->offset + skip, part->packed };
	if (part->method == STORED)
		r = packed.size > 0 ? pl_bytes_add(out, packed.at, packed.size) : PL_OK;
	else
		r = inflate_all(packed, out, part->size);
	if (r == PL_OK && (out->size - before != part->size ||
			   (part->size > 0 &&
			    crc32(0, (const Bytef *)out->at + before, part->size) != part->crc)))
		r = PL_E_PROTOCOL;
	if (r == PL_E_TOO_BIG || r == PL_E_NO_MEMORY)
		return pl_error_set(err, r, "the part is larger than what can be shown");
	return r == PL_OK ? r : refuse(err);
}
