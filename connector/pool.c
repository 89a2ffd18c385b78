/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worker threads around one queue.
 */
#include "pool.h"

#include <pthread.h>
#include <stdlib.h>

#include "store.h"

struct worker {
	struct pl_pool *pool;
	struct pl_db *db;
	pthread_t thread;
};

struct pl_pool {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct pl_pool_job *first, **end;
	int waiting;
	bool stop;
	struct worker workers[PL_POOL_THREADS];
	int running; /* threads started */
};

static struct pl_pool_job *take(struct pl_pool *pool)
{
	struct pl_pool_job *job;

	pthread_mutex_lock(&pool->mutex);
	while (!pool->first && !pool->stop)
		pthread_cond_wait(&pool->changed, &pool->mutex);
	job = pool->first;
	if (job) {
		pool->first = job->next;
		if (!pool->first)
			pool->end = &pool->first;
		pool->waiting--;
	}
	pthread_mutex_unlock(&pool->mutex);
	return job;
}

static void *worker_thread(void *arg)
{
	struct worker *w = arg;
	struct pl_pool_job *job;

	while ((job = take(w->pool)) != NULL)
		job->run(w->db, job->arg);
	return NULL;
}

enum pl_result pl_pool_open(const char *where, struct pl_pool **ret_pool, struct pl_error *err)
{
	struct pl_pool *pool = calloc(1, sizeof *pool);
	enum pl_result r = PL_OK;

	if (!pool)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pool->end = &pool->first;
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->changed, NULL);
	for (int i = 0; i < PL_POOL_THREADS && r == PL_OK; i++) {
		struct worker *w = &pool->workers[i];

		w->pool = pool;
		r = pl_store_connect(where, false, true, &w->db, err);
		if (r == PL_OK && pthread_create(&w->thread, NULL, worker_thread, w) != 0)
			r = pl_error_set(err, PL_E_IO, "a worker thread could not be started");
		if (r == PL_OK)
			pool->running++;
	}
	if (r != PL_OK) {
		pl_pool_stop(pool);
		pl_pool_close(pool);
		return r;
	}
	*ret_pool = pool;
	return PL_OK;
}

void pl_pool_stop(struct pl_pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->stop = true;
	pthread_cond_broadcast(&pool->changed);
	pthread_mutex_unlock(&pool->mutex);
	for (int i = 0; i < pool->running; i++)
		pthread_join(pool->workers[i].thread, NULL);
	pool->running = 0;
}

void pl_pool_close(struct pl_pool *pool)
{
	if (!pool)
		return;
	for (int i = 0; i < PL_POOL_THREADS; i++)
		pl_db_close(pool->workers[i].db);
	pthread_cond_destroy(&pool->changed);
	pthread_mutex_destroy(&pool->mutex);
	free(pool);
}

bool pl_pool_put(struct pl_pool *pool, struct pl_pool_job *job)
{
	bool taken;

	job->next = NULL;
	pthread_mutex_lock(&pool->mutex);
	taken = !pool->stop && pool->waiting < PL_MAX_POOL_JOBS;
	if (taken) {
		*pool->end = job;
		pool->end = &job->next;
		pool->waiting++;
		pthread_cond_signal(&pool->changed);
	}
	pthread_mutex_unlock(&pool->mutex);
	return taken;
}
