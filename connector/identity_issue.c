/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates: the CA's own, the server's, the agents', and the list of those that no longer
 * count. All signed with ECDSA P-256 and SHA-256; serial numbers are 16 random bytes.
 */
#include "identity_issue.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/random.h"

#define SERIAL_SIZE 16
#define DAY_S	    86400
#define CA_DAYS	    (20 * 365)
#define SERVER_DAYS 730
#define BACKDATE_S  3600 /* PCs' clocks run behind */
#define CRL_DAYS    7

static enum pl_result tls_failed(struct pl_error *err, const char *what, int rc)
{
	return pl_error_set(err, PL_E_IO, "%s failed: %s", what, gnutls_strerror(rc));
}

static void make_serial(uint8_t serial[static SERIAL_SIZE])
{
	pl_random_bytes(serial, SERIAL_SIZE);
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, and never shorter */
}

/* The members that every certificate has. */
static int begin(gnutls_x509_crt_t crt, const char *common_name, time_t from, time_t until,
		 uint8_t serial[static SERIAL_SIZE])
{
	int rc = gnutls_x509_crt_set_version(crt, 3);

	make_serial(serial);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_serial(crt, serial, SERIAL_SIZE);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_activation_time(crt, from);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_expiration_time(crt, until);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
						   (unsigned)strlen(common_name));
	return rc;
}

static int set_key_ids(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer)
{
	unsigned char id[64];
	size_t size = sizeof id;
	int rc = gnutls_x509_crt_get_key_id(crt, 0, id, &size);

	if (rc >= 0)
		rc = gnutls_x509_crt_set_subject_key_id(crt, id, size);
	if (rc < 0 || !issuer)
		return rc;
	size = sizeof id;
	rc = gnutls_x509_crt_get_subject_key_id(issuer, id, &size, NULL);
	return rc < 0 ? rc : gnutls_x509_crt_set_authority_key_id(crt, id, size);
}

static int sign_and_write(gnutls_x509_crt_t crt, gnutls_x509_crt_t issuer,
			  gnutls_x509_privkey_t issuer_key, char *ret_pem, size_t cap)
{
	size_t size = cap;
	int rc = gnutls_x509_crt_sign2(crt, issuer, issuer_key, GNUTLS_DIG_SHA256, 0);

	return rc < 0 ? rc : gnutls_x509_crt_export(crt, GNUTLS_X509_FMT_PEM, ret_pem, &size);
}

enum pl_result pl_issue_ca(gnutls_x509_privkey_t key, char *ret_pem, size_t cap,
			   struct pl_error *err)
{
	time_t now = (time_t)(pl_clock_wall_ms() / 1000);
	uint8_t serial[SERIAL_SIZE];
	gnutls_x509_crt_t crt = NULL;
	int rc = gnutls_x509_crt_init(&crt);

	if (rc >= 0)
		rc = begin(crt, "Platen connector CA", now - BACKDATE_S,
			   now + (time_t)CA_DAYS * DAY_S, serial);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key(crt, key);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_basic_constraints(crt, 1, 0);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_usage(crt,
						   GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN);
	if (rc >= 0)
		rc = set_key_ids(crt, NULL);
	if (rc >= 0)
		rc = sign_and_write(crt, crt, key, ret_pem, cap);
	gnutls_x509_crt_deinit(crt);
	return rc < 0 ? tls_failed(err, "making the CA certificate", rc) : PL_OK;
}

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, name, address) == 1)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 4,
							    GNUTLS_FSAN_APPEND);
	if (inet_pton(AF_INET6, name, address) == 1)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 16,
							    GNUTLS_FSAN_APPEND);
	return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name,
						    (unsigned)strlen(name), GNUTLS_FSAN_APPEND);
}

