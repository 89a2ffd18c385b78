/* SPDX-License-Identifier: Apache-2.0 */
/* The key as it is: the file's owner and mode guard it. */
#include "key_guard.h"

#include <string.h>

enum pl_result key_guard_lock(const uint8_t key[static PL_SEAL_KEY_SIZE], struct pl_bytes *out,
			      struct pl_error *err)
{
	enum pl_result r = pl_bytes_add(out, key, PL_SEAL_KEY_SIZE);

	return r == PL_OK ? r : pl_error_set(err, r, "out of memory");
}

enum pl_result key_guard_open(struct pl_span file, uint8_t ret_key[static PL_SEAL_KEY_SIZE],
			      struct pl_error *err)
{
	if (file.size != PL_SEAL_KEY_SIZE)
		return pl_error_set(err, PL_E_PROTOCOL, "it should have %d bytes",
				    PL_SEAL_KEY_SIZE);
	memcpy(ret_key, file.at, PL_SEAL_KEY_SIZE);
	return PL_OK;
}
