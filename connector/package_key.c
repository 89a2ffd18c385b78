/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys of packages, by GnuTLS.
 */
#include "package_key.h"

#include <dirent.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PEM 4096

static gnutls_datum_t datum(struct pl_span bytes)
{
	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)bytes.at, (unsigned)bytes.size };
}

static enum pl_result failed(struct pl_error *err, enum pl_result r, const char *what, int rc)
{
	return pl_error_set(err, r, "%s: %s", what, gnutls_strerror(rc));
}

static int export_both(gnutls_x509_privkey_t key, gnutls_pubkey_t half, struct pl_bytes *secret_pem,
		       struct pl_bytes *public_pem)
{
	gnutls_datum_t secret = { NULL, 0 }, public = { NULL, 0 };
	int rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL,
						   GNUTLS_PKCS_PLAIN, &secret);

	if (rc >= 0)
		rc = gnutls_pubkey_export2(half, GNUTLS_X509_FMT_PEM, &public);
	if (rc >= 0 && (pl_bytes_add(secret_pem, secret.data, secret.size) != PL_OK ||
			pl_bytes_add(public_pem, public.data, public.size) != PL_OK))
		rc = GNUTLS_E_MEMORY_ERROR;
	if (secret.data)
		gnutls_memset(secret.data, 0, secret.size);
	gnutls_free(secret.data);
	gnutls_free(public.data);
	return rc;
}

enum pl_result pl_package_key_make(struct pl_bytes *secret_pem, struct pl_bytes *public_pem,
				   struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	gnutls_privkey_t whole = NULL;
	gnutls_pubkey_t half = NULL;
	int rc = gnutls_x509_privkey_init(&key);

	if (rc >= 0)
		rc = gnutls_x509_privkey_generate(
			key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (rc >= 0)
		rc = gnutls_privkey_init(&whole);
	if (rc >= 0)
		rc = gnutls_privkey_import_x509(whole, key, GNUTLS_PRIVKEY_IMPORT_COPY);
	if (rc >= 0)
		rc = gnutls_pubkey_init(&half);
	if (rc >= 0)
		rc = gnutls_pubkey_import_privkey(half, whole, 0, 0);
	if (rc >= 0)
		rc = export_both(key, half, secret_pem, public_pem);
	gnutls_pubkey_deinit(half);
	gnutls_privkey_deinit(whole);
	gnutls_x509_privkey_deinit(key);
	return rc < 0 ? failed(err, PL_E_IO, "a key cannot be made", rc) : PL_OK;
}

enum pl_result pl_package_key_sign(struct pl_span secret_pem, struct pl_span manifest,
				   struct pl_bytes *signature, struct pl_error *err)
{
	gnutls_datum_t pem = datum(secret_pem), data = datum(manifest), made = { NULL, 0 };
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	gnutls_privkey_t key = NULL;
	enum pl_result r = PL_OK;
	int rc = gnutls_privkey_init(&key);

	if (rc >= 0)
		rc = gnutls_privkey_import_x509_raw(key, &pem, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (rc >= 0 && (gnutls_privkey_export_ecc_raw2(key, &curve, NULL, NULL, NULL, 0) < 0 ||
			curve != GNUTLS_ECC_CURVE_SECP256R1))
		r = pl_error_set(err, PL_E_INVALID,
				 "the key is no ECDSA P-256 key; make one with: platen-connector "
				 "package keygen NAME");
	else if (rc >= 0)
		rc = gnutls_privkey_sign_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &made);
	if (rc < 0)
		r = failed(err, PL_E_INVALID, "the package key cannot be used", rc);
	if (r == PL_OK)
		r = pl_bytes_add(signature, made.data, made.size);
	gnutls_free(made.data);
	gnutls_privkey_deinit(key);
	return r;
}

static bool verifies(struct pl_span public_pem, struct pl_span manifest, struct pl_span signature)
{
	gnutls_datum_t pem = datum(public_pem), data = datum(manifest), sig = datum(signature);
	gnutls_pubkey_t key = NULL;
	int rc = gnutls_pubkey_init(&key);

	if (rc >= 0)
		rc = gnutls_pubkey_import(key, &pem, GNUTLS_X509_FMT_PEM);
	if (rc >= 0)
		rc = gnutls_pubkey_verify_data2(key, GNUTLS_SIGN_ECDSA_SHA256, 0, &data, &sig);
	gnutls_pubkey_deinit(key);
	return rc >= 0;
}

static int is_pem(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && n > 4 && strcmp(entry->d_name + n - 4, ".pem") == 0;
}

static bool try_file(const char *dir, const char *name, struct pl_span manifest,
		     struct pl_span signature)
{
	char path[PL_MAX_PATH];
	struct pl_bytes pem;
	bool ok;

	pl_bytes_init(&pem, MAX_PEM);
	ok = pl_file_join(dir, name, path, NULL) == PL_OK &&
	     pl_file_read(path, PL_FILE_SHARED, &pem, NULL) == PL_OK &&
	     verifies(pl_bytes_span(&pem), manifest, signature);
	pl_bytes_finish(&pem);
	return ok;
}

enum pl_result pl_package_key_find(const char *dir, struct pl_span manifest,
				   struct pl_span signature, char ret_name[static PL_MAX_PATH],
				   struct pl_error *err)
{
	struct dirent **names = NULL;
	int count = scandir(dir, &names, is_pem, alphasort);
	bool found = false;

	for (int i = 0; i < count; i++) {
		if (!found && try_file(dir, names[i]->d_name, manifest, signature)) {
			found = true;
			pl_span_copy(pl_span_of(names[i]->d_name), ret_name, PL_MAX_PATH);
		}
		free(names[i]);
	}
	free(names);
	if (found)
		return PL_OK;
	if (count <= 0)
		return pl_error_set(err, PL_E_NOT_FOUND, "there is no package key in %s", dir);
	return pl_error_set(err, PL_E_UNTRUSTED, "none of the package keys in %s signed it", dir);
}
