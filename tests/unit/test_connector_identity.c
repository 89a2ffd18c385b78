/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what the connector's keys sign: certificates that chain to its CA, actions that verify, a
 * revocation list with the right serials; and that the wire's own request and signatures are judged
 * rightly. */
#include <cjson/cJSON.h>

#include "a_connector.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "token.h"
#include "unit.h"
#include "wire.h"

static struct a_connector here;

static gnutls_x509_crt_t read_pem(const char *pem)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
	gnutls_x509_crt_t crt;

	assert_int_equal(gnutls_x509_crt_init(&crt), 0);
	assert_int_equal(gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM), 0);
	return crt;
}

/* Verifies exact bytes against a key of the wire's form. */
static bool verifies(const char *spki, const char *payload, const char *signature)
{
	struct pl_bytes key, data, sig;
	gnutls_pubkey_t pub;
	gnutls_datum_t k, d, s;
	int rc;

	pl_bytes_init(&key, 1024);
	pl_bytes_init(&data, 64 * 1024);
	pl_bytes_init(&sig, 1024);
	assert_result(pl_base64_read(PL_BASE64, pl_span_of(spki), &key), PL_OK);
	assert_result(pl_base64_read(PL_BASE64, pl_span_of(payload), &data), PL_OK);
	assert_result(pl_base64_read(PL_BASE64, pl_span_of(signature), &sig), PL_OK);
	k = (gnutls_datum_t){ key.at, (unsigned)key.size };
	d = (gnutls_datum_t){ data.at, (unsigned)data.size };
	s = (gnutls_datum_t){ sig.at, (unsigned)sig.size };
	assert_int_equal(gnutls_pubkey_init(&pub), 0);
	assert_int_equal(gnutls_pubkey_import(pub, &k, GNUTLS_X509_FMT_DER), 0);
	rc = gnutls_pubkey_verify_data2(pub, GNUTLS_SIGN_ECDSA_SHA256, 0, &d, &s);
	gnutls_pubkey_deinit(pub);
	pl_bytes_finish(&key);
	pl_bytes_finish(&data);
	pl_bytes_finish(&sig);
	return rc >= 0;
}

static void judges_the_vectors_of_the_wire(void **state)
{
	static const char *const NAMES[] = { "vector.valid", "vector.tampered", "vector.stranger" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		cJSON *doc = wire_json(NAMES[i]);
		bool wanted = false;

		assert_true(pl_json_bool(doc, "verifies", &wanted));
		assert_int_equal(verifies(pl_json_text(doc, "spki"), pl_json_text(doc, "payload"),
					  pl_json_text(doc, "signature")),
				 wanted);
		cJSON_Delete(doc);
	}
}

static void signs_what_others_can_verify(void **state)
{
	struct pl_signer_key key;
	struct pl_bytes signature, text, payload;
	struct pl_error err = { 0 };
	uint8_t digest[PL_HASH_SIZE];
	struct pl_bytes der;
	char id[17], signed_by[PL_KEY_ID_TEXT];
	const char *spki = key.spki;

	(void)state;
	pl_signer_public(here.server.identity.signer, &key);
	pl_bytes_init(&signature, 256);
	pl_bytes_init(&text, 512);
	pl_bytes_init(&payload, 512);
	pl_bytes_init(&der, 256);
	assert_result(pl_signer_sign(here.server.identity.signer, "{\"id\":1}", 8, &signature,
				     signed_by, &err),
		      PL_OK);
	assert_result(pl_base64_write(PL_BASE64, signature.at, signature.size, &text), PL_OK);
	assert_result(pl_base64_write(PL_BASE64, "{\"id\":1}", 8, &payload), PL_OK);
	assert_true(verifies(spki, (const char *)payload.at, (const char *)text.at));
	pl_bytes_clear(&payload);
	assert_result(pl_base64_write(PL_BASE64, "{\"id\":2}", 8, &payload), PL_OK);
	assert_false(verifies(spki, (const char *)payload.at, (const char *)text.at));
	assert_result(pl_base64_read(PL_BASE64, pl_span_of(spki), &der), PL_OK);
	pl_sha256(der.at, der.size, digest);
	pl_hex_write(digest, 8, id);
	assert_string_equal(id, key.id);
	assert_string_equal(id, signed_by);
	pl_bytes_finish(&der);
	pl_bytes_finish(&payload);
	pl_bytes_finish(&text);
	pl_bytes_finish(&signature);
}

