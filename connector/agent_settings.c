/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From settings to the document that agents fetch.
 */
#include "agent_settings.h"

#include <stdio.h>

#include "platen/log.h"

void pl_agent_settings_apply(struct pl_server *server)
{
	char uplink[PL_MAX_SETTING], pjl[PL_MAX_SETTING], text[PL_MAX_SETTING * 2 + 128];
	struct pl_error err = { 0 };

	pl_setting_text(server->settings, PL_SETTING_UPLINK, uplink);
	pl_setting_text(server->settings, PL_SETTING_PJL, pjl);
	server->report_interval_s = (int)pl_setting_number(server->settings, PL_SETTING_INTERVAL);
	snprintf(text, sizeof text, "{\"report_interval_s\":%d,\"uplink\":\"%s\",\"pjl\":\"%s\"}",
		 (int)server->report_interval_s, uplink, pjl);
	if (pl_agent_configs_put(server->configs, "", text, &err) != PL_OK)
		log_error(NULL, "agents keep their settings reason=\"%s\"", err.text);
	pl_roster_wake_all(server->roster, NULL);
}
