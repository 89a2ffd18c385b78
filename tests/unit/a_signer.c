/* SPDX-License-Identifier: Apache-2.0 */
#include "a_signer.h"

#include <stdlib.h>

#include <cjson/cJSON.h>
#include <mbedtls/bignum.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "keys.h"
#include "pk_parse.h"
#include "platen/encode.h"
#include "platen/random.h"
#include "unit.h"

struct a_signer {
	mbedtls_pk_context pk;
};

static void parse_key(mbedtls_pk_context *pk, const char *pem)
{
	mbedtls_pk_init(pk);
	assert_int_equal(pl_pk_parse_key(pk, pem), 0);
}

struct a_signer *a_signer(void)
{
	struct a_signer *s = calloc(1, sizeof(*s));
	char *pem = NULL;

	assert_result(pl_key_create(&pem, NULL), PL_OK);
	parse_key(&s->pk, pem);
	pl_key_wipe(pem);
	return s;
}

void a_signer_finish(struct a_signer *signer)
{
	mbedtls_pk_free(&signer->pk);
	free(signer);
}

struct pl_command_key a_signer_key(const struct a_signer *signer)
{
	struct pl_command_key key = { 0 };
	uint8_t buf[256], digest[PL_HASH_SIZE];
	mbedtls_pk_context pk = signer->pk;
	int n = mbedtls_pk_write_pubkey_der(&pk, buf, sizeof(buf));

	assert_in_range(n, 1, PL_MAX_SPKI);
	key.spki_size = (size_t)n;
	memcpy(key.spki, buf + sizeof(buf) - n, key.spki_size);
	pl_sha256(key.spki, key.spki_size, digest);
	pl_hex_write(digest, 8, key.id);
	return key;
}

static size_t sign(struct a_signer *s, const char *payload, uint8_t *ret, size_t cap)
{
	uint8_t digest[PL_HASH_SIZE];
	size_t n = 0;

	pl_sha256(payload, strlen(payload), digest);
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	assert_int_equal(mbedtls_pk_sign(&s->pk, MBEDTLS_MD_SHA256, digest, sizeof(digest), ret,
					 cap, &n, pl_random_callback, NULL),
			 0);
#else
	(void)cap;
	assert_int_equal(mbedtls_pk_sign(&s->pk, MBEDTLS_MD_SHA256, digest, sizeof(digest), ret, &n,
					 pl_random_callback, NULL),
			 0);
#endif
	return n;
}

struct cJSON *a_signer_envelope(struct a_signer *signer, const char *payload)
{
	cJSON *envelope = cJSON_CreateObject();
	uint8_t signature[256];
	size_t n = sign(signer, payload, signature, sizeof(signature));
	struct pl_bytes text;

	pl_bytes_init(&text, 100000);
	assert_result(pl_base64_write(PL_BASE64, payload, strlen(payload), &text), PL_OK);
	cJSON_AddStringToObject(envelope, "payload", (char *)text.at);
	pl_bytes_clear(&text);
	assert_result(pl_base64_write(PL_BASE64, signature, n, &text), PL_OK);
	cJSON_AddStringToObject(envelope, "signature", (char *)text.at);
	pl_bytes_finish(&text);
	return envelope;
}

char *a_certificate(const char *key_pem, const char *from, const char *until)
{
	mbedtls_x509write_cert crt;
	mbedtls_pk_context pk;
	mbedtls_mpi serial;
	uint8_t pem[4096];

	parse_key(&pk, key_pem);
	mbedtls_x509write_crt_init(&crt);
	mbedtls_mpi_init(&serial);
	assert_int_equal(mbedtls_mpi_lset(&serial, 7), 0);
	mbedtls_x509write_crt_set_md_alg(&crt, MBEDTLS_MD_SHA256);
	mbedtls_x509write_crt_set_subject_key(&crt, &pk);
	mbedtls_x509write_crt_set_issuer_key(&crt, &pk);
	assert_int_equal(mbedtls_x509write_crt_set_subject_name(&crt, "CN=test"), 0);
	assert_int_equal(mbedtls_x509write_crt_set_issuer_name(&crt, "CN=test"), 0);
	assert_int_equal(mbedtls_x509write_crt_set_serial(&crt, &serial), 0);
	assert_int_equal(mbedtls_x509write_crt_set_validity(&crt, from, until), 0);
	assert_int_equal(
		mbedtls_x509write_crt_pem(&crt, pem, sizeof(pem), pl_random_callback, NULL), 0);
	mbedtls_mpi_free(&serial);
	mbedtls_x509write_crt_free(&crt);
	mbedtls_pk_free(&pk);
	return strdup((char *)pem);
}
