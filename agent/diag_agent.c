/* SPDX-License-Identifier: Apache-2.0 */
/* Of the agent itself: how it stands, and its log. */
#include "diag.h"

#include <cjson/cJSON.h>

#include "log_public.h"
#include "os/os.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"

#define MAX_LOG (64 * 1024)

void pl_diag_log(struct pl_bundle *b)
{
	struct pl_bytes lines, public_lines;
	enum pl_result r;

	pl_bytes_init(&lines, MAX_LOG);
	pl_bytes_init(&public_lines, MAX_LOG);
	r = pl_log_recent(&lines);
	if (r == PL_OK)
		r = pl_log_public(pl_bytes_span(&lines), &public_lines);
	if (r != PL_OK)
		pl_bundle_missing(b, "agent.log", "There was no memory for it");
	else
		pl_bundle_text(b, "agent.log",
			       pl_bytes_span(pl_bundle_is_whole(b) ? &lines : &public_lines));
	pl_bytes_finish(&public_lines);
	pl_bytes_finish(&lines);
}

static void add_time(cJSON *o, const char *name, int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT];

	pl_clock_text(wall_ms, text);
	pl_json_add_text(o, name, wall_ms > 0 ? text : NULL);
}

static void add_uplink(cJSON *doc, struct pl_uplink *uplink, bool whole)
{
	struct pl_uplink_status s;

	pl_uplink_status(uplink, &s);
	cJSON_AddStringToObject(doc, "enrolment", pl_enrol_state_name(s.enrolment));
	cJSON_AddBoolToObject(doc, "connected", s.connected);
	add_time(doc, "last_contact", s.last_contact_ms);
	add_time(doc, "last_report", s.last_report_ms);
	add_time(doc, "certificate_not_after", s.certificate_not_after_ms);
	pl_json_add_int(doc, "clock_offset_ms", s.clock_offset_ms);
	pl_json_add_int(doc, "report_interval_s", s.report_interval_s);
	if (!whole)
		return;
	cJSON_AddStringToObject(doc, "server", s.server);
	cJSON_AddStringToObject(doc, "agent_id", s.agent_id);
	cJSON_AddStringToObject(doc, "fingerprint", s.fingerprint);
	cJSON_AddStringToObject(doc, "last_error", s.last_error);
}

static void add_spool(cJSON *doc, struct pl_spool *spool)
{
	struct pl_spool_state s;

	pl_spool_state(spool, &s);
	pl_json_add_int(doc, "spool_records", s.records);
	pl_json_add_int(doc, "spool_bytes", s.bytes);
	pl_json_add_int(doc, "spool_dropped", s.dropped);
}

void pl_diag_agent(struct pl_bundle *b, struct pl_uplink *uplink, struct pl_spool *spool)
{
	cJSON *doc = cJSON_CreateObject();
	char version[128];

	pl_os_version(version, sizeof(version));
	cJSON_AddStringToObject(doc, "agent_version", PL_VERSION);
	cJSON_AddStringToObject(doc, "os", pl_os_name());
	cJSON_AddStringToObject(doc, "os_version", version);
	cJSON_AddStringToObject(doc, "architecture", pl_os_architecture());
	pl_json_add_int(doc, "pc_uptime_ms", pl_os_uptime_ms());
	pl_json_add_int(doc, "rss_bytes", pl_os_rss_bytes());
	if (uplink)
		add_uplink(doc, uplink, pl_bundle_is_whole(b));
	if (spool)
		add_spool(doc, spool);
	pl_bundle_json(b, "agent.json", "bundle.agent", doc);
	cJSON_Delete(doc);
}
