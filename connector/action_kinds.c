/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of what may be ordered.
 */
#include "action_kinds.h"

#include <stdio.h>
#include <string.h>

#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/knob.h"
#include "platen/json.h"

/* `actions`: a list of the ways to show itself. */
static bool check_identify(const cJSON *parameters, char *why, size_t cap)
{
	static const char *const WAYS[] = { "display", "flash", "sound", "speak" };
	const cJSON *member, *way;

	cJSON_ArrayForEach(member, parameters)
	{
		bool ok = !strcmp(member->string, "actions") && cJSON_IsArray(member);

		cJSON_ArrayForEach(way, member)
		{
			bool known = false;

			for (size_t i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++)
				known = known ||
					(cJSON_IsString(way) && !strcmp(way->valuestring, WAYS[i]));
			ok = ok && known;
		}
		if (ok)
			continue;
		snprintf(why, cap, "identify does not take the parameter %.40s so.",
			 member->string);
		return false;
	}
	return true;
}

/* `package`: a SHA-256 of ours; `force`: an older version may be installed. */
static bool check_firmware(const cJSON *parameters, char *why, size_t cap)
{
	const char *package = pl_json_text(parameters, "package");
	uint8_t digest[PL_HASH_SIZE];
	const cJSON *member;

	cJSON_ArrayForEach(member, parameters)
	{
		if (!strcmp(member->string, "package") ||
		    (!strcmp(member->string, "force") && cJSON_IsBool(member)))
			continue;
		snprintf(why, cap, "firmware does not take the parameter %.40s so.",
			 member->string);
		return false;
	}
	if (package && pl_hex_read(pl_span_of(package), digest, sizeof digest))
		return true;
	snprintf(why, cap, "firmware needs the parameter package: the SHA-256 of a package.");
	return false;
}

/* `settings`: names and values of the table; `password`: the printer's own, closed on the way. */
static bool check_configure(const cJSON *parameters, char *why, size_t cap)
{
	const cJSON *member, *settings = pl_json_at(parameters, "settings");

	cJSON_ArrayForEach(member, parameters)
	{
		if (!strcmp(member->string, "settings") ||
		    (!strcmp(member->string, "password") && cJSON_IsString(member) &&
		     *member->valuestring && strlen(member->valuestring) <= PL_MAX_PASSWORD))
			continue;
		snprintf(why, cap, "configure does not take the parameter %.40s so.",
			 member->string);
		return false;
	}
	return pl_action_check_settings(settings, why, cap);
}

/* `settings`: the agent says which it takes, and which are its PC's alone. */
static bool check_agent_config(const cJSON *parameters, char *why, size_t cap)
{
	const cJSON *settings = pl_json_at(parameters, "settings");

	if (cJSON_IsObject(settings) && settings->child && cJSON_GetArraySize(parameters) == 1)
		return true;
	snprintf(why, cap, "agent_config takes settings, an object that names at least one.");
	return false;
}

/* A remote page needs a person who shows who he is, and a port: a call of its own makes it. */
static bool check_ews(const cJSON *parameters, char *why, size_t cap)
{
	(void)parameters;
	snprintf(why, cap, "Ask for a remote page with POST /printers/{id}/ews-sessions.");
	return false;
}

bool pl_action_check_settings(const cJSON *settings, char *why, size_t cap)
{
	const cJSON *setting;

	if (!cJSON_IsObject(settings) || !settings->child) {
		snprintf(why, cap, "settings must name at least one setting.");
		return false;
	}
	cJSON_ArrayForEach(setting, settings)
	{
		enum pl_knob knob = pl_knob_of(setting->string);
		struct pl_error err;
		int64_t value;

		if (knob == PL_KNOB_COUNT || !cJSON_IsString(setting)) {
			snprintf(why, cap, "There is no setting %.40s with such a value.",
				 setting->string);
			return false;
		}
		if (pl_knob_read(knob, setting->valuestring, &value, &err) == PL_OK)
			continue;
		snprintf(why, cap, "%.150s.", err.text);
		return false;
	}
	return true;
}

