/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The thread that follows the audit.
 */
#include "audit_export.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outgoing.h"
#include "place.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "syslog_link.h"

#define CURSOR	   "audit_export"
#define LOOK_MS	   1000
#define MAX_WAIT_S 60
#define AT_ONCE	   100
#define MAX_LINE   8192
#define NOTICE	   109 /* facility 13 "log audit", severity notice */
#define WARNING	   108

struct pl_audit_export {
	struct pl_syslog_link *link;
	struct pl_outgoing *trace;
	struct pl_store *store;
	struct pl_db *db;
	char to[300], host[256];
	int64_t sent; /* audit.no of the last entry that arrived */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool stop;
};

static void add_quoted(struct pl_bytes *out, const char *name, const char *value)
{
	(void)!pl_bytes_add_format(out, " %s=\"", name);
	for (; value && *value; value++) {
		if (*value == '"' || *value == '\\')
			(void)!pl_bytes_add(out, "\\", 1);
		(void)!pl_bytes_add(out, (unsigned char)*value < ' ' ? " " : value, 1);
	}
	(void)!pl_bytes_add(out, "\"", 1);
}

static void write_entry(const struct pl_audit_export *ex, struct pl_db_rows *rows,
			struct pl_bytes *out)
{
	const char *chain = pl_db_text_at(rows, 1), *outcome = pl_db_text_at(rows, 8);
	char at[PL_MAX_TIME_TEXT];

	pl_clock_text(pl_db_int_at(rows, 3), at);
	pl_bytes_clear(out);
	(void)!pl_bytes_add_format(out, "<%d>1 %s %s platen-connector %d audit - chain=%s seq=%lld",
				   *outcome >= '4' ? WARNING : NOTICE, at, ex->host, (int)getpid(),
				   *chain ? chain : "server", (long long)pl_db_int_at(rows, 2));
	add_quoted(out, "who", pl_db_text_at(rows, 4));
	add_quoted(out, "what", pl_db_text_at(rows, 5));
	add_quoted(out, "subject", pl_db_text_at(rows, 6));
	add_quoted(out, "address", pl_db_text_at(rows, 7));
	add_quoted(out, "outcome", outcome);
	(void)!pl_bytes_add_format(out, " head=%s", pl_db_text_at(rows, 9));
}

static enum pl_result save_cursor(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct pl_audit_export *ex = arg;
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)ex->sent);
	return pl_place_set(db, CURSOR, text, err);
}

/* Sends what is new, at most AT_ONCE. *ret_more: there may be more at once. */
static enum pl_result send_some(struct pl_audit_export *ex, bool *ret_more, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	int64_t last = ex->sent;
	struct pl_bytes line;
	int n = 0;
	enum pl_result r;

	pl_bytes_init(&line, MAX_LINE);
	r = pl_db_query(
		ex->db, &rows,
		"SELECT no, customer_id, seq, at, who, what, subject, address, outcome, head"
		" FROM audit WHERE no>?1 ORDER BY no LIMIT ?2",
		PL_ARGS(pl_db_int(ex->sent), pl_db_int(AT_ONCE)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		write_entry(ex, rows, &line);
		r = pl_syslog_link_send(ex->link, (const char *)line.at, line.size, err);
		if (r == PL_OK)
			pl_outgoing_write(ex->trace, ex->to, pl_bytes_span(&line));
		last = pl_db_int_at(rows, 0);
		n++;
	}
	pl_db_done(rows);
	pl_bytes_finish(&line);
	*ret_more = n == AT_ONCE;
	if (r != PL_E_NOT_FOUND)
		return r;
	r = n > 0 ? pl_syslog_link_settle(ex->link, err) : PL_OK;
	if (r != PL_OK || n == 0)
		return r;
	ex->sent = last;
	return pl_store_write(ex->store, save_cursor, ex, err);
}

static bool rest(struct pl_audit_export *ex, int64_t ms)
{
	int64_t until = pl_clock_wall_ms() + ms;
	struct timespec by = { until / 1000, until % 1000 * 1000000 };
	bool stop;

	pthread_mutex_lock(&ex->mutex);
	if (!ex->stop && ms > 0)
		pthread_cond_timedwait(&ex->wake, &ex->mutex, &by);
	stop = ex->stop;
	pthread_mutex_unlock(&ex->mutex);
	return !stop;
}

static void *export_main(void *arg)
{
	struct pl_audit_export *ex = arg;
	int64_t wait_ms = 0, failing_s = 0;

	while (rest(ex, wait_ms)) {
		struct pl_error err = { 0 };
		bool more = false;
		enum pl_result r = send_some(ex, &more, &err);

		if (r == PL_OK && failing_s > 0)
			log_info(NULL, "the audit goes out again to=%s", ex->to);
		else if (r != PL_OK && failing_s == 0)
			log_warn(NULL, "the audit waits for its collector to=%s reason=\"%s\"",
				 ex->to, err.text);
		failing_s = r == PL_OK ? 0 : failing_s == 0 ? 1 : failing_s * 2;
		if (failing_s > MAX_WAIT_S)
			failing_s = MAX_WAIT_S;
		wait_ms = failing_s > 0 ? failing_s * 1000 : more ? 0 : LOOK_MS;
	}
	return NULL;
}

static enum pl_result read_cursor(struct pl_audit_export *ex, struct pl_error *err)
{
	char text[24] = "0";
	enum pl_result r = pl_place_setting(ex->db, CURSOR, text, sizeof text, err);

	ex->sent = strtoll(text, NULL, 10);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_audit_export_open(const struct pl_audit_export_options *options,
				    const char *where, struct pl_store *store,
				    struct pl_audit_export **ret_export, struct pl_error *err)
{
	struct pl_audit_export *ex = calloc(1, sizeof *ex);
	enum pl_result r;

	if (!ex)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&ex->mutex, NULL);
	pthread_cond_init(&ex->wake, NULL);
	ex->store = store;
	ex->stop = true; /* until there is a thread */
	snprintf(ex->to, sizeof ex->to, "%s", options->to);
	if (gethostname(ex->host, sizeof ex->host - 1) < 0 || !*ex->host)
		snprintf(ex->host, sizeof ex->host, "-");
	r = pl_syslog_link_make(options->to, options->ca_file, &ex->link, err);
	if (r == PL_OK && options->trace)
		r = pl_outgoing_open(options->trace, &ex->trace, err);
	if (r == PL_OK)
		r = pl_store_connect(where, false, true, &ex->db, err);
	if (r == PL_OK)
		r = read_cursor(ex, err);
	if (r == PL_OK) {
		ex->stop = false;
		if (pthread_create(&ex->thread, NULL, export_main, ex) != 0) {
			ex->stop = true;
			r = pl_error_set(err, PL_E_NO_MEMORY, "no thread for one more task");
		}
	}
	if (r != PL_OK) {
		pl_audit_export_close(ex);
		return r;
	}
	*ret_export = ex;
	return PL_OK;
}

void pl_audit_export_close(struct pl_audit_export *ex)
{
	bool runs;

	if (!ex)
		return;
	pthread_mutex_lock(&ex->mutex);
	runs = !ex->stop;
	ex->stop = true;
	pthread_cond_signal(&ex->wake);
	pthread_mutex_unlock(&ex->mutex);
	if (runs)
		pthread_join(ex->thread, NULL);
	pl_db_close(ex->db);
	pl_outgoing_close(ex->trace);
	pl_syslog_link_destroy(ex->link);
	pthread_cond_destroy(&ex->wake);
	pthread_mutex_destroy(&ex->mutex);
	free(ex);
}
