/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store's thread: takes everything that waits, one transaction, one commit, then the answers.
 */
#include "store.h"

#include <pthread.h>
#include <stdlib.h>

#include "migrations.h"
#include "platen/clock.h"
#include "platen/log.h"

#define MAX_BATCH	512  /* jobs in one transaction, so that none waits for ever */
#define CHORE_GATHER_MS 50   /* from the first nudge to the chore's turn: together it costs less */
#define CHORE_QUIET_MS	3    /* without a new job: a gap */
#define CHORE_EVERY_MS	500  /* a turn of the chore even without a gap */
#define CHORE_RETRY_MS	1000 /* after a turn that failed */
#define CHORE_AT_END_MS 3000 /* for what is left of it when the store stops */

struct pl_store {
	struct pl_db *db;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct pl_store_job *first, **end;
	struct pl_store_chore chore;
	bool chore_wanted;
	bool chore_awaited;    /* somebody waits for it: any gap will do */
	int64_t chore_at_ms;   /* not before */
	int64_t chore_last_ms; /* its last turn, or since when it has been wanted */
	int64_t last_job_ms;
	bool stop;
	struct pl_store_figures figures;
};

enum pl_result pl_store_connect(const char *where, bool create, bool reader, struct pl_db **ret_db,
				struct pl_error *err)
{
	if (!strncmp(where, "sqlite:", 7))
		return pl_db_open_sqlite(where + 7, create, reader, ret_db, err);
	return pl_error_set(err, PL_E_UNSUPPORTED,
			    "this program was built for stores of the form sqlite:PATH only");
}

/* With the mutex held: when the chore's next turn is, jobs or not; the earlier the further it is
 * behind. */
static int64_t chore_late_ms(const struct pl_store *store)
{
	int pressure = store->chore.pressure(store->chore.arg);

	return store->chore_last_ms +
	       (int64_t)CHORE_EVERY_MS * (pressure < 100 ? 100 - pressure : 0) / 100;
}

/* With the mutex held: when its next turn in a gap is, if no job comes before. */
static int64_t chore_gap_ms(const struct pl_store *store)
{
	int64_t quiet = store->chore_awaited ? 0 : store->last_job_ms + CHORE_QUIET_MS;

	return store->chore_at_ms > quiet ? store->chore_at_ms : quiet;
}

/* With the mutex held: has the chore a turn now? */
static bool is_chore_due(const struct pl_store *store)
{
	int64_t now = pl_clock_now_ms();

	if (!store->chore_wanted || !store->chore.run || now < store->chore_at_ms)
		return false;
	return (!store->first && now >= chore_gap_ms(store)) || now >= chore_late_ms(store);
}

/* Waits until there is a job, a turn of the chore, or the end. */
static void wait_for_work(struct pl_store *store)
{
	while (!store->first && !store->stop && !is_chore_due(store)) {
		if (store->chore_wanted && store->chore.run)
			(void)!pl_clock_wait(&store->changed, &store->mutex, chore_gap_ms(store));
		else
			pthread_cond_wait(&store->changed, &store->mutex);
	}
}

/* The jobs that wait, MAX_BATCH at most; NULL where there are none. *ret_chore: the chore is due.
 */
static struct pl_store_job *take_batch(struct pl_store *store, bool *ret_chore, bool *ret_over)
{
	struct pl_store_job *batch, *last;
	int n = 1;

	pthread_mutex_lock(&store->mutex);
	wait_for_work(store);
	*ret_chore = is_chore_due(store);
	batch = last = store->first;
	*ret_over = store->stop && !batch;
	while (last && last->next && n < MAX_BATCH)
		last = last->next, n++;
	if (last) {
		store->first = last->next;
		if (!store->first)
			store->end = &store->first;
		last->next = NULL;
		store->figures.waiting -= n;
	}
	pthread_mutex_unlock(&store->mutex);
	return batch;
}

static void run_one(struct pl_store *store, struct pl_store_job *job)
{
	struct pl_db *db = store->db;

	job->result = db->ops->run(db, "SAVEPOINT job", PL_NO_ARGS, NULL, &job->err);
	if (job->result != PL_OK)
		return;
	job->result = job->run(db, job->arg, &job->err);
	if (job->result != PL_OK)
		(void)db->ops->run(db, "ROLLBACK TO SAVEPOINT job", PL_NO_ARGS, NULL, NULL);
	if (db->ops->run(db, "RELEASE SAVEPOINT job", PL_NO_ARGS, NULL, NULL) != PL_OK &&
	    job->result == PL_OK)
		job->result = pl_error_set(&job->err, PL_E_IO, "the store lost its transaction");
}

