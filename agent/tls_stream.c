/* SPDX-License-Identifier: Apache-2.0 */
/* TLS over any stream: mbedTLS reads and writes through two callbacks that know the deadline. */
#include "tls_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "platen/clock.h"
#include "revocation.h"
#include "tls_inside.h"

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

/* mbedTLS asks about each certificate of the chain, the server's own last; the whole decision is
 * made there, and before our own certificate goes out. */
static int on_certificate(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct tls_stream *s = arg;

	*flags = 0;
	if (depth == 0 &&
	    pl_tls_verify(&s->tls->anchors, crt, s->host, s->by_ms, &s->verdict) != PL_OK)
		*flags = MBEDTLS_X509_BADCERT_OTHER;
	return 0;
}

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
	const struct pl_revocation *revocation = s->tls->anchors.revocation;
	int code = mbedtls_ssl_setup(&s->ssl, &s->tls->config);

	if (code != 0)
		return code;
	mbedtls_ssl_set_bio(&s->ssl, s, io_send, io_recv, NULL);
	mbedtls_ssl_set_verify(&s->ssl, on_certificate, s);
	/* An address is no server name (RFC 6066 section 3); pl_tls_verify() checks it itself. */
	code = mbedtls_ssl_set_hostname(&s->ssl, is_address ? NULL : s->host);
	/* A session that is resumed shows no certificate. */
	if (code == 0 && s->tls->has_session && !(revocation && pl_revocation_is_due(revocation)))
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
