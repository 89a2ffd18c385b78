/* SPDX-License-Identifier: Apache-2.0 */
/* platen-agent: puts the parts together, waits to be asked to stop, takes them apart.
 *
 * Exit codes: 0 stopped as asked; 1 could not start or go on (one sentence on stderr says why);
 * 2 wrong command line or settings. */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "engine.h"
#include "os/install.h"
#include "os/os.h"
#include "os/places.h"
#include "os/process.h"
#include "os/service.h"
#include "platen/clock.h"
#include "platen/log.h"
#include "privacy.h"
#include "quirk_files.h"
#include "sent.h"

#define MAX_AUDIT_BYTES (4 * 1024 * 1024)
#define MAX_DOCUMENT	(128 * 1024)

enum { EXIT_STOPPED = 0, EXIT_FAILED = 1, EXIT_WRONG = 2 };

/* In the order in which they are made; taken apart backwards. */
struct agent {
	struct pl_settings settings;
	struct pl_seal *seal;
	struct pl_spool *spool;
	struct pl_audit *audit;
	struct pl_quirk_set *quirks;
	struct pl_usb *usb;
	struct pl_engine *engine;
	struct pl_actions *actions;
	struct pl_uplink *uplink;
	struct pl_control *control;
};

static void config_changed(void *arg, const struct cJSON *config)
{
	pl_engine_configure(arg, config);
}

static void status_changed(void *arg)
{
	pl_wake_set(pl_engine_news(arg));
}

static enum pl_result in_state_dir(const struct agent *a, const char *name,
				   char ret_path[static PL_MAX_PATH], struct pl_error *err)
{
	return pl_file_join(a->settings.state_dir, name, ret_path, err);
}

/* What lies on disk: the key, the spool, the audit chain. */
static enum pl_result open_state(struct agent *a, struct pl_error *err)
{
	struct pl_spool_options spool = { .max_bytes = a->settings.spool_max_bytes,
					  .max_age_ms = a->settings.spool_max_age_s * 1000 };
	char path[PL_MAX_PATH];
	enum pl_result r;

	r = pl_file_make_dir(a->settings.state_dir, err);
	if (r == PL_OK)
		r = in_state_dir(a, "key", path, err);
	if (r == PL_OK)
		r = pl_seal_open(path, &a->seal, err);
	if (r == PL_OK)
		r = in_state_dir(a, "spool.db", path, err);
	if (r == PL_OK) {
		spool.path = path;
		spool.seal = a->seal;
		r = pl_spool_open(&spool, &a->spool, err);
	}
	if (r == PL_OK)
		r = in_state_dir(a, "audit.log", path, err);
	if (r == PL_OK)
		r = pl_audit_open(path, MAX_AUDIT_BYTES, &a->audit, err);
	if (r == PL_OK && a->settings.trace_outgoing) {
		r = in_state_dir(a, "outgoing.log", path, err);
		if (r == PL_OK)
			r = pl_sent_trace(a->spool, path, a->settings.trace_max_bytes, err);
	}
	return r;
}

static enum pl_result start_parts(struct agent *a, struct pl_error *err)
{
	struct pl_engine_options engine = { .settings = &a->settings };
	struct pl_uplink_options uplink = { .settings = &a->settings,
					    .config_changed = config_changed,
					    .status_changed = status_changed };
	struct pl_control_sources control = { .settings = &a->settings,
					      .started_ms = pl_clock_wall_ms() };
	struct pl_executor executor;
	enum pl_result r;

	r = pl_quirk_files_read(&a->quirks, err);
	if (r == PL_OK)
		r = pl_usb_create(&a->usb, err);
	if (r != PL_OK)
		return r;
	pl_usb_use_quirks(a->usb, a->quirks);
	engine.usb = a->usb;
	engine.spool = a->spool;
	r = pl_engine_create(&engine, &a->engine, err);
	if (r != PL_OK)
		return r;
	executor = pl_engine_executor(a->engine);
	r = pl_actions_open(a->spool, a->audit, &a->settings, &executor, &a->actions, err);
	if (r != PL_OK)
		return r;
	uplink.seal = a->seal;
	uplink.spool = a->spool;
	uplink.audit = a->audit;
	uplink.actions = a->actions;
	uplink.arg = a->engine;
	r = pl_uplink_start(&uplink, &a->uplink, err);
	if (r == PL_OK)
		r = pl_engine_start(a->engine, a->actions, a->uplink, err);
	if (r != PL_OK)
		return r;
	control.engine = a->engine;
	control.uplink = a->uplink;
	control.spool = a->spool;
	return pl_control_start(&control, &a->control, err);
}

