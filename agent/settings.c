/* SPDX-License-Identifier: Apache-2.0 */
/* The table of settings: the one place that knows their names, kinds, bounds and built-in values.
 */
#include "settings.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "os/places.h"
#include "os/policy.h"
#include "platen/config.h"

const char *const PL_ACTION_WORDS[PL_ACTION_TYPE_COUNT + 1] = {
	[PL_ACTION_PROBE_NOW] = "probe_now",
	[PL_ACTION_IDENTIFY] = "identify",
	[PL_ACTION_REBOOT] = "reboot",
	[PL_ACTION_PRINT_TEST_PAGE] = "print_test_page",
	[PL_ACTION_DIAGNOSTICS] = "diagnostics",
	[PL_ACTION_CONFIGURE] = "configure",
	[PL_ACTION_FIRMWARE] = "firmware",
	[PL_ACTION_EWS] = "ews",
	[PL_ACTION_AGENT_CONFIG] = "agent_config",
	[PL_ACTION_AGENT_LOG] = "agent_log",
};

static const char *const UPLINK_WORDS[] = { "long_poll", "poll", NULL };
static const char *const HOST_NAME_WORDS[] = { "full", "hash", "none", NULL };
static const char *const PJL_WORDS[] = { "idle", "never", NULL };
static const char *const REVOCATION_WORDS[] = { "soft", "off", "hard", NULL };
static const char *const CONSENT_WORDS[] = { "ask", "allow", NULL };
static const char *const UNATTENDED_WORDS[] = { "deny", "ask", "allow", NULL };
static const char *const LEVEL_WORDS[] = { "error", "warn", "info", "debug", NULL };

#define TEXT(name, member)                                                                         \
	{                                                                                          \
		name, PL_OPTION_TEXT, offsetof(struct pl_settings, member), 0,                     \
			sizeof(((struct pl_settings *)0)->member), NULL                            \
	}
#define WORDS(name, kind, member, words)                                                           \
	{                                                                                          \
		name, kind, offsetof(struct pl_settings, member), 0, 0, words                      \
	}
#define NUMBER(name, member, min, max)                                                             \
	{                                                                                          \
		name, PL_OPTION_INT, offsetof(struct pl_settings, member), min, max, NULL          \
	}
#define YES_NO(name, member)                                                                       \
	{                                                                                          \
		name, PL_OPTION_BOOL, offsetof(struct pl_settings, member), 0, 0, NULL             \
	}

static const struct pl_option OPTIONS[] = {
	TEXT("server", server),
	TEXT("ca_file", ca_file),
	WORDS("tls.revocation", PL_OPTION_CHOICE, revocation, REVOCATION_WORDS),
	TEXT("token", token),
	YES_NO("defer_enroll", defer_enroll),
	TEXT("proxy", proxy),
	TEXT("no_proxy", no_proxy),
	WORDS("uplink", PL_OPTION_CHOICE, uplink, UPLINK_WORDS),
	TEXT("state_dir", state_dir),
	TEXT("socket", socket),
	WORDS("host_name", PL_OPTION_CHOICE, host_name, HOST_NAME_WORDS),
	WORDS("pjl", PL_OPTION_CHOICE, pjl, PJL_WORDS),
	WORDS("forbid", PL_OPTION_SET, forbid, PL_ACTION_WORDS),
	NUMBER("probe_now_per_hour", per_hour[PL_ACTION_PROBE_NOW], 0, 100000),
	NUMBER("identify_per_hour", per_hour[PL_ACTION_IDENTIFY], 0, 100000),
	NUMBER("reboot_per_hour", per_hour[PL_ACTION_REBOOT], 0, 100000),
	NUMBER("print_test_page_per_hour", per_hour[PL_ACTION_PRINT_TEST_PAGE], 0, 100000),
	NUMBER("diagnostics_per_hour", per_hour[PL_ACTION_DIAGNOSTICS], 0, 100000),
	NUMBER("configure_per_hour", per_hour[PL_ACTION_CONFIGURE], 0, 100000),
	NUMBER("firmware_per_hour", per_hour[PL_ACTION_FIRMWARE], 0, 100000),
	NUMBER("ews_per_hour", per_hour[PL_ACTION_EWS], 0, 100000),
	NUMBER("agent_config_per_hour", per_hour[PL_ACTION_AGENT_CONFIG], 0, 100000),
	NUMBER("agent_log_per_hour", per_hour[PL_ACTION_AGENT_LOG], 0, 100000),
	TEXT("package_keys", package_keys),
	WORDS("ews_consent", PL_OPTION_CHOICE, ews_consent, CONSENT_WORDS),
	WORDS("ews_unattended", PL_OPTION_CHOICE, ews_unattended, UNATTENDED_WORDS),
	YES_NO("trace_outgoing", trace_outgoing),
	NUMBER("trace_max_bytes", trace_max_bytes, 64 * 1024, 1024 * 1024 * 1024),
	NUMBER("spool_max_bytes", spool_max_bytes, 256 * 1024, 1024 * 1024 * 1024),
	NUMBER("spool_max_age_s", spool_max_age_s, 3600, 366 * 86400),
	WORDS("log_level", PL_OPTION_CHOICE, log_level, LEVEL_WORDS),
};
#define OPTION_COUNT (sizeof(OPTIONS) / sizeof(OPTIONS[0]))

