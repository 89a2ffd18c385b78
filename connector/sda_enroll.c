/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /enroll and POST /renew: a key of the PC's own becomes a certificate. On a worker: signing
 * takes a moment.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent_store.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "pending.h"
#include "sda.h"
#include "token.h"

#define PENDING_RETRY_S 60

static cJSON *parse(struct pl_web_request *rq)
{
	struct pl_error err = { 0 };
	cJSON *doc = NULL;

	if (pl_json_parse(pl_bytes_span(&rq->body), &doc, &err) != PL_OK) {
		pl_web_error(rq, 400, "bad_json", "The body is not JSON: %s", err.text);
		return NULL;
	}
	if (!cJSON_IsObject(doc)) {
		pl_web_error(rq, 400, "bad_request", "The body must be an object");
		cJSON_Delete(doc);
		return NULL;
	}
	return doc;
}

/* Copies printable text of the host's, cut; whatever else is left out. */
static void copy_word(const cJSON *doc, const char *path, char *out, size_t cap)
{
	const char *text = pl_json_text(doc, path);
	size_t n = 0;

	for (; text && *text && n + 1 < cap; text++)
		if ((unsigned char)*text >= ' ' && *text != 127)
			out[n++] = *text;
	out[n] = '\0';
}

static void read_host(const cJSON *doc, struct pl_host *h)
{
	copy_word(doc, "host.os", h->os, sizeof h->os);
	copy_word(doc, "host.os_version", h->os_version, sizeof h->os_version);
	copy_word(doc, "host.architecture", h->architecture, sizeof h->architecture);
	copy_word(doc, "host.agent_version", h->agent_version, sizeof h->agent_version);
	copy_word(doc, "host.hostname", h->hostname, sizeof h->hostname);
	copy_word(doc, "host.machine_id", h->machine_id, sizeof h->machine_id);
}

static void add_ca(cJSON *doc, const struct pl_identity *identity)
{
	cJSON *ca = cJSON_AddObjectToObject(doc, "ca");
	cJSON *certificates = cJSON_AddArrayToObject(ca, "certificates");
	cJSON *pins = cJSON_AddArrayToObject(ca, "pins");

	cJSON_AddItemToArray(certificates, cJSON_CreateString(identity->ca_pem));
	cJSON_AddItemToArray(pins, cJSON_CreateString(identity->ca_pin));
}

static void add_server_time(cJSON *doc)
{
	char now[PL_MAX_TIME_TEXT];

	pl_clock_text(pl_clock_wall_ms(), now);
	cJSON_AddStringToObject(doc, "server_time", now);
}

static void answer_enrolled(struct pl_web_request *rq, const struct pl_enrolment *e)
{
	struct pl_server *server = pl_web_owner(rq);
	cJSON *doc = cJSON_CreateObject(), *key, *config = NULL;
	char etag[PL_ETAG_TEXT] = "", quoted[PL_ETAG_TEXT + 2];
	struct pl_signer_key command;
	struct pl_bytes text;

	pl_bytes_init(&text, 64 * 1024);
	if (pl_agent_configs_get(server->configs, e->customer_id, &text, etag) == PL_OK)
		config = cJSON_Parse((const char *)text.at);
	pl_bytes_finish(&text);
	snprintf(quoted, sizeof quoted, "\"%s\"", etag);
	cJSON_AddStringToObject(doc, "agent_id", e->agent_id);
	cJSON_AddStringToObject(doc, "customer_id", e->customer_id);
	cJSON_AddStringToObject(doc, "site_id", e->site_id);
	cJSON_AddStringToObject(doc, "certificate", e->certificate.pem);
	add_ca(doc, &server->identity);
	key = cJSON_AddObjectToObject(doc, "command_key");
	pl_signer_public(server->identity.signer, &command);
	cJSON_AddStringToObject(key, "id", command.id);
	cJSON_AddStringToObject(key, "spki", command.spki);
	cJSON_AddItemToObject(doc, "config", config ? config : cJSON_CreateObject());
	cJSON_AddStringToObject(doc, "config_etag", quoted);
	add_server_time(doc);
	pl_web_json(rq, 200, doc);
}

