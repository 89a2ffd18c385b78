/* SPDX-License-Identifier: Apache-2.0 */
/* The work thread: one long poll, through which actions and settings come within milliseconds. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "uplink_state.h"

#define ANSWER_MS  20000 /* that the connector may take beyond `wait` */
#define MAX_CONFIG (64 * 1024)

struct work {
	struct pl_uplink *u;
	struct pl_caller caller;
	int generation;
	int attempt; /* calls in a row that failed or brought nothing new too soon */
};

/* Waits until `by_ms`, a stop, or a change of the enrolment. */
static void wait_for_change(struct pl_uplink *u, int64_t by_ms, int generation)
{
	pthread_mutex_lock(&u->lock);
	while (!u->stopping && u->generation == generation &&
	       pl_clock_wait(&u->changed, &u->lock, by_ms))
		;
	pthread_mutex_unlock(&u->lock);
}

static void wait_until_enrolled(struct pl_uplink *u)
{
	pthread_mutex_lock(&u->lock);
	while (!u->stopping && !(u->enrolled && !u->enrolment.revoked))
		(void)pl_clock_wait(&u->changed, &u->lock, PL_FOREVER);
	pthread_mutex_unlock(&u->lock);
}

/* --- what came --- */

struct new_config {
	const char *text, *etag;
};

static enum pl_result set_config(void *arg, struct pl_enrolment *e)
{
	const struct new_config *n = arg;
	char *text = strdup(n->text);

	if (!text)
		return PL_E_NO_MEMORY;
	free(e->config);
	e->config = text;
	snprintf(e->config_etag, sizeof(e->config_etag), "%s", n->etag);
	return PL_OK;
}

static enum pl_result keep_config(struct pl_uplink *u, const cJSON *doc, const char *etag,
				  struct pl_error *err)
{
	struct new_config n = { .etag = etag };
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, MAX_CONFIG);
	r = pl_json_print(doc, &text);
	if (r != PL_OK) {
		r = pl_error_set(err, r, "the settings from the connector are too long");
	} else {
		n.text = (const char *)text.at;
		r = pl_uplink_alter(u, set_config, &n, err);
	}
	if (r == PL_OK) {
		log_info(NULL, "settings from the connector etag=%s", etag);
		pl_uplink_apply_config(u, n.text);
	}
	pl_bytes_finish(&text);
	return r;
}

static enum pl_result fetch_config(struct work *w, struct pl_error *err)
{
	struct pl_uplink *u = w->u;
	struct pl_call call = { .method = "GET", .target = "/sda/v1/config" };
	struct pl_answer answer = { 0 };
	char headers[128];
	enum pl_result r;

	pthread_mutex_lock(&u->lock);
	snprintf(headers, sizeof(headers), "If-None-Match: %s\r\n", u->enrolment.config_etag);
	if (u->enrolment.config_etag[0])
		call.headers = headers;
	pthread_mutex_unlock(&u->lock);
	r = pl_call(&w->caller, &call, pl_clock_in_ms(ANSWER_MS), &answer, err);
	if (r != PL_OK)
		return r;
	if (answer.status == 200 && answer.doc)
		r = keep_config(u, answer.doc, answer.etag, err);
	else if (answer.status != 304)
		r = pl_answer_error(&answer, err);
	pl_answer_finish(&answer);
	return r;
}

/* A key that the present one has signed is trusted from now on, and those before it until their
 * end; the oldest makes room. */
static enum pl_result add_key(void *arg, struct pl_enrolment *e)
{
	const struct pl_key_handover *h = arg;

	for (size_t i = 0; i < e->command_key_count; i++) {
		int64_t *until_ms = &e->command_keys[i].until_ms;

		if (h->old_until_ms > 0 && (*until_ms == 0 || h->old_until_ms < *until_ms))
			*until_ms = h->old_until_ms;
	}
	if (e->command_key_count == PL_MAX_COMMAND_KEYS) {
		memmove(e->command_keys, e->command_keys + 1,
			(PL_MAX_COMMAND_KEYS - 1) * sizeof(h->key));
		e->command_key_count--;
	}
	e->command_keys[e->command_key_count++] = h->key;
	return PL_OK;
}

