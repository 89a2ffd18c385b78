/* SPDX-License-Identifier: Apache-2.0 */
/* Settings, the agent itself, and what it keeps for the connector. */
#include <inttypes.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "doctor.h"
#include "os/os.h"
#include "platen/clock.h"
#include "platen/json.h"

#define ASK_MS	      10000
#define ROOM_BYTES    (64LL * 1024 * 1024) /* less, and the next record may be the last */
#define SPOOL_PERCENT 80
#define STALE_MS      (26 * 3600 * 1000LL) /* something leaves at least daily */

void doctor_look_at_settings(struct doctor *d)
{
	struct pl_error err;
	enum pl_result r = pl_settings_load(d->config, &d->settings, &err);

	d->has_settings = r == PL_OK;
	if (r == PL_OK) {
		doctor_say(d, "settings", FINDING_OK, NULL, NULL, "%s can be read", d->config);
		return;
	}
	pl_settings_init(&d->settings);
	if (r == PL_E_DENIED)
		doctor_say(d, "settings", FINDING_UNKNOWN, NULL, "say it as root",
			   "%s may be read by root and the agent only", d->config);
	else
		doctor_say(d, "settings", FINDING_PROBLEM, NULL,
			   "mend that line, then: systemctl restart platen-agent", "%s", err.text);
}

static void look_at_version(struct doctor *d)
{
	const char *version = pl_json_text(d->status, "agent_version");

	if (version && strcmp(version, PL_VERSION) == 0)
		doctor_say(d, "version", FINDING_OK, NULL, NULL, "agent and command are %s",
			   PL_VERSION);
	else
		doctor_say(d, "version", FINDING_PROBLEM, NULL, "systemctl restart platen-agent",
			   "the agent that runs is %s, this command is %s",
			   version ? version : "unknown", PL_VERSION);
}

void doctor_look_at_agent(struct doctor *d)
{
	struct pl_error err;
	enum pl_result r;

	r = cli_ask(d->cli, "status", pl_clock_in_ms(ASK_MS), &d->status, &err);
	if (r != PL_OK) {
		d->status = NULL;
		doctor_say(d, "agent", FINDING_PROBLEM, NULL,
			   r == PL_E_NOT_FOUND ? "systemctl enable --now platen-agent; journalctl "
						 "-u platen-agent says why it ended"
					       : "journalctl -u platen-agent",
			   "%s", err.text);
		return;
	}
	doctor_say(d, "agent", FINDING_OK, NULL, NULL, "runs, and answers at %s", d->cli->socket);
	look_at_version(d);
	if (cli_ask(d->cli, "doctor", pl_clock_in_ms(ASK_MS), &d->agent, &err) != PL_OK)
		d->agent = NULL; /* an older agent: its version was said above */
	if (cli_ask(d->cli, "printers", pl_clock_in_ms(ASK_MS), &d->printers, &err) != PL_OK)
		d->printers = NULL;
}

static void look_at_disk(struct doctor *d)
{
	int64_t room = 0, total = 0;

	if (!(pl_json_int(d->agent, "disk.free_bytes", 0, PL_MAX_JSON_INT, &room) ||
	      pl_os_disk_space(d->settings.state_dir, &room, &total)))
		doctor_say(d, "disk", FINDING_UNKNOWN, NULL, NULL, "%s cannot be looked at",
			   d->settings.state_dir);
	else if (room < ROOM_BYTES)
		doctor_say(d, "disk", FINDING_PROBLEM, NULL,
			   "make room there: what cannot be written down is not reported",
			   "only %" PRId64 " kB are free under %s", room / 1024,
			   d->settings.state_dir);
	else
		doctor_say(d, "disk", FINDING_OK, NULL, NULL, "%" PRId64 " MB are free under %s",
			   room / 1048576, d->settings.state_dir);
}

static void look_at_waiting(struct doctor *d)
{
	int64_t records = 0, bytes = 0, dropped = 0, max = 0;

	pl_json_int(d->status, "spool.records", 0, PL_MAX_JSON_INT, &records);
	pl_json_int(d->status, "spool.bytes", 0, PL_MAX_JSON_INT, &bytes);
	pl_json_int(d->status, "spool.dropped", 0, PL_MAX_JSON_INT, &dropped);
	if (dropped > 0)
		doctor_say(d, "spool", FINDING_PROBLEM, NULL,
			   "let the connector be reached more often, or raise spool_max_bytes",
			   "%" PRId64 " records were lost to the spool's bounds", dropped);
	else if (pl_json_int(d->agent, "spool.max_bytes", 1, PL_MAX_JSON_INT, &max) &&
		 bytes > max / 100 * SPOOL_PERCENT)
		doctor_say(d, "spool", FINDING_PROBLEM, NULL,
			   "let the connector be reached: old readings are given up next",
			   "%" PRId64 " records of %" PRId64 " kB wait, of at most %" PRId64 " kB",
			   records, bytes / 1024, max / 1024);
	else
		doctor_say(d, "spool", FINDING_OK, NULL, NULL,
			   "%" PRId64 " records of %" PRId64 " kB wait", records, bytes / 1024);
}

static void look_at_last_report(struct doctor *d)
{
	int64_t seq = 0, at_ms = 0;

	if (!d->enrolled)
		return;
	if (!pl_json_time(d->status, "last_report", &at_ms)) {
		doctor_say(d, "acknowledged", FINDING_PROBLEM, NULL,
			   "see the connection's checks above; then: journalctl -u platen-agent",
			   "nothing was acknowledged since the agent started");
		return;
	}
	pl_json_int(d->status, "acknowledged_seq", 0, PL_MAX_JSON_INT, &seq);
	if (pl_clock_wall_ms() - at_ms > STALE_MS)
		doctor_say(d, "acknowledged", FINDING_PROBLEM, NULL,
			   "see the connection's checks above",
			   "the last message was acknowledged at %s",
			   pl_json_text(d->status, "last_report"));
	else
		doctor_say(d, "acknowledged", FINDING_OK, NULL, NULL,
			   "the last message at %s, record %" PRId64,
			   pl_json_text(d->status, "last_report"), seq);
}

void doctor_look_at_spool(struct doctor *d)
{
	look_at_disk(d);
	if (!d->status) {
		doctor_say(d, "spool", FINDING_UNKNOWN, NULL, NULL,
			   "only a running agent can tell what waits");
		return;
	}
	look_at_waiting(d);
	look_at_last_report(d);
}