/* Who keeps guessing secrets waits. */
static bool is_throttled(struct pl_web_request *rq, const char *address)
{
	struct pl_server *server = pl_web_owner(rq);
	int64_t wait_ms = pl_throttle_wait_ms(server->addresses, address);

	if (wait_ms == 0)
		return false;
	pl_web_add_header(rq, "Retry-After", "%lld", (long long)(wait_ms / 1000 + 1));
	pl_web_error(rq, 429, "too_fast", "Too many wrong tokens from this address; wait %lld s",
		     (long long)(wait_ms / 1000 + 1));
	return true;
}

/* The PC is in: tells the roster, the console and the PC. */
static void welcome(struct pl_web_request *rq, const struct pl_enrolment *e, const char *address)
{
	struct pl_server *server = pl_web_owner(rq);

	if (pl_roster_add(server->roster, e->agent_no, e->agent_id, e->customer_id, e->site_id) !=
	    PL_OK) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	log_info(NULL, "enrolled agent=%s site=%s address=%s", e->agent_id, e->site_id, address);
	pl_events_post(server->events, e->customer_id, e->site_id, "agent.changed", e->agent_id,
		       NULL, e->agent_id, NULL);
	answer_enrolled(rq, e);
}

static void enroll_by_token(struct pl_web_request *rq, struct pl_db *reader, struct pl_enrolment *e,
			    const char *csr, const char *address)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_error err = { 0 };
	enum pl_result r = pl_enrolment_look(reader, e, &err);

	if (r == PL_OK)
		r = pl_identity_issue(&server->identity, csr, e->agent_id, e->customer_id,
				      &e->certificate, &err);
	if (r == PL_OK)
		r = pl_store_write(server->store, pl_enrolment_store, e, &err);
	if (r == PL_OK) {
		welcome(rq, e, address);
		return;
	}
	if (r != PL_E_DENIED || !e->refusal) {
		pl_sda_store_failed(rq, r, &err);
		return;
	}
	log_warn(NULL, "enrolment refused reason=%s address=%s", e->refusal, address);
	if (!strcmp(e->refusal, "token_wrong"))
		pl_throttle_failed(server->addresses, address);
	pl_web_error(rq, 403, e->refusal, "%s", err.text);
}

static void answer_pending(struct pl_web_request *rq, const struct pl_pending *p)
{
	cJSON *doc = cJSON_CreateObject();
	char until[PL_MAX_TIME_TEXT];

	pl_clock_text(p->expires_ms, until);
	cJSON_AddStringToObject(doc, "status", "pending");
	cJSON_AddStringToObject(doc, "fingerprint", p->enrolment->fingerprint);
	cJSON_AddNumberToObject(doc, "retry_after_s", PENDING_RETRY_S);
	cJSON_AddStringToObject(doc, "expires_at", until);
	pl_web_json(rq, 202, doc);
}

