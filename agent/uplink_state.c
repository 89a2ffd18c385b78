/* SPDX-License-Identifier: Apache-2.0 */
/* What the uplink's threads share: the status people see, and the enrolment in force. */
#include "uplink_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "overrides.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"

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

bool pl_uplink_trust(struct pl_uplink *uplink, struct pl_uplink_trust *ret_trust)
{
	const struct pl_enrolment *e = &uplink->enrolment;
	struct pl_uplink_trust trust = { 0 };

	pthread_mutex_lock(&uplink->lock);
	if (uplink->enrolled && e->ca_pem && (trust.ca_pem = strdup(e->ca_pem))) {
		trust.not_before_ms = e->not_before_ms;
		trust.not_after_ms = e->not_after_ms;
		trust.renew_at_ms = pl_enroll_renew_at_ms(e);
	}
	pthread_mutex_unlock(&uplink->lock);
	if (!trust.ca_pem)
		return false;
	pl_key_life(trust.ca_pem, &trust.ca_not_before_ms, &trust.ca_not_after_ms);
	*ret_trust = trust;
	return true;
}

void pl_uplink_trust_finish(struct pl_uplink_trust *trust)
{
	free(trust->ca_pem);
	trust->ca_pem = NULL;
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

	snprintf(s->server, sizeof(s->server), "%s", e->server);
	snprintf(s->agent_id, sizeof(s->agent_id), "%s", e->agent_id);
	snprintf(s->customer_id, sizeof(s->customer_id), "%s", e->customer_id);
	snprintf(s->site_id, sizeof(s->site_id), "%s", e->site_id);
	s->certificate_not_after_ms = e->not_after_ms;
	if (pl_key_request(e->key_pem, &csr, s->fingerprint, NULL) == PL_OK)
		free(csr);
}

void pl_uplink_show_enrolment(struct pl_uplink *u)
{
	pthread_mutex_lock(&u->lock);
	show_enrolment(u);
	pthread_mutex_unlock(&u->lock);
}

/* Puts the changed enrolment in the place of the one in force. */
static void swap(struct pl_uplink *u, const struct pl_enrolment *changed)
{
	pthread_mutex_lock(&u->lock);
	pl_enrolment_finish(&u->enrolment);
	u->enrolment = *changed;
	u->enrolled = true;
	show_enrolment(u);
	pthread_mutex_unlock(&u->lock);
	pl_actions_trust(u->options.actions, changed);
}

enum pl_result pl_uplink_alter(struct pl_uplink *u,
			       enum pl_result (*change)(void *arg, struct pl_enrolment *e),
			       void *arg, struct pl_error *err)
{
	struct pl_enrolment e;
	enum pl_result r;

	pthread_mutex_lock(&u->altering);
	pthread_mutex_lock(&u->lock);
	r = pl_enrolment_copy(&u->enrolment, &e);
	pthread_mutex_unlock(&u->lock);
	if (r == PL_OK) {
		r = change(arg, &e);
		if (r != PL_OK)
			r = pl_error_set(err, r, "out of memory");
		else
			r = pl_enrolment_save(u->options.settings->state_dir, u->options.seal, &e,
					      err);
		if (r == PL_OK)
			swap(u, &e);
		else
			pl_enrolment_finish(&e);
	}
	pthread_mutex_unlock(&u->altering);
	return r;
}

void pl_uplink_call_anew(struct pl_uplink *u)
{
	pthread_mutex_lock(&u->lock);
	u->generation++;
	u->renew_now = false;
	pthread_cond_broadcast(&u->changed);
	pthread_mutex_unlock(&u->lock);
	pl_wake_set(u->work_wake); /* its long poll belongs to what was */
	tell_change(u);
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

static enum pl_result set_revoked(void *arg, struct pl_enrolment *e)
{
	(void)arg;
	e->revoked = true;
	return PL_OK;
}

static void revoked(struct pl_uplink *u)
{
	struct pl_error err;

	if (!pl_uplink_is_enrolled(u))
		return;
	if (pl_uplink_alter(u, set_revoked, NULL, &err) != PL_OK) {
		log_error(NULL, "the enrolment cannot be written: %s", err.text);
		return; /* the next answer says it again */
	}
	pl_uplink_set_state(u, PL_ENROL_REVOKED, "the administrator removed this PC");
	pl_uplink_call_anew(u);
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
	const char *mode, *level;
	int64_t value;

	if (!config || pl_json_parse(pl_span_of(config), &doc, NULL) != PL_OK)
		return;
	pthread_mutex_lock(&u->lock);
	pl_overrides_apply(doc, u->overrides);
	mode = pl_json_text(doc, "uplink");
	u->poll = mode && strcmp(mode, "poll") == 0;
	if (pl_json_int(doc, "work_wait_s", 1, 60, &value))
		u->work_wait_s = value;
	if (pl_json_int(doc, "report_interval_s", 5, 86400, &value))
		u->status.report_interval_s = value;
	pthread_mutex_unlock(&u->lock);
	level = pl_json_text(doc, "log_level");
	pl_log_set_level(level ? pl_log_level_of(level)
			       : (enum pl_log_level)u->options.settings->log_level);
	if (u->options.config_changed)
		u->options.config_changed(u->options.arg, doc);
	cJSON_Delete(doc);
}

/* What this PC runs with now: the settings of all, and its own over them. With the lock held. */
static cJSON *settings_of_now(struct pl_uplink *u)
{
	cJSON *doc = NULL;

	if (!u->enrolment.config ||
	    pl_json_parse(pl_span_of(u->enrolment.config), &doc, NULL) != PL_OK)
		doc = cJSON_CreateObject();
	pl_overrides_apply(doc, u->overrides);
	return doc;
}

enum pl_result pl_uplink_override(struct pl_uplink *u, const cJSON *changes, cJSON **ret_before,
				  cJSON **ret_after, struct pl_error *err)
{
	cJSON *now, *before;
	char *config = NULL;
	enum pl_result r;

	pthread_mutex_lock(&u->altering);
	pthread_mutex_lock(&u->lock);
	now = cJSON_Duplicate(u->overrides, true);
	before = settings_of_now(u);
	pthread_mutex_unlock(&u->lock);
	pl_overrides_merge(now, changes);
	r = pl_overrides_store(u->options.settings->state_dir, now, err);
	if (r == PL_OK) {
		pthread_mutex_lock(&u->lock);
		cJSON_Delete(u->overrides);
		u->overrides = now;
		now = NULL;
		*ret_after = settings_of_now(u);
		*ret_before = before;
		before = NULL;
		config = u->enrolment.config ? strdup(u->enrolment.config) : NULL;
		pthread_mutex_unlock(&u->lock);
		pl_uplink_apply_config(u, config);
	}
	pthread_mutex_unlock(&u->altering);
	free(config);
	cJSON_Delete(before);
	cJSON_Delete(now);
	return r;
}
