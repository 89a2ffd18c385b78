/* SPDX-License-Identifier: Apache-2.0 */
/* What a TLS client is made of: whom it trusts, who it is, the session it resumes. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

#include "os/os.h"
#include "pk_parse.h"
#include "platen/file.h"
#include "platen/random.h"
#include "tls_inside.h"

#define MAX_STORE (4 * 1024 * 1024) /* bytes of PEM */

static enum pl_result load_own(struct pl_tls *t, const struct pl_tls_options *o,
			       struct pl_error *err)
{
	const uint8_t *pem = (const uint8_t *)o->certificate_pem;

	if (!pem)
		return PL_OK;
	if (mbedtls_x509_crt_parse(&t->own, pem, strlen(o->certificate_pem) + 1) != 0)
		return pl_error_set(err, PL_E_INVALID, "the client certificate is damaged");
	if (pl_pk_parse_key(&t->key, o->key_pem) != 0)
		return pl_error_set(err, PL_E_INVALID, "the client key is damaged");
	if (mbedtls_ssl_conf_own_cert(&t->config, &t->own, &t->key) != 0)
		return pl_error_set(err, PL_E_INVALID,
				    "the client certificate and key do not belong together");
	return PL_OK;
}

/* Takes every certificate of some PEM; a store may hold ones that mbedTLS cannot read (a positive
 * code counts them), one at least must be good. */
static enum pl_result trust_pem(struct pl_tls *t, const void *pem, size_t size_with_nul,
				const char *origin, struct pl_error *err)
{
	if (mbedtls_x509_crt_parse(&t->trusted, pem, size_with_nul) < 0 || t->trusted.raw.len == 0)
		return pl_error_set(err, PL_E_INVALID, "there is no certificate in %s", origin);
	t->anchors.origin = origin;
	return PL_OK;
}

static enum pl_result trust_file(struct pl_tls *t, const char *path, struct pl_error *err)
{
	struct pl_bytes pem;
	enum pl_result r;

	pl_bytes_init(&pem, MAX_STORE);
	if (path) {
		r = pl_file_read(path, PL_FILE_SHARED, &pem, err);
		if (r == PL_OK)
			r = trust_pem(t, pem.at ? pem.at : (uint8_t *)"", pem.size + 1,
				      "the certificates of ca_file", err);
	} else {
		r = pl_os_trusted_certificates(&pem, err);
		if (r == PL_OK)
			r = trust_pem(t, pem.at, pem.size + 1, "a CA that this PC trusts", err);
	}
	pl_bytes_finish(&pem);
	return r;
}

static enum pl_result load_trust(struct pl_tls *t, const struct pl_tls_options *o,
				 struct pl_error *err)
{
	memcpy(t->pins, o->pins, sizeof(t->pins));
	t->anchors = (struct pl_tls_anchors){ .pins = (const uint8_t(*)[PL_HASH_SIZE])t->pins,
					      .pin_count = o->pin_count,
					      .trusted = &t->trusted,
					      .origin = "the pinned CA" };
	t->anchors.revocation = o->revocation;
	if (o->pin_count > 0)
		return PL_OK;
	if (o->anchors_pem)
		return trust_pem(t, o->anchors_pem, strlen(o->anchors_pem) + 1,
				 "the CA of this PC's enrolment", err);
	if (o->ca_file && o->ca_file[0])
		return trust_file(t, o->ca_file, err);
	if (o->system_store)
		return trust_file(t, NULL, err);
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "nothing tells which server to trust: give a token or ca_file");
}

static enum pl_result configure(struct pl_tls *t, struct pl_error *err)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	if (psa_crypto_init() != PSA_SUCCESS)
		return pl_error_set(err, PL_E_IO, "the cryptographic library does not start");
#endif
	if (mbedtls_ssl_config_defaults(&t->config, MBEDTLS_SSL_IS_CLIENT,
					MBEDTLS_SSL_TRANSPORT_STREAM,
					MBEDTLS_SSL_PRESET_DEFAULT) != 0)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	mbedtls_ssl_conf_rng(&t->config, pl_random_callback, NULL);
	mbedtls_ssl_conf_authmode(&t->config, MBEDTLS_SSL_VERIFY_REQUIRED);
	mbedtls_ssl_conf_ca_chain(&t->config, &t->trusted, NULL);
	mbedtls_ssl_conf_session_tickets(&t->config, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	mbedtls_ssl_conf_min_tls_version(&t->config, MBEDTLS_SSL_VERSION_TLS1_2);
#else
	mbedtls_ssl_conf_min_version(&t->config, MBEDTLS_SSL_MAJOR_VERSION_3,
				     MBEDTLS_SSL_MINOR_VERSION_3);
#endif
	return PL_OK;
}

enum pl_result pl_tls_create(const struct pl_tls_options *options, struct pl_tls **ret_tls,
			     struct pl_error *err)
{
	struct pl_tls *t = calloc(1, sizeof(*t));
	enum pl_result r;

	if (!t)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	mbedtls_ssl_config_init(&t->config);
	mbedtls_x509_crt_init(&t->trusted);
	mbedtls_x509_crt_init(&t->own);
	mbedtls_pk_init(&t->key);
	mbedtls_ssl_session_init(&t->session);
	r = configure(t, err);
	if (r == PL_OK)
		r = load_trust(t, options, err);
	if (r == PL_OK)
		r = load_own(t, options, err);
	if (r != PL_OK) {
		pl_tls_destroy(t);
		return r;
	}
	*ret_tls = t;
	return PL_OK;
}

void pl_tls_destroy(struct pl_tls *tls)
{
	if (!tls)
		return;
	mbedtls_ssl_session_free(&tls->session);
	mbedtls_ssl_config_free(&tls->config);
	mbedtls_x509_crt_free(&tls->trusted);
	mbedtls_x509_crt_free(&tls->own);
	mbedtls_pk_free(&tls->key);
	free(tls);
}

void pl_tls_forget_session(struct pl_tls *tls)
{
	mbedtls_ssl_session_free(&tls->session);
	mbedtls_ssl_session_init(&tls->session);
	tls->has_session = false;
}
