/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates by mbedTLS 2.28 and 3. */
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <mbedtls/x509_csr.h>

#include "pk_parse.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "platen/random.h"

#define MAX_PEM	 2048
#define MAX_SPKI 256

static enum pl_result no_memory(struct pl_error *err)
{
	return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
}

void pl_key_wipe(char *text)
{
	if (text)
		mbedtls_platform_zeroize(text, strlen(text));
	free(text);
}

int pl_pk_parse_key(mbedtls_pk_context *pk, const char *pem)
{
	const uint8_t *at = (const uint8_t *)pem;

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	return mbedtls_pk_parse_key(pk, at, strlen(pem) + 1, NULL, 0, pl_random_callback, NULL);
#else
	return mbedtls_pk_parse_key(pk, at, strlen(pem) + 1, NULL, 0);
#endif
}

static enum pl_result parse_key(const char *pem, mbedtls_pk_context *pk, struct pl_error *err)
{
	if (pl_pk_parse_key(pk, pem) != 0)
		return pl_error_set(err, PL_E_INVALID, "this PC's key is damaged");
	return PL_OK;
}

enum pl_result pl_key_create(char **ret_pem, struct pl_error *err)
{
	mbedtls_pk_context pk;
	uint8_t pem[MAX_PEM];
	char *copy = NULL;
	int code;

	mbedtls_pk_init(&pk);
	code = mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
	if (code == 0)
		code = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(pk),
					   pl_random_callback, NULL);
	if (code == 0)
		code = mbedtls_pk_write_key_pem(&pk, pem, sizeof(pem));
	if (code == 0)
		copy = strdup((const char *)pem);
	mbedtls_platform_zeroize(pem, sizeof(pem));
	mbedtls_pk_free(&pk);
	if (!copy)
		return no_memory(err);
	*ret_pem = copy;
	return PL_OK;
}

/* mbedTLS writes DER from the end of the buffer; returns where it begins, NULL where it failed. */
static const uint8_t *spki_of(mbedtls_pk_context *pk, uint8_t buf[static MAX_SPKI], size_t *ret_n)
{
	int n = mbedtls_pk_write_pubkey_der(pk, buf, MAX_SPKI);

	if (n <= 0)
		return NULL;
	*ret_n = (size_t)n;
	return buf + MAX_SPKI - n;
}

static bool fingerprint(mbedtls_pk_context *pk, char ret_text[static PL_FINGERPRINT_TEXT])
{
	uint8_t buf[MAX_SPKI], digest[PL_HASH_SIZE];
	size_t n = 0;
	const uint8_t *spki = spki_of(pk, buf, &n);

	if (!spki)
		return false;
	pl_sha256(spki, n, digest);
	memcpy(ret_text, "sha256:", 7);
	pl_hex_write(digest, sizeof(digest), ret_text + 7);
	return true;
}

/* The connector takes no name from the request: the subject says only what this is. */
static int write_request(mbedtls_pk_context *pk, uint8_t *pem, size_t size)
{
	mbedtls_x509write_csr csr;
	int code;

	mbedtls_x509write_csr_init(&csr);
	mbedtls_x509write_csr_set_md_alg(&csr, MBEDTLS_MD_SHA256);
	mbedtls_x509write_csr_set_key(&csr, pk);
	code = mbedtls_x509write_csr_set_subject_name(&csr, "CN=platen-agent");
	if (code == 0)
		code = mbedtls_x509write_csr_pem(&csr, pem, size, pl_random_callback, NULL);
	mbedtls_x509write_csr_free(&csr);
	return code;
}

enum pl_result pl_key_request(const char *key_pem, char **ret_csr_pem,
			      char ret_fingerprint[static PL_FINGERPRINT_TEXT],
			      struct pl_error *err)
{
	mbedtls_pk_context pk;
	uint8_t pem[MAX_PEM];
	char text[PL_FINGERPRINT_TEXT];
	char *copy = NULL;
	enum pl_result r;

	mbedtls_pk_init(&pk);
	r = parse_key(key_pem, &pk, err);
	if (r == PL_OK) {
		if (write_request(&pk, pem, sizeof(pem)) == 0 && fingerprint(&pk, text))
			copy = strdup((const char *)pem);
		if (!copy)
			r = no_memory(err);
	}
	mbedtls_pk_free(&pk);
	if (r != PL_OK)
		return r;
	memcpy(ret_fingerprint, text, sizeof(text));
	*ret_csr_pem = copy;
	return PL_OK;
}

