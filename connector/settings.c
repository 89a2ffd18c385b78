/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of settings, and their values in memory.
 */
#include "settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const UPLINKS[] = { "long_poll", "poll", NULL };
static const char *const PJLS[] = { "idle", "never", NULL };

const struct pl_setting_info pl_setting_infos[PL_SETTING_COUNT] = {
	[PL_SETTING_URL] = { "enrolment.server_url", "Enrolment", "Address in tokens",
			     "Where PCs find this connector, https://HOST:PORT. Empty: the first "
			     "name of its certificate.",
			     NULL, PL_SETTING_TEXT, 0, 255, NULL, "" },
	[PL_SETTING_APPROVAL] = { "enrolment.by_approval", "Enrolment",
				  "PCs may ask without a token",
				  "An administrator then compares the key's fingerprint and lets "
				  "each one in.",
				  NULL, PL_SETTING_BOOLEAN, 0, 0, NULL, "false" },
	[PL_SETTING_SESSION_HOURS] = { "sessions.hours", "Access", "Length of a session",
				       "How long a sign-in to the console lasts.", "h",
				       PL_SETTING_NUMBER, 1, 168, NULL, "12" },
	[PL_SETTING_METRICS_OPEN] = { "metrics.open", "Access", "Metrics for other machines",
				      "Shows /metrics to everybody who reaches this port, not to "
				      "this machine only.",
				      NULL, PL_SETTING_BOOLEAN, 0, 0, NULL, "false" },
	[PL_SETTING_INTERVAL] = { "agents.report_interval_s", "Agents", "Time between reports",
				  "Alerts and results of actions are sent at once whatever stands "
				  "here.",
				  "s", PL_SETTING_NUMBER, 5, 3600, NULL, "60" },
	[PL_SETTING_UPLINK] = { "agents.uplink", "Agents", "How work reaches a PC",
				"long_poll: within a moment, one open connection per PC. poll: at "
				"the next report.",
				NULL, PL_SETTING_CHOICE, 0, 0, UPLINKS, "long_poll" },
	[PL_SETTING_PJL] = { "agents.pjl", "Agents", "Questions in PJL",
			     "idle: when no job is near. never: printers that speak PJL only tell "
			     "less.",
			     NULL, PL_SETTING_CHOICE, 0, 0, PJLS, "idle" },
	[PL_SETTING_KEEP_RECORDS] = { "retention.records_days", "Retention", "Keep reports",
				      "Single reports of PCs. Counter readings are kept for ever.",
				      "d", PL_SETTING_NUMBER, 30, 3650, NULL, "400" },
	[PL_SETTING_KEEP_PARTS] = { "retention.changes_days", "Retention", "Keep every change",
				    "After this time, of a printer's states only the full ones "
				    "stay, one a day at least. Counter readings are kept for ever.",
				    "d", PL_SETTING_NUMBER, 7, 3650, NULL, "60" },
	[PL_SETTING_KEEP_ALERTS] = { "retention.alerts_days", "Retention", "Keep closed alerts",
				     "Drifts of settings that ended, too. Open ones stay.", "d",
				     PL_SETTING_NUMBER, 30, 3650, NULL, "1095" },
	[PL_SETTING_KEEP_ACTIONS] = { "retention.actions_days", "Retention", "Keep ended actions",
				      "The audit names them for ever.", "d", PL_SETTING_NUMBER, 30,
				      3650, NULL, "1095" },
	[PL_SETTING_KEEP_BUNDLES] = { "retention.bundles_days", "Retention", "Keep bundles",
				      "Of diagnostics and agents' logs; the newest 200 of a "
				      "customer at most.",
				      "d", PL_SETTING_NUMBER, 1, 400, NULL, "30" },
};

struct pl_settings {
	pthread_mutex_t mutex;
	char text[PL_SETTING_COUNT][PL_MAX_SETTING];
};

enum pl_setting pl_setting_of(const char *name)
{
	int i = 0;

	while (i < PL_SETTING_COUNT && strcmp(pl_setting_infos[i].name, name) != 0)
		i++;
	return (enum pl_setting)i;
}