enum pl_result pl_issue_server(const struct pl_identity *ca, gnutls_x509_privkey_t key,
			       const char *const *names, size_t name_count, char *ret_pem,
			       size_t cap, struct pl_error *err)
{
	time_t now = (time_t)(pl_clock_wall_ms() / 1000);
	uint8_t serial[SERIAL_SIZE];
	gnutls_x509_crt_t crt = NULL;
	int rc = gnutls_x509_crt_init(&crt);

	if (rc >= 0)
		rc = begin(crt, strlen(names[0]) <= 64 ? names[0] : "Platen connector",
			   now - BACKDATE_S, now + (time_t)SERVER_DAYS * DAY_S, serial);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key(crt, key);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	for (size_t i = 0; i < name_count && rc >= 0; i++)
		rc = add_name(crt, names[i]);
	if (rc >= 0)
		rc = set_key_ids(crt, ca->ca);
	if (rc >= 0)
		rc = sign_and_write(crt, ca->ca, ca->ca_key, ret_pem, cap);
	gnutls_x509_crt_deinit(crt);
	return rc < 0 ? tls_failed(err, "making the server's certificate", rc) : PL_OK;
}

enum pl_result pl_issue_fingerprint(gnutls_x509_crt_t crt, char ret_pin[static PL_PIN_TEXT],
				    struct pl_error *err)
{
	unsigned char id[PL_HASH_SIZE];
	size_t size = sizeof id;
	int rc = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &size);

	if (rc < 0)
		return tls_failed(err, "a certificate's fingerprint", rc);
	memcpy(ret_pin, "sha256:", 7);
	pl_hex_write(id, size, ret_pin + 7);
	return PL_OK;
}

/* Reads a request whose signature shows that its sender has the key. */
static enum pl_result read_csr(const char *pem, gnutls_x509_crq_t *ret_crq,
			       gnutls_pubkey_t *ret_key, struct pl_error *err)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	gnutls_x509_crq_t crq = NULL;
	gnutls_pubkey_t key = NULL;
	int rc = gnutls_x509_crq_init(&crq);

	if (rc >= 0)
		rc = gnutls_x509_crq_import(crq, &text, GNUTLS_X509_FMT_PEM);
	if (rc >= 0)
		rc = gnutls_x509_crq_verify(crq, 0);
	if (rc >= 0)
		rc = gnutls_pubkey_init(&key);
	if (rc >= 0)
		rc = gnutls_pubkey_import_x509_crq(key, crq, 0);
	if (rc >= 0)
		rc = gnutls_pubkey_export_ecc_raw2(key, &curve, NULL, NULL, 0);
	if (rc < 0 || curve != GNUTLS_ECC_CURVE_SECP256R1) {
		gnutls_pubkey_deinit(key);
		gnutls_x509_crq_deinit(crq);
		return pl_error_set(
			err, PL_E_INVALID,
			"the csr must be a PKCS#10 request with a P-256 key, signed by it");
	}
	*ret_crq = crq;
	*ret_key = key;
	return PL_OK;
}

static enum pl_result key_fingerprint(gnutls_pubkey_t key, char ret_pin[static PL_PIN_TEXT],
				      struct pl_error *err)
{
	unsigned char id[PL_HASH_SIZE];
	size_t size = sizeof id;
	int rc = gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256, id, &size);

	if (rc < 0)
		return tls_failed(err, "a key's fingerprint", rc);
	memcpy(ret_pin, "sha256:", 7);
	pl_hex_write(id, size, ret_pin + 7);
	return PL_OK;
}

enum pl_result pl_identity_check_csr(const char *csr_pem, char ret_fingerprint[static PL_PIN_TEXT],
				     struct pl_error *err)
{
	gnutls_x509_crq_t crq = NULL;
	gnutls_pubkey_t key = NULL;
	enum pl_result r = read_csr(csr_pem, &crq, &key, err);

	if (r != PL_OK)
		return r;
	r = key_fingerprint(key, ret_fingerprint, err);
	gnutls_pubkey_deinit(key);
	gnutls_x509_crq_deinit(crq);
	return r;
}

enum pl_result pl_identity_issue(const struct pl_identity *identity, const char *csr_pem,
				 const char *agent_id, const char *customer_id,
				 struct pl_certificate *ret_certificate, struct pl_error *err)
{
	time_t now = (time_t)(pl_clock_wall_ms() / 1000);
	struct pl_certificate made = { 0 };
	uint8_t serial[SERIAL_SIZE];
	gnutls_x509_crq_t crq = NULL;
	gnutls_x509_crt_t crt = NULL;
	gnutls_pubkey_t key = NULL;
	int rc;
	enum pl_result r = read_csr(csr_pem, &crq, &key, err);