void pl_settings_init(struct pl_settings *s)
{
	const struct pl_places *places = pl_places();

	*s = (struct pl_settings){
		.server = "https://hp-print-mgmt:12351",
		.per_hour = { [PL_ACTION_PROBE_NOW] = 600,
			      [PL_ACTION_IDENTIFY] = 300,
			      [PL_ACTION_REBOOT] = 30,
			      [PL_ACTION_PRINT_TEST_PAGE] = 30,
			      [PL_ACTION_DIAGNOSTICS] = 60,
			      [PL_ACTION_CONFIGURE] = 120,
			      [PL_ACTION_FIRMWARE] = 40,
			      [PL_ACTION_EWS] = 60,
			      [PL_ACTION_AGENT_CONFIG] = 120,
			      [PL_ACTION_AGENT_LOG] = 60 },
		.trace_max_bytes = 8 * 1024 * 1024,
		.spool_max_bytes = 16 * 1024 * 1024,
		.spool_max_age_s = 90 * 86400,
		.log_level = PL_LOG_INFO,
	};
	snprintf(s->state_dir, sizeof(s->state_dir), "%s", places->state_dir);
	snprintf(s->socket, sizeof(s->socket), "%s", places->socket);
	snprintf(s->package_keys, sizeof(s->package_keys), "%s", places->package_keys);
}

static enum pl_result set_one(void *arg, const char *name, const char *value, struct pl_error *err)
{
	return pl_config_set(OPTIONS, OPTION_COUNT, arg, name, value, err);
}

enum pl_result pl_settings_load(const char *path, struct pl_settings *ret_settings,
				struct pl_error *err)
{
	struct pl_settings s;
	char drop_ins[PL_MAX_PATH];
	enum pl_result r;

	pl_settings_init(&s);
	r = pl_policy_read(PL_POLICY_INSTALLED, set_one, &s, err);
	if (r == PL_OK)
		r = pl_config_read(OPTIONS, OPTION_COUNT, &s, path, err);
	if (r == PL_E_NOT_FOUND)
		r = PL_OK;
	if (r == PL_OK && snprintf(drop_ins, sizeof(drop_ins), "%s.d", path) >= PL_MAX_PATH)
		r = pl_error_set(err, PL_E_INVALID, "the path %.100s… is too long", path);
	if (r == PL_OK)
		r = pl_config_read_dir(OPTIONS, OPTION_COUNT, &s, drop_ins, err);
	if (r == PL_OK)
		r = pl_policy_read(PL_POLICY_MANAGED, set_one, &s, err);
	if (r == PL_OK)
		*ret_settings = s;
	return r;
}

enum pl_result pl_settings_set(struct pl_settings *s, const char *name, const char *value,
			       struct pl_error *err)
{
	return pl_config_set(OPTIONS, OPTION_COUNT, s, name, value, err);
}