static int64_t wall_ms(const mbedtls_x509_time *t)
{
	char text[40];
	int64_t ms = 0;

	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ", t->year, t->mon, t->day,
		 t->hour, t->min, t->sec);
	return pl_time_read(text, &ms) ? ms : 0;
}

enum pl_result pl_key_certificate(const char *key_pem, const char *certificate_pem,
				  int64_t *ret_not_before_ms, int64_t *ret_not_after_ms,
				  struct pl_error *err)
{
	mbedtls_pk_context pk;
	mbedtls_x509_crt crt;
	uint8_t buf[MAX_SPKI];
	const uint8_t *spki;
	size_t n = 0;
	enum pl_result r;

	mbedtls_pk_init(&pk);
	mbedtls_x509_crt_init(&crt);
	r = parse_key(key_pem, &pk, err);
	if (r == PL_OK && mbedtls_x509_crt_parse(&crt, (const uint8_t *)certificate_pem,
						 strlen(certificate_pem) + 1) != 0)
		r = pl_error_set(err, PL_E_PROTOCOL, "the connector sent a damaged certificate");
	spki = r == PL_OK ? spki_of(&pk, buf, &n) : NULL;
	if (r == PL_OK && (!spki || crt.pk_raw.len != n || memcmp(crt.pk_raw.p, spki, n) != 0))
		r = pl_error_set(err, PL_E_PROTOCOL,
				 "the connector sent a certificate for another key");
	if (r == PL_OK) {
		*ret_not_before_ms = wall_ms(&crt.valid_from);
		*ret_not_after_ms = wall_ms(&crt.valid_to);
	}
	mbedtls_x509_crt_free(&crt);
	mbedtls_pk_free(&pk);
	return r;
}

bool pl_key_life(const char *pem, int64_t *ret_not_before_ms, int64_t *ret_not_after_ms)
{
	mbedtls_x509_crt chain;
	int64_t from = INT64_MIN, to = INT64_MAX;
	bool good;

	mbedtls_x509_crt_init(&chain);
	good = mbedtls_x509_crt_parse(&chain, (const uint8_t *)pem, strlen(pem) + 1) == 0;
	for (const mbedtls_x509_crt *crt = &chain; good && crt; crt = crt->next) {
		int64_t begin = wall_ms(&crt->valid_from), end = wall_ms(&crt->valid_to);

		from = begin > from ? begin : from;
		to = end < to ? end : to;
	}
	mbedtls_x509_crt_free(&chain);
	if (good) {
		*ret_not_before_ms = from;
		*ret_not_after_ms = to;
	}
	return good;
}

bool pl_key_is_certificates(const char *pem)
{
	mbedtls_x509_crt crt;
	bool good;

	mbedtls_x509_crt_init(&crt);
	good = mbedtls_x509_crt_parse(&crt, (const uint8_t *)pem, strlen(pem) + 1) == 0;
	mbedtls_x509_crt_free(&crt);
	return good;
}

static bool parse_p256(const void *spki, size_t size, mbedtls_pk_context *pk)
{
	return mbedtls_pk_parse_public_key(pk, spki, size) == 0 &&
	       mbedtls_pk_can_do(pk, MBEDTLS_PK_ECDSA) && mbedtls_pk_get_bitlen(pk) == 256;
}

bool pl_key_is_p256(const void *spki, size_t spki_size)
{
	mbedtls_pk_context pk;
	bool good;

	mbedtls_pk_init(&pk);
	good = parse_p256(spki, spki_size, &pk);
	mbedtls_pk_free(&pk);
	return good;
}

enum pl_result pl_key_verify(const void *spki, size_t spki_size, struct pl_span data,
			     const void *signature, size_t signature_size)
{
	mbedtls_pk_context pk;
	uint8_t digest[PL_HASH_SIZE];
	enum pl_result r = PL_E_UNTRUSTED;

	pl_sha256(data.at, data.size, digest);
	mbedtls_pk_init(&pk);
	if (parse_p256(spki, spki_size, &pk) &&
	    mbedtls_pk_verify(&pk, MBEDTLS_MD_SHA256, digest, sizeof(digest), signature,
			      signature_size) == 0)
		r = PL_OK;
	mbedtls_pk_free(&pk);
	return r;
}
