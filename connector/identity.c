/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connector's three keys: made once at init, kept sealed in the store, loaded at start.
 */
#include "identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity_issue.h"
#include "key_store.h"

static enum pl_result load_ca(struct pl_db *db, struct pl_keyring *ring, struct pl_identity *id,
			      struct pl_error *err)
{
	gnutls_datum_t text;
	enum pl_result r = pl_key_load(db, ring, "ca", &id->ca_key, &id->ca_pem, err);
	int rc;

	if (r != PL_OK)
		return r;
	if (!id->ca_pem)
		return pl_error_set(err, PL_E_PROTOCOL, "the store has no CA certificate");
	text = (gnutls_datum_t){ (unsigned char *)id->ca_pem, (unsigned)strlen(id->ca_pem) };
	rc = gnutls_x509_crt_init(&id->ca);
	if (rc >= 0)
		rc = gnutls_x509_crt_import(id->ca, &text, GNUTLS_X509_FMT_PEM);
	if (rc < 0)
		return pl_key_failed(err, "reading the CA certificate", rc);
	return pl_issue_fingerprint(id->ca, id->ca_pin, err);
}

static enum pl_result load_server(struct pl_db *db, struct pl_keyring *ring, struct pl_identity *id,
				  struct pl_error *err)
{
	char *leaf = NULL;
	enum pl_result r = pl_key_load_pem(db, ring, "server", &id->server_key_pem, &leaf, err);

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
		r = pl_signer_load(db, ring, &id.signer, err);
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
	pl_signer_close(identity->signer);
	free(identity->ca_pem);
	pl_key_free_pem(identity->server_key_pem);
	free(identity->server_pem);
	memset(identity, 0, sizeof *identity);
}

static enum pl_result make_ca(struct pl_db *db, struct pl_keyring *ring, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	char pem[4096];
	enum pl_result r = pl_key_make(&key, err);

	if (r == PL_OK)
		r = pl_issue_ca(key, pem, sizeof pem, err);
	if (r == PL_OK)
		r = pl_key_save(db, ring, "ca", key, pem, err);
	gnutls_x509_privkey_deinit(key);
	return r;
}

static enum pl_result make_command(struct pl_db *db, struct pl_keyring *ring, struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	enum pl_result r = pl_key_make(&key, err);

	if (r == PL_OK)
		r = pl_key_save(db, ring, "command", key, NULL, err);
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
		r = pl_key_make(&key, err);
	if (r == PL_OK)
		r = pl_issue_server(&ca, key, names, name_count, pem, sizeof pem, err);
	if (r == PL_OK)
		r = pl_key_save(db, ring, "server", key, pem, err);
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
