/* SPDX-License-Identifier: Apache-2.0 */
/* What only the running agent can tell `platen doctor`: its certificate's life, its disk, and each
 * USB printer as its own user reaches it. Nothing in it is secret: anybody may ask. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "control.h"
#include "os/os.h"
#include "platen/clock.h"
#include "platen/json.h"

static void add_time(cJSON *o, const char *name, int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT] = "";

	if (wall_ms > 0)
		pl_clock_text(wall_ms, text);
	pl_json_add_text(o, name, text);
}

static void add_life(cJSON *o, const char *name, int64_t from_ms, int64_t to_ms, int64_t renew_ms)
{
	cJSON *life = cJSON_AddObjectToObject(o, name);

	add_time(life, "not_before", from_ms);
	add_time(life, "not_after", to_ms);
	if (renew_ms > 0)
		add_time(life, "renew_at", renew_ms);
}

static void add_trust(cJSON *o, struct pl_uplink *uplink)
{
	struct pl_uplink_trust trust;

	if (!pl_uplink_trust(uplink, &trust))
		return;
	add_life(o, "certificate", trust.not_before_ms, trust.not_after_ms, trust.renew_at_ms);
	add_life(o, "ca", trust.ca_not_before_ms, trust.ca_not_after_ms, 0);
	pl_json_add_text(o, "ca_pem", trust.ca_pem);
	pl_uplink_trust_finish(&trust);
}

static void add_disk(cJSON *o, const char *folder)
{
	int64_t free_bytes, total_bytes;
	cJSON *disk = cJSON_AddObjectToObject(o, "disk");

	pl_json_add_text(disk, "folder", folder);
	if (!pl_os_disk_space(folder, &free_bytes, &total_bytes))
		return;
	pl_json_add_int(disk, "free_bytes", free_bytes);
	pl_json_add_int(disk, "total_bytes", total_bytes);
}

cJSON *pl_control_doctor(const struct pl_control_sources *sources)
{
	const struct pl_settings *settings = sources->settings;
	cJSON *o = cJSON_CreateObject(), *spool;
	struct pl_spool_state state;

	pl_spool_state(sources->spool, &state);
	add_trust(o, sources->uplink);
	add_disk(o, settings->state_dir);
	spool = cJSON_AddObjectToObject(o, "spool");
	pl_json_add_int(spool, "max_bytes", settings->spool_max_bytes);
	pl_json_add_int(spool, "last_seq", state.last_seq);
	cJSON_AddItemToObject(o, "devices", pl_engine_devices(sources->engine));
	return o;
}