/* In their order: each is signed by the one before it. Returns how many were new. */
static int take_command_keys(struct pl_uplink *u, const cJSON *doc)
{
	const cJSON *list = pl_json_at(doc, "command_keys");
	const cJSON *entry;
	int news = 0;

	if (!cJSON_IsArray(list))
		return 0;
	cJSON_ArrayForEach(entry, list)
	{
		struct pl_key_handover handover;
		struct pl_error err = { 0 };
		enum pl_result r = pl_actions_new_key(u->options.actions, entry, &handover, &err);

		if (r == PL_E_BUSY)
			continue;
		if (r == PL_OK)
			r = pl_uplink_alter(u, add_key, &handover, &err);
		if (r != PL_OK) {
			log_warn(NULL, "a new command key was not taken: %s", err.text);
			continue;
		}
		log_info(NULL, "command key trusted id=%s", handover.key.id);
		news++;
	}
	return news;
}

/* Returns how many actions were new. */
static int take_actions(struct pl_uplink *u, const cJSON *doc)
{
	const cJSON *list = pl_json_at(doc, "actions");
	const cJSON *entry;
	int news = 0;

	if (!cJSON_IsArray(list))
		return 0;
	cJSON_ArrayForEach(entry, list)
	{
		struct pl_error err = { 0 };
		enum pl_result r = pl_actions_receive(u->options.actions, entry, &err);

		if (r == PL_OK)
			news++;
		else if (r != PL_E_BUSY && r != PL_E_UNTRUSTED)
			log_warn(NULL, "an action was not taken: %s", err.text);
	}
	return news;
}

static void take_cancels(struct pl_uplink *u, const cJSON *doc)
{
	const cJSON *list = pl_json_at(doc, "cancel");
	const cJSON *id;

	if (!cJSON_IsArray(list))
		return;
	cJSON_ArrayForEach(id, list)
	{
		if (cJSON_IsString(id) && strlen(id->valuestring) < PL_MAX_ID)
			pl_actions_cancel(u->options.actions, id->valuestring);
	}
}

static bool has_config(struct pl_uplink *u, const char *etag)
{
	bool same;

	pthread_mutex_lock(&u->lock);
	same = strcmp(etag, u->enrolment.config_etag) == 0;
	pthread_mutex_unlock(&u->lock);
	return same;
}

/* Takes an answer apart; *ret_news: it brought something that was not known. */
static enum pl_result take_work(struct work *w, const cJSON *doc, bool *ret_news,
				struct pl_error *err)
{
	const char *etag = pl_json_text(doc, "config_etag");
	enum pl_result r = PL_OK;

	*ret_news = take_command_keys(w->u, doc) > 0;
	take_cancels(w->u, doc);
	*ret_news |= take_actions(w->u, doc) > 0;
	if (etag && !has_config(w->u, etag)) {
		r = fetch_config(w, err);
		*ret_news |= has_config(w->u, etag);
	}
	return r;
}

/* --- the poll --- */

/* Writes the ETag without its quotes, percent-encoded. */
static void encode_etag(const char *etag, char *ret_text, size_t cap)
{
	static const char HEX[] = "0123456789ABCDEF";
	size_t used = 0;

	for (const char *c = etag; *c && used + 4 < cap; c++) {
		char lower = pl_ascii_lower(*c);

		if (*c == '"')
			continue;
		if ((lower >= 'a' && lower <= 'z') || (*c >= '0' && *c <= '9') || *c == '-' ||
		    *c == '.' || *c == '_' || *c == '~') {
			ret_text[used++] = *c;
		} else {
			ret_text[used++] = '%';
			ret_text[used++] = HEX[(unsigned char)*c >> 4];
			ret_text[used++] = HEX[(unsigned char)*c & 15];
		}
	}
	ret_text[used] = '\0';
}