/* The whole batch failed: whoever believed to be stored is told otherwise. */
static void fail_all(struct pl_store_job *batch, enum pl_result r, const struct pl_error *err)
{
	for (struct pl_store_job *job = batch; job; job = job->next) {
		if (job->result != PL_OK)
			continue;
		job->result = r;
		job->err = *err;
	}
}

static void run_batch(struct pl_store *store, struct pl_store_job *batch)
{
	struct pl_db *db = store->db;
	struct pl_error err = { 0 };
	enum pl_result r = db->ops->begin(db, true, &err);
	int64_t jobs = 0;

	for (struct pl_store_job *job = batch; job; job = job->next, jobs++) {
		job->result = PL_OK;
		if (r == PL_OK)
			run_one(store, job);
		if (job->result ==
		    PL_E_FULL) { /* the engine may have rolled all of it back by itself */
			r = job->result;
			err = job->err;
		}
	}
	if (r == PL_OK)
		r = db->ops->run(db, "COMMIT", PL_NO_ARGS, NULL, &err);
	if (r != PL_OK) {
		(void)db->ops->script(db, "ROLLBACK", NULL);
		log_error(NULL, "a commit failed error=%s reason=\"%s\" requests=%lld",
			  pl_result_name(r), err.text, (long long)jobs);
		fail_all(batch, r, &err);
	}
	pthread_mutex_lock(&store->mutex);
	store->figures.commits++;
	store->figures.jobs += jobs;
	store->figures.failures += r != PL_OK;
	pthread_mutex_unlock(&store->mutex);
}

static void answer_all(struct pl_store_job *batch)
{
	while (batch) {
		struct pl_store_job *next = batch->next; /* done() may free the job */

		batch->done(batch->arg, batch->result, &batch->err);
		batch = next;
	}
}

/* One turn of the chore. Its commit need not be on the disk when it returns: after a power cut the
 * work is found undone, and is done again. */
static enum pl_result run_chore(struct pl_store *store)
{
	struct pl_db *db = store->db;
	struct pl_error err = { 0 };
	bool more = false, in_gap;
	enum pl_result r;

	pthread_mutex_lock(&store->mutex);
	in_gap = pl_clock_now_ms() < chore_late_ms(store);
	store->chore_wanted = false; /* a nudge from here on counts again */
	store->chore_awaited = false;
	pthread_mutex_unlock(&store->mutex);
	r = db->ops->begin(db, false, &err);
	if (r == PL_OK)
		r = store->chore.run(db, store->chore.arg, in_gap, &more, &err);
	if (r == PL_OK)
		r = db->ops->run(db, "COMMIT", PL_NO_ARGS, NULL, &err);
	if (r != PL_OK)
		(void)db->ops->script(db, "ROLLBACK", NULL);
	store->chore.done(store->chore.arg, r, &err);

	pthread_mutex_lock(&store->mutex);
	store->chore_last_ms = pl_clock_now_ms();
	if (r != PL_OK)
		store->chore_at_ms = pl_clock_in_ms(CHORE_RETRY_MS);
	else if (more)
		store->chore_at_ms = 0;
	store->chore_wanted = store->chore_wanted || more || r != PL_OK;
	pthread_mutex_unlock(&store->mutex);
	return r;
}

/* The server stops: what is left is done now, or after the next start. */
static void end_chore(struct pl_store *store)
{
	int64_t by_ms = pl_clock_in_ms(CHORE_AT_END_MS);

	while (store->chore.run && store->chore_wanted && pl_clock_left_ms(by_ms) > 0)
		if (run_chore(store) != PL_OK)
			return;
}

static void *store_thread(void *arg)
{
	struct pl_store *store = arg;
	bool chore, over = false;

	while (!over) {
		struct pl_store_job *batch = take_batch(store, &chore, &over);

		if (batch) {
			run_batch(store, batch);
			answer_all(batch);
		}
		if (chore)
			(void)!run_chore(store);
	}
	end_chore(store);
	return NULL;
}

enum pl_result pl_store_open(const char *where, struct pl_store **ret_store, struct pl_error *err)
{
	struct pl_store *store = calloc(1, sizeof *store);
	enum pl_result r;

