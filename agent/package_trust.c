/* SPDX-License-Identifier: Apache-2.0 */
/* Package keys and the check of a manifest against them. */
#include "package_trust.h"

#include <string.h>

#include "keys.h"
#include "os/folder.h"
#include "platen/encode.h"
#include "platen/log.h"

#define MAX_PEM	 4096
#define MAX_SPKI 512

static const char BEGIN[] = "-----BEGIN PUBLIC KEY-----";
static const char END[] = "-----END PUBLIC KEY-----";

static enum pl_result no_key(struct pl_error *err)
{
	return pl_error_set(err, PL_E_PROTOCOL, "it is no ECDSA P-256 public key");
}

enum pl_result pl_package_key_read(struct pl_span pem, struct pl_bytes *spki, struct pl_error *err)
{
	char digits[MAX_PEM];
	size_t n = 0;
	bool inside = false, whole = false;
	enum pl_result r;

	while (pem.size > 0 && !whole) {
		struct pl_span line = pl_span_trim(pl_span_take(&pem, '\n'));

		if (!inside) {
			inside = pl_span_is(line, BEGIN);
			continue;
		}
		whole = pl_span_is(line, END);
		if (whole)
			break;
		if (line.size >= sizeof(digits) - n)
			return no_key(err);
		memcpy(digits + n, line.at, line.size);
		n += line.size;
	}
	if (!whole)
		return no_key(err);
	r = pl_base64_read(PL_BASE64, (struct pl_span){ digits, n }, spki);
	if (r == PL_E_NO_MEMORY)
		return pl_error_set(err, r, "out of memory");
	return r == PL_OK && pl_key_is_p256(spki->at, spki->size) ? PL_OK : no_key(err);
}

struct look {
	struct pl_span manifest;
	const struct pl_bytes *signature;
	int keys;
	bool found;
};

static bool try_key(void *arg, const char *path)
{
	struct look *look = arg;
	struct pl_bytes pem, spki;
	struct pl_error err;
	enum pl_result r;

	pl_bytes_init(&pem, MAX_PEM);
	pl_bytes_init(&spki, MAX_SPKI);
	r = pl_file_read(path, PL_FILE_SHARED, &pem, &err);
	if (r == PL_OK)
		r = pl_package_key_read(pl_bytes_span(&pem), &spki, &err);
	if (r == PL_OK) {
		look->keys++;
		look->found = pl_key_verify(spki.at, spki.size, look->manifest, look->signature->at,
					    look->signature->size) == PL_OK;
	} else {
		log_warn(NULL, "a package key is passed over path=%s reason=\"%s\"", path,
			 err.text);
	}
	pl_bytes_finish(&spki);
	pl_bytes_finish(&pem);
	return !look->found;
}

static enum pl_result verify(const char *keys_dir, struct pl_span manifest,
			     const struct pl_bytes *signature, struct pl_error *err)
{
	struct look look = { .manifest = manifest, .signature = signature };
	enum pl_result r = pl_folder_each(keys_dir, ".pem", try_key, &look, err);

	if (r != PL_OK)
		return r;
	if (look.found)
		return PL_OK;
	if (look.keys == 0)
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "This PC trusts no package key: put one into its "
				    "package-keys.d folder");
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "The package is not signed by a key this PC trusts");
}

enum pl_result pl_package_trust(const char *keys_dir, const struct cJSON *envelope,
				struct pl_package *ret_package, struct pl_error *err)
{
	struct pl_bytes manifest, signature;
	enum pl_result r;

	pl_bytes_init(&manifest, PL_MAX_MANIFEST);
	pl_bytes_init(&signature, PL_MAX_PACKAGE_SIGNATURE);
	r = pl_package_open(envelope, &manifest, &signature, err);
	if (r == PL_OK)
		r = verify(keys_dir, pl_bytes_span(&manifest), &signature, err);
	if (r == PL_OK)
		r = pl_package_read(pl_bytes_span(&manifest), ret_package, err);
	pl_bytes_finish(&signature);
	pl_bytes_finish(&manifest);
	return r;
}
