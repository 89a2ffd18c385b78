/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that gzip is unpacked within its bound and that whatever is not exactly one member is
 * refused. */
#include <stdlib.h>
#include <zlib.h>

#include "gunzip.h"
#include "unit.h"

/* Packs n bytes of 'x'. */
static size_t pack(size_t n, unsigned char *out, size_t cap)
{
	unsigned char *text = malloc(n + 1);
	z_stream z = { 0 };
	size_t size;

	assert_non_null(text);
	memset(text, 'x', n);
	z.next_in = text;
	z.avail_in = (unsigned)n;
	z.next_out = out;
	z.avail_out = (unsigned)cap;
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size = cap - z.avail_out;
	deflateEnd(&z);
	free(text);
	return size;
}

static enum pl_result unpack(const void *at, size_t n, size_t max, size_t *ret_size)
{
	struct pl_bytes out;
	enum pl_result r;

	pl_bytes_init(&out, max);
	r = pl_gunzip((struct pl_span){ at, n }, &out);
	*ret_size = out.size;
	pl_bytes_finish(&out);
	return r;
}

static void unpacks_up_to_its_bound(void **state)
{
	unsigned char packed[4096];
	size_t n = pack(100000, packed, sizeof packed), size;

	(void)state;
	assert_result(unpack(packed, n, 100000, &size), PL_OK);
	assert_int_equal(size, 100000);
	assert_result(unpack(packed, n, 99999, &size), PL_E_TOO_BIG);
	assert_true(size <= 99999);
	n = pack(0, packed, sizeof packed);
	assert_result(unpack(packed, n, 10, &size), PL_OK);
	assert_int_equal(size, 0);
}

static void refuses_what_is_not_one_member(void **state)
{
	unsigned char packed[4096];
	size_t n = pack(1000, packed, sizeof packed - 8), size;

	(void)state;
	for (size_t cut = 0; cut < n; cut++)
		assert_result(unpack(packed, cut, 4096, &size), PL_E_PROTOCOL);
	memcpy(packed + n, "tail", 4);
	assert_result(unpack(packed, n + 4, 4096, &size), PL_E_PROTOCOL);
	packed[n - 6] ^= 1; /* the checksum */
	assert_result(unpack(packed, n, 4096, &size), PL_E_PROTOCOL);
	assert_result(unpack("plain text", 10, 4096, &size), PL_E_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unpacks_up_to_its_bound),
		cmocka_unit_test(refuses_what_is_not_one_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