static int64_t write_target(struct pl_uplink *u, char *ret_target, size_t cap)
{
	const struct pl_enrolment *e = &u->enrolment;
	char etag[300], key[sizeof(e->command_keys[0].id)] = "";
	int64_t wait_s;

	pthread_mutex_lock(&u->lock);
	wait_s = u->poll || u->options.settings->uplink == PL_UPLINK_POLL ? 0 : u->work_wait_s;
	encode_etag(e->config_etag, etag, sizeof(etag));
	if (e->command_key_count > 0)
		memcpy(key, e->command_keys[e->command_key_count - 1].id, sizeof(key));
	pthread_mutex_unlock(&u->lock);
	snprintf(ret_target, cap, "/sda/v1/work?wait=%" PRId64 "%s%s%s%s", wait_s,
		 key[0] ? "&key=" : "", key, etag[0] ? "&config=" : "", etag);
	return wait_s;
}

/* Polls once. *ret_pause_ms is how long to wait before the next time where the answer was in order:
 * 0, or the interval of plain polls, or a while where the connector answers at once and says
 * nothing new (two clones of one PC end each other's polls; an action that cannot be taken comes
 * again and again). */
static enum pl_result poll_once(struct work *w, int64_t *ret_pause_ms, int64_t *ret_retry_s,
				struct pl_error *err)
{
	struct pl_uplink *u = w->u;
	struct pl_call call = { .method = "GET", .noted = "/sda/v1/work" };
	struct pl_answer answer = { 0 };
	char target[416];
	int64_t began_ms = pl_clock_now_ms(), wait_s;
	bool news = false, soon;
	enum pl_result r;

	wait_s = write_target(u, target, sizeof(target));
	call.target = target;
	r = pl_call(&w->caller, &call, pl_clock_in_ms(wait_s * 1000 + ANSWER_MS), &answer, err);
	if (r != PL_OK)
		return r;
	*ret_retry_s = answer.retry_after_s;
	if (answer.status == 200)
		r = take_work(w, answer.doc, &news, err);
	else if (answer.status != 204)
		r = pl_answer_error(&answer, err);
	if (r != PL_OK && answer.status >= 400)
		pl_uplink_heed(u, &answer);
	pl_answer_finish(&answer);
	if (r != PL_OK)
		return r;

	pl_uplink_contact(u);
	soon = pl_clock_now_ms() - began_ms < wait_s * 500;
	w->attempt = soon && !news ? w->attempt + 1 : 0;
	*ret_pause_ms = w->attempt > 0 ? pl_next_try_ms(PL_E_BUSY, w->attempt, -1) : 0;
	if (wait_s == 0) {
		pthread_mutex_lock(&u->lock);
		*ret_pause_ms = u->status.report_interval_s * 1000;
		pthread_mutex_unlock(&u->lock);
	}
	return PL_OK;
}

void *pl_uplink_work(void *uplink)
{
	struct work w = { .u = uplink };

	for (;;) {
		struct pl_error err = { 0 };
		int64_t pause_ms = 0, retry_s = -1;
		enum pl_result r;

		wait_until_enrolled(w.u);
		if (pl_uplink_is_stopping(w.u))
			break;
		pl_wake_clear(w.u->work_wake);
		r = pl_uplink_caller(w.u, w.u->work_wake, &w.caller, &w.generation, &err);
		if (r == PL_OK)
			r = poll_once(&w, &pause_ms, &retry_s, &err);
		if (r == PL_E_CANCELLED)
			continue;
		if (r != PL_OK) {
			err.code = r;
			pause_ms = pl_next_try_ms(r, ++w.attempt, retry_s);
			pl_uplink_trouble(w.u, "the poll for work", &err, pause_ms);
		}
		if (pause_ms > 0) {
			pl_caller_hang_up(&w.caller);
			wait_for_change(w.u, pl_clock_in_ms(pause_ms), w.generation);
		}
	}
	pl_caller_finish(&w.caller);
	return NULL;
}
