/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what agent_config may change, and the file it is kept in. */
#include "overrides.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "orders.h"
#include "platen/json.h"
#include "platen/log.h"

#define FILE_NAME "agent_config.json"
#define MAX_FILE  (64 * 1024)

static bool is_interval(const cJSON *value)
{
	int64_t n;

	return pl_json_int(value, "", 5, 86400, &n);
}

static bool is_one_of(const cJSON *value, const char *const *words)
{
	while (*words && (!cJSON_IsString(value) || strcmp(*words, value->valuestring) != 0))
		words++;
	return *words != NULL;
}

static bool is_uplink(const cJSON *value)
{
	static const char *const WORDS[] = { "long_poll", "poll", NULL };

	return is_one_of(value, WORDS);
}

static bool is_never(const cJSON *value)
{
	static const char *const WORDS[] = { "never", NULL };

	return is_one_of(value, WORDS);
}

static bool is_level(const cJSON *value)
{
	static const char *const WORDS[] = { "error", "warn", "info", "debug", NULL };

	return is_one_of(value, WORDS);
}

static bool is_schedule(const cJSON *value)
{
	struct pl_pace pace;
	const cJSON *entry;
	int64_t seconds;

	pl_pace_init(&pace);
	cJSON_ArrayForEach(entry, value)
	{
		if (!entry->string || !pl_json_int(entry, "", 1, 86400, &seconds) ||
		    !pl_pace_slow(&pace, entry->string, seconds))
			return false;
	}
	return cJSON_IsObject(value) && value->child;
}

static bool is_off_list(const cJSON *value)
{
	struct pl_orders orders;
	cJSON *config;
	bool ok;

	if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > PL_MAX_MODELS_OFF)
		return false;
	config = cJSON_CreateObject();
	cJSON_AddItemReferenceToObject(config, "printers_off", (cJSON *)value);
	pl_orders_read(&orders, PL_PJL_IDLE, config);
	ok = orders.off_count == (size_t)cJSON_GetArraySize(value);
	cJSON_Delete(config);
	return ok;
}

/* What the PC's own file says otherwise than built in is its word. */
static bool own_uplink(const struct pl_settings *s)
{
	return s->uplink != PL_UPLINK_LONG_POLL;
}

static bool own_level(const struct pl_settings *s)
{
	return s->log_level != PL_LOG_INFO;
}

static const struct {
	const char *name;
	bool (*is)(const cJSON *value);
	const char *takes;
	bool (*own)(const struct pl_settings *local); /* NULL: no file says it */
} SETTINGS[] = {
	{ "report_interval_s", is_interval, "a whole number from 5 to 86400", NULL },
	{ "uplink", is_uplink, "long_poll or poll", own_uplink },
	{ "pjl", is_never, "never; PJL can be forbidden from afar, not allowed", NULL },
	{ "log_level", is_level, "error, warn, info or debug", own_level },
	{ "schedule", is_schedule, "intervals of the schedule in seconds", NULL },
	{ "printers_off", is_off_list, "a list of models to be left alone", NULL },
};
#define SETTING_COUNT (sizeof(SETTINGS) / sizeof(SETTINGS[0]))

static enum pl_result check_one(const struct pl_settings *local, const cJSON *change,
				struct pl_error *err)
{
	struct pl_settings scratch;
	size_t i = 0;

	while (i < SETTING_COUNT && strcmp(SETTINGS[i].name, change->string) != 0)
		i++;
	if (i == SETTING_COUNT) {
		pl_settings_init(&scratch);
		if (pl_settings_set(&scratch, change->string, "", err) != PL_E_NOT_FOUND)
			return pl_error_set(err, PL_E_DENIED,
					    "%.40s is decided on the PC alone, in its own file",
					    change->string);
		return pl_error_set(err, PL_E_INVALID, "There is no setting %.40s", change->string);
	}
	if (local && SETTINGS[i].own && SETTINGS[i].own(local))
		return pl_error_set(err, PL_E_DENIED,
				    "The PC's own file says %s, and that counts more",
				    SETTINGS[i].name);
	if (!cJSON_IsNull(change) && !SETTINGS[i].is(change))
		return pl_error_set(err, PL_E_INVALID, "%s takes %s", SETTINGS[i].name,
				    SETTINGS[i].takes);
	return PL_OK;
}

