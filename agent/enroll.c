/* SPDX-License-Identifier: Apache-2.0 */
/* POST /enroll and POST /renew. */
#include "enroll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "host_name.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"

#define MAX_REQUEST (16 * 1024)
#define MAX_CA	    8 /* certificates */

struct cJSON *pl_host_json(const struct pl_settings *settings)
{
	cJSON *host = cJSON_CreateObject();
	char version[64], name[PL_MAX_PUBLIC_HOST_NAME];

	if (!host)
		return NULL;
	pl_os_version(version, sizeof(version));
	cJSON_AddStringToObject(host, "os", pl_os_name());
	cJSON_AddStringToObject(host, "os_version", version);
	cJSON_AddStringToObject(host, "architecture", pl_os_architecture());
	cJSON_AddStringToObject(host, "agent_version", PL_VERSION);
	pl_host_name_public(settings->host_name, name);
	pl_json_add_text(host, "hostname", name[0] ? name : NULL);
	return host;
}

static void add_machine_id(cJSON *host)
{
	char text[PL_FINGERPRINT_TEXT] = "sha256:";

	if (pl_os_machine_hash(text + 7))
		cJSON_AddStringToObject(host, "machine_id", text);
	else
		cJSON_AddNullToObject(host, "machine_id");
}

static enum pl_result write_request(const struct pl_settings *settings, const char *secret,
				    const char *csr_pem, struct pl_bytes *out, struct pl_error *err)
{
	cJSON *doc = cJSON_CreateObject(), *host = pl_host_json(settings);
	enum pl_result r = PL_E_NO_MEMORY;

	if (doc && host) {
		add_machine_id(host);
		if (secret)
			cJSON_AddStringToObject(doc, "token", secret);
		cJSON_AddStringToObject(doc, "csr", csr_pem);
		cJSON_AddItemToObject(doc, "host", host);
		host = NULL;
		r = pl_json_print(doc, out);
	}
	cJSON_Delete(host);
	cJSON_Delete(doc);
	if (r != PL_OK)
		return pl_error_set(err, r, "the enrolment request cannot be made");
	return PL_OK;
}

/* The CA's certificates as one PEM; every one has to be a certificate. */
static enum pl_result read_ca(const cJSON *doc, char **ret_pem, struct pl_error *err)
{
	int n = pl_json_count(doc, "ca.certificates");
	struct pl_bytes pem;
	enum pl_result r = n >= 1 && n <= MAX_CA ? PL_OK : PL_E_PROTOCOL;

	pl_bytes_init(&pem, 64 * 1024);
	for (int i = 0; r == PL_OK && i < n; i++) {
		char path[32];
		const char *one;

		snprintf(path, sizeof(path), "ca.certificates.%d", i);
		one = pl_json_text(doc, path);
		if (!one || !pl_key_is_certificates(one))
			r = PL_E_PROTOCOL;
		else
			r = pl_bytes_add_format(&pem, "%s\n", one);
	}
	*ret_pem = r == PL_OK ? strdup((const char *)pem.at) : NULL;
	pl_bytes_finish(&pem);
	if (*ret_pem)
		return PL_OK;
	return pl_error_set(err, r == PL_OK ? PL_E_NO_MEMORY : r,
			    "the connector did not send the certificates of its CA");
}

static enum pl_result read_certificate(const cJSON *doc, const char *key_pem, char **ret_pem,
				       int64_t *not_before_ms, int64_t *not_after_ms,
				       struct pl_error *err)
{
	const char *pem = pl_json_text(doc, "certificate");
	enum pl_result r;

	if (!pem)
		return pl_error_set(err, PL_E_PROTOCOL, "the connector sent no certificate");
	r = pl_key_certificate(key_pem, pem, not_before_ms, not_after_ms, err);
	if (r != PL_OK)
		return r;
	*ret_pem = strdup(pem);
	return *ret_pem ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
}

static enum pl_result read_config(const cJSON *doc, struct pl_enrolment *e)
{
	const cJSON *config = pl_json_at(doc, "config");
	struct pl_bytes text;
	enum pl_result r;

	if (!cJSON_IsObject(config))
		return PL_OK;
	pl_bytes_init(&text, 64 * 1024);
	r = pl_json_print(config, &text);
	if (r == PL_OK && (e->config = strdup((const char *)text.at)) == NULL)
		r = PL_E_NO_MEMORY;
	if (r == PL_OK)
		(void)pl_json_copy(doc, "config_etag", e->config_etag, sizeof(e->config_etag));
	pl_bytes_finish(&text);
	return r == PL_E_TOO_BIG ? PL_OK : r;
}

enum pl_result pl_enroll_read_answer(const struct cJSON *doc, const char *server,
				     const char *key_pem, struct pl_enrolment *ret_enrolment,
				     struct pl_error *err)
{
	struct pl_enrolment e;
	enum pl_result r;