static void take_apart(struct agent *a)
{
	pl_control_stop(a->control);
	if (a->engine)
		pl_engine_stop(a->engine);
	pl_uplink_stop(a->uplink);
	pl_actions_close(a->actions);
	pl_engine_destroy(a->engine);
	pl_usb_destroy(a->usb);
	pl_quirks_destroy(a->quirks);
	pl_audit_close(a->audit);
	pl_spool_close(a->spool);
	pl_seal_close(a->seal);
}

static void complain(const struct pl_error *err)
{
	fprintf(stderr, "platen-agent: %s\n", err->text);
	if (pl_service_runs())
		log_error(NULL, "%s", err->text);
}

static int run(struct agent *a, const char *config)
{
	struct pl_error err;
	enum pl_result r = pl_settings_load(config, &a->settings, &err);

	if (r != PL_OK) {
		complain(&err);
		return EXIT_WRONG;
	}
	pl_log_set_level((enum pl_log_level)a->settings.log_level);
	pl_process_hold_stops();
	r = open_state(a, &err);
	if (r == PL_OK)
		r = start_parts(a, &err);
	if (r != PL_OK) {
		complain(&err);
		take_apart(a);
		return EXIT_FAILED;
	}
	pl_service_ready();
	log_info(NULL, "agent %s runs, state_dir=%s socket=%s", PL_VERSION, a->settings.state_dir,
		 a->settings.socket);
	pl_process_wait_stop();
	log_info(NULL, "agent stops");
	take_apart(a);
	return EXIT_STOPPED;
}

static int print_data_use(void)
{
	struct pl_bytes text;
	int code = EXIT_FAILED;

	pl_bytes_init(&text, MAX_DOCUMENT);
	if (pl_privacy_document(&text) == PL_OK) {
		fwrite(text.at, 1, text.size, stdout);
		code = EXIT_STOPPED;
	}
	pl_bytes_finish(&text);
	return code;
}

static void print_help(FILE *to)
{
	const char *config = pl_places()->config;

	fprintf(to,
		"platen-agent reads this PC's USB printers and reports to a connector.\n\n"
		"  platen-agent [--config FILE]    runs in the foreground until SIGTERM or Ctrl-C\n"
		"  platen-agent --service [--config FILE]\n"
		"                                  runs for the service manager of Windows\n"
		"  platen-agent --install [NAME=VALUE ...] | --uninstall\n"
		"                                  for the installer of Windows\n"
		"  platen-agent --print-data-use   writes the page that says what leaves the PC\n"
		"  platen-agent --version | --help\n\n"
		"Settings: %s and the .conf files of %s.d\n"
		"Exit codes: 0 stopped as asked, 1 could not start (the reason is on stderr),\n"
		"            2 wrong command line or settings\n",
		config, config);
}

static int run_as_told(void *config)
{
	static struct agent agent;

	return run(&agent, config);
}

static int run_as_service(const char *config)
{
	int code = pl_service_run(run_as_told, (void *)config);

	if (code >= 0)
		return code;
	fprintf(stderr, "platen-agent: only the service manager of Windows starts --service; "
			"leave it out to run in the foreground\n");
	return EXIT_WRONG;
}

static int run_for_installer(char *const *settings)
{
	struct pl_error err;
	enum pl_result r = settings ? pl_install_prepare(settings, &err) : pl_install_clean(&err);

	if (r == PL_OK)
		return EXIT_STOPPED;
	complain(&err);
	return r == PL_E_INVALID ? EXIT_WRONG : EXIT_FAILED;
}

/* `at`: what is left of the command line, up to NULL. */
static int run_with(char **at)
{
	bool service = *at && strcmp(*at, "--service") == 0;
	const char *config = pl_places()->config;

	at += service;
	if (at[0] && strcmp(at[0], "--config") == 0 && at[1]) {
		config = at[1];
		at += 2;
	}
	if (*at) {
		print_help(stderr);
		return EXIT_WRONG;
	}
	return service ? run_as_service(config) : run_as_told((void *)config);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--print-data-use") == 0)
		return print_data_use();
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("platen-agent " PL_VERSION);
		return EXIT_STOPPED;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help(stdout);
		return EXIT_STOPPED;
	}
	if (argc >= 2 && strcmp(argv[1], "--install") == 0)
		return run_for_installer(argv + 2);
	if (argc == 2 && strcmp(argv[1], "--uninstall") == 0)
		return run_for_installer(NULL);
	return run_with(argv + (argc > 0));
}
