/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that what is sealed opens only unchanged, in its place and under its key, and that a key
 * file which others may read is refused. */
#include <sys/stat.h>

#include "platen/seal.h"

#include "scratch.h"
#include "unit.h"

static const uint8_t KEY[PL_SEAL_KEY_SIZE] = "an example key, 31 letters long.";
static const uint8_t OTHER[PL_SEAL_KEY_SIZE] = "another one, also 31 letters xx.";

static void opens_what_it_sealed(void **state)
{
	struct pl_seal *seal = pl_seal_create(KEY);
	struct pl_bytes sealed, plain;

	(void)state;
	pl_bytes_init(&sealed, 100);
	pl_bytes_init(&plain, 100);
	assert_result(pl_seal_wrap(seal, SPAN("spool/1"), "hello", 5, &sealed), PL_OK);
	assert_int_equal(sealed.size, 5 + PL_SEAL_OVERHEAD);
	assert_result(pl_seal_unwrap(seal, SPAN("spool/1"), sealed.at, sealed.size, &plain), PL_OK);
	assert_span(pl_bytes_span(&plain), "hello");

	pl_bytes_clear(&sealed); /* nothing can be sealed, too */
	assert_result(pl_seal_wrap(seal, SPAN(""), "", 0, &sealed), PL_OK);
	assert_result(pl_seal_unwrap(seal, SPAN(""), sealed.at, sealed.size, &plain), PL_OK);
	assert_span(pl_bytes_span(&plain), "hello");
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&plain);
	pl_seal_close(seal);
}

static void one_text_seals_differently_each_time(void **state)
{
	struct pl_seal *seal = pl_seal_create(KEY);
	struct pl_bytes a, b;

	(void)state;
	pl_bytes_init(&a, 100);
	pl_bytes_init(&b, 100);
	assert_result(pl_seal_wrap(seal, SPAN("x"), "hello", 5, &a), PL_OK);
	assert_result(pl_seal_wrap(seal, SPAN("x"), "hello", 5, &b), PL_OK);
	assert_memory_not_equal(a.at, b.at, a.size);
	pl_bytes_finish(&a);
	pl_bytes_finish(&b);
	pl_seal_close(seal);
}

static void refuses_any_change(void **state)
{
	struct pl_seal *seal = pl_seal_create(KEY), *other = pl_seal_create(OTHER);
	struct pl_bytes sealed, plain;

	(void)state;
	pl_bytes_init(&sealed, 100);
	pl_bytes_init(&plain, 100);
	assert_result(pl_seal_wrap(seal, SPAN("spool/1"), "hello", 5, &sealed), PL_OK);
	for (size_t i = 0; i < sealed.size; i++) {
		sealed.at[i] ^= 1;
		assert_result(pl_seal_unwrap(seal, SPAN("spool/1"), sealed.at, sealed.size, &plain),
			      PL_E_UNTRUSTED);
		sealed.at[i] ^= 1;
	}
	for (size_t n = 0; n < sealed.size; n++)
		assert_result(pl_seal_unwrap(seal, SPAN("spool/1"), sealed.at, n, &plain),
			      PL_E_UNTRUSTED);
	assert_result(pl_seal_unwrap(seal, SPAN("spool/2"), sealed.at, sealed.size, &plain),
		      PL_E_UNTRUSTED);
	assert_result(pl_seal_unwrap(other, SPAN("spool/1"), sealed.at, sealed.size, &plain),
		      PL_E_UNTRUSTED);
	assert_int_equal(plain.size, 0);
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&plain);
	pl_seal_close(seal);
	pl_seal_close(other);
}

static void adds_nothing_where_there_is_no_room(void **state)
{
	struct pl_seal *seal = pl_seal_create(KEY);
	struct pl_bytes out;

	(void)state;
	pl_bytes_init(&out, PL_SEAL_OVERHEAD + 4);
	assert_result(pl_seal_wrap(seal, SPAN("x"), "hello", 5, &out), PL_E_TOO_BIG);
	assert_int_equal(out.size, 0);
	pl_bytes_finish(&out);
	pl_seal_close(seal);
}

static void makes_a_key_file_and_finds_it_again(void **state)
{
	struct pl_seal *first, *second;
	struct pl_bytes sealed, plain;
	struct stat about;
	char path[128];

	(void)state;
	pl_bytes_init(&sealed, 100);
	pl_bytes_init(&plain, 100);
	scratch_path("key", path, sizeof(path));
	assert_result(pl_seal_open(path, &first, NULL), PL_OK);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_result(pl_seal_open(path, &second, NULL), PL_OK);
	assert_result(pl_seal_wrap(first, SPAN("x"), "hello", 5, &sealed), PL_OK);
	assert_result(pl_seal_unwrap(second, SPAN("x"), sealed.at, sealed.size, &plain), PL_OK);
	pl_seal_close(first);
	pl_seal_close(second);
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&plain);
}

static void refuses_bad_key_files(void **state)
{
	struct pl_seal *seal;
	struct pl_error err;
	char path[128];

	(void)state;
	scratch_write("readable", KEY, sizeof(KEY), path, sizeof(path));
	assert_int_equal(chmod(path, 0644), 0);
	assert_result(pl_seal_open(path, &seal, &err), PL_E_DENIED);
	assert_non_null(strstr(err.text, "chmod 600"));
	scratch_write("short", KEY, 31, path, sizeof(path));
	assert_result(pl_seal_open(path, &seal, &err), PL_E_PROTOCOL);
	scratch_write("long", "0123456789012345678901234567890123", 33, path, sizeof(path));
	assert_result(pl_seal_open(path, &seal, &err), PL_E_PROTOCOL);
	assert_non_null(strstr(err.text, "not a key file"));
}

static void blind_index_depends_on_data_and_key(void **state)
{
	struct pl_seal *seal = pl_seal_create(KEY), *other = pl_seal_create(OTHER);
	uint8_t a[PL_HASH_SIZE], b[PL_HASH_SIZE];

	(void)state;
	pl_seal_blind(seal, SPAN("VNB3K12345"), a);
	pl_seal_blind(seal, SPAN("VNB3K12345"), b);
	assert_memory_equal(a, b, sizeof(a));
	pl_seal_blind(seal, SPAN("VNB3K12346"), b);
	assert_memory_not_equal(a, b, sizeof(a));
	pl_seal_blind(other, SPAN("VNB3K12345"), b);
	assert_memory_not_equal(a, b, sizeof(a));
	pl_seal_close(seal);
	pl_seal_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_what_it_sealed),
		cmocka_unit_test(one_text_seals_differently_each_time),
		cmocka_unit_test(refuses_any_change),
		cmocka_unit_test(adds_nothing_where_there_is_no_room),
		cmocka_unit_test(makes_a_key_file_and_finds_it_again),
		cmocka_unit_test(refuses_bad_key_files),
		cmocka_unit_test(blind_index_depends_on_data_and_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