/* Without a token: asks an administrator, or takes his answer. */
static void enroll_by_approval(struct pl_web_request *rq, struct pl_enrolment *e, const char *csr,
			       const cJSON *host, const char *address)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_pending p = {
		.enrolment = e, .csr = csr, .address = address, .now_ms = pl_clock_wall_ms()
	};
	struct pl_error err = { 0 };
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 4096);
	r = host ? pl_json_print(host, &text) : pl_bytes_add_text(&text, "{}");
	p.host = (const char *)text.at;
	if (r == PL_OK)
		r = pl_store_write(server->store, pl_pending_ask, &p, &err);
	if (r == PL_OK && p.state == PL_PENDING_APPROVED) {
		r = pl_identity_issue(&server->identity, csr, e->agent_id, e->customer_id,
				      &e->certificate, &err);
		if (r == PL_OK)
			r = pl_store_write(server->store, pl_enrolment_put, e, &err);
	}
	pl_bytes_finish(&text);
	if (r == PL_E_FULL || r == PL_E_TOO_BIG) {
		pl_web_add_header(rq, "Retry-After", "3600");
		pl_web_error(rq, 429, "too_fast",
			     "Too many PCs wait for an answer; try again later");
	} else if (r != PL_OK) {
		pl_sda_store_failed(rq, r, &err);
	} else if (p.state == PL_PENDING_APPROVED) {
		welcome(rq, e, address);
	} else if (p.state == PL_PENDING_REJECTED) {
		pl_web_error(rq, 403, "enroll_refused", "An administrator refused this PC");
	} else {
		pl_events_post(server->events, "", "", "enrolment.pending", NULL, NULL, NULL, NULL);
		answer_pending(rq, &p);
	}
}

static void enroll(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct pl_server *server = pl_web_owner(rq);
	struct pl_enrolment *e = calloc(1, sizeof *e);
	struct pl_error err = { 0 };
	cJSON *doc = e ? parse(rq) : NULL;
	const char *token = pl_json_text(doc, "token"), *csr = pl_json_text(doc, "csr");
	char address[64];

	pl_web_address(rq, address, sizeof address);
	if (!e) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
	} else if (doc && !csr) {
		pl_web_error(rq, 400, "bad_request", "csr must be a PKCS#10 request in PEM");
	} else if (doc && !token && !pl_setting_is(server->settings, PL_SETTING_APPROVAL)) {
		pl_web_error(rq, 403, "token_required",
			     "This connector enrols by token only; create one in its console");
	} else if (doc && !is_throttled(rq, address)) {
		read_host(doc, &e->host);
		if (pl_identity_check_csr(csr, e->fingerprint, &err) != PL_OK) {
			pl_web_error(rq, 400, "bad_request", "%s", err.text);
		} else if (token) {
			pl_token_hash(pl_span_of(token), e->secret_hash);
			enroll_by_token(rq, reader, e, csr, address);
		} else {
			enroll_by_approval(rq, e, csr, pl_json_at(doc, "host"), address);
		}
	}
	cJSON_Delete(doc);
	free(e);
}

static void renew_with(struct pl_web_request *rq, const char *csr)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_roster_agent *agent = pl_sda_agent(rq);
	struct pl_renewal n = { .agent_no = agent->no, .customer_id = agent->customer_id };
	struct pl_error err = { 0 };
	cJSON *doc;
	enum pl_result r;

	r = pl_identity_issue(&server->identity, csr, agent->id, agent->customer_id, &n.certificate,
			      &err);
	if (r == PL_E_INVALID) {
		pl_web_error(rq, 400, "bad_request", "%s", err.text);
		return;
	}
	if (r == PL_OK)
		r = pl_store_write(server->store, pl_renewal_store, &n, &err);
	if (r != PL_OK) {
		pl_sda_store_failed(rq, r, &err);
		return;
	}
	log_info(NULL, "certificate renewed agent=%s", agent->id);
	doc = cJSON_CreateObject();
	cJSON_AddStringToObject(doc, "certificate", n.certificate.pem);
	add_ca(doc, &server->identity);
	add_server_time(doc);
	pl_web_json(rq, 200, doc);
}

static void renew(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	cJSON *doc = parse(rq);
	const char *csr = pl_json_text(doc, "csr");

	(void)reader;
	if (doc && !csr)
		pl_web_error(rq, 400, "bad_request", "csr must be a PKCS#10 request in PEM");
	else if (doc)
		renew_with(rq, csr);
	cJSON_Delete(doc);
}

void pl_sda_enroll(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_pool(rq, server->pool, enroll);
}

void pl_sda_renew(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_pool(rq, server->pool, renew);
}
