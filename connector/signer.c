/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command key in memory.
 */
#include "signer.h"

#include <gnutls/abstract.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "key_store.h"
#include "platen/encode.h"

#define NAME "command"

struct loaded {
	gnutls_privkey_t key;
	struct pl_signer_key public;
};

struct pl_signer {
	pthread_rwlock_t lock; /* guards `now` and `stamp` */
	struct loaded now;
	int64_t stamp; /* created_at of what was loaded */
	_Atomic uint64_t number;
};

uint64_t pl_key_number(const char *id)
{
	return id && strlen(id) == 16 && strspn(id, "0123456789abcdef") == 16
		       ? strtoull(id, NULL, 16)
		       : 0;
}

/* Writes id and SPKI of a public key. */
static enum pl_result describe(gnutls_pubkey_t pub, struct pl_signer_key *ret, struct pl_error *err)
{
	gnutls_datum_t der = { NULL, 0 };
	uint8_t digest[PL_HASH_SIZE];
	struct pl_bytes text;
	int rc = gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der);
	enum pl_result r;

	if (rc < 0)
		return pl_key_failed(err, "reading the command key", rc);
	pl_bytes_init(&text, sizeof ret->spki - 1);
	pl_sha256(der.data, der.size, digest);
	r = pl_base64_write(PL_BASE64, der.data, der.size, &text);
	if (r == PL_OK) {
		pl_hex_write(digest, 8, ret->id);
		snprintf(ret->spki, sizeof ret->spki, "%s", (const char *)text.at);
	} else {
		r = pl_error_set(err, r, "the command key cannot be written");
	}
	pl_bytes_finish(&text);
	gnutls_free(der.data);
	return r;
}

/* A private key for signing, and its public half; the signer has a copy of its own. */
static enum pl_result prepare(gnutls_x509_privkey_t key, struct loaded *ret, struct pl_error *err)
{
	struct loaded l = { 0 };
	gnutls_pubkey_t pub = NULL;
	enum pl_result r;
	int rc = gnutls_privkey_init(&l.key);

	if (rc >= 0)
		rc = gnutls_privkey_import_x509(l.key, key, GNUTLS_PRIVKEY_IMPORT_COPY);
	if (rc >= 0)
		rc = gnutls_pubkey_init(&pub);
	if (rc >= 0)
		rc = gnutls_pubkey_import_privkey(pub, l.key, 0, 0);
	r = rc < 0 ? pl_key_failed(err, "reading the command key", rc)
		   : describe(pub, &l.public, err);
	gnutls_pubkey_deinit(pub);
	if (r == PL_OK)
		*ret = l;
	else
		gnutls_privkey_deinit(l.key);
	return r;
}

static enum pl_result load(struct pl_db *db, struct pl_keyring *ring, struct loaded *ret,
			   struct pl_error *err)
{
	gnutls_x509_privkey_t key = NULL;
	enum pl_result r = pl_key_load(db, ring, NAME, &key, NULL, err);

	if (r == PL_OK)
		r = prepare(key, ret, err);
	gnutls_x509_privkey_deinit(key);
	return r;
}

static enum pl_result read_stamp(struct pl_db *db, int64_t *ret_stamp, struct pl_error *err)
{
	enum pl_result r = pl_db_number(db, ret_stamp, "SELECT created_at FROM keys WHERE name=?1",
					PL_ARGS(pl_db_text(NAME)), err);

	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r, "the store has no command key; was init run?");
	return r;
}

static enum pl_result create(const struct loaded *l, int64_t stamp, struct pl_signer **ret_signer,
			     struct pl_error *err)
{
	struct pl_signer *signer = calloc(1, sizeof *signer);

	if (!signer) {
		gnutls_privkey_deinit(l->key);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	pthread_rwlock_init(&signer->lock, NULL);
	signer->now = *l;
	signer->stamp = stamp;
	signer->number = pl_key_number(l->public.id);
	*ret_signer = signer;
	return PL_OK;
}

enum pl_result pl_signer_load(struct pl_db *db, struct pl_keyring *ring,
			      struct pl_signer **ret_signer, struct pl_error *err)
{
	struct loaded l;
	int64_t stamp;
	enum pl_result r = read_stamp(db, &stamp, err); /* first: a later one is read again */

	if (r == PL_OK)
		r = load(db, ring, &l, err);
	return r == PL_OK ? create(&l, stamp, ret_signer, err) : r;
}

enum pl_result pl_signer_of(gnutls_x509_privkey_t key, struct pl_signer **ret_signer,
			    struct pl_error *err)
{
	struct loaded l;
	enum pl_result r = prepare(key, &l, err);

	return r == PL_OK ? create(&l, 0, ret_signer, err) : r;
}

void pl_signer_close(struct pl_signer *signer)
{
	if (!signer)
		return;
	gnutls_privkey_deinit(signer->now.key);
	pthread_rwlock_destroy(&signer->lock);
	free(signer);
}

enum pl_result pl_signer_refresh(struct pl_signer *signer, struct pl_db *db,
				 struct pl_keyring *ring, struct pl_error *err)
{
	struct loaded l, before;
	int64_t stamp, known;
	enum pl_result r = read_stamp(db, &stamp, err);

	pthread_rwlock_rdlock(&signer->lock);
	known = signer->stamp;
	pthread_rwlock_unlock(&signer->lock);
	if (r != PL_OK || stamp == known)
		return r;
	r = load(db, ring, &l, err);
	if (r != PL_OK)
		return r;
	pthread_rwlock_wrlock(&signer->lock);
	before = signer->now;
	signer->now = l;
	signer->stamp = stamp;
	signer->number = pl_key_number(l.public.id);
	pthread_rwlock_unlock(&signer->lock);
	gnutls_privkey_deinit(before.key);
	return PL_OK;
}

void pl_signer_public(struct pl_signer *signer, struct pl_signer_key *ret_key)
{
	pthread_rwlock_rdlock(&signer->lock);
	*ret_key = signer->now.public;
	pthread_rwlock_unlock(&signer->lock);
}

uint64_t pl_signer_number(const struct pl_signer *signer)
{
	return signer->number;
}

enum pl_result pl_signer_sign(struct pl_signer *signer, const void *data, size_t n,
			      struct pl_bytes *out, char ret_id[static PL_KEY_ID_TEXT],
			      struct pl_error *err)
{
	gnutls_datum_t bytes = { (unsigned char *)(uintptr_t)data, (unsigned)n };
	gnutls_datum_t signature = { NULL, 0 };
	enum pl_result r;
	int rc;

	pthread_rwlock_rdlock(&signer->lock);
	rc = gnutls_privkey_sign_data2(signer->now.key, GNUTLS_SIGN_ECDSA_SHA256, 0, &bytes,
				       &signature);
	memcpy(ret_id, signer->now.public.id, PL_KEY_ID_TEXT);
	pthread_rwlock_unlock(&signer->lock);
	if (rc < 0)
		return pl_key_failed(err, "signing an action", rc);
	r = pl_bytes_add(out, signature.data, signature.size);
	gnutls_free(signature.data);
	return r == PL_OK ? r : pl_error_set(err, r, "out of memory");
}
