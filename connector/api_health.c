/* SPDX-License-Identifier: Apache-2.0 */
/*
 * /healthz, /readyz and /metrics: for whoever watches the server.
 */
#include <stdio.h>
#include <string.h>

#include "api_calls.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "projector.h"

void pl_api_health(struct pl_web_request *rq)
{
	pl_web_text(rq, 200, "text/plain; charset=utf-8", pl_span_of("ok\n"));
}

static enum pl_result touch(struct pl_db *db, void *arg, struct pl_error *err)
{
	(void)arg;
	return pl_db_run(db,
			 "INSERT INTO settings (customer_id, name, value) VALUES ('', 'ready', '1')"
			 " ON CONFLICT (customer_id, name) DO UPDATE SET value=excluded.value",
			 PL_NO_ARGS, err);
}

/* Ready means: it can write. */
static void check_ready(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct pl_server *server = pl_web_owner(rq);
	struct pl_error err = { 0 };

	(void)reader;
	if (pl_store_write(server->store, touch, NULL, &err) == PL_OK)
		pl_web_text(rq, 200, "text/plain; charset=utf-8", pl_span_of("ready\n"));
	else
		pl_web_error(rq, 503, "store_full", "The server cannot write its store.");
}

void pl_api_ready(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);

	pl_web_to_pool(rq, server->pool, check_ready);
}

static void add_metric(struct pl_bytes *out, const char *name, const char *type, const char *help,
		       int64_t value)
{
	bool counter = !strcmp(type, "counter");

	(void)pl_bytes_add_format(out, "# TYPE %s %s\n# HELP %s %s\n%s%s %lld\n", name, type, name,
				  help, name, counter ? "_total" : "", (long long)value);
}

static bool is_loopback(const char *address)
{
	return !strncmp(address, "127.", 4) || !strcmp(address, "::1");
}

void pl_api_metrics(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	struct pl_store_figures store;
	struct pl_bytes text;
	char address[64];

	pl_web_address(rq, address, sizeof address);
	if (!is_loopback(address) && !pl_setting_is(server->settings, PL_SETTING_METRICS_OPEN)) {
		pl_web_error(rq, 403, "forbidden", "Metrics are shown to this machine only.");
		return;
	}
	pl_store_figures(server->store, &store);
	pl_bytes_init(&text, 16 * 1024);
	add_metric(&text, "platen_uptime_seconds", "gauge", "Seconds since the start.",
		   (pl_clock_wall_ms() - server->started_ms) / 1000);
	add_metric(&text, "platen_long_polls", "gauge", "Long polls and event streams open now.",
		   pl_park_count(server->park));
	add_metric(&text, "platen_sda_connections", "gauge", "Connections of agents open now.",
		   pl_web_connections(server->sda));
	add_metric(&text, "platen_sda_requests", "counter", "Calls of agents.",
		   pl_web_requests(server->sda));
	add_metric(&text, "platen_api_requests", "counter",
		   "Calls of the admin API and the console.", pl_web_requests(server->api));
	add_metric(&text, "platen_store_commits", "counter", "Transactions of the store.",
		   store.commits);
	add_metric(&text, "platen_store_jobs", "counter", "Requests stored by them.", store.jobs);
	add_metric(&text, "platen_store_failures", "counter", "Transactions that failed.",
		   store.failures);
	add_metric(&text, "platen_store_waiting", "gauge", "Requests waiting for the store.",
		   store.waiting);
	add_metric(&text, "platen_records_unapplied", "gauge",
		   "Records that are stored and not applied yet.",
		   pl_projector_waiting(server->projector));
	(void)pl_bytes_add_text(&text, "# EOF\n");
	pl_web_text(rq, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8",
		    pl_bytes_span(&text));
	pl_bytes_finish(&text);
}
