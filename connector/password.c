/* SPDX-License-Identifier: Apache-2.0 */
/*
 * argon2id with OWASP's parameters for interactive logins.
 */
#include "password.h"

#include <argon2.h>
#include <string.h>

#include "platen/random.h"

#define PASSES	   2
#define MEMORY_KIB 19456
#define LANES	   1
#define SALT_SIZE  16
#define HASH_SIZE  32

/* What a stranger's password is compared with: made with the same cost, matches nothing anybody
 * knows. */
static const char *const NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm8$"
				  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

enum pl_result pl_password_hash(const char *password, char ret_hash[static PL_PASSWORD_HASH_TEXT],
				struct pl_error *err)
{
	size_t n = strlen(password);
	uint8_t salt[SALT_SIZE];

	if (n < PL_MIN_PASSWORD || n > PL_MAX_PASSWORD)
		return pl_error_set(err, PL_E_INVALID, "a password needs at least %d characters",
				    PL_MIN_PASSWORD);
	pl_random_bytes(salt, sizeof salt);
	if (argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password, n, salt, sizeof salt,
				  HASH_SIZE, ret_hash, PL_PASSWORD_HASH_TEXT) != ARGON2_OK)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory for a password");
	return PL_OK;
}

bool pl_password_matches(const char *hash, const char *password)
{
	bool same = argon2id_verify(hash ? hash : NOBODY, password, strlen(password)) == ARGON2_OK;

	return hash && same;
}
