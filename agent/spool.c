/* SPDX-License-Identifier: Apache-2.0 */
/* The spool from outside: opened, looked at, waited on, closed. */
#include "spool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "platen/clock.h"
#include "sent_state.h"
#include "spool_db.h"

enum pl_result pl_spool_open(const struct pl_spool_options *options, struct pl_spool **ret_spool,
			     struct pl_error *err)
{
	struct pl_spool *s = calloc(1, sizeof(*s));
	enum pl_result r;

	if (!s)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&s->lock, NULL);
	pl_clock_cond_init(&s->news);
	s->seal = options->seal;
	s->max_bytes = options->max_bytes;
	s->max_age_ms = options->max_age_ms;
	snprintf(s->path, sizeof(s->path), "%s", options->path);
	pl_os_boot_id(s->boot_id);
	r = pl_spool_open_db(s, err);
	if (r == PL_OK)
		r = pl_sent_state_create(&s->sent, err);
	if (r != PL_OK) {
		pl_spool_close(s);
		return r;
	}
	s->fresh = s->urgent > 0;
	*ret_spool = s;
	return PL_OK;
}

void pl_spool_close(struct pl_spool *spool)
{
	if (!spool)
		return;
	pl_spool_close_db(spool);
	pl_sent_state_destroy(spool->sent);
	pthread_cond_destroy(&spool->news);
	pthread_mutex_destroy(&spool->lock);
	free(spool);
}

void pl_spool_state(struct pl_spool *spool, struct pl_spool_state *ret_state)
{
	pl_spool_lock(spool);
	*ret_state = (struct pl_spool_state){ .records = spool->records,
					      .bytes = spool->bytes,
					      .dropped = spool->dropped,
					      .last_seq = spool->last_seq,
					      .urgent = spool->urgent,
					      .oldest_ms = spool->oldest_ms };
	memcpy(ret_state->spool_id, spool->spool_id, sizeof(ret_state->spool_id));
	pl_spool_unlock(spool);
}

bool pl_spool_wait(struct pl_spool *spool, int64_t by_ms)
{
	bool came;

	pl_spool_lock(spool);
	while (!spool->fresh && pl_clock_wait(&spool->news, &spool->lock, by_ms))
		;
	came = spool->fresh;
	spool->fresh = false;
	pl_spool_unlock(spool);
	return came;
}

void pl_spool_nudge(struct pl_spool *spool)
{
	pl_spool_lock(spool);
	spool->fresh = true;
	pthread_cond_broadcast(&spool->news);
	pl_spool_unlock(spool);
}
