/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /config and GET /crl: what an agent fetches now and then.
 */
#include <stdio.h>
#include <string.h>

#include "platen/log.h"
#include "sda.h"

#define MAX_CRL (1024 * 1024)

/* If-None-Match names this tag, weak or strong, alone or in a list. */
static bool names_tag(const char *header, const char *etag)
{
	char quoted[PL_ETAG_TEXT + 2];

	snprintf(quoted, sizeof quoted, "\"%s\"", etag);
	return header && strstr(header, quoted) != NULL;
}

void pl_sda_config(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	char etag[PL_ETAG_TEXT];
	struct pl_bytes text;

	pl_bytes_init(&text, 64 * 1024);
	if (pl_agent_configs_get(server->configs, pl_sda_agent(rq)->customer_id, &text, etag) !=
	    PL_OK) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
	} else {
		pl_web_add_header(rq, "ETag", "\"%s\"", etag);
		if (names_tag(pl_web_header(rq, "If-None-Match"), etag))
			pl_web_empty(rq, 304);
		else
			pl_web_text(rq, 200, NULL, pl_bytes_span(&text));
	}
	pl_bytes_finish(&text);
}

static void make_crl(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct pl_server *server = pl_web_owner(rq);
	struct pl_error err = { 0 };
	struct pl_bytes der;
	enum pl_result r;

	pl_bytes_init(&der, MAX_CRL);
	r = pl_identity_crl(&server->identity, reader, &der, &err);
	if (r == PL_OK)
		pl_web_text(rq, 200, "application/pkix-crl", pl_bytes_span(&der));
	else
		pl_sda_store_failed(rq, r, &err);
	pl_bytes_finish(&der);
}

void pl_sda_crl(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_pool(rq, server->pool, make_crl);
}