static const struct pl_action_kind KINDS[] = {
	{ "probe_now", true, true, NULL, NULL },
	{ "identify", true, false, "The printer offers no way to show itself.", check_identify },
	{ "firmware", true, false, "The printer has no print pipe to take a firmware.",
	  check_firmware },
	{ "configure", true, false, "The printer tells no setting that can be changed.",
	  check_configure },
	{ "reboot", true, false, "The printer offers no restart over IPP, LEDM or PML.", NULL },
	{ "print_test_page", true, false,
	  "No queue prints to it, and it takes no page that the agent could send.", NULL },
	{ "agent_config", false, true, NULL, check_agent_config },
	{ "agent_log", false, true, NULL, NULL },
	{ "diagnostics", true, false, NULL, NULL },
	{ "ews", true, false, "The printer has no web page that can be reached over USB.",
	  check_ews },
};

/* Every type there is; those without a row above are shown as not offered. */
static const struct {
	const char *type;
	bool printer, pc;
} TYPES[] = {
	{ "probe_now", true, true },	 { "identify", true, false },
	{ "reboot", true, false },	 { "print_test_page", true, false },
	{ "diagnostics", true, false },	 { "configure", true, false },
	{ "firmware", true, false },	 { "ews", true, false },
	{ "agent_config", false, true }, { "agent_log", false, true },
};

const struct pl_action_kind *pl_action_kind(const char *type)
{
	for (size_t i = 0; type && i < sizeof KINDS / sizeof KINDS[0]; i++)
		if (!strcmp(type, KINDS[i].type))
			return &KINDS[i];
	return NULL;
}

bool pl_action_is_type(const char *type)
{
	for (size_t i = 0; type && i < sizeof TYPES / sizeof TYPES[0]; i++)
		if (!strcmp(type, TYPES[i].type))
			return true;
	return false;
}

bool pl_action_check(const struct pl_action_kind *kind, const cJSON *parameters, char *why,
		     size_t cap)
{
	if (kind->check)
		return kind->check(parameters, why, cap);
	if (!parameters || !parameters->child)
		return true;
	snprintf(why, cap, "%s takes no parameters.", kind->type);
	return false;
}

static bool list_has(const cJSON *list, const char *word)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) if (cJSON_IsString(item) &&
					   !strcmp(item->valuestring, word)) return true;
	return false;
}

static const char *why_not(const struct pl_action_facts *f, const cJSON *hello, const char *type)
{
	const struct pl_action_kind *kind = pl_action_kind(type);
	const cJSON *can = pl_json_at(f->access, "actions");

	if (f->removed)
		return "This PC was removed.";
	if (f->printer && !f->attached)
		return "The printer is not attached to a PC.";
	if (!kind)
		return "This connector does not offer it.";
	if (list_has(pl_json_at(hello, "forbidden"), type))
		return "The local policy of the PC forbids it.";
	if (!list_has(pl_json_at(hello, "actions"), type))
		return "The agent on the PC cannot do it.";
	if (f->printer && kind->lacks && cJSON_IsArray(can) && !list_has(can, type))
		return kind->lacks;
	return NULL;
}

cJSON *pl_action_capabilities(const struct pl_action_facts *facts)
{
	cJSON *doc = cJSON_CreateObject(), *actions = cJSON_AddObjectToObject(doc, "actions");
	cJSON *hello = facts->hello ? cJSON_Parse(facts->hello) : NULL;

	for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++) {
		const char *reason;
		cJSON *action;

		if (facts->printer ? !TYPES[i].printer : !TYPES[i].pc)
			continue;
		reason = why_not(facts, hello, TYPES[i].type);
		action = cJSON_AddObjectToObject(actions, TYPES[i].type);
		cJSON_AddBoolToObject(action, "offered", reason == NULL);
		pl_json_add_text(action, "reason", reason);
	}
	cJSON_Delete(hello);
	return doc;
}
