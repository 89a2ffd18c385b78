/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The present certificate and those before it.
 */
#include "web_certificate.h"

#include <gnutls/x509.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"

#define MAX_CHAIN 8

struct certificate {
	gnutls_pcert_st chain[MAX_CHAIN];
	unsigned count;
	gnutls_privkey_t key;
	struct certificate *before;
};

struct pl_web_certificates {
	pthread_mutex_t mutex;
	struct certificate *present;
};

static void destroy(struct certificate *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->count; i++)
		gnutls_pcert_deinit(&c->chain[i]);
	if (c->key)
		gnutls_privkey_deinit(c->key);
	free(c);
}

struct pl_web_certificates *pl_web_certificates_create(void)
{
	struct pl_web_certificates *all = calloc(1, sizeof *all);

	if (all)
		pthread_mutex_init(&all->mutex, NULL);
	return all;
}

void pl_web_certificates_destroy(struct pl_web_certificates *all)
{
	if (!all)
		return;
	while (all->present) {
		struct certificate *before = all->present->before;

		destroy(all->present);
		all->present = before;
	}
	pthread_mutex_destroy(&all->mutex);
	free(all);
}

static enum pl_result read_chain(struct certificate *c, const char *pem, struct pl_error *err)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
	gnutls_x509_crt_t crts[MAX_CHAIN] = { 0 };
	unsigned count = MAX_CHAIN;
	enum pl_result r = PL_OK;
	int rc;

	if (gnutls_x509_crt_list_import(crts, &count, &text, GNUTLS_X509_FMT_PEM,
					GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED) < 0)
		return pl_error_set(err, PL_E_INVALID,
				    "the certificate file must hold 1 to %d PEM certificates, the "
				    "server's first, each signed by the next",
				    MAX_CHAIN);
	if ((int64_t)gnutls_x509_crt_get_expiration_time(crts[0]) * 1000 < pl_clock_wall_ms())
		r = pl_error_set(err, PL_E_INVALID, "the certificate has ended");
	for (unsigned i = 0; i < count; i++) {
		rc = r == PL_OK ? gnutls_pcert_import_x509(&c->chain[i], crts[i], 0) : -1;
		if (rc >= 0)
			c->count++;
		else if (r == PL_OK)
			r = pl_error_set(err, PL_E_INVALID, "a certificate cannot be used: %s",
					 gnutls_strerror(rc));
		gnutls_x509_crt_deinit(crts[i]);
	}
	return r;
}

/* Are key and certificate of one pair? */
static bool belong_together(const struct certificate *c)
{
	unsigned char of_certificate[64], of_key[64];
	size_t n = sizeof of_certificate, m = sizeof of_key;
	gnutls_pubkey_t public = NULL;
	bool same;

	same = gnutls_pubkey_init(&public) >= 0 &&
	       gnutls_pubkey_import_privkey(public, c->key, 0, 0) >= 0 &&
	       gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &m) >= 0 &&
	       gnutls_pubkey_get_key_id(c->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_certificate,
					&n) >= 0 &&
	       n == m && !memcmp(of_certificate, of_key, n);
	gnutls_pubkey_deinit(public);
	return same;
}

static enum pl_result read_key(struct certificate *c, const char *pem, struct pl_error *err)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };

	if (gnutls_privkey_init(&c->key) < 0 ||
	    gnutls_privkey_import_x509_raw(c->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0) < 0)
		return pl_error_set(
			err, PL_E_INVALID,
			"the key file must hold one PEM private key without a password");
	if (belong_together(c))
		return PL_OK;
	return pl_error_set(err, PL_E_INVALID, "the key is not that of the certificate");
}

enum pl_result pl_web_certificates_put(struct pl_web_certificates *all, const char *certificate_pem,
				       const char *key_pem, struct pl_error *err)
{
	struct certificate *c = calloc(1, sizeof *c);
	enum pl_result r;

	if (!c)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = read_chain(c, certificate_pem, err);
	if (r == PL_OK)
		r = read_key(c, key_pem, err);
	if (r != PL_OK) {
		destroy(c);
		return r;
	}
	pthread_mutex_lock(&all->mutex);
	c->before = all->present;
	all->present = c;
	pthread_mutex_unlock(&all->mutex);
	return PL_OK;
}

bool pl_web_certificates_get(struct pl_web_certificates *all, gnutls_pcert_st **ret_chain,
			     unsigned *ret_count, gnutls_privkey_t *ret_key)
{
	struct certificate *c;

	pthread_mutex_lock(&all->mutex);
	c = all->present;
	pthread_mutex_unlock(&all->mutex);
	if (!c)
		return false;
	*ret_chain = c->chain;
	*ret_count = c->count;
	*ret_key = c->key;
	return true;
}
