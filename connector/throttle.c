/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A leaky bucket per name. Names are kept as a hash: two that share one share their bucket, which
 * is harmless.
 */
#include "throttle.h"

#include <pthread.h>
#include <stdlib.h>

#include "platen/clock.h"

#define PLACES 4096

struct bucket {
	uint64_t hash;	  /* 0: free */
	int64_t empty_ms; /* when all failures will have leaked away */
};

struct pl_throttle {
	pthread_mutex_t mutex;
	int burst;
	int64_t refill_ms;
	struct bucket buckets[PLACES];
};

static uint64_t hash_of(const char *name)
{
	uint64_t h = 1469598103934665603u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h ? h : 1;
}

struct pl_throttle *pl_throttle_create(int burst, int64_t refill_ms)
{
	struct pl_throttle *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	pthread_mutex_init(&t->mutex, NULL);
	t->burst = burst;
	t->refill_ms = refill_ms;
	return t;
}

void pl_throttle_destroy(struct pl_throttle *throttle)
{
	if (!throttle)
		return;
	pthread_mutex_destroy(&throttle->mutex);
	free(throttle);
}

/* The name's bucket; where it has none, NULL or (when `make`) the one of eight that will be empty
 * first. */
static struct bucket *find(struct pl_throttle *t, const char *name, int make)
{
	uint64_t hash = hash_of(name);
	struct bucket *first = NULL;

	for (unsigned i = 0; i < 8; i++) {
		struct bucket *b = &t->buckets[(hash + i) % PLACES];

		if (b->hash == hash)
			return b;
		if (!first || b->hash == 0 || b->empty_ms < first->empty_ms)
			first = b;
	}
	if (!make)
		return NULL;
	*first = (struct bucket){ hash, 0 };
	return first;
}

int64_t pl_throttle_wait_ms(struct pl_throttle *throttle, const char *name)
{
	const struct bucket *b;
	int64_t over = 0;

	pthread_mutex_lock(&throttle->mutex);
	b = find(throttle, name, 0);
	if (b)
		over = b->empty_ms - pl_clock_now_ms() -
		       (throttle->burst - 1) * throttle->refill_ms;
	pthread_mutex_unlock(&throttle->mutex);
	return over > 0 ? over : 0;
}

void pl_throttle_failed(struct pl_throttle *throttle, const char *name)
{
	int64_t now = pl_clock_now_ms();
	struct bucket *b;

	pthread_mutex_lock(&throttle->mutex);
	b = find(throttle, name, 1);
	if (b->empty_ms < now)
		b->empty_ms = now;
	b->empty_ms += throttle->refill_ms;
	pthread_mutex_unlock(&throttle->mutex);
}

void pl_throttle_forget(struct pl_throttle *throttle, const char *name)
{
	struct bucket *b;

	pthread_mutex_lock(&throttle->mutex);
	b = find(throttle, name, 0);
	if (b)
		b->hash = 0;
	pthread_mutex_unlock(&throttle->mutex);
}
