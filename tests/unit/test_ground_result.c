/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that every result has a name of its own, and that errors keep their sentence bounded. */
#include "platen/result.h"

#include "unit.h"

static void names_are_distinct(void **state)
{
	(void)state;
	for (int i = 0; i < PL_RESULT_COUNT; i++) {
		const char *name = pl_result_name((enum pl_result)i);

		assert_non_null(name);
		assert_string_not_equal(name, "unknown");
		for (int j = 0; j < i; j++)
			assert_string_not_equal(name, pl_result_name((enum pl_result)j));
	}
	assert_string_equal(pl_result_name((enum pl_result)PL_RESULT_COUNT), "unknown");
	assert_string_equal(pl_result_name((enum pl_result) - 1), "unknown");
}

static void an_error_is_code_and_sentence(void **state)
{
	struct pl_error err;

	(void)state;
	assert_result(pl_error_set(&err, PL_E_BUSY, "interface %d is held", 1), PL_E_BUSY);
	assert_result(err.code, PL_E_BUSY);
	assert_string_equal(err.text, "interface 1 is held");
	assert_result(pl_error_prefix(&err, "printer %s", "A"), PL_E_BUSY);
	assert_string_equal(err.text, "printer A: interface 1 is held");
	assert_result(pl_error_set(NULL, PL_E_GONE, "nobody listens"), PL_E_GONE);
}

static void long_sentences_are_cut(void **state)
{
	struct pl_error err;
	char text[2 * PL_MAX_ERROR];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_result(pl_error_set(&err, PL_E_IO, "%s", text), PL_E_IO);
	assert_int_equal(strlen(err.text), PL_MAX_ERROR - 1);
	assert_result(pl_error_prefix(&err, "%s", text), PL_E_IO);
	assert_int_equal(strlen(err.text), PL_MAX_ERROR - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_distinct),
		cmocka_unit_test(an_error_is_code_and_sentence),
		cmocka_unit_test(long_sentences_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
