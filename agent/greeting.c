/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent says of itself. */
#include "greeting.h"

#include "act.h"
#include "host_name.h"
#include "os/os.h"
#include "platen/clock.h"
#include "platen/json.h"

#define MAX_OS_VERSION 128

static void add_time(cJSON *o, const char *name, int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT] = "";

	if (wall_ms > 0)
		pl_clock_text(wall_ms, text);
	pl_json_add_text(o, name, text);
}

static void add_words(cJSON *o, const char *name, unsigned types)
{
	cJSON *list = cJSON_AddArrayToObject(o, name);

	for (int i = 0; i < PL_ACTION_TYPE_COUNT; i++)
		if (types & (1u << i))
			cJSON_AddItemToArray(list, cJSON_CreateString(PL_ACTION_WORDS[i]));
}

cJSON *pl_greeting_hello(const struct pl_settings *settings, const char *box_key,
			 int64_t started_ms)
{
	char version[MAX_OS_VERSION], host[PL_MAX_PUBLIC_HOST_NAME];
	cJSON *o = cJSON_CreateObject();

	pl_os_version(version, sizeof(version));
	pl_host_name_public((enum pl_host_name_mode)settings->host_name, host);
	pl_json_add_text(o, "agent_version", PL_VERSION);
	pl_json_add_text(o, "os", pl_os_name());
	pl_json_add_text(o, "os_version", version);
	pl_json_add_text(o, "architecture", pl_os_architecture());
	pl_json_add_text(o, "hostname", host);
	pl_json_add_text(o, "box_key", box_key);
	add_words(o, "actions", pl_act_ours() & ~settings->forbid);
	add_words(o, "forbidden", settings->forbid);
	add_time(o, "started_at", started_ms);
	return o;
}

cJSON *pl_greeting_health(struct pl_spool *spool, struct pl_uplink *uplink, int64_t uptime_s,
			  size_t printers)
{
	struct pl_uplink_status status = { .certificate_not_after_ms = 0 };
	struct pl_spool_state state;
	cJSON *o = cJSON_CreateObject();

	pl_spool_state(spool, &state);
	if (uplink)
		pl_uplink_status(uplink, &status);
	pl_json_add_int(o, "uptime_s", uptime_s);
	pl_json_add_int(o, "rss_bytes", pl_os_rss_bytes());
	pl_json_add_int(o, "spool_records", state.records);
	pl_json_add_int(o, "spool_bytes", state.bytes);
	pl_json_add_int(o, "spool_dropped", state.dropped);
	pl_json_add_int(o, "clock_offset_ms", status.clock_offset_ms);
	pl_json_add_int(o, "printers", (int64_t)printers);
	add_time(o, "certificate_not_after", status.certificate_not_after_ms);
	return o;
}
