/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connector's three keys: made once at init, kept sealed in the store, loaded at start.
 */
#include "identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity_issue.h"
#include "platen/clock.h"
#include "platen/encode.h"

static enum pl_result tls_failed(struct pl_error *err, const char *what, int rc)
{
	return pl_error_set(err, PL_E_IO, "%s failed: %s", what, gnutls_strerror(rc));
}

static enum pl_result make_key(gnutls_x509_privkey_t *ret_key, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	int rc = gnutls_x509_privkey_init(&key);

	if (rc >= 0)
		rc = gnutls_x509_privkey_generate(
			key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	if (rc < 0) {
		gnutls_x509_privkey_deinit(key);
		return tls_failed(err, "making a key", rc);
	}
	*ret_key = key;
	return PL_OK;
}

/* Seals the key and writes it with its certificate (NULL: none) under `name`. */
static enum pl_result save_key(struct pl_db *db, struct pl_keyring *ring, const char *name,
			       gnutls_x509_privkey_t key, const char *certificate,
			       struct pl_error *err)
{
	gnutls_datum_t pem = { NULL, 0 };
	struct pl_bytes sealed;
	enum pl_result r;
	int rc;

	pl_bytes_init(&sealed, PL_MAX_PEM);
	rc = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN,
					       &pem);
	if (rc < 0)
		return tls_failed(err, "writing a key", rc);
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
			      " sealed=excluded.sealed, created_at=excluded.created_at",
			      PL_ARGS(pl_db_text(name), pl_db_text(certificate),
				      pl_db_blob(sealed.at, sealed.size),
				      pl_db_int(pl_clock_wall_ms())),
			      err);
	pl_bytes_finish(&sealed);
	return r;
}

/* Reads a key back: PEM text the caller frees, and its certificate (may be NULL where there is
 * none). */
static enum pl_result load_pem(struct pl_db *db, struct pl_keyring *ring, const char *name,
			       char **ret_key, char **ret_certificate, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_bytes plain;
	struct pl_span sealed;
	const char *certificate;
	enum pl_result r;

	pl_bytes_init(&plain, PL_MAX_PEM);
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

static void free_secret(char *pem)
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
		return tls_failed(err, "reading a key", rc);
	}
	*ret_key = key;
	return PL_OK;
}

static enum pl_result load_ca(struct pl_db *db, struct pl_keyring *ring, struct pl_identity *id,
			      struct pl_error *err)
{
	gnutls_datum_t text;
	char *key = NULL;
	enum pl_result r = load_pem(db, ring, "ca", &key, &id->ca_pem, err);
	int rc;

	if (r == PL_OK)
		r = import_key(key, &id->ca_key, err);
	free_secret(key);
	if (r != PL_OK)
		return r;
	if (!id->ca_pem)
		return pl_error_set(err, PL_E_PROTOCOL, "the store has no CA certificate");
	text = (gnutls_datum_t){ (unsigned char *)id->ca_pem, (unsigned)strlen(id->ca_pem) };
	rc = gnutls_x509_crt_init(&id->ca);
	if (rc >= 0)
		rc = gnutls_x509_crt_import(id->ca, &text, GNUTLS_X509_FMT_PEM);
	if (rc < 0)
		return tls_failed(err, "reading the CA certificate", rc);
	return pl_issue_fingerprint(id->ca, id->ca_pin, err);
}

static enum pl_result load_command(struct pl_db *db, struct pl_keyring *ring,
				   struct pl_identity *id, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	gnutls_pubkey_t pub = NULL;
	gnutls_datum_t der = { NULL, 0 };
	struct pl_bytes text;
	uint8_t digest[PL_HASH_SIZE];
	char *pem = NULL;
	int rc;
	enum pl_result r = load_pem(db, ring, "command", &pem, NULL, err);

	if (r == PL_OK)
		r = import_key(pem, &key, err);
	free_secret(pem);
	if (r != PL_OK)
		return r;
	pl_bytes_init(&text, 1024);
	rc = gnutls_privkey_init(&id->command_key);
	if (rc >= 0)
		rc = gnutls_privkey_import_x509(id->command_key, key,
						GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
	if (rc >= 0)
		key = NULL; /* the private key owns it now */
	if (rc >= 0)
		rc = gnutls_pubkey_init(&pub);
	if (rc >= 0)
		rc = gnutls_pubkey_import_privkey(pub, id->command_key, 0, 0);
	if (rc >= 0)
		rc = gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der);
	if (rc < 0) {
		r = tls_failed(err, "reading the command key", rc);
		goto out;
	}
	pl_sha256(der.data, der.size, digest);
	pl_hex_write(digest, 8, id->command_key_id);
	r = pl_base64_write(PL_BASE64, der.data, der.size, &text);
	if (r == PL_OK)
		id->command_spki = strdup((const char *)text.at);
	if (!id->command_spki)
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
out:
	gnutls_free(der.data);
	gnutls_pubkey_deinit(pub);
	gnutls_x509_privkey_deinit(key);
	pl_bytes_finish(&text);
	return r;
}

