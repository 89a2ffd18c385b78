/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions: their beginning, their limits and their end.
 */
#include "ews.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit_store.h"
#include "ews_inside.h"
#include "platen/clock.h"
#include "platen/log.h"

#define SETTLE_MS 2000 /* until whoever waited in an ended session has left it */

static const char *const STATES[] = { "requested", "waiting", "open", "ended" };

const char *pl_ews_state_name(enum pl_ews_state state)
{
	return STATES[state];
}

enum pl_result pl_ews_create(struct pl_server *server, const char *listen, uint16_t first_port,
			     struct pl_ews **ret_ews, struct pl_error *err)
{
	struct pl_ews *ews = calloc(1, sizeof *ews);

	if (!ews)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	ews->server = server;
	ews->first_port = first_port;
	snprintf(ews->listen, sizeof ews->listen, "%s", listen ? listen : "");
	pthread_mutex_init(&ews->lock, NULL);
	*ret_ews = ews;
	return PL_OK;
}

static void destroy_session(struct ews_session *s)
{
	if (!s)
		return;
	ews_door_close(s);
	pl_ews_jar_finish(&s->jar);
	explicit_bzero(s->cookie, sizeof s->cookie);
	free(s);
}

void pl_ews_stop(struct pl_ews *ews)
{
	pthread_mutex_lock(&ews->lock);
	ews->stopped = true;
	for (int i = 0; i < PL_EWS_PORTS; i++)
		if (ews->sessions[i])
			ews_end_locked(ews->sessions[i], "The server was stopped");
	pthread_mutex_unlock(&ews->lock);
}

void pl_ews_destroy(struct pl_ews *ews)
{
	if (!ews)
		return;
	for (int i = 0; i < PL_EWS_PORTS; i++)
		destroy_session(ews->sessions[i]);
	pthread_mutex_destroy(&ews->lock);
	free(ews);
}

struct ews_session *ews_find(struct pl_ews *ews, const char *id)
{
	for (int i = 0; i < PL_EWS_PORTS; i++)
		if (ews->sessions[i] && !strcmp(ews->sessions[i]->view.id, id))
			return ews->sessions[i];
	return NULL;
}

static void tell(const struct ews_session *s)
{
	pl_events_post(s->ews->server->events, s->view.customer_id, s->view.site_id, "ews.changed",
		       s->view.id, s->view.printer_id, s->view.agent_id, NULL);
}

void ews_end_locked(struct ews_session *s, const char *reason)
{
	struct pl_park *park = s->ews->server->park;
	struct ews_audit line = { .method = "ended", .target = "" };

	if (s->view.state == PL_EWS_ENDED)
		return;
	s->view.state = PL_EWS_ENDED;
	s->view.ended_ms = pl_clock_wall_ms();
	s->close_by_ms = pl_clock_in_ms(EWS_LINGER_MS);
	snprintf(s->view.reason, sizeof s->view.reason, "%s", reason);
	for (struct ews_exchange *x = s->exchanges; x; x = x->next)
		ews_exchange_cut(x);
	for (int i = 0; i < EWS_MAX_LANES; i++) {
		if (s->lanes[i])
			pl_park_wake(park, s->lanes[i]);
		s->lanes[i] = NULL;
	}
	explicit_bzero(s->cookie, sizeof s->cookie);
	s->ticket_by_ms = 0;
	snprintf(line.outcome, sizeof line.outcome, "%s", reason);
	ews_audit(s, &line);
	tell(s);
	log_info(NULL, "remote page ended session=%s reason=\"%s\"", s->view.id, reason);
}

/* With the lock held: a free place, or the place of the session that ended longest ago. */
static int find_place(struct pl_ews *ews)
{
	int place = -1;

	for (int i = 0; i < PL_EWS_PORTS; i++)
		if (!ews->sessions[i])
			return i;
	for (int i = 0; i < PL_EWS_PORTS; i++) {
		const struct ews_session *s = ews->sessions[i];

		if (s->view.state == PL_EWS_ENDED && s->holders == 0 &&
		    pl_clock_wall_ms() - s->view.ended_ms > SETTLE_MS &&
		    (place < 0 || s->view.ended_ms < ews->sessions[place]->view.ended_ms))
			place = i;
	}
	return place;
}

static bool is_printers_page_open(const struct pl_ews *ews, const char *printer_id)
{
	for (int i = 0; i < PL_EWS_PORTS; i++) {
		const struct ews_session *s = ews->sessions[i];

		if (s && s->view.state != PL_EWS_ENDED && !strcmp(s->view.printer_id, printer_id))
			return true;
	}
	return false;
}

