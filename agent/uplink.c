/* SPDX-License-Identifier: Apache-2.0 */
/* The uplink from outside: start, stop, a wish to enrol. */
#include "uplink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "overrides.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "uplink_state.h"
#include "url.h"

#define DEFAULT_INTERVAL_S 60
#define DEFAULT_WAIT_S	   55

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
		u->status.enrolment = u->enrolment.revoked ? PL_ENROL_REVOKED : PL_ENROL_DONE;
		pl_uplink_show_enrolment(u);
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
	cJSON_Delete(u->overrides);
	pthread_cond_destroy(&u->changed);
	pthread_mutex_destroy(&u->altering);
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
	pthread_mutex_init(&u->altering, NULL);
	pl_clock_cond_init(&u->changed);
	pl_enrolment_init(&u->enrolment);
	u->overrides = pl_overrides_load(options->settings->state_dir);
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
	ask.number = uplink->ask.number + 1;
	uplink->ask = ask;
	uplink->hurry = true;
	if (!uplink->enrolled)
		memcpy(uplink->status.server, ask.server, sizeof(ask.server));
	pthread_mutex_unlock(&uplink->lock);
	pl_uplink_set_state(uplink, PL_ENROL_TRYING, NULL);
	pl_spool_nudge(uplink->options.spool);
	return PL_OK;
}
