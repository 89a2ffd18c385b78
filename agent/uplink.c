/* SPDX-License-Identifier: Apache-2.0 */
/* The uplink from outside: start, stop, status, a wish to enrol; and what its threads share. */
#include "uplink.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "audit_record.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "uplink_state.h"
#include "url.h"

#define DEFAULT_INTERVAL_S 60
#define DEFAULT_WAIT_S	   55

static const char *const STATES[] = {
	[PL_ENROL_NONE] = "none",	[PL_ENROL_DEFERRED] = "deferred",
	[PL_ENROL_TRYING] = "trying",	[PL_ENROL_PENDING] = "pending",
	[PL_ENROL_REFUSED] = "refused", [PL_ENROL_DONE] = "done",
	[PL_ENROL_REVOKED] = "revoked",
};

const char *pl_enrol_state_name(enum pl_enrol_state state)
{
	return STATES[state];
}

/* --- status --- */

static void tell_change(struct pl_uplink *u)
{
	if (u->options.status_changed)
		u->options.status_changed(u->options.arg);
}

void pl_uplink_set_state(struct pl_uplink *u, enum pl_enrol_state state, const char *why)
{
	bool changed;

	pthread_mutex_lock(&u->lock);
	changed = u->status.enrolment != state;
	u->status.enrolment = state;
	snprintf(u->status.last_error, sizeof(u->status.last_error), "%s", why ? why : "");
	pthread_mutex_unlock(&u->lock);
	if (!changed)
		return;
	log_info(NULL, "enrolment state=%s why=\"%s\"", STATES[state], why ? why : "");
	tell_change(u);
}

void pl_uplink_contact(struct pl_uplink *u)
{
	bool changed;

	pthread_mutex_lock(&u->lock);
	changed = !u->status.connected;
	u->status.connected = true;
	u->status.last_contact_ms = pl_clock_wall_ms();
	u->status.next_try_ms = 0;
	if (changed && u->enrolled)
		u->status.last_error[0] = '\0';
	pthread_mutex_unlock(&u->lock);
	if (!changed)
		return;
	log_info(NULL, "connected to the connector");
	tell_change(u);
}

void pl_uplink_trouble(struct pl_uplink *u, const char *what, const struct pl_error *err,
		       int64_t retry_in_ms)
{
	bool changed;

	pthread_mutex_lock(&u->lock);
	changed = u->status.connected || strcmp(u->status.last_error, err->text) != 0;
	u->status.connected = false;
	u->status.next_try_ms = pl_clock_in_ms(retry_in_ms);
	snprintf(u->status.last_error, sizeof(u->status.last_error), "%s", err->text);
	pthread_mutex_unlock(&u->lock);
	if (!changed)
		return;
	log_warn(NULL, "%s failed: %s result=%s retry_in_ms=%" PRId64, what, err->text,
		 pl_result_name(err->code), retry_in_ms);
	tell_change(u);
}

void pl_uplink_status(struct pl_uplink *uplink, struct pl_uplink_status *ret_status)
{
	pthread_mutex_lock(&uplink->lock);
	*ret_status = uplink->status;
	pthread_mutex_unlock(&uplink->lock);
}

bool pl_uplink_is_stopping(struct pl_uplink *u)
{
	bool stopping;

	pthread_mutex_lock(&u->lock);
	stopping = u->stopping;
	pthread_mutex_unlock(&u->lock);
	return stopping;
}

bool pl_uplink_is_enrolled(struct pl_uplink *u)
{
	bool enrolled;

	pthread_mutex_lock(&u->lock);
	enrolled = u->enrolled && !u->enrolment.revoked;
	pthread_mutex_unlock(&u->lock);
	return enrolled;
}

/* --- the enrolment in force --- */

/* With the lock held. */
static void show_enrolment(struct pl_uplink *u)
{
	struct pl_uplink_status *s = &u->status;
	const struct pl_enrolment *e = &u->enrolment;
	char *csr = NULL;

	s->enrolment = e->revoked ? PL_ENROL_REVOKED : PL_ENROL_DONE;
	snprintf(s->server, sizeof(s->server), "%s", e->server);
	snprintf(s->agent_id, sizeof(s->agent_id), "%s", e->agent_id);
	snprintf(s->customer_id, sizeof(s->customer_id), "%s", e->customer_id);
	snprintf(s->site_id, sizeof(s->site_id), "%s", e->site_id);
	s->certificate_not_after_ms = e->not_after_ms;
	if (pl_key_request(e->key_pem, &csr, s->fingerprint, NULL) == PL_OK)
		free(csr);
}

enum pl_result pl_uplink_adopt(struct pl_uplink *u, const struct pl_enrolment *e,
			       struct pl_error *err)
{
	struct pl_enrolment copy;
	enum pl_result r = pl_enrolment_copy(e, &copy);

