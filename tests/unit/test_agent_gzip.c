/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent packs, zlib's own reader unpacks to the same bytes; what does not shrink is said
 * to be not worth it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "gzip.h"

static void check_round_trip(const unsigned char *plain, size_t n)
{
	unsigned char *again = malloc(n + 1);
	struct pl_bytes packed;
	z_stream z = { 0 };

	pl_bytes_init(&packed, 2 * n + 64);
	assert_int_equal(pl_gzip((struct pl_span){ (const char *)plain, n }, &packed), PL_OK);
	assert_int_equal(packed.at[0], 0x1f); /* gzip's mark */
	assert_int_equal(packed.at[1], 0x8b);
	z.next_in = packed.at;
	z.avail_in = (unsigned)packed.size;
	z.next_out = again;
	z.avail_out = (unsigned)n + 1;
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, n);
	assert_int_equal(z.avail_in, 0);
	if (n > 0)
		assert_memory_equal(again, plain, n);
	inflateEnd(&z);
	pl_bytes_finish(&packed);
	free(again);
}

static void packs_what_reports_are_made_of(void **state)
{
	static const char TEXT[] =
		"{\"seq\":17,\"kind\":\"printer.snapshot\",\"body\":{\"full\":true}},";
	size_t n = 100000;
	unsigned char *plain = malloc(n);
	struct pl_bytes packed;

	(void)state;
	for (size_t i = 0; i < n; i++)
		plain[i] = (unsigned char)TEXT[i % (sizeof(TEXT) - 1)];
	check_round_trip(plain, n);
	check_round_trip(plain, 1);
	check_round_trip(plain, 0);
	pl_bytes_init(&packed, n / 10);
	assert_int_equal(pl_gzip((struct pl_span){ (const char *)plain, n }, &packed), PL_OK);
	pl_bytes_finish(&packed);
	free(plain);
}

static void says_what_does_not_shrink(void **state)
{
	unsigned char noise[20000];
	struct pl_bytes packed;
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		x = x * 1664525u + 1013904223u;
		noise[i] = (unsigned char)(x >> 24);
	}
	check_round_trip(noise, sizeof(noise));
	pl_bytes_init(&packed, sizeof(noise) / 2);
	assert_int_equal(pl_gzip((struct pl_span){ (const char *)noise, sizeof(noise) }, &packed),
			 PL_E_TOO_BIG);
	pl_bytes_finish(&packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packs_what_reports_are_made_of),
		cmocka_unit_test(says_what_does_not_shrink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