enum pl_result pl_overrides_check(const struct pl_settings *local, const cJSON *changes,
				  struct pl_error *err)
{
	const cJSON *change;
	enum pl_result r = PL_OK;

	if (!cJSON_IsObject(changes) || !changes->child)
		return pl_error_set(err, PL_E_INVALID, "The action names no setting");
	cJSON_ArrayForEach(change, changes) if (r == PL_OK) r = check_one(local, change, err);
	return r;
}

void pl_overrides_merge(cJSON *overrides, const cJSON *changes)
{
	const cJSON *change;

	cJSON_ArrayForEach(change, changes)
	{
		cJSON_DeleteItemFromObjectCaseSensitive(overrides, change->string);
		if (!cJSON_IsNull(change))
			cJSON_AddItemToObject(overrides, change->string,
					      cJSON_Duplicate(change, true));
	}
}

/* What is left alone at all PCs stays so; of the schedule the others stay. */
static void add_to(cJSON *all, const cJSON *mine)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, mine)
	{
		if (cJSON_IsArray(all)) {
			cJSON_AddItemToArray(all, cJSON_Duplicate(item, true));
			continue;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(all, item->string);
		cJSON_AddItemToObject(all, item->string, cJSON_Duplicate(item, true));
	}
}

void pl_overrides_apply(cJSON *config, const cJSON *overrides)
{
	const cJSON *mine;

	cJSON_ArrayForEach(mine, overrides)
	{
		cJSON *all = cJSON_GetObjectItemCaseSensitive(config, mine->string);

		if (all && all->type == mine->type && (cJSON_IsArray(all) || cJSON_IsObject(all))) {
			add_to(all, mine);
			continue;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(config, mine->string);
		cJSON_AddItemToObject(config, mine->string, cJSON_Duplicate(mine, true));
	}
}

int64_t pl_overrides_interval(const cJSON *overrides, int64_t asked_s)
{
	int64_t mine = 0;

	(void)pl_json_int(overrides, "report_interval_s", 5, 86400, &mine);
	return mine > asked_s ? mine : asked_s;
}

cJSON *pl_overrides_load(const char *state_dir)
{
	char path[PL_MAX_PATH];
	struct pl_bytes text;
	struct pl_error err;
	cJSON *doc = NULL;
	enum pl_result r = pl_file_join(state_dir, FILE_NAME, path, &err);

	pl_bytes_init(&text, MAX_FILE);
	if (r == PL_OK)
		r = pl_file_read(path, PL_FILE_SECRET, &text, &err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&text), &doc, &err);
	if (r == PL_OK && doc->child)
		r = pl_overrides_check(NULL, doc, &err);
	if (r != PL_OK && r != PL_E_NOT_FOUND)
		log_warn(NULL, "changed settings of this agent are forgotten: %s", err.text);
	pl_bytes_finish(&text);
	if (r == PL_OK)
		return doc;
	cJSON_Delete(doc);
	return cJSON_CreateObject();
}

enum pl_result pl_overrides_store(const char *state_dir, const cJSON *overrides,
				  struct pl_error *err)
{
	char path[PL_MAX_PATH];
	struct pl_bytes text;
	enum pl_result r = pl_file_join(state_dir, FILE_NAME, path, err);

	pl_bytes_init(&text, MAX_FILE);
	if (r == PL_OK)
		r = pl_json_print(overrides, &text);
	if (r == PL_OK)
		r = pl_file_write(path, PL_FILE_SECRET, text.at, text.size, err);
	pl_bytes_finish(&text);
	return r;
}
