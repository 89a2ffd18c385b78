/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zone files: a header and 32-bit data, which are passed over, then the same with 64-bit times:
 *
 *     "TZif" '2' 15 zeros, six counts: isutcnt isstdcnt leapcnt timecnt typecnt charcnt
 *     timecnt times (8 bytes), timecnt types (1), typecnt rows of offset (4), isdst (1), name (1)
 */
#include "time_zone.h"

#include <stdio.h>
#include <string.h>

#include "platen/file.h"

#define FOLDER	    "/usr/share/zoneinfo"
#define MAX_FILE    (64 * 1024)
#define HEADER	    44
#define DAY_MINUTES 1440

struct table {
	const uint8_t *times, *types, *rows, *end;
	size_t time_count, type_count;
};

static int64_t number(const uint8_t *at, size_t n)
{
	uint64_t value = at[0] & 0x80 ? ~(uint64_t)0 : 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | at[i];
	return (int64_t)value;
}

/* "Europe/Berlin"; never a way out of the folder. */
static bool is_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < PL_MAX_TIME_ZONE && name[0] != '/' && !strstr(name, "..") &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
		       n;
}

/* The bytes of a block whose times have `width` bytes; false: it does not fit. */
static bool measure(const uint8_t *at, size_t left, size_t width, size_t count[static 6],
		    size_t *ret_size)
{
	if (left < HEADER || memcmp(at, "TZif", 4) != 0)
		return false;
	for (size_t i = 0; i < 6; i++) {
		count[i] = (size_t)number(at + 20 + 4 * i, 4);
		if (count[i] > MAX_FILE)
			return false;
	}
	*ret_size = HEADER + count[3] * (width + 1) + count[4] * 6 + count[5] +
		    count[2] * (width + 4) + count[1] + count[0];
	return *ret_size <= left;
}

static bool read_table(const struct pl_bytes *file, struct table *t)
{
	size_t count[6], size, second;

	if (!measure(file->at, file->size, 4, count, &size) || file->at[4] < '2' ||
	    !measure(file->at + size, file->size - size, 8, count, &second) || count[4] == 0)
		return false;
	t->times = file->at + size + HEADER;
	t->time_count = count[3];
	t->type_count = count[4];
	t->types = t->times + 8 * count[3];
	t->rows = t->types + count[3];
	t->end = file->at + size + second;
	return true;
}

/* Behind the last change a rule goes on ("\nCET-1CEST,M3.5.0,…\n"): that is not read. */
static bool goes_on(const struct table *t, const struct pl_bytes *file)
{
	return memchr(t->end, ',', (size_t)(file->at + file->size - t->end)) != NULL;
}

static bool look_up(const struct table *t, const struct pl_bytes *file, int64_t wall_s,
		    int64_t *ret_offset_s)
{
	size_t type = 0, n = t->time_count;

	while (n > 0 && number(t->times + 8 * (n - 1), 8) > wall_s)
		n--;
	if (n > 0 && n == t->time_count && goes_on(t, file))
		return false;
	if (n > 0)
		type = t->types[n - 1];
	if (type >= t->type_count)
		return false;
	*ret_offset_s = number(t->rows + 6 * type, 4);
	return true;
}

enum pl_result pl_time_zone_offset(const char *name, int64_t wall_ms, int64_t *ret_offset_s,
				   struct pl_error *err)
{
	char path[PL_MAX_PATH];
	struct pl_bytes file;
	struct table t;
	enum pl_result r;

	if (!is_name(name))
		return pl_error_set(err, PL_E_INVALID, "there is no such time zone");
	snprintf(path, sizeof path, FOLDER "/%s", name);
	pl_bytes_init(&file, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SHARED, &file, err);
	if (r != PL_OK)
		r = pl_error_set(err, PL_E_INVALID, "this machine knows no time zone %s", name);
	else if (!read_table(&file, &t) || !look_up(&t, &file, wall_ms / 1000, ret_offset_s))
		r = pl_error_set(err, PL_E_INVALID,
				 "this machine's file of the time zone %s cannot be used", name);
	pl_bytes_finish(&file);
	return r;
}

enum pl_result pl_time_zone_minute(const char *name, int64_t wall_ms, int *ret_minute,
				   struct pl_error *err)
{
	int64_t offset_s;
	enum pl_result r = pl_time_zone_offset(name, wall_ms, &offset_s, err);

	if (r == PL_OK)
		*ret_minute = (int)((wall_ms / 1000 + offset_s) / 60 % DAY_MINUTES);
	return r;
}
