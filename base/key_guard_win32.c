/* SPDX-License-Identifier: Apache-2.0 */
/* The key under DPAPI, with the PC's own key: the service may come to run as another account, and
 * the file's access list already says who on this PC may read it. */
#include "key_guard.h"

#include <string.h>

#include <windows.h>

#include <dpapi.h>

#include "platen/wide.h"

static BYTE purpose[] = "platen key 1";
static DATA_BLOB entropy = { sizeof(purpose) - 1, purpose };

#define FLAGS (CRYPTPROTECT_LOCAL_MACHINE | CRYPTPROTECT_UI_FORBIDDEN)

enum pl_result key_guard_lock(const uint8_t key[static PL_SEAL_KEY_SIZE], struct pl_bytes *out,
			      struct pl_error *err)
{
	DATA_BLOB plain = { PL_SEAL_KEY_SIZE, (BYTE *)key }, guarded = { 0 };
	enum pl_result r;

	if (!CryptProtectData(&plain, L"Platen", &entropy, NULL, NULL, FLAGS, &guarded))
		return pl_wide_failed(GetLastError(), err, "protect", "the agent's key");
	r = pl_bytes_add(out, guarded.pbData, guarded.cbData);
	LocalFree(guarded.pbData);
	return r == PL_OK ? r : pl_error_set(err, r, "the protected key is too big");
}

enum pl_result key_guard_open(struct pl_span file, uint8_t ret_key[static PL_SEAL_KEY_SIZE],
			      struct pl_error *err)
{
	DATA_BLOB guarded = { (DWORD)file.size, (BYTE *)file.at }, plain = { 0 };
	enum pl_result r = PL_OK;

	if (file.size == 0 ||
	    !CryptUnprotectData(&guarded, NULL, &entropy, NULL, NULL, FLAGS, &plain))
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "it was protected on another PC, or is damaged");
	if (plain.cbData == PL_SEAL_KEY_SIZE)
		memcpy(ret_key, plain.pbData, PL_SEAL_KEY_SIZE);
	else
		r = pl_error_set(err, PL_E_PROTOCOL, "it holds %lu bytes instead of %d",
				 plain.cbData, PL_SEAL_KEY_SIZE);
	SecureZeroMemory(plain.pbData, plain.cbData);
	LocalFree(plain.pbData);
	return r;
}
