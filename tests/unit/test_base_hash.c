/* SPDX-License-Identifier: Apache-2.0 */
/* Proves SHA-256 and HMAC against the published vectors, whole and in pieces. */
#include "platen/encode.h"
#include "platen/hash.h"

#include "unit.h"

static void check(const uint8_t digest[PL_HASH_SIZE], const char *want)
{
	char text[PL_HASH_TEXT];

	pl_hex_write(digest, PL_HASH_SIZE, text);
	assert_string_equal(text, want);
}

/* FIPS 180-4 examples. */
static void sha256_of_one_piece(void **state)
{
	uint8_t digest[PL_HASH_SIZE];

	(void)state;
	pl_sha256("abc", 3, digest);
	check(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	pl_sha256("", 0, digest);
	check(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void sha256_in_pieces(void **state)
{
	struct pl_hash h;
	uint8_t digest[PL_HASH_SIZE];

	(void)state;
	pl_hash_init(&h);
	for (int i = 0; i < 1000000; i += 1000) {
		char piece[1000];

		memset(piece, 'a', sizeof(piece));
		pl_hash_add(&h, piece, sizeof(piece));
		pl_hash_add(&h, NULL, 0);
	}
	pl_hash_end(&h, digest);
	check(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* RFC 4231 test cases 2 and 6. */
static void hmac(void **state)
{
	uint8_t digest[PL_HASH_SIZE], key[131];
	static const char TEXT[] = "Test Using Larger Than Block-Size Key - Hash Key First";

	(void)state;
	pl_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, digest);
	check(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	pl_hmac_sha256(key, sizeof(key), TEXT, sizeof(TEXT) - 1, digest);
	check(digest, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_one_piece),
		cmocka_unit_test(sha256_in_pieces),
		cmocka_unit_test(hmac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
