/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table `keys`: PKCS#8 in PEM, sealed.
 */
#include "key_store.h"

#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"

#define MAX_PEM (16 * 1024)

enum pl_result pl_key_failed(struct pl_error *err, const char *what, int rc)
{
	return pl_error_set(err, PL_E_IO, "%s failed: %s", what, gnutls_strerror(rc));
}

enum pl_result pl_key_make(gnutls_x509_privkey_t *ret_key, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	int rc = gnutls_x509_privkey_init(&key);

	if (rc >= 0)
		rc = gnutls_x509_privkey_generate(
			key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (rc < 0) {
		gnutls_x509_privkey_deinit(key);
		return pl_key_failed(err, "making a key", rc);
	}
	*ret_key = key;
	return PL_OK;
}

enum pl_result pl_key_save(struct pl_db *db, struct pl_keyring *ring, const char *name,
			   gnutls_x509_privkey_t key, const char *certificate, struct pl_error *err)
{
	gnutls_datum_t pem = { NULL, 0 };
	struct pl_bytes sealed;
	enum pl_result r;
	int rc;

	pl_bytes_init(&sealed, MAX_PEM);
	rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
					       &pem);
	if (rc < 0)
		return pl_key_failed(err, "writing a key", rc);
	r = pl_seal_wrap(pl_keyring_master(ring), pl_span_of(name), pem.data, pem.size, &sealed);
	gnutls_memset(pem.data, 0, pem.size);
	gnutls_free(pem.data);
	if (r != PL_OK)
		r = pl_error_set(err, r, "a key could not be sealed");
	else
		r = pl_db_run(db,
			      "INSERT INTO keys (name, certificate, sealed, created_at) VALUES "
			      "(?1,?2,?3,?4)"
			      " ON CONFLICT (name) DO UPDATE SET certificate=excluded.certificate,"
			      " sealed=excluded.sealed, created_at=CASE WHEN"
			      " excluded.created_at > keys.created_at THEN excluded.created_at"
			      " ELSE keys.created_at+1 END",
			      PL_ARGS(pl_db_text(name), pl_db_text(certificate),
				      pl_db_blob(sealed.at, sealed.size),
				      pl_db_int(pl_clock_wall_ms())),
			      err);
	pl_bytes_finish(&sealed);
	return r;
}

enum pl_result pl_key_load_pem(struct pl_db *db, struct pl_keyring *ring, const char *name,
			       char **ret_key, char **ret_certificate, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_bytes plain;
	struct pl_span sealed;
	const char *certificate;
	enum pl_result r;

	pl_bytes_init(&plain, MAX_PEM);
	r = pl_db_one(db, &rows, "SELECT sealed, certificate FROM keys WHERE name=?1",
		      PL_ARGS(pl_db_text(name)), err);
	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r, "the store has no %s key; was init run?", name);
	if (r != PL_OK)
		return r;
	sealed = pl_db_blob_at(rows, 0);
	r = pl_seal_unwrap(pl_keyring_master(ring), pl_span_of(name), sealed.at, sealed.size,
			   &plain);
	if (r != PL_OK) {
		r = pl_error_set(err, r, "the store was not sealed with this master key");
		goto out;
	}
	certificate = pl_db_text_at(rows, 1);
	*ret_key = strdup((const char *)plain.at);
	if (ret_certificate)
		*ret_certificate = certificate ? strdup(certificate) : NULL;
	if (!*ret_key)
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
out:
	if (plain.at)
		gnutls_memset(plain.at, 0, plain.size);
	pl_bytes_finish(&plain);
	pl_db_done(rows);
	return r;
}

void pl_key_free_pem(char *pem)
{
	if (pem)
		gnutls_memset(pem, 0, strlen(pem));
	free(pem);
}

static enum pl_result import_key(const char *pem, gnutls_x509_privkey_t *ret_key,
				 struct pl_error *err)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
	gnutls_x509_privkey_t key = NULL;
	int rc = gnutls_x509_privkey_init(&key);

	if (rc >= 0)
		rc = gnutls_x509_privkey_import2(key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
	if (rc < 0) {
		gnutls_x509_privkey_deinit(key);
		return pl_key_failed(err, "reading a key", rc);
	}
	*ret_key = key;
	return PL_OK;
}

enum pl_result pl_key_load(struct pl_db *db, struct pl_keyring *ring, const char *name,
			   gnutls_x509_privkey_t *ret_key, char **ret_certificate,
			   struct pl_error *err)
{
	char *pem = NULL;
	enum pl_result r = pl_key_load_pem(db, ring, name, &pem, ret_certificate, err);

	if (r == PL_OK)
		r = import_key(pem, ret_key, err);
	pl_key_free_pem(pem);
	return r;
}
