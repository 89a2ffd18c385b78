/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a buffer grows up to its maximum and never past it, and always ends in a NUL. */
#include "platen/bytes.h"

#include "unit.h"

static void grows_up_to_its_maximum(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 1000);
	for (int i = 0; i < 1000; i++)
		assert_result(pl_bytes_add(&b, "x", 1), PL_OK);
	assert_int_equal(b.size, 1000);
	assert_result(pl_bytes_add(&b, "y", 1), PL_E_TOO_BIG);
	assert_int_equal(b.size, 1000);
	assert_int_equal(b.at[999], 'x');
	assert_int_equal(b.at[1000], '\0');
	pl_bytes_finish(&b);
}

static void adds_nothing_of_what_does_not_fit(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 8);
	assert_result(pl_bytes_add_text(&b, "12345"), PL_OK);
	assert_result(pl_bytes_add_text(&b, "6789"), PL_E_TOO_BIG);
	assert_result(pl_bytes_add_format(&b, "%d", 6789), PL_E_TOO_BIG);
	assert_span(pl_bytes_span(&b), "12345");
	assert_result(pl_bytes_add_format(&b, "%d", 678), PL_OK);
	assert_string_equal((char *)b.at, "12345678");
	pl_bytes_finish(&b);
}

static void drops_from_the_front(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 100);
	assert_result(pl_bytes_add_text(&b, "0123456789"), PL_OK);
	pl_bytes_drop(&b, 0);
	pl_bytes_drop(&b, 7);
	assert_string_equal((char *)b.at, "789");
	pl_bytes_drop(&b, 3);
	assert_int_equal(b.size, 0);
	assert_string_equal((char *)b.at, "");
	pl_bytes_finish(&b);
}

static void empty_is_safe(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 10);
	assert_int_equal(pl_bytes_span(&b).size, 0);
	pl_bytes_clear(&b);
	pl_bytes_drop(&b, 0);
	assert_result(pl_bytes_add(&b, NULL, 0), PL_OK);
	pl_bytes_finish(&b);
	pl_bytes_finish(&b);
	assert_result(pl_bytes_add_text(&b, "again"), PL_OK);
	pl_bytes_clear(&b);
	assert_string_equal((char *)b.at, "");
	pl_bytes_finish(&b);
}

static void a_maximum_of_nothing_holds_nothing(void **state)
{
	struct pl_bytes b;

	(void)state;
	pl_bytes_init(&b, 0);
	assert_result(pl_bytes_add(&b, "x", 1), PL_E_TOO_BIG);
	assert_result(pl_bytes_add(&b, "", 0), PL_OK);
	pl_bytes_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_up_to_its_maximum),
		cmocka_unit_test(adds_nothing_of_what_does_not_fit),
		cmocka_unit_test(drops_from_the_front),
		cmocka_unit_test(empty_is_safe),
		cmocka_unit_test(a_maximum_of_nothing_holds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