static bool is_choice(const char *const *choices, const char *text)
{
	while (*choices && strcmp(*choices, text) != 0)
		choices++;
	return *choices != NULL;
}

bool pl_setting_allows(enum pl_setting which, const char *text, char *ret_why, size_t cap)
{
	const struct pl_setting_info *s = &pl_setting_infos[which];
	char *end = NULL;
	long long n;

	switch (s->type) {
	case PL_SETTING_TEXT:
		if (strlen(text) <= (size_t)s->maximum && strlen(text) < PL_MAX_SETTING &&
		    (which != PL_SETTING_URL || !*text ||
		     (!strncmp(text, "https://", 8) && text[8] && !strchr(text + 8, '/') &&
		      strcspn(text, " \"<>") == strlen(text))))
			return true;
		snprintf(ret_why, cap, "%s must be https://HOST:PORT or empty.", s->name);
		return false;
	case PL_SETTING_NUMBER:
		n = strtoll(text, &end, 10);
		if (end != text && !*end && n >= s->minimum && n <= s->maximum)
			return true;
		snprintf(ret_why, cap, "%s must be a number from %lld to %lld.", s->name,
			 (long long)s->minimum, (long long)s->maximum);
		return false;
	case PL_SETTING_BOOLEAN:
		if (!strcmp(text, "true") || !strcmp(text, "false"))
			return true;
		snprintf(ret_why, cap, "%s must be true or false.", s->name);
		return false;
	case PL_SETTING_CHOICE:
		if (is_choice(s->choices, text))
			return true;
		snprintf(ret_why, cap, "%s must be %s or %s.", s->name, s->choices[0],
			 s->choices[1]);
		return false;
	}
	return false;
}

void pl_settings_put(struct pl_settings *settings, enum pl_setting which, const char *text)
{
	pthread_mutex_lock(&settings->mutex);
	snprintf(settings->text[which], PL_MAX_SETTING, "%s",
		 text ? text : pl_setting_infos[which].usual);
	pthread_mutex_unlock(&settings->mutex);
}

enum pl_result pl_settings_open(struct pl_db *db, struct pl_settings **ret_settings,
				struct pl_error *err)
{
	struct pl_settings *settings = calloc(1, sizeof *settings);
	struct pl_db_rows *rows = NULL;
	char why[PL_MAX_ERROR];
	enum pl_result r;

	if (!settings)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&settings->mutex, NULL);
	for (int i = 0; i < PL_SETTING_COUNT; i++)
		pl_settings_put(settings, (enum pl_setting)i, NULL);
	r = pl_db_query(db, &rows, "SELECT name, value FROM settings WHERE customer_id=''",
			PL_NO_ARGS, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		enum pl_setting which = pl_setting_of(pl_db_text_at(rows, 0));

		if (which != PL_SETTING_COUNT &&
		    pl_setting_allows(which, pl_db_text_at(rows, 1), why, sizeof why))
			pl_settings_put(settings, which, pl_db_text_at(rows, 1));
	}
	pl_db_done(rows);
	if (r != PL_E_NOT_FOUND) {
		pl_settings_close(settings);
		return r;
	}
	*ret_settings = settings;
	return PL_OK;
}

void pl_settings_close(struct pl_settings *settings)
{
	if (!settings)
		return;
	pthread_mutex_destroy(&settings->mutex);
	free(settings);
}

void pl_setting_text(struct pl_settings *settings, enum pl_setting which,
		     char ret_text[static PL_MAX_SETTING])
{
	pthread_mutex_lock(&settings->mutex);
	memcpy(ret_text, settings->text[which], PL_MAX_SETTING);
	pthread_mutex_unlock(&settings->mutex);
}

int64_t pl_setting_number(struct pl_settings *settings, enum pl_setting which)
{
	char text[PL_MAX_SETTING];

	pl_setting_text(settings, which, text);
	return strtoll(text, NULL, 10);
}

bool pl_setting_is(struct pl_settings *settings, enum pl_setting which)
{
	char text[PL_MAX_SETTING];

	pl_setting_text(settings, which, text);
	return !strcmp(text, "true");
}