static void fill(struct ews_session *s, const struct pl_ews_order *o)
{
	struct pl_ews_view *v = &s->view;

	pl_random_uuid(v->id);
	snprintf(v->customer_id, sizeof v->customer_id, "%s", o->customer_id);
	snprintf(v->site_id, sizeof v->site_id, "%s", o->site_id);
	snprintf(v->printer_id, sizeof v->printer_id, "%s", o->printer_id);
	snprintf(v->printer_name, sizeof v->printer_name, "%s", o->printer_name);
	snprintf(v->agent_id, sizeof v->agent_id, "%s", o->agent_id);
	snprintf(v->user_id, sizeof v->user_id, "%s", o->user_id);
	snprintf(v->user_name, sizeof v->user_name, "%s", o->user_name);
	v->firmware = o->firmware;
	v->idle_ms = o->idle_ms;
	v->hard_ms = o->hard_ms;
	v->created_ms = pl_clock_wall_ms();
	s->agent_no = o->agent_no;
	s->request_by_ms = pl_clock_in_ms(PL_EWS_REQUEST_MS);
}

/* Puts a session into a place; *ret_old is whoever stood there. */
static enum pl_result place_session(struct pl_ews *ews, struct ews_session *s, int *ret_place,
				    struct ews_session **ret_old, struct pl_error *err)
{
	enum pl_result r = PL_OK;
	int place;

	*ret_old = NULL;
	pthread_mutex_lock(&ews->lock);
	place = find_place(ews);
	if (ews->stopped)
		r = pl_error_set(err, PL_E_FULL, "the server is stopping");
	else if (is_printers_page_open(ews, s->view.printer_id))
		r = pl_error_set(err, PL_E_FULL,
				 "this printer's page is open already; end that session first");
	else if (place < 0)
		r = pl_error_set(err, PL_E_FULL, "%d remote pages are open; end one of them first",
				 PL_EWS_PORTS);
	if (r == PL_OK) {
		*ret_old = ews->sessions[place];
		ews->sessions[place] = s;
		*ret_place = place;
	}
	pthread_mutex_unlock(&ews->lock);
	return r;
}

enum pl_result pl_ews_begin(struct pl_ews *ews, const struct pl_ews_order *order,
			    char ret_id[static PL_UUID_TEXT], struct pl_error *err)
{
	struct ews_session *s = calloc(1, sizeof *s), *old;
	enum pl_result r;
	int place;

	if (!s)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	s->ews = ews;
	fill(s, order);
	r = place_session(ews, s, &place, &old, err);
	if (r != PL_OK) {
		free(s);
		return r;
	}
	destroy_session(old); /* its port is wanted; it ended, and nobody waits in it */
	r = ews_door_open(s, ews->first_port ? (uint16_t)(ews->first_port + place) : 0, err);
	if (r != PL_OK) {
		pthread_mutex_lock(&ews->lock);
		ews->sessions[place] = NULL;
		pthread_mutex_unlock(&ews->lock);
		free(s);
		return r;
	}
	memcpy(ret_id, s->view.id, PL_UUID_TEXT);
	log_info(NULL, "remote page requested session=%s printer=%s user=%s port=%u", s->view.id,
		 s->view.printer_id, s->view.user_name, s->view.port);
	return PL_OK;
}

enum pl_result pl_ews_end(struct pl_ews *ews, const char *id, const char *reason)
{
	struct ews_session *s;

	pthread_mutex_lock(&ews->lock);
	s = ews_find(ews, id);
	if (s)
		ews_end_locked(s, reason);
	pthread_mutex_unlock(&ews->lock);
	return s ? PL_OK : PL_E_NOT_FOUND;
}

void pl_ews_delivered(struct pl_ews *ews, const char *id)
{
	struct ews_session *s;

	pthread_mutex_lock(&ews->lock);
	s = ews_find(ews, id);
	if (s && s->view.state == PL_EWS_REQUESTED) {
		s->view.state = PL_EWS_WAITING;
		tell(s);
	}
	pthread_mutex_unlock(&ews->lock);
}

void pl_ews_action_ended(struct pl_ews *ews, const char *id, const char *reason)
{
	(void)!pl_ews_end(ews, id, reason ? reason : "The PC ended it");
}

size_t pl_ews_list(struct pl_ews *ews, struct pl_ews_view ret_views[static PL_EWS_PORTS])
{
	size_t n = 0;

	pthread_mutex_lock(&ews->lock);
	for (int i = 0; i < PL_EWS_PORTS; i++) {
		size_t at = n;

		if (!ews->sessions[i])
			continue;
		for (; at > 0 && ret_views[at - 1].created_ms > ews->sessions[i]->view.created_ms;
		     at--)
			ret_views[at] = ret_views[at - 1];
		ret_views[at] = ews->sessions[i]->view;
		n++;
	}
	pthread_mutex_unlock(&ews->lock);
	return n;
}