	if (r != PL_OK)
		return pl_error_set(err, r, "out of memory");
	r = pl_enrolment_save(u->options.settings->state_dir, u->options.seal, e, err);
	if (r != PL_OK) {
		pl_enrolment_finish(&copy);
		return r;
	}
	pthread_mutex_lock(&u->lock);
	pl_enrolment_finish(&u->enrolment);
	u->enrolment = copy;
	u->enrolled = true;
	u->generation++;
	u->renew_now = false;
	show_enrolment(u);
	pthread_cond_broadcast(&u->changed);
	pthread_mutex_unlock(&u->lock);
	pl_actions_trust(u->options.actions, e);
	pl_wake_set(u->work_wake); /* its long poll belongs to the old certificate */
	tell_change(u);
	return PL_OK;
}

enum pl_result pl_uplink_caller(struct pl_uplink *u, struct pl_wake *wake, struct pl_caller *caller,
				int *generation, struct pl_error *err)
{
	struct pl_tls_options tls = { 0 };
	struct pl_dialer *dialer = NULL;
	int now;
	enum pl_result r = PL_OK;

	pthread_mutex_lock(&u->lock);
	now = u->generation;
	if (now != *generation || !caller->dialer) {
		tls.anchors_pem = u->enrolment.ca_pem;
		tls.certificate_pem = u->enrolment.certificate_pem;
		tls.key_pem = u->enrolment.key_pem;
		r = pl_dialer_create(u->enrolment.server, u->options.settings, &tls, wake, &dialer,
				     err);
	}
	pthread_mutex_unlock(&u->lock);
	if (r != PL_OK || !dialer)
		return r;
	pl_caller_finish(caller);
	pl_caller_init(caller, dialer, u->options.spool);
	*generation = now;
	return PL_OK;
}

static void revoked(struct pl_uplink *u)
{
	struct pl_enrolment copy;
	struct pl_error err;
	bool have = false;

	pthread_mutex_lock(&u->lock);
	if (u->enrolled && !u->enrolment.revoked) {
		u->enrolment.revoked = true;
		have = pl_enrolment_copy(&u->enrolment, &copy) == PL_OK;
	}
	pthread_cond_broadcast(&u->changed);
	pthread_mutex_unlock(&u->lock);
	if (!have)
		return;
	if (pl_enrolment_save(u->options.settings->state_dir, u->options.seal, &copy, &err) !=
	    PL_OK)
		log_error(NULL, "the enrolment cannot be written: %s", err.text);
	pl_enrolment_finish(&copy);
	pl_uplink_set_state(u, PL_ENROL_REVOKED, "the administrator removed this PC");
	pl_wake_set(u->work_wake);
}

void pl_uplink_heed(struct pl_uplink *u, const struct pl_answer *answer)
{
	if (strcmp(answer->error, "agent_revoked") == 0) {
		revoked(u);
	} else if (strcmp(answer->error, "certificate_expired") == 0) {
		pthread_mutex_lock(&u->lock);
		u->renew_now = true;
		pthread_mutex_unlock(&u->lock);
		pl_spool_nudge(u->options.spool);
	}
}

void pl_uplink_apply_config(struct pl_uplink *u, const char *config)
{
	cJSON *doc = NULL;
	const char *mode;
	int64_t value;

	if (!config || pl_json_parse(pl_span_of(config), &doc, NULL) != PL_OK)
		return;
	mode = pl_json_text(doc, "uplink");
	pthread_mutex_lock(&u->lock);
	u->poll = mode && strcmp(mode, "poll") == 0;
	if (pl_json_int(doc, "work_wait_s", 1, 60, &value))
		u->work_wait_s = value;
	if (pl_json_int(doc, "report_interval_s", 5, 86400, &value))
		u->status.report_interval_s = value;
	pthread_mutex_unlock(&u->lock);
	if (u->options.config_changed)
		u->options.config_changed(u->options.arg, doc);
	cJSON_Delete(doc);
}

/* --- start and stop --- */

/* Without an enrolment: by the settings' token, or by asking whether we may. */
static void ask_by_settings(struct pl_uplink *u)
{
	const struct pl_settings *s = u->options.settings;
	struct pl_ask *ask = &u->ask;
	struct pl_error err = { 0 };

	if (s->defer_enroll) {
		u->status.enrolment = PL_ENROL_DEFERRED;
		return;
	}
	snprintf(ask->server, sizeof(ask->server), "%s", s->server);
	snprintf(ask->ca_file, sizeof(ask->ca_file), "%s", s->ca_file);
	ask->has_token = s->token[0] != '\0';
	ask->wanted = true;
	if (ask->has_token && pl_token_parse(pl_span_of(s->token), &ask->token, &err) != PL_OK) {
		log_error(NULL, "enrolment: %s", err.text);
		ask->wanted = false;
	}
	if (ask->has_token && ask->wanted)
		memcpy(ask->server, ask->token.server, sizeof(ask->server));
	u->status.enrolment = ask->wanted ? PL_ENROL_TRYING : PL_ENROL_REFUSED;
	snprintf(u->status.server, sizeof(u->status.server), "%s", ask->server);
	snprintf(u->status.last_error, sizeof(u->status.last_error), "%s", err.text);
}

