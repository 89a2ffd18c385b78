/* SPDX-License-Identifier: Apache-2.0 */
/* What is still known of a printer after a restart. */
#include "memory.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/file.h"
#include "platen/json.h"
#include "platen/log.h"

#define FILE_NAME    "printers.json"
#define MAX_FILE     (1024 * 1024) /* 64 printers with all counters and alerts take half of it */
#define WRITE_MS     60000	   /* between two writings for the sake of growing counters */
#define MAX_PRINTERS 64
#define MAKER_SIZE   8	/* "usb-03f0" */
#define NUMBERS_SIZE 13 /* "usb-03f0-2b17" */
#define PORT_MARK    "-port-"

struct pl_memory {
	pthread_mutex_t lock;
	char path[PL_MAX_PATH];
	cJSON *printers; /* by key, the one seen last behind the others */
	bool is_faulty;	 /* said once */
	bool waits;	 /* counters have grown since the last writing */
	int64_t written_ms;
};

static cJSON *read_printers(const char *path)
{
	struct pl_bytes text;
	struct pl_error err;
	cJSON *doc = NULL;
	enum pl_result r;

	pl_bytes_init(&text, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SECRET, &text, &err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&text), &doc, &err);
	pl_bytes_finish(&text);
	if (r != PL_OK && r != PL_E_NOT_FOUND)
		log_warn(NULL, "printers seen earlier are forgotten: %s", err.text);
	if (!cJSON_IsObject(doc)) {
		cJSON_Delete(doc);
		doc = cJSON_CreateObject();
	}
	return doc;
}

enum pl_result pl_memory_open(const char *state_dir, struct pl_memory **ret_memory,
			      struct pl_error *err)
{
	struct pl_memory *m = calloc(1, sizeof(*m));
	enum pl_result r;

	if (!m)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_file_join(state_dir, FILE_NAME, m->path, err);
	if (r != PL_OK) {
		free(m);
		return r;
	}
	m->printers = read_printers(m->path);
	m->written_ms = pl_clock_now_ms() - WRITE_MS; /* the first one need not wait */
	pthread_mutex_init(&m->lock, NULL);
	*ret_memory = m;
	return PL_OK;
}

static void add_counters(cJSON *entry, const struct pl_ledger *ledger)
{
	cJSON *counters = cJSON_AddObjectToObject(entry, "counters");

	for (int s = PL_SOURCE_NONE + 1; s < PL_SOURCE_COUNT; s++) {
		cJSON *told = cJSON_CreateObject();

		for (int c = 0; c < PL_COUNTER_COUNT; c++)
			if (ledger->value[s][c] >= 0 && ledger->value[s][c] <= PL_MAX_JSON_INT)
				pl_json_add_int(told, pl_counter_name((enum pl_counter)c),
						ledger->value[s][c]);
		if (told && told->child)
			cJSON_AddItemToObject(counters, pl_source_name((enum pl_source)s), told);
		else
			cJSON_Delete(told);
	}
}

static cJSON *entry_of(const char *port_path, const struct pl_kept *kept)
{
	cJSON *entry = cJSON_CreateObject();
	cJSON *alerts = cJSON_AddArrayToObject(entry, "alerts");

	pl_json_add_text(entry, "port_path", port_path);
	add_counters(entry, &kept->ledger);
	for (size_t i = 0; i < kept->alerts.count; i++) {
		const struct pl_alert *a = &kept->alerts.open[i];
		cJSON *alert = cJSON_CreateObject();

		pl_json_add_text(alert, "code", a->code);
		pl_json_add_text(alert, "group", a->group);
		pl_json_add_text(alert, "description", a->description);
		pl_json_add_int(alert, "severity", a->severity);
		pl_json_add_int(alert, "since_ms", a->since_ms);
		cJSON_AddItemToArray(alerts, alert);
	}
	return entry;
}

