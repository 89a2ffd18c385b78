/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over any stream: mbedTLS reads and writes through two callbacks that know the deadline. */
#include "tls_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif

#include "os/os.h"
#include "platen/clock.h"
#include "platen/file.h"
#include "platen/random.h"
#include "tls_verify.h"

#define MAX_STORE (4 * 1024 * 1024) /* bytes of PEM */

struct pl_tls {
	mbedtls_ssl_config config;
	mbedtls_x509_crt trusted, own;
	mbedtls_pk_context key;
	uint8_t pins[PL_MAX_PINS][PL_HASH_SIZE];
	struct pl_tls_anchors anchors;
	mbedtls_ssl_session session;
	bool has_session;
};

struct tls_stream {
	struct pl_stream stream;
	struct pl_tls *tls;
	struct pl_stream *below;
	mbedtls_ssl_context ssl;
	char host[256];
	int64_t by_ms;		 /* deadline of the call that is running */
	struct pl_error io;	 /* why the stream below failed; code PL_OK: it did not */
	struct pl_error verdict; /* why the server is not trusted */
};

/* --- what is trusted, and who we are --- */

static enum pl_result parse_key(struct pl_tls *t, const char *pem)
{
	int code;

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
	code = mbedtls_pk_parse_key(&t->key, (const uint8_t *)pem, strlen(pem) + 1, NULL, 0,
				    pl_random_callback, NULL);
#else
	code = mbedtls_pk_parse_key(&t->key, (const uint8_t *)pem, strlen(pem) + 1, NULL, 0);
#endif
	return code == 0 ? PL_OK : PL_E_INVALID;
}

static enum pl_result load_own(struct pl_tls *t, const struct pl_tls_options *o,
			       struct pl_error *err)
{
	const uint8_t *pem = (const uint8_t *)o->certificate_pem;

	if (!pem)
		return PL_OK;
	if (mbedtls_x509_crt_parse(&t->own, pem, strlen(o->certificate_pem) + 1) != 0)
		return pl_error_set(err, PL_E_INVALID, "the client certificate is damaged");
	if (parse_key(t, o->key_pem) != PL_OK)
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

/* mbedTLS asks about each certificate of the chain, the server's own last; the whole decision is
 * made there, and before our own certificate goes out. */
static int on_certificate(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct tls_stream *s = arg;

	*flags = 0;
	if (depth == 0 && pl_tls_verify(&s->tls->anchors, crt, s->host, &s->verdict) != PL_OK)
		*flags = MBEDTLS_X509_BADCERT_OTHER;
	return 0;
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

static void keep_session(struct tls_stream *s)
{
	pl_tls_forget_session(s->tls);
	s->tls->has_session = mbedtls_ssl_get_session(&s->ssl, &s->tls->session) == 0;
}

/* --- bytes --- */

static int io_failed(struct tls_stream *s, enum pl_result r, int want, int failed)
{
	if (r == PL_E_TIMEOUT)
		return want; /* mbedTLS keeps its place: the caller may read on */
	s->io.code = r;
	return failed;
}

static int io_recv(void *arg, unsigned char *buf, size_t cap)
{
	struct tls_stream *s = arg;
	size_t n = 0;
	enum pl_result r = pl_stream_read(s->below, buf, cap, s->by_ms, &n, &s->io);

	if (r != PL_OK)
		return io_failed(s, r, MBEDTLS_ERR_SSL_WANT_READ, MBEDTLS_ERR_SSL_CONN_EOF);
	return (int)n; /* 0: the end of the stream, which mbedTLS knows as CONN_EOF */
}

static int io_send(void *arg, const unsigned char *buf, size_t n)
{
	struct tls_stream *s = arg;
	enum pl_result r = pl_stream_write(s->below, buf, n, s->by_ms, &s->io);

	if (r != PL_OK)
		return io_failed(s, r, MBEDTLS_ERR_SSL_WANT_WRITE, MBEDTLS_ERR_SSL_CONN_EOF);
	return (int)n;
}

/* What mbedTLS's code means once the connection stands. */
static enum pl_result failed(struct tls_stream *s, int code, struct pl_error *err)
{
	if (code == MBEDTLS_ERR_SSL_WANT_READ || code == MBEDTLS_ERR_SSL_WANT_WRITE)
		return pl_error_set(err, PL_E_TIMEOUT, "the server did not answer in time");
	if (s->io.code != PL_OK) {
		if (err)
			*err = s->io;
		return s->io.code;
	}
	if (code == 0 || code == MBEDTLS_ERR_SSL_CONN_EOF)
		return pl_error_set(err, PL_E_GONE,
				    "the connection was cut before its end (no TLS closure)");
	if (code == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE)
		return pl_error_set(err, PL_E_REFUSED,
				    "the server ended the connection by a TLS "
				    "alert");
	return pl_error_set(err, PL_E_PROTOCOL, "TLS failed (-0x%x)", (unsigned)-code);
}

static bool is_new_ticket(int code)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
	return code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET;
#else
	(void)code;
	return false;
#endif
}

static enum pl_result tls_read(struct pl_stream *stream, void *buf, size_t cap, int64_t by_ms,
			       size_t *ret_n, struct pl_error *err)
{
	struct tls_stream *s = (struct tls_stream *)stream;
	int n;

	s->by_ms = by_ms;
	s->io.code = PL_OK;
	while (is_new_ticket(n = mbedtls_ssl_read(&s->ssl, buf, cap)))
		keep_session(s); /* TLS 1.3 sends it after the handshake */
	if (n > 0 || n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
		*ret_n = n > 0 ? (size_t)n : 0;
		return PL_OK;
	}
	return failed(s, n, err);
}

static enum pl_result tls_write(struct pl_stream *stream, const void *buf, size_t n, int64_t by_ms,
				struct pl_error *err)
{
	struct tls_stream *s = (struct tls_stream *)stream;
	const uint8_t *at = buf;