static void issues_from_the_request_of_the_wire(void **state)
{
	cJSON *doc = wire_json("enroll.request");
	struct pl_certificate made = { 0 };
	struct pl_error err = { 0 };
	char fingerprint[PL_PIN_TEXT], id[PL_MAX_ID], key_usage[64];
	size_t size = sizeof id;
	unsigned critical, trusted = 1;
	gnutls_x509_crt_t crt;

	(void)state;
	assert_result(pl_identity_check_csr(pl_json_text(doc, "csr"), fingerprint, &err), PL_OK);
	assert_int_equal(strlen(fingerprint), 7 + 64);
	assert_result(pl_identity_issue(&here.server.identity, pl_json_text(doc, "csr"), "agent-1",
					"customer-1", &made, &err),
		      PL_OK);
	assert_string_equal(made.fingerprint, fingerprint);
	crt = read_pem(made.pem);
	assert_int_equal(
		gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, id, &size),
		0);
	assert_string_equal(id, "agent-1");
	size = sizeof id;
	assert_int_equal(gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0, 0,
						       id, &size),
			 0);
	assert_string_equal(id, "customer-1");
	size = sizeof key_usage;
	assert_int_equal(gnutls_x509_crt_get_key_purpose_oid(crt, 0, key_usage, &size, &critical),
			 0);
	assert_string_equal(key_usage, GNUTLS_KP_TLS_WWW_CLIENT);
	assert_int_equal(gnutls_x509_crt_verify(crt, &here.server.identity.ca, 1, 0, &trusted), 0);
	assert_int_equal(trusted, 0);
	gnutls_x509_crt_deinit(crt);
	cJSON_Delete(doc);
}

static void refuses_requests_that_prove_nothing(void **state)
{
	cJSON *doc = wire_json("enroll.request");
	char *csr = cJSON_GetObjectItem(doc, "csr")->valuestring, *middle = csr + strlen(csr) / 2;
	char fingerprint[PL_PIN_TEXT];
	struct pl_error err = { 0 };

	(void)state;
	*middle = *middle == 'A' ? 'B' : 'A'; /* the signature no longer fits */
	assert_result(pl_identity_check_csr(csr, fingerprint, &err), PL_E_INVALID);
	assert_result(pl_identity_check_csr("", fingerprint, &err), PL_E_INVALID);
	assert_result(
		pl_identity_check_csr("-----BEGIN CERTIFICATE REQUEST-----\n", fingerprint, &err),
		PL_E_INVALID);
	cJSON_Delete(doc);
}

static void the_server_has_its_names(void **state)
{
	gnutls_x509_crt_t crt = read_pem(here.server.identity.server_pem);
	unsigned trusted = 1;

	(void)state;
	assert_true(gnutls_x509_crt_check_hostname(crt, "localhost"));
	assert_true(gnutls_x509_crt_check_hostname(crt, "127.0.0.1"));
	assert_false(gnutls_x509_crt_check_hostname(crt, "elsewhere"));
	assert_int_equal(gnutls_x509_crt_verify(crt, &here.server.identity.ca, 1, 0, &trusted), 0);
	assert_int_equal(trusted, 0);
	gnutls_x509_crt_deinit(crt);
}