static enum pl_result prepare(struct pl_uplink *u, struct pl_error *err)
{
	enum pl_result r = pl_wake_create(&u->report_wake, err);

	if (r == PL_OK)
		r = pl_wake_create(&u->work_wake, err);
	if (r == PL_OK)
		r = pl_enrolment_load(u->options.settings->state_dir, u->options.seal,
				      &u->enrolment, err);
	if (r == PL_OK) {
		u->enrolled = true;
		u->generation = 1;
		show_enrolment(u);
	} else if (r == PL_E_NOT_FOUND) {
		r = PL_OK;
		ask_by_settings(u);
	}
	return r;
}

static void finish(struct pl_uplink *u)
{
	pl_wake_destroy(u->report_wake);
	pl_wake_destroy(u->work_wake);
	pl_enrolment_finish(&u->enrolment);
	pthread_cond_destroy(&u->changed);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

static void ask_to_stop(struct pl_uplink *u)
{
	pthread_mutex_lock(&u->lock);
	u->stopping = true;
	pthread_cond_broadcast(&u->changed);
	pthread_mutex_unlock(&u->lock);
	pl_wake_set(u->report_wake);
	pl_wake_set(u->work_wake);
	pl_spool_nudge(u->options.spool);
}

static enum pl_result start_threads(struct pl_uplink *u, struct pl_error *err)
{
	int code = pthread_create(&u->report_thread, NULL, pl_uplink_report, u);

	if (code == 0) {
		code = pthread_create(&u->work_thread, NULL, pl_uplink_work, u);
		if (code != 0) {
			ask_to_stop(u);
			pthread_join(u->report_thread, NULL);
		}
	}
	if (code != 0)
		return pl_error_set(err, PL_E_IO, "cannot start a thread: %s", strerror(code));
	return PL_OK;
}

enum pl_result pl_uplink_start(const struct pl_uplink_options *options,
			       struct pl_uplink **ret_uplink, struct pl_error *err)
{
	struct pl_uplink *u = calloc(1, sizeof(*u));
	enum pl_result r;

	if (!u)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	u->options = *options;
	u->work_wait_s = DEFAULT_WAIT_S;
	u->status.report_interval_s = DEFAULT_INTERVAL_S;
	pthread_mutex_init(&u->lock, NULL);
	pl_clock_cond_init(&u->changed);
	pl_enrolment_init(&u->enrolment);
	r = prepare(u, err);
	if (r == PL_OK && u->enrolled) {
		pl_actions_trust(options->actions, &u->enrolment);
		pl_actions_resume(options->actions);
		pl_uplink_apply_config(u, u->enrolment.config);
	}
	if (r == PL_OK)
		r = start_threads(u, err);
	if (r != PL_OK) {
		finish(u);
		return r;
	}
	*ret_uplink = u;
	return PL_OK;
}

void pl_uplink_stop(struct pl_uplink *uplink)
{
	if (!uplink)
		return;
	ask_to_stop(uplink);
	pthread_join(uplink->report_thread, NULL);
	pthread_join(uplink->work_thread, NULL);
	finish(uplink);
}

enum pl_result pl_uplink_enroll(struct pl_uplink *uplink, const char *token, const char *server,
				const char *ca_file, struct pl_error *err)
{
	const struct pl_settings *s = uplink->options.settings;
	struct pl_ask ask = { .wanted = true, .has_token = token != NULL };
	struct pl_url url;
	enum pl_result r = PL_OK;

	snprintf(ask.server, sizeof(ask.server), "%s", server ? server : s->server);
	snprintf(ask.ca_file, sizeof(ask.ca_file), "%s", ca_file ? ca_file : s->ca_file);
	if (token) {
		r = pl_token_parse(pl_span_of(token), &ask.token, err);
		if (r == PL_OK)
			memcpy(ask.server, ask.token.server, sizeof(ask.server));
	}
	if (r == PL_OK)
		r = pl_url_parse(ask.server, &url, err);
	if (r != PL_OK)
		return r;
	pthread_mutex_lock(&uplink->lock);
	uplink->ask = ask;
	uplink->hurry = true;
	if (!uplink->enrolled)
		memcpy(uplink->status.server, ask.server, sizeof(ask.server));
	pthread_mutex_unlock(&uplink->lock);
	pl_uplink_set_state(uplink, PL_ENROL_TRYING, NULL);
	pl_spool_nudge(uplink->options.spool);
	return PL_OK;
}