	s->by_ms = by_ms;
	s->io.code = PL_OK;
	while (n > 0) {
		int done = mbedtls_ssl_write(&s->ssl, at, n);

		if (done < 0)
			return failed(s, done, err);
		at += done;
		n -= (size_t)done;
	}
	return PL_OK;
}

/* The closure alert goes out if the socket takes it at once: nobody waits for a peer that hangs. */
static void tls_close(struct pl_stream *stream)
{
	struct tls_stream *s = (struct tls_stream *)stream;

	s->by_ms = pl_clock_now_ms();
	if (s->io.code == PL_OK)
		(void)mbedtls_ssl_close_notify(&s->ssl);
	mbedtls_ssl_free(&s->ssl);
	pl_stream_close(s->below);
	free(s);
}

static const struct pl_stream_ops TLS_OPS = {
	.name = "tls",
	.read = tls_read,
	.write = tls_write,
	.close = tls_close,
};

/* --- the handshake --- */

static enum pl_result handshake_failed(struct tls_stream *s, int code, struct pl_error *err)
{
	if (s->verdict.code != PL_OK) {
		if (err)
			*err = s->verdict;
		return PL_E_UNTRUSTED;
	}
	switch (code) {
	case MBEDTLS_ERR_SSL_CONN_EOF:
		if (s->io.code == PL_OK)
			return pl_error_set(err, PL_E_GONE,
					    "the server closed the connection during the TLS "
					    "handshake");
		break;
	case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
		return pl_error_set(err, PL_E_REFUSED,
				    "the server refused the TLS handshake: it may not take this "
				    "PC's certificate or not offer TLS 1.2");
	case MBEDTLS_ERR_SSL_INVALID_RECORD:
		return pl_error_set(err, PL_E_PROTOCOL,
				    "the server does not speak TLS on this port");
	default: break;
	}
	return failed(s, code, err);
}

static int set_up(struct tls_stream *s)
{
	uint8_t address[16];
	bool is_address = pl_os_parse_address(s->host, address) > 0;
	int code = mbedtls_ssl_setup(&s->ssl, &s->tls->config);

	if (code != 0)
		return code;
	mbedtls_ssl_set_bio(&s->ssl, s, io_send, io_recv, NULL);
	mbedtls_ssl_set_verify(&s->ssl, on_certificate, s);
	/* An address is no server name (RFC 6066 section 3); pl_tls_verify() checks it itself. */
	code = mbedtls_ssl_set_hostname(&s->ssl, is_address ? NULL : s->host);
	if (code == 0 && s->tls->has_session)
		code = mbedtls_ssl_set_session(&s->ssl, &s->tls->session);
	return code;
}

enum pl_result pl_tls_wrap(struct pl_tls *tls, struct pl_stream *below, const char *host,
			   int64_t by_ms, struct pl_stream **ret_stream, struct pl_error *err)
{
	struct tls_stream *s = calloc(1, sizeof(*s));
	enum pl_result r = PL_OK;
	int code;

	if (!s) {
		pl_stream_close(below);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	*s = (struct tls_stream){ .stream.ops = &TLS_OPS, .tls = tls, .below = below };
	snprintf(s->host, sizeof(s->host), "%s", host);
	s->by_ms = by_ms;
	mbedtls_ssl_init(&s->ssl);
	code = set_up(s);
	if (code != 0)
		r = pl_error_set(err, PL_E_NO_MEMORY, "TLS cannot begin (-0x%x)", (unsigned)-code);
	else if ((code = mbedtls_ssl_handshake(&s->ssl)) != 0)
		r = handshake_failed(s, code, err);
	if (r != PL_OK) {
		pl_tls_forget_session(tls);
		tls_close(&s->stream);
		return r;
	}
	keep_session(s);
	*ret_stream = &s->stream;
	return PL_OK;
}