	if (r != PL_OK)
		return r;
	made.not_before_ms = (int64_t)(now - BACKDATE_S) * 1000;
	made.not_after_ms = (int64_t)(now + (time_t)PL_AGENT_DAYS * DAY_S) * 1000;
	rc = gnutls_x509_crt_init(&crt);
	if (rc >= 0)
		rc = begin(crt, agent_id, now - BACKDATE_S, now + (time_t)PL_AGENT_DAYS * DAY_S,
			   serial);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_ORGANIZATION_NAME, 0,
						   customer_id, (unsigned)strlen(customer_id));
	if (rc >= 0)
		rc = gnutls_x509_crt_set_pubkey(crt, key);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_CLIENT, 0);
	if (rc >= 0)
		rc = set_key_ids(crt, identity->ca);
	if (rc >= 0)
		rc = sign_and_write(crt, identity->ca, identity->ca_key, made.pem, sizeof made.pem);
	r = rc < 0 ? tls_failed(err, "issuing a certificate", rc)
		   : key_fingerprint(key, made.fingerprint, err);
	if (r == PL_OK) {
		pl_hex_write(serial, sizeof serial, made.serial);
		*ret_certificate = made;
	}
	gnutls_x509_crt_deinit(crt);
	gnutls_pubkey_deinit(key);
	gnutls_x509_crq_deinit(crq);
	return r;
}

static enum pl_result add_revoked(gnutls_x509_crl_t crl, struct pl_db *db, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	uint8_t serial[SERIAL_SIZE];
	enum pl_result r;

	r = pl_db_query(db, &rows,
			"SELECT serial, revoked_at FROM certificates WHERE revoked_at IS NOT NULL"
			" AND not_after > ?1 ORDER BY revoked_at",
			PL_ARGS(pl_db_int(pl_clock_wall_ms() - (int64_t)CRL_DAYS * DAY_S * 1000)),
			err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK) {
		int rc;

		if (!pl_hex_read(pl_db_blob_at(rows, 0), serial, sizeof serial))
			continue;
		rc = gnutls_x509_crl_set_crt_serial(crl, serial, sizeof serial,
						    (time_t)(pl_db_int_at(rows, 1) / 1000));
		if (rc < 0) {
			r = tls_failed(err, "writing the revocation list", rc);
			break;
		}
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_identity_crl(const struct pl_identity *identity, struct pl_db *db,
			       struct pl_bytes *out, struct pl_error *err)
{
	int64_t now_s = pl_clock_wall_ms() / 1000;
	uint8_t number[8];
	gnutls_x509_crl_t crl = NULL;
	gnutls_datum_t der = { NULL, 0 };
	enum pl_result r = PL_OK;
	int rc = gnutls_x509_crl_init(&crl);

	for (int i = 0; i < 8; i++)
		number[i] = (uint8_t)(now_s >> (56 - 8 * i));
	if (rc >= 0)
		rc = gnutls_x509_crl_set_version(crl, 2);
	if (rc >= 0)
		rc = gnutls_x509_crl_set_this_update(crl, (time_t)now_s);
	if (rc >= 0)
		rc = gnutls_x509_crl_set_next_update(crl, (time_t)(now_s + CRL_DAYS * DAY_S));
	if (rc >= 0)
		rc = gnutls_x509_crl_set_number(crl, number, sizeof number);
	if (rc >= 0)
		r = add_revoked(crl, db, err);
	if (rc >= 0 && r == PL_OK)
		rc = gnutls_x509_crl_sign2(crl, identity->ca, identity->ca_key, GNUTLS_DIG_SHA256,
					   0);
	if (rc >= 0 && r == PL_OK)
		rc = gnutls_x509_crl_export2(crl, GNUTLS_X509_FMT_DER, &der);
	if (rc < 0)
		r = tls_failed(err, "writing the revocation list", rc);
	if (r == PL_OK)
		r = pl_bytes_add(out, der.data, der.size);
	gnutls_free(der.data);
	gnutls_x509_crl_deinit(crl);
	return r;
}