static enum pl_result load_server(struct pl_db *db, struct pl_keyring *ring, struct pl_identity *id,
				  struct pl_error *err)
{
	char *leaf = NULL;
	enum pl_result r = load_pem(db, ring, "server", &id->server_key_pem, &leaf, err);

	if (r == PL_OK && !leaf)
		r = pl_error_set(err, PL_E_PROTOCOL, "the store has no server certificate");
	if (r == PL_OK && asprintf(&id->server_pem, "%s%s", leaf, id->ca_pem) < 0) {
		id->server_pem = NULL;
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	free(leaf);
	return r;
}

enum pl_result pl_identity_load(struct pl_db *db, struct pl_keyring *ring,
				struct pl_identity *ret_identity, struct pl_error *err)
{
	struct pl_identity id = { 0 };
	enum pl_result r = load_ca(db, ring, &id, err);

	if (r == PL_OK)
		r = load_server(db, ring, &id, err);
	if (r == PL_OK)
		r = load_command(db, ring, &id, err);
	if (r != PL_OK) {
		pl_identity_finish(&id);
		return r;
	}
	*ret_identity = id;
	return PL_OK;
}

void pl_identity_finish(struct pl_identity *identity)
{
	gnutls_x509_privkey_deinit(identity->ca_key);
	gnutls_x509_crt_deinit(identity->ca);
	gnutls_privkey_deinit(identity->command_key);
	free(identity->ca_pem);
	free_secret(identity->server_key_pem);
	free(identity->server_pem);
	free(identity->command_spki);
	memset(identity, 0, sizeof *identity);
}

static enum pl_result make_ca(struct pl_db *db, struct pl_keyring *ring, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	char pem[4096];
	enum pl_result r = make_key(&key, err);

	if (r == PL_OK)
		r = pl_issue_ca(key, pem, sizeof pem, err);
	if (r == PL_OK)
		r = save_key(db, ring, "ca", key, pem, err);
	gnutls_x509_privkey_deinit(key);
	return r;
}

static enum pl_result make_command(struct pl_db *db, struct pl_keyring *ring, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	enum pl_result r = make_key(&key, err);

	if (r == PL_OK)
		r = save_key(db, ring, "command", key, NULL, err);
	gnutls_x509_privkey_deinit(key);
	return r;
}

enum pl_result pl_identity_make_server(struct pl_db *db, struct pl_keyring *ring,
				       const char *const *names, size_t name_count,
				       struct pl_error *err)
{
	struct pl_identity ca = { 0 };
	gnutls_x509_privkey_t key = NULL;
	char pem[4096];
	enum pl_result r = load_ca(db, ring, &ca, err);

	if (r == PL_OK)
		r = make_key(&key, err);
	if (r == PL_OK)
		r = pl_issue_server(&ca, key, names, name_count, pem, sizeof pem, err);
	if (r == PL_OK)
		r = save_key(db, ring, "server", key, pem, err);
	gnutls_x509_privkey_deinit(key);
	pl_identity_finish(&ca);
	return r;
}

enum pl_result pl_identity_make(struct pl_db *db, struct pl_keyring *ring, const char *const *names,
				size_t name_count, struct pl_error *err)
{
	enum pl_result r = make_ca(db, ring, err);

	if (r == PL_OK)
		r = make_command(db, ring, err);
	if (r == PL_OK)
		r = pl_identity_make_server(db, ring, names, name_count, err);
	return r;
}

enum pl_result pl_identity_sign(const struct pl_identity *identity, const void *data, size_t n,
				struct pl_bytes *out, struct pl_error *err)
{
	gnutls_datum_t bytes = { (unsigned char *)(uintptr_t)data, (unsigned)n };
	gnutls_datum_t signature = { NULL, 0 };
	enum pl_result r;
	int rc = gnutls_privkey_sign_data2(identity->command_key, GNUTLS_SIGN_ECDSA_SHA256, 0,
					   &bytes, &signature);

	if (rc < 0)
		return tls_failed(err, "signing an action", rc);
	r = pl_bytes_add(out, signature.data, signature.size);
	gnutls_free(signature.data);
	return r == PL_OK ? r : pl_error_set(err, r, "out of memory");
}