	pl_enrolment_init(&e);
	snprintf(e.server, sizeof(e.server), "%s", server);
	(void)pl_json_copy(doc, "site_id", e.site_id, sizeof(e.site_id));
	r = PL_OK;
	if (!pl_json_copy(doc, "agent_id", e.agent_id, sizeof(e.agent_id)) || !e.agent_id[0] ||
	    !pl_json_copy(doc, "customer_id", e.customer_id, sizeof(e.customer_id)))
		r = pl_error_set(err, PL_E_PROTOCOL, "the connector gave this PC no name");
	if (r == PL_OK)
		r = read_certificate(doc, key_pem, &e.certificate_pem, &e.not_before_ms,
				     &e.not_after_ms, err);
	if (r == PL_OK)
		r = read_ca(doc, &e.ca_pem, err);
	if (r == PL_OK)
		r = pl_command_key_read(doc, "command_key", &e.command_keys[0], err);
	if (r == PL_OK) {
		e.command_key_count = 1;
		r = read_config(doc, &e);
	}
	if (r == PL_OK && (e.key_pem = strdup(key_pem)) == NULL)
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r == PL_OK)
		*ret_enrolment = e;
	else
		pl_enrolment_finish(&e);
	return r;
}

enum pl_result pl_enroll(struct pl_caller *caller, const struct pl_settings *settings,
			 const char *server, const char *secret,
			 const struct pl_candidate *candidate, int64_t by_ms,
			 struct pl_enrolment *ret_enrolment, int64_t *ret_retry_s,
			 bool *ret_pending, struct pl_error *err)
{
	struct pl_call call = { .method = "POST", .target = "/sda/v1/enroll" };
	struct pl_answer answer = { 0 };
	struct pl_bytes request;
	enum pl_result r;

	*ret_retry_s = -1;
	*ret_pending = false;
	pl_bytes_init(&request, MAX_REQUEST);
	r = write_request(settings, secret, candidate->csr_pem, &request, err);
	if (r == PL_OK) {
		call.body = pl_bytes_span(&request);
		caller->secret = secret;
		r = pl_call(caller, &call, by_ms, &answer, err);
		caller->secret = NULL;
	}
	if (r == PL_OK) {
		*ret_retry_s = answer.retry_after_s;
		if (answer.status == 200) {
			r = pl_enroll_read_answer(answer.doc, server, candidate->key_pem,
						  ret_enrolment, err);
		} else if (answer.status == 202) {
			*ret_pending = true;
			if (!pl_json_int(answer.doc, "retry_after_s", 1, 86400, ret_retry_s))
				*ret_retry_s = 60;
			r = pl_error_set(err, PL_E_BUSY,
					 "an administrator has to agree; the "
					 "fingerprint to compare is %s",
					 candidate->fingerprint);
		} else {
			r = pl_answer_error(&answer, err);
		}
		pl_answer_finish(&answer);
	}
	pl_bytes_wipe(&request);
	return r;
}

static enum pl_result take_renewal(const cJSON *doc, struct pl_enrolment *e, struct pl_error *err)
{
	char *certificate = NULL, *ca = NULL;
	int64_t from, until;
	enum pl_result r;

	r = read_certificate(doc, e->key_pem, &certificate, &from, &until, err);
	if (r == PL_OK)
		r = read_ca(doc, &ca, err);
	if (r != PL_OK) {
		free(certificate);
		return r;
	}
	free(e->certificate_pem);
	free(e->ca_pem);
	e->certificate_pem = certificate;
	e->ca_pem = ca;
	e->not_before_ms = from;
	e->not_after_ms = until;
	return PL_OK;
}

enum pl_result pl_enroll_renew(struct pl_caller *caller, struct pl_enrolment *e, int64_t by_ms,
			       struct pl_answer *ret_answer, struct pl_error *err)
{
	struct pl_call call = { .method = "POST", .target = "/sda/v1/renew" };
	char fingerprint[PL_FINGERPRINT_TEXT], *csr = NULL;
	struct pl_bytes request;
	cJSON *doc = NULL;
	enum pl_result r;

	pl_bytes_init(&request, MAX_REQUEST);
	r = pl_key_request(e->key_pem, &csr, fingerprint, err);
	if (r == PL_OK) {
		doc = cJSON_CreateObject();
		cJSON_AddStringToObject(doc, "csr", csr);
		r = doc ? pl_json_print(doc, &request) : PL_E_NO_MEMORY;
	}
	call.body = pl_bytes_span(&request);
	if (r == PL_OK)
		r = pl_call(caller, &call, by_ms, ret_answer, err);
	if (r == PL_OK)
		r = ret_answer->status == 200 ? take_renewal(ret_answer->doc, e, err)
					      : pl_answer_error(ret_answer, err);
	cJSON_Delete(doc);
	free(csr);
	pl_bytes_finish(&request);
	return r;
}

int64_t pl_enroll_renew_at_ms(const struct pl_enrolment *e)
{
	return e->not_before_ms + (e->not_after_ms - e->not_before_ms) / 3 * 2;
}