/* With the lock held. */
static void write_printers(struct pl_memory *m)
{
	char *text = cJSON_PrintUnformatted(m->printers);
	struct pl_error err = { PL_OK, "out of memory" };
	bool ok = text && pl_file_write(m->path, PL_FILE_SECRET, text, strlen(text), &err) == PL_OK;

	if (!ok && !m->is_faulty)
		log_error(NULL, "printers cannot be remembered: %s", err.text);
	m->is_faulty = !ok;
	m->waits = false;
	m->written_ms = pl_clock_now_ms();
	free(text);
}

void pl_memory_close(struct pl_memory *m)
{
	if (!m)
		return;
	if (m->waits)
		write_printers(m);
	pthread_mutex_destroy(&m->lock);
	cJSON_Delete(m->printers);
	free(m);
}

/* With the lock held. */
static void write_when_due(struct pl_memory *m)
{
	if (m->waits && pl_clock_now_ms() - m->written_ms >= WRITE_MS)
		write_printers(m);
}

/* No counter of `was` has fallen, and everything else is the same: a kill that loses this loses
 * nothing that is not told again. */
static bool only_grew(const cJSON *was, const cJSON *is)
{
	const cJSON *source, *count;

	if (!cJSON_Compare(pl_json_at(was, "alerts"), pl_json_at(is, "alerts"), true) ||
	    !cJSON_Compare(pl_json_at(was, "port_path"), pl_json_at(is, "port_path"), true))
		return false;
	cJSON_ArrayForEach(source, pl_json_at(was, "counters"))
	{
		const cJSON *mine = pl_json_at(is, "counters");

		mine = cJSON_GetObjectItemCaseSensitive(mine, source->string);
		cJSON_ArrayForEach(count, source)
		{
			const cJSON *now = cJSON_GetObjectItemCaseSensitive(mine, count->string);

			if (!cJSON_IsNumber(now) || now->valuedouble < count->valuedouble)
				return false;
		}
	}
	return true;
}

void pl_memory_keep(struct pl_memory *m, const char *key, const char *port_path,
		    const struct pl_kept *kept)
{
	cJSON *entry = entry_of(port_path, kept), *known;
	bool can_wait;

	pthread_mutex_lock(&m->lock);
	known = cJSON_GetObjectItemCaseSensitive(m->printers, key);
	if (known && cJSON_Compare(known, entry, true)) {
		cJSON_Delete(entry);
	} else {
		can_wait = known && only_grew(known, entry);
		cJSON_DeleteItemFromObjectCaseSensitive(m->printers, key);
		cJSON_AddItemToObject(m->printers, key, entry);
		while (cJSON_GetArraySize(m->printers) > MAX_PRINTERS)
			cJSON_DeleteItemFromArray(m->printers, 0);
		m->waits = true;
		if (!can_wait)
			write_printers(m);
	}
	write_when_due(m);
	pthread_mutex_unlock(&m->lock);
}

void pl_memory_catch_up(struct pl_memory *m)
{
	pthread_mutex_lock(&m->lock);
	write_when_due(m);
	pthread_mutex_unlock(&m->lock);
}

bool pl_memory_port(struct pl_memory *m, const char *key, char ret_port[static 32])
{
	const cJSON *entry;
	bool found;

	pthread_mutex_lock(&m->lock);
	entry = cJSON_GetObjectItemCaseSensitive(m->printers, key);
	found = entry && pl_json_copy(entry, "port_path", ret_port, 32);
	pthread_mutex_unlock(&m->lock);
	return found;
}

static bool read_alert(const cJSON *item, struct pl_alert *a)
{
	int64_t severity;

	memset(a, 0, sizeof(*a));
	if (!pl_json_copy(item, "code", a->code, sizeof(a->code)) || !a->code[0] ||
	    !pl_json_int(item, "severity", 0, PL_SEVERITY_CRITICAL, &severity))
		return false;
	a->severity = (enum pl_severity)severity;
	if (!pl_json_copy(item, "group", a->group, sizeof(a->group)))
		a->group[0] = '\0';
	if (!pl_json_copy(item, "description", a->description, sizeof(a->description)))
		a->description[0] = '\0';
	if (!pl_json_int(item, "since_ms", 0, INT64_MAX / 2, &a->since_ms))
		a->since_ms = PL_UNKNOWN;
	return true;
}

