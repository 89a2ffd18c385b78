/* SPDX-License-Identifier: Apache-2.0 */
/* Enrolment as the report thread goes about it: ask, heed the answer, take the new identity over.
 */
#include "uplink_enroll.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_record.h"
#include "os/policy.h"
#include "platen/clock.h"
#include "platen/log.h"

#define CALL_MS 60000

static enum pl_result dial(struct pl_uplink *u, const struct pl_ask *ask, struct pl_caller *caller,
			   struct pl_error *err)
{
	struct pl_tls_options tls = { 0 };
	struct pl_dialer *dialer = NULL;
	enum pl_result r;

	if (ask->has_token) {
		memcpy(tls.pins, ask->token.pins, sizeof(tls.pins));
		tls.pin_count = ask->token.pin_count;
	} else {
		tls.ca_file = ask->ca_file;
		tls.system_store = true;
	}
	r = pl_dialer_create(ask->server, u->options.settings, &tls, u->report_wake, &dialer, err);
	if (r == PL_OK)
		pl_caller_init(caller, dialer, u->options.spool);
	return r;
}

static void show_fingerprint(struct pl_uplink *u, const struct pl_candidate *candidate)
{
	pthread_mutex_lock(&u->lock);
	memcpy(u->status.fingerprint, candidate->fingerprint, sizeof(u->status.fingerprint));
	pthread_mutex_unlock(&u->lock);
}

static enum pl_result replace(void *arg, struct pl_enrolment *e)
{
	struct pl_enrolment fresh;
	enum pl_result r = pl_enrolment_copy(arg, &fresh);

	if (r != PL_OK)
		return r;
	pl_enrolment_finish(e);
	*e = fresh;
	return PL_OK;
}

static enum pl_result adopt(struct pl_uplink *u, struct pl_enrolment *e, struct pl_error *err)
{
	char what[PL_MAX_URL + 32];
	enum pl_result r = pl_uplink_alter(u, replace, e, err);

	if (r != PL_OK)
		return r;
	log_info(NULL, "enrolled agent_id=%s server=%s", e->agent_id, e->server);
	snprintf(what, sizeof(what), "enrolled at %s", e->server);
	(void)pl_audit_record(u->options.spool, u->options.audit, "agent", what, "done", NULL);
	(void)pl_candidate_remove(u->options.settings->state_dir, NULL);
	pl_policy_forget_token();
	pl_uplink_call_anew(u);
	pl_actions_resume(u->options.actions);
	pl_uplink_apply_config(u, e->config);
	pl_uplink_set_state(u, PL_ENROL_DONE, NULL);
	return PL_OK;
}

/* Nobody asks again after a no, until somebody here says so. */
static void withdraw(struct pl_uplink *u, const struct pl_ask *ask)
{
	pthread_mutex_lock(&u->lock);
	if (u->ask.number == ask->number)
		u->ask.wanted = false;
	pthread_mutex_unlock(&u->lock);
}

static enum pl_result ask_once(struct pl_uplink *u, const struct pl_ask *ask, int64_t *ret_retry_s,
			       bool *ret_pending, struct pl_error *err)
{
	const struct pl_settings *settings = u->options.settings;
	struct pl_candidate candidate = { 0 };
	struct pl_caller caller = { 0 };
	struct pl_enrolment e;
	enum pl_result r;

	pl_enrolment_init(&e);
	r = pl_candidate_open(settings->state_dir, u->options.seal, &candidate, err);
	if (r == PL_OK) {
		show_fingerprint(u, &candidate);
		r = dial(u, ask, &caller, err);
	}
	if (r == PL_OK)
		r = pl_enroll(&caller, settings, ask->server,
			      ask->has_token ? ask->token.secret : NULL, &candidate,
			      pl_clock_in_ms(CALL_MS), &e, ret_retry_s, ret_pending, err);
	if (r == PL_OK)
		r = adopt(u, &e, err);
	pl_enrolment_finish(&e);
	pl_caller_finish(&caller);
	pl_candidate_finish(&candidate);
	return r;
}

bool pl_uplink_wants_enrolment(struct pl_uplink *u, struct pl_ask *ret_ask)
{
	bool wanted;

	pthread_mutex_lock(&u->lock);
	wanted = u->ask.wanted;
	*ret_ask = u->ask;
	pthread_mutex_unlock(&u->lock);
	return wanted;
}

enum pl_result pl_uplink_try_enrolment(struct pl_uplink *u, const struct pl_ask *ask,
				       int64_t *ret_retry_s, struct pl_error *err)
{
	bool pending = false;
	enum pl_result r;

	*ret_retry_s = -1;
	r = ask_once(u, ask, ret_retry_s, &pending, err);
	if (r == PL_OK || r == PL_E_DENIED)
		withdraw(u, ask);
	if (r == PL_E_DENIED)
		pl_uplink_set_state(u, PL_ENROL_REFUSED, err->text);
	else if (pending)
		pl_uplink_set_state(u, PL_ENROL_PENDING, err->text);
	return r;
}

/* Only what a renewal brings: settings and command keys may have changed meanwhile. */
static enum pl_result take_certificate(void *arg, struct pl_enrolment *e)
{
	const struct pl_enrolment *from = arg;
	char *certificate = strdup(from->certificate_pem), *ca = strdup(from->ca_pem);

	if (!certificate || !ca) {
		free(certificate);
		free(ca);
		return PL_E_NO_MEMORY;
	}
	free(e->certificate_pem);
	free(e->ca_pem);
	e->certificate_pem = certificate;
	e->ca_pem = ca;
	e->not_before_ms = from->not_before_ms;
	e->not_after_ms = from->not_after_ms;
	return PL_OK;
}

enum pl_result pl_uplink_renew(struct pl_uplink *u, struct pl_caller *caller, struct pl_error *err)
{
	struct pl_answer answer = { 0 };
	struct pl_enrolment e;
	enum pl_result r;

	pthread_mutex_lock(&u->lock);
	r = pl_enrolment_copy(&u->enrolment, &e);
	pthread_mutex_unlock(&u->lock);
	if (r != PL_OK)
		return pl_error_set(err, r, "out of memory");
	r = pl_enroll_renew(caller, &e, pl_clock_in_ms(CALL_MS), &answer, err);
	if (r == PL_OK)
		r = pl_uplink_alter(u, take_certificate, &e, err);
	else if (answer.status >= 400)
		pl_uplink_heed(u, &answer);
	if (r == PL_OK) {
		pl_uplink_call_anew(u);
		log_info(NULL, "the certificate was renewed");
	}
	pl_answer_finish(&answer);
	pl_enrolment_finish(&e);
	return r;
}