	if (!store)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	store->end = &store->first;
	r = pl_store_connect(where, false, false, &store->db, err);
	if (r == PL_OK)
		r = pl_migrate(store->db, err);
	if (r != PL_OK)
		goto fail;
	pthread_mutex_init(&store->mutex, NULL);
	pl_clock_cond_init(&store->changed);
	if (pthread_create(&store->thread, NULL, store_thread, store) != 0) {
		r = pl_error_set(err, PL_E_IO, "a thread for the store could not be started");
		goto fail;
	}
	*ret_store = store;
	return PL_OK;
fail:
	pl_db_close(store->db);
	free(store);
	return r;
}

void pl_store_set_chore(struct pl_store *store, const struct pl_store_chore *chore)
{
	pthread_mutex_lock(&store->mutex);
	store->chore = *chore;
	pthread_mutex_unlock(&store->mutex);
}

void pl_store_nudge(struct pl_store *store, bool at_once)
{
	pthread_mutex_lock(&store->mutex);
	if (!store->chore_wanted) {
		store->chore_wanted = true;
		store->chore_at_ms = pl_clock_in_ms(CHORE_GATHER_MS);
		store->chore_last_ms = pl_clock_now_ms();
		pthread_cond_signal(&store->changed);
	}
	if (at_once && !store->chore_awaited) {
		store->chore_at_ms = 0;
		store->chore_awaited = true;
		pthread_cond_signal(&store->changed);
	}
	pthread_mutex_unlock(&store->mutex);
}

bool pl_store_is_awaited(struct pl_store *store)
{
	bool awaited;

	pthread_mutex_lock(&store->mutex);
	awaited = store->first != NULL;
	pthread_mutex_unlock(&store->mutex);
	return awaited;
}

void pl_store_stop(struct pl_store *store)
{
	pthread_mutex_lock(&store->mutex);
	store->stop = true;
	pthread_cond_signal(&store->changed);
	pthread_mutex_unlock(&store->mutex);
	pthread_join(store->thread, NULL);
}

void pl_store_close(struct pl_store *store)
{
	if (!store)
		return;
	pl_db_close(store->db);
	pthread_cond_destroy(&store->changed);
	pthread_mutex_destroy(&store->mutex);
	free(store);
}

bool pl_store_put(struct pl_store *store, struct pl_store_job *job)
{
	bool taken;

	job->next = NULL;
	pthread_mutex_lock(&store->mutex);
	taken = !store->stop;
	if (taken) {
		*store->end = job;
		store->end = &job->next;
		store->figures.waiting++;
		store->last_job_ms = pl_clock_now_ms();
		pthread_cond_signal(&store->changed);
	}
	pthread_mutex_unlock(&store->mutex);
	return taken;
}

struct waiting {
	pthread_mutex_t mutex;
	pthread_cond_t over;
	bool is_over;
	enum pl_result (*run)(struct pl_db *db, void *arg, struct pl_error *err);
	void *arg;
	enum pl_result result;
	struct pl_error err;
};

static enum pl_result waiting_run(struct pl_db *db, void *arg, struct pl_error *err)
{
	struct waiting *w = arg;

	return w->run(db, w->arg, err);
}

static void waiting_done(void *arg, enum pl_result result, const struct pl_error *err)
{
	struct waiting *w = arg;

	pthread_mutex_lock(&w->mutex);
	w->result = result;
	w->err = *err;
	w->is_over = true;
	pthread_cond_signal(&w->over);
	pthread_mutex_unlock(&w->mutex);
}

enum pl_result pl_store_write(struct pl_store *store,
			      enum pl_result (*run)(struct pl_db *db, void *arg,
						    struct pl_error *err),
			      void *arg, struct pl_error *err)
{
	struct waiting w = { .run = run, .arg = arg };
	struct pl_store_job job = { .run = waiting_run, .done = waiting_done, .arg = &w };

	pthread_mutex_init(&w.mutex, NULL);
	pthread_cond_init(&w.over, NULL);
	if (pl_store_put(store, &job)) {
		pthread_mutex_lock(&w.mutex);
		while (!w.is_over)
			pthread_cond_wait(&w.over, &w.mutex);
		pthread_mutex_unlock(&w.mutex);
	} else {
		w.result = pl_error_set(&w.err, PL_E_CANCELLED, "the server is stopping");
	}
	pthread_cond_destroy(&w.over);
	pthread_mutex_destroy(&w.mutex);
	if (w.result != PL_OK && err)
		*err = w.err;
	return w.result;
}

void pl_store_figures(struct pl_store *store, struct pl_store_figures *ret_figures)
{
	pthread_mutex_lock(&store->mutex);
	*ret_figures = store->figures;
	pthread_mutex_unlock(&store->mutex);
}
