/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: opens all parts in order, says that it is ready, does the housekeeping until it is told to
 * stop, and closes all parts in the other order.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "agent_settings.h"
#include "api.h"
#include "audit_export.h"
#include "commands.h"
#include "ews.h"
#include "housekeeping.h"
#include "notify.h"
#include "place.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "projector.h"
#include "sda.h"
#include "serials.h"
#include "serve_certificates.h"

#define SDA_PORT	  12351
#define ADMIN_PORT	  12352
#define NAME_BURST	  5 /* failures, then one more every NAME_REFILL_MS */
#define NAME_REFILL_MS	  30000
#define ADDRESS_BURST	  50 /* many people may share an address */
#define ADDRESS_REFILL_MS 6000
#define SPARE_FILES	  512  /* descriptors that are not port 12351's */
#define DRAIN_MS	  2000 /* for answers on their way when the server stops */
#define HOUSEKEEPING_S	  5
#define AGENT_RATE	  100	   /* calls a second; a PC makes one in some seconds */
#define CERTIFICATES_MS	  86400000 /* between two looks at how long they last */

struct run {
	struct pl_place place;
	struct pl_server server;
	const char *listen, *log_level;
	struct pl_certificate_files files;
	struct pl_audit_export_options export_options;
	struct pl_audit_export *export;
	int64_t certificates_ms; /* when they are looked at again */
	int64_t sda_port, admin_port, ews_port, agent_rate;
	int lock_fd;
};

/* Every long poll is an open file: takes what the system allows. */
static unsigned raise_limit(void)
{
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < 2 * SPARE_FILES)
		return SPARE_FILES / 2;
	return limit.rlim_cur > 1000000 ? 1000000 : (unsigned)(limit.rlim_cur - SPARE_FILES);
}

/* Two servers on one folder would not know of each other's agents. */
static enum pl_result lock_folder(struct run *run, struct pl_error *err)
{
	char path[PL_MAX_PATH + 16];

