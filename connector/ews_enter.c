/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entrance: how a browser comes into a session without a secret in an address.
 *
 *     console            POST /.platen/enter  ticket=…   -> everything of this port is cleared
 *     the page it brings POST /.platen/begin  ticket=…   -> the session's cookie; the printer's
 * page
 *
 * Two steps, because clearing would take the cookie along, and because what the printer's page is
 * asked for has to come from its own port.
 */
#include <string.h>

#include "ews_door.h"
#include "platen/clock.h"

void visit_enter(struct visit *v)
{
	const char *from = visit_header(v, "Sec-Fetch-Site");

	/* The console is another port of this host. From anywhere else the browser would not show
	 * the cookies of its other sessions, which are to stay. */
	if (!strcmp(v->target, "/.platen/enter") && from && !strcmp(from, "same-site"))
		v->step = STEP_ENTER;
	else if (!strcmp(v->target, "/.platen/begin") && from && !strcmp(from, "same-origin"))
		v->step = STEP_BEGIN;
	if (v->step == NO_STEP || strcmp(v->method, "POST") != 0)
		visit_refuse(v, 403, "Open this page from the console.");
	else if (v->body_size < 0 || v->body_size > VISIT_MAX_OWN_BODY)
		visit_refuse(v, 413, "This is no ticket.");
}

/* With the lock held: is this the session's ticket? It counts once. */
static bool use_ticket(struct visit *v)
{
	struct ews_session *s = v->session;
	struct pl_span body = pl_bytes_span(&v->body);
	struct pl_span name = pl_span_take(&body, '=');
	uint8_t hash[PL_HASH_SIZE];
	unsigned char differ = 0;
	bool in_time = s->ticket_by_ms && pl_clock_left_ms(s->ticket_by_ms) > 0;

	if (!ews_is_open(s) || !in_time || !pl_span_is(name, "ticket"))
		return false;
	pl_token_hash(body, hash);
	for (size_t i = 0; i < sizeof hash; i++)
		differ |= hash[i] ^ s->ticket[i];
	if (differ)
		return false;
	s->ticket_by_ms = 0;
	return true;
}

void visit_step(struct visit *v)
{
	struct ews_session *s = v->session;
	uint8_t unused[PL_HASH_SIZE];

	pthread_mutex_lock(&s->ews->lock);
	v->keep_cookies = ews_has_other_cookie(s->ews, s, v->connection);
	if (!use_ticket(v)) {
		visit_refuse(v, 403,
			     "This ticket is no longer good; open the page from the "
			     "console again.");
	} else if (v->step == STEP_ENTER) {
		v->status = 200;
		pl_token_secret(v->ticket, s->ticket);
		s->ticket_by_ms = pl_clock_in_ms(EWS_TICKET_MS);
	} else {
		v->status = 303;
		pl_token_secret(s->cookie, unused);
		memcpy(v->cookie, s->cookie, sizeof v->cookie);
		s->used_ms = pl_clock_now_ms();
	}
	pthread_mutex_unlock(&s->ews->lock);
}