static void the_list_names_whom_it_revokes(void **state)
{
	struct pl_roster_agent *agent = a_connector_agent(&here, "revoked-agent");
	gnutls_x509_crl_t crl;
	struct pl_error err = { 0 };
	struct pl_bytes der;
	gnutls_datum_t data;

	(void)state;
	assert_result(
		pl_db_run(here.db,
			  "INSERT INTO certificates (serial, customer_id, agent_no, not_before, "
			  "not_after,"
			  " revoked_at) VALUES ('4102030405060708090a0b0c0d0e0f10', 'c', ?1, 0, "
			  "?2, ?3),"
			  " ('4202030405060708090a0b0c0d0e0f10', 'c', ?1, 0, ?2, NULL)",
			  PL_ARGS(pl_db_int(agent->no), pl_db_int(pl_clock_wall_ms() + 1000000),
				  pl_db_int(pl_clock_wall_ms())),
			  &err),
		PL_OK);
	pl_bytes_init(&der, 64 * 1024);
	assert_result(pl_identity_crl(&here.server.identity, here.db, &der, &err), PL_OK);
	data = (gnutls_datum_t){ der.at, (unsigned)der.size };
	assert_int_equal(gnutls_x509_crl_init(&crl), 0);
	assert_int_equal(gnutls_x509_crl_import(crl, &data, GNUTLS_X509_FMT_DER), 0);
	assert_int_equal(gnutls_x509_crl_get_crt_count(crl), 1);
	assert_int_equal(gnutls_x509_crl_check_issuer(crl, here.server.identity.ca), 1);
	gnutls_x509_crl_deinit(crl);
	pl_bytes_finish(&der);
}

/* Decodes a token into its JSON. */
static cJSON *read_token(const char *token)
{
	struct pl_bytes text;
	cJSON *doc = NULL;

	assert_int_equal(strncmp(token, "plt1.", 5), 0);
	pl_bytes_init(&text, PL_MAX_TOKEN);
	assert_result(pl_base64_read(PL_BASE64URL, pl_span_of(token + 5), &text), PL_OK);
	assert_result(pl_json_parse(pl_bytes_span(&text), &doc, NULL), PL_OK);
	pl_bytes_finish(&text);
	return doc;
}

static void tokens_are_as_the_wire_shows_them(void **state)
{
	struct pl_bytes example = wire_text("token.string"), token;
	cJSON *wanted = wire_json("token.json"), *have = read_token((const char *)example.at);
	char secret[PL_SECRET_TEXT];
	uint8_t hash[PL_HASH_SIZE], again[PL_HASH_SIZE];

	(void)state;
	assert_true(cJSON_Compare(wanted, have, true));
	cJSON_Delete(have);
	cJSON_Delete(wanted);
	pl_bytes_finish(&example);

	pl_token_secret(secret, hash);
	assert_int_equal(strlen(secret), 43);
	pl_token_hash(pl_span_of(secret), again);
	assert_memory_equal(hash, again, sizeof hash);
	pl_bytes_init(&token, PL_MAX_TOKEN);
	assert_result(pl_token_write("https://print.example:12351", here.server.identity.ca_pin,
				     secret, &token),
		      PL_OK);
	have = read_token((const char *)token.at);
	assert_string_equal(pl_json_text(have, "secret"), secret);
	assert_string_equal(pl_json_text(have, "pins.0"), here.server.identity.ca_pin);
	assert_string_equal(pl_json_text(have, "url"), "https://print.example:12351");
	cJSON_Delete(have);
	pl_bytes_finish(&token);
}

static int open_all(void **state)
{
	(void)state;
	a_connector_open(&here, "identity");
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	a_connector_close(&here);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_the_vectors_of_the_wire),
		cmocka_unit_test(signs_what_others_can_verify),
		cmocka_unit_test(issues_from_the_request_of_the_wire),
		cmocka_unit_test(refuses_requests_that_prove_nothing),
		cmocka_unit_test(the_server_has_its_names),
		cmocka_unit_test(the_list_names_whom_it_revokes),
		cmocka_unit_test(tokens_are_as_the_wire_shows_them),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
