/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the shape and the spread of random things (not their unpredictability: no test can). */
#include "platen/encode.h"
#include "platen/random.h"

#include "unit.h"

static void uuids_are_version_4(void **state)
{
	char a[PL_UUID_TEXT], b[PL_UUID_TEXT];

	(void)state;
	for (int i = 0; i < 100; i++) {
		pl_random_uuid(a);
		pl_random_uuid(b);
		assert_string_not_equal(a, b);
		assert_int_equal(strlen(a), 36);
		assert_int_equal(a[14], '4');
		assert_non_null(strchr("89ab", a[19]));
		for (size_t k = 0; k < 36; k++)
			if (k == 8 || k == 13 || k == 18 || k == 23)
				assert_int_equal(a[k], '-');
			else
				assert_non_null(strchr("0123456789abcdef", a[k]));
	}
}

static void every_number_below_a_limit_comes(void **state)
{
	int seen[7] = { 0 };

	(void)state;
	assert_int_equal(pl_random_below(1), 0);
	for (int i = 0; i < 7000; i++) {
		uint64_t n = pl_random_below(7);

		assert_true(n < 7);
		seen[n]++;
	}
	for (int i = 0; i < 7; i++) /* 1000 each; ten standard deviations are 293 */
		assert_in_range(seen[i], 700, 1300);
}

static void fills_more_than_the_generator_gives_at_once(void **state)
{
	static uint8_t bytes[5000];
	int zeros = 0;

	(void)state;
	pl_random_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		zeros += bytes[i] == 0;
	assert_in_range(zeros, 0, 100); /* 20 on average */
	assert_int_equal(pl_random_callback(NULL, bytes, 16), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uuids_are_version_4),
		cmocka_unit_test(every_number_below_a_limit_comes),
		cmocka_unit_test(fills_more_than_the_generator_gives_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