	snprintf(path, sizeof path, "%s/serve.lock", run->place.data_dir);
	run->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (run->lock_fd < 0)
		return pl_error_set(err, PL_E_DENIED, "%s cannot be written: %s",
				    run->place.data_dir, strerror(errno));
	if (flock(run->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return PL_OK;
	close(run->lock_fd);
	run->lock_fd = -1;
	return pl_error_set(err, PL_E_BUSY, "another platen-connector serves %s already",
			    run->place.data_dir);
}

static enum pl_result open_store(struct run *run, struct pl_error *err)
{
	struct pl_server *s = &run->server;
	enum pl_result r;

	s->ring = run->place.ring;
	r = pl_housekeeping_certificate(run->place.db, s->ring, err);
	if (r == PL_OK)
		r = pl_identity_load(run->place.db, s->ring, &s->identity, err);
	if (r == PL_OK)
		s->command_key = pl_signer_number(s->identity.signer);
	if (r == PL_OK)
		r = pl_store_open(run->place.where, &s->store, err);
	if (r == PL_OK)
		r = pl_pool_open(run->place.where, &s->pool, err);
	if (r == PL_OK)
		r = pl_store_connect(run->place.where, false, true, &s->sda_db, err);
	return r;
}

static enum pl_result open_parts(struct run *run, struct pl_error *err)
{
	struct pl_server *s = &run->server;
	enum pl_result r = open_store(run, err);

	s->data_dir = run->place.data_dir;
	s->started_ms = pl_clock_wall_ms();
	s->connection_limit = raise_limit();
	s->names = pl_throttle_create(NAME_BURST, NAME_REFILL_MS);
	s->addresses = pl_throttle_create(ADDRESS_BURST, ADDRESS_REFILL_MS);
	if (r == PL_OK && (!s->names || !s->addresses))
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (r == PL_OK)
		r = pl_park_open(EPOLLRDHUP, &s->park, err);
	if (r == PL_OK)
		r = pl_roster_open(run->place.db, s->park, &s->roster, err);
	if (r == PL_OK)
		r = pl_agent_configs_open(run->place.db, &s->configs, err);
	if (r == PL_OK)
		r = pl_settings_open(run->place.db, &s->settings, err);
	if (r == PL_OK)
		pl_agent_settings_apply(s);
	if (r == PL_OK)
		r = pl_events_open(s->park, &s->events, err);
	if (r == PL_OK)
		r = pl_serials_open(s->ring, &s->serials, err);
	if (r == PL_OK)
		r = pl_projector_open(s, run->place.db, &s->projector, err);
	if (r == PL_OK)
		r = pl_ews_create(s, run->listen, (uint16_t)run->ews_port, &s->ews, err);
	if (r == PL_OK)
		r = pl_sda_open(s, run->listen, (uint16_t)run->sda_port, err);
	if (r == PL_OK)
		r = pl_api_open(s, run->listen, (uint16_t)run->admin_port, err);
	return r;
}

/* What tokens carry: the first name of the certificate, and the port that is really open. */
static enum pl_result settle_url(struct run *run, struct pl_error *err)
{
	struct pl_server *s = &run->server;
	char names[4096] = "";
	bool six;
	enum pl_result r = pl_place_setting(run->place.db, "names", names, sizeof names, err);

	if (r != PL_OK)
		return r;
	names[strcspn(names, ",")] = '\0';
	six = strchr(names, ':') != NULL;
	snprintf(s->sda_url, sizeof s->sda_url, "https://%s%.200s%s:%u", six ? "[" : "", names,
		 six ? "]" : "", pl_web_port(s->sda));
	return pl_place_set(run->place.db, "sda_url", s->sda_url, err);
}

static void close_parts(struct run *run)
{
	struct pl_server *s = &run->server;

	s->stopping = true;
	pl_audit_export_close(run->export); /* while the store still writes */
	if (s->sda)
		pl_web_quiesce(s->sda);
	if (s->api)
		pl_web_quiesce(s->api);
	if (s->ews)
		pl_ews_stop(s->ews);
	if (s->park)
		pl_park_stop(s->park); /* every long poll and event stream is answered */
	if (s->sda)
		pl_web_drain(s->sda, pl_clock_in_ms(DRAIN_MS));
	if (s->pool)
		pl_pool_stop(s->pool); /* before the store: workers wait for commits */
	if (s->store)
		pl_store_stop(s->store);
	pl_web_close(s->sda);
	pl_ews_destroy(s->ews);
	pl_web_close(s->api); /* remote pages show its certificate */
	pl_events_close(s->events);
	pl_settings_close(s->settings);
	pl_agent_configs_close(s->configs);
	pl_roster_close(s->roster);
	pl_park_close(s->park);
	pl_db_close(s->sda_db);
	pl_pool_close(s->pool);
	pl_projector_close(s->projector);
	pl_store_close(s->store);
	pl_serials_close(s->serials);
	pl_throttle_destroy(s->names);
	pl_throttle_destroy(s->addresses);
	pl_identity_finish(&s->identity);
	pl_place_close(&run->place);
	if (run->lock_fd >= 0)
		close(run->lock_fd);
}

/* SIGTERM and SIGINT end the program; they are waited for, not handled. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* SIGHUP, and once a day: what lies in files is read again. */
static void reload(struct run *run, bool asked)
{
	struct pl_error err = { 0 };
	enum pl_result r;

	run->certificates_ms = pl_clock_in_ms(CERTIFICATES_MS);
	if (asked)
		pl_notify_reloading();
	r = pl_serve_certificates(&run->server, run->place.db, &run->files, &err);
	if (r != PL_OK)
		log_error(NULL, "the certificates stay as they were reason=\"%s\"", err.text);
	else if (asked)
		log_info(NULL, "reloaded");
	if (asked)
		pl_notify("READY=1");
}

static void wait_for_end(struct run *run, const sigset_t *set)
{
	struct timespec turn = { .tv_sec = HOUSEKEEPING_S };
	int sig;

	pl_notify("READY=1");
	do {
		sig = sigtimedwait(set, NULL, &turn);
		if (sig == SIGHUP || pl_clock_left_ms(run->certificates_ms) == 0)
			reload(run, sig == SIGHUP);
		pl_housekeeping(&run->server, run->place.db);
	} while (sig != SIGTERM && sig != SIGINT);
	pl_notify("STOPPING=1");
	log_info(NULL, "stopping signal=%d", sig);
}

enum pl_result pl_cmd_serve(int argc, char **argv, struct pl_error *err)
{
	struct run run = { .sda_port = SDA_PORT,
			   .admin_port = ADMIN_PORT,
			   .agent_rate = AGENT_RATE,
			   .ews_port = PL_EWS_FIRST_PORT,
			   .lock_fd = -1 };
	struct pl_words words = { 0 };
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&run.place),
		{ "--listen", PL_FORM_TEXT, &run.listen, 0, 0 },
		{ "--sda-port", PL_FORM_NUMBER, &run.sda_port, 0, 65535 },
		{ "--admin-port", PL_FORM_NUMBER, &run.admin_port, 0, 65535 },
		{ "--agent-rate", PL_FORM_NUMBER, &run.agent_rate, 0, 100000 },
		{ "--ews-port", PL_FORM_NUMBER, &run.ews_port, 0, 65535 - PL_EWS_PORTS },
		{ "--discard-reports", PL_FORM_SWITCH, &run.server.discard_reports, 0, 0 },
		{ "--log", PL_FORM_TEXT, &run.log_level, 0, 0 },
		{ "--syslog", PL_FORM_TEXT, &run.export_options.to, 0, 0 },
		{ "--syslog-ca", PL_FORM_TEXT, &run.export_options.ca_file, 0, 0 },
		{ "--trace-outgoing", PL_FORM_TEXT, &run.export_options.trace, 0, 0 },
		{ "--tls-cert", PL_FORM_TEXT, &run.files.certificate, 0, 0 },
		{ "--tls-key", PL_FORM_TEXT, &run.files.key, 0, 0 },
	};
	sigset_t signals;
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r != PL_OK)
		return r;
	if (words.count > 0)
		return pl_error_set(err, PL_E_INVALID, "serve takes no word %s", words.at[0]);
	if (run.log_level && pl_log_level_of(run.log_level) == PL_LOG_LEVEL_COUNT)
		return pl_error_set(err, PL_E_INVALID, "--log must be error, warn, info or debug");
	if (!run.export_options.to && (run.export_options.ca_file || run.export_options.trace))
		return pl_error_set(err, PL_E_INVALID,
				    "--syslog-ca and --trace-outgoing go with --syslog");
	if (!run.files.certificate != !run.files.key)
		return pl_error_set(err, PL_E_INVALID, "--tls-cert and --tls-key go together");
	run.server.agent_rate = (int)run.agent_rate;
	if (run.log_level)
		pl_log_set_level(pl_log_level_of(run.log_level));
	block_signals(&signals);
	r = pl_place_open(&run.place, err);
	if (r == PL_OK)
		r = lock_folder(&run, err);
	if (r == PL_OK)
		r = open_parts(&run, err);
	if (r == PL_OK)
		r = pl_serve_certificates(&run.server, run.place.db, &run.files, err);
	if (r == PL_OK)
		r = settle_url(&run, err);
	if (r == PL_OK && run.export_options.to)
		r = pl_audit_export_open(&run.export_options, run.place.where, run.server.store,
					 &run.export, err);
	run.certificates_ms = pl_clock_in_ms(CERTIFICATES_MS);
	if (r == PL_OK) {
		const char *at = run.listen ? run.listen : "*";

		log_info(NULL, "ready version=%s sda=%s:%u admin=%s:%u data=%s", PL_VERSION, at,
			 pl_web_port(run.server.sda), at, pl_web_port(run.server.api),
			 run.place.data_dir);
		if (run.server.discard_reports)
			log_warn(NULL, "reports are acknowledged and not stored, as "
				       "--discard-reports says: for measuring only");
		wait_for_end(&run, &signals);
	}
	close_parts(&run);
	return r;
}