static void read_counters(const cJSON *counters, struct pl_ledger *ledger)
{
	for (int s = PL_SOURCE_NONE + 1; s < PL_SOURCE_COUNT; s++) {
		const cJSON *told = pl_json_at(counters, pl_source_name((enum pl_source)s));

		for (int c = 0; c < PL_COUNTER_COUNT; c++)
			if (!pl_json_int(told, pl_counter_name((enum pl_counter)c), 0,
					 PL_MAX_JSON_INT, &ledger->value[s][c]))
				ledger->value[s][c] = PL_UNKNOWN;
	}
}

void pl_memory_recall(struct pl_memory *m, const char *key, struct pl_kept *ret_kept)
{
	struct pl_alert_book *alerts = &ret_kept->alerts;
	const cJSON *entry, *item;

	memset(alerts, 0, sizeof(*alerts));
	pl_ledger_init(&ret_kept->ledger);
	pthread_mutex_lock(&m->lock);
	entry = cJSON_GetObjectItemCaseSensitive(m->printers, key);
	read_counters(pl_json_at(entry, "counters"), &ret_kept->ledger);
	cJSON_ArrayForEach(
		item,
		pl_json_at(entry, "alerts")) if (alerts->count < PL_MAX_ALERTS &&
						 read_alert(item, &alerts->open[alerts->count]))
		alerts->count++;
	pthread_mutex_unlock(&m->lock);
}

static bool is_by_socket(const char *key)
{
	return strlen(key) > NUMBERS_SIZE &&
	       strncmp(key + NUMBERS_SIZE, PORT_MARK, strlen(PORT_MARK)) == 0;
}

static bool has_same_serial(const cJSON *entry, const char *key, const char *port_path)
{
	(void)port_path;
	return !is_by_socket(key) && strlen(entry->string) > NUMBERS_SIZE &&
	       strlen(key) > NUMBERS_SIZE && strncmp(entry->string, key, MAKER_SIZE) == 0 &&
	       strcmp(entry->string + NUMBERS_SIZE, key + NUMBERS_SIZE) == 0;
}

static bool may_be_same(const cJSON *entry, const char *key, const char *port_path)
{
	bool mine = is_by_socket(key), theirs = is_by_socket(entry->string);
	const char *port = pl_json_text(entry, "port_path");

	if (strncmp(entry->string, key, MAKER_SIZE) != 0)
		return false;
	if (mine && theirs && strncmp(entry->string, key, NUMBERS_SIZE) == 0)
		return true;
	return (mine || theirs) && port && strcmp(port, port_path) == 0;
}

/* The last entry under another key that `matches` and is not attached. */
static bool find(struct pl_memory *m, const char *key, const char *port_path,
		 bool (*matches)(const cJSON *entry, const char *key, const char *port_path),
		 const struct pl_memory_presence *presence, char ret_key[static PL_MAX_KEY])
{
	char keys[MAX_PRINTERS][PL_MAX_KEY];
	const cJSON *entry;
	size_t n = 0;

	pthread_mutex_lock(&m->lock);
	cJSON_ArrayForEach(entry, m->printers) if (n < MAX_PRINTERS &&
						   strcmp(entry->string, key) != 0 &&
						   matches(entry, key, port_path) &&
						   pl_span_copy(pl_span_of(entry->string), keys[n],
								PL_MAX_KEY)) n++;
	pthread_mutex_unlock(&m->lock);
	while (n-- > 0) {
		if (presence->is_attached(presence->arg, keys[n]))
			continue;
		memcpy(ret_key, keys[n], PL_MAX_KEY);
		return true;
	}
	return false;
}

bool pl_memory_same_serial(struct pl_memory *m, const char *key,
			   const struct pl_memory_presence *presence,
			   char ret_key[static PL_MAX_KEY])
{
	return find(m, key, "", has_same_serial, presence, ret_key);
}

bool pl_memory_candidate(struct pl_memory *m, const char *key, const char *port_path,
			 const struct pl_memory_presence *presence, char ret_key[static PL_MAX_KEY])
{
	return find(m, key, port_path, may_be_same, presence, ret_key);
}
