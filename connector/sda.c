/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Port 12351: the table of calls, and the gate: a certificate of our own CA, of an agent that is
 * not revoked, checked before a byte of the body is read.
 */
#include "sda.h"

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "bundles.h"
#include "platen/clock.h"
#include "platen/log.h"

#define KIB		 1024
#define SMALL		 ((size_t)64 * KIB)
#define ANSWER_MAX	 ((size_t)64 * KIB * KIB)
#define CONNECTION_BYTES 8192 /* a used connection costs about 20 KB with it, 44 KB without */
#define RENEW_GRACE_DAYS 400

static const struct pl_web_route ROUTES[] = {
	{ "POST", "/sda/v1/enroll", SMALL, PL_WEB_OPEN, pl_sda_enroll, NULL },
	{ "POST", "/sda/v1/renew", SMALL, PL_WEB_EXPIRED, pl_sda_renew, NULL },
	{ "POST", "/sda/v1/reports", (size_t)KIB *KIB, PL_WEB_GZIP, pl_sda_reports, NULL },
	{ "GET", "/sda/v1/work", 0, 0, pl_sda_work, NULL },
	{ "POST", "/sda/v1/actions/{id}", SMALL, 0, pl_sda_action, NULL },
	{ "POST", "/sda/v1/actions/{id}/bundle", PL_MAX_BUNDLE_BYTES, 0, pl_sda_bundle, NULL },
	{ "GET", "/sda/v1/packages/{sha256}", 0, 0, pl_sda_package, NULL },
	{ "GET", "/sda/v1/config", 0, 0, pl_sda_config, NULL },
	{ "GET", "/sda/v1/crl", 0, PL_WEB_OPEN, pl_sda_crl, NULL },
	{ "GET", "/sda/v1/ews/{session}/next", 0, 0, pl_sda_ews_next, NULL },
	{ "GET", "/sda/v1/ews/{session}/{request}/body", 0, 0, pl_sda_ews_body, NULL },
	{ "POST", "/sda/v1/ews/{session}/{request}", ANSWER_MAX, PL_WEB_STREAM, pl_sda_ews_answer,
	  NULL },
};

/* What is known of a connection's peer; looked at once per connection. */
struct peer {
	enum { UNSEEN, NOBODY, EXPIRED, VALID } trust;
	int64_t not_after_ms;
	struct pl_roster_agent *agent;
};

static void read_certificate(struct pl_server *server, gnutls_session_t session, struct peer *peer)
{
	unsigned count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
	gnutls_x509_crt_t crt = NULL;
	char id[PL_MAX_ID];
	size_t size = sizeof id;

	if (!chain || count == 0 || gnutls_x509_crt_init(&crt) < 0)
		return;
	if (gnutls_x509_crt_import(crt, &chain[0], GNUTLS_X509_FMT_DER) >= 0 &&
	    gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, id, &size) >= 0) {
		peer->agent = pl_roster_find(server->roster, id);
		peer->not_after_ms = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
	}
	gnutls_x509_crt_deinit(crt);
}

static void look_at_peer(struct pl_server *server, const struct pl_web_request *rq,
			 struct peer *peer)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(rq->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	gnutls_typed_vdata_st purpose = { GNUTLS_DT_KEY_PURPOSE_OID,
					  (unsigned char *)(uintptr_t)GNUTLS_KP_TLS_WWW_CLIENT, 0 };
	gnutls_session_t session = info ? info->tls_session : NULL;
	unsigned status = GNUTLS_CERT_INVALID;

	peer->trust = NOBODY;
	if (!session || gnutls_certificate_verify_peers(session, &purpose, 1, &status) < 0)
		return;
	if ((status & ~(unsigned)(GNUTLS_CERT_INVALID | GNUTLS_CERT_EXPIRED)) != 0 ||
	    (status & (GNUTLS_CERT_INVALID | GNUTLS_CERT_EXPIRED)) == GNUTLS_CERT_INVALID)
		return;
	read_certificate(server, session, peer);
	if (peer->agent)
		peer->trust = status ? EXPIRED : VALID;
}

static void refuse_fast(struct pl_web_request *rq)
{
	pl_web_add_header(rq, "Retry-After", "5");
	pl_web_error(rq, 429, "too_fast", "This PC asks too often; it waits a little");
}

static void gate(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct peer *peer = pl_web_peer(rq);
	int64_t now = pl_clock_wall_ms();

	if (rq->route->flags & PL_WEB_OPEN)
		return;
	if (!peer) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	if (peer->trust == UNSEEN)
		look_at_peer(server, rq, peer);
	if (peer->trust == VALID && peer->not_after_ms <= now)
		peer->trust = EXPIRED;
	if (peer->trust == NOBODY)
		pl_web_error(rq, 403, "certificate_required",
			     "This call needs the client certificate that enrolment gave this PC");
	else if (peer->agent->revoked)
		pl_web_error(rq, 403, "agent_revoked",
			     "An administrator removed this PC; enrol it anew with a new token");
	else if (peer->trust == EXPIRED &&
		 (!(rq->route->flags & PL_WEB_EXPIRED) ||
		  now - peer->not_after_ms > (int64_t)RENEW_GRACE_DAYS * 86400 * 1000))
		pl_web_error(rq, 403, "certificate_expired",
			     "This PC's certificate has expired; renew it");
	else if (pl_roster_too_fast(peer->agent, server->agent_rate, now))
		refuse_fast(rq);
	else
		peer->agent->seen_ms = now;
}

struct pl_roster_agent *pl_sda_agent(const struct pl_web_request *rq)
{
	const struct peer *peer = pl_web_peer(rq);

	return peer ? peer->agent : NULL;
}

void pl_sda_store_failed(struct pl_web_request *rq, enum pl_result r, const struct pl_error *err)
{
	switch (r) {
	case PL_E_FULL:
	case PL_E_DENIED:
		pl_web_add_header(rq, "Retry-After", "60");
		pl_web_error(rq, 503, "store_full", "The connector cannot write its store");
		break;
	case PL_E_BUSY:
	case PL_E_CANCELLED:
		pl_web_add_header(rq, "Retry-After", "5");
		pl_web_error(rq, 503, "busy", "The connector is busy; try again");
		break;
	default:
		log_error(NULL, "a call failed path=%s error=%s reason=\"%s\"", rq->path,
			  pl_result_name(r), err ? err->text : "");
		pl_web_error(rq, 500, "internal", "The connector failed; nothing was stored");
	}
}

enum pl_result pl_sda_open(struct pl_server *server, const char *listen, uint16_t port,
			   struct pl_error *err)
{
	struct pl_web_config config = {
		.name = "sda",
		.listen = listen,
		.port = port,
		.key_pem = server->identity.server_key_pem,
		.certificate_pem = server->identity.server_pem,
		.client_ca_pem = server->identity.ca_pem,
		.routes = ROUTES,
		.route_count = sizeof ROUTES / sizeof ROUTES[0],
		.memory_per_connection = CONNECTION_BYTES,
		.connection_limit = server->connection_limit,
		.address_limit = server->connection_limit / 4 * 3, /* many PCs may share one */
		.gate = gate,
		.peer_size = sizeof(struct peer),
		.owner = server,
	};

	return pl_web_open(&config, &server->sda, err);
}