bool pl_ews_get(struct pl_ews *ews, const char *id, struct pl_ews_view *ret_view)
{
	struct ews_session *s;

	pthread_mutex_lock(&ews->lock);
	s = ews_find(ews, id);
	if (s)
		*ret_view = s->view;
	pthread_mutex_unlock(&ews->lock);
	return s != NULL;
}

enum pl_result pl_ews_ticket(struct pl_ews *ews, const char *id,
			     char ret_ticket[static PL_SECRET_TEXT])
{
	struct ews_session *s;
	enum pl_result r = PL_E_NOT_FOUND;

	pthread_mutex_lock(&ews->lock);
	s = ews_find(ews, id);
	if (s && ews_is_open(s)) {
		pl_token_secret(ret_ticket, s->ticket);
		s->ticket_by_ms = pl_clock_in_ms(EWS_TICKET_MS);
		r = PL_OK;
	}
	pthread_mutex_unlock(&ews->lock);
	return r;
}

/* Why a session has to end now; NULL: it goes on. */
static const char *why_end(const struct ews_session *s)
{
	if (s->view.state == PL_EWS_OPEN) {
		if (pl_clock_left_ms(s->hard_by_ms) == 0)
			return "Its time was over";
		if (pl_clock_now_ms() - s->used_ms > s->view.idle_ms)
			return "Nobody used it for a while";
		return NULL;
	}
	return s->view.state != PL_EWS_ENDED && pl_clock_left_ms(s->request_by_ms) == 0
		       ? "The PC did not agree in time"
		       : NULL;
}

void pl_ews_tick(struct pl_ews *ews)
{
	struct ews_session *closing[PL_EWS_PORTS];
	int n = 0;

	pthread_mutex_lock(&ews->lock);
	for (int i = 0; i < PL_EWS_PORTS; i++) {
		struct ews_session *s = ews->sessions[i];
		const char *why = s ? why_end(s) : NULL;

		if (why)
			ews_end_locked(s, why);
		if (s && s->view.state == PL_EWS_ENDED && s->holders == 0 &&
		    pl_clock_left_ms(s->close_by_ms) == 0) {
			ews->sessions[i] = NULL;
			closing[n++] = s;
		}
	}
	pthread_mutex_unlock(&ews->lock);
	for (int i = 0; i < n; i++)
		destroy_session(closing[i]);
}

/* An entry on its way to the store. */
struct note {
	struct pl_store_job job;
	struct pl_audit_note note;
	char customer_id[PL_MAX_ID], who[PL_MAX_NAME], what[256], outcome[PL_EWS_MAX_REASON];
	char address[64], subject[PL_MAX_ID];
};

static enum pl_result write_note(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct note *n = arg;

	return pl_audit_append(db, &n->note, err);
}

static void noted(void *arg, enum pl_result r, const struct pl_error *err)
{
	struct note *n = arg;

	if (r != PL_OK)
		log_error(NULL, "an audit entry is lost what=\"%s\" reason=\"%s\"", n->what,
			  err->text);
	free(n);
}

void ews_audit(const struct ews_session *s, const struct ews_audit *line)
{
	struct note *n = calloc(1, sizeof *n);

	if (!n) {
		log_error(NULL, "an audit entry is lost: out of memory");
		return;
	}
	snprintf(n->customer_id, sizeof n->customer_id, "%s", s->view.customer_id);
	snprintf(n->who, sizeof n->who, "%s", s->view.user_name);
	snprintf(n->what, sizeof n->what, "remote page %s %.200s", line->method, line->target);
	snprintf(n->outcome, sizeof n->outcome, "%s", line->outcome);
	snprintf(n->address, sizeof n->address, "%s", line->address ? line->address : "");
	snprintf(n->subject, sizeof n->subject, "%s", s->view.printer_id);
	n->note = (struct pl_audit_note){ .customer_id = n->customer_id,
					  .who = n->who,
					  .what = n->what,
					  .outcome = n->outcome,
					  .address = *n->address ? n->address : NULL,
					  .subject = n->subject };
	n->job = (struct pl_store_job){ .run = write_note, .done = noted, .arg = n };
	if (!pl_store_put(s->ews->server->store, &n->job)) {
		log_error(NULL, "an audit entry is lost: the server is stopping");
		free(n);
	}
}
