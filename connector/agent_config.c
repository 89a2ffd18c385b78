/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One document per customer: the default, with the customer's members laid over it.
 */
#include "agent_config.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/json.h"

static const char *const DEFAULT_TEXT =
	"{\"report_interval_s\":60,\"uplink\":\"long_poll\",\"work_wait_s\":55,\"pjl\":\"idle\","
	"\"schedule\":{\"busy_s\":5,\"active_s\":10,\"idle_s\":60,\"full_active_s\":300,"
	"\"full_idle_s\":3600,\"asleep_s\":900},\"printers_off\":[]}";

struct config {
	char customer_id[65]; /* "": the default */
	char *text;
	char etag[PL_ETAG_TEXT];
	struct config *next;
};

struct pl_agent_configs {
	pthread_mutex_t mutex;
	struct config *first; /* the default is the last */
};

static void free_config(struct config *c)
{
	if (!c)
		return;
	free(c->text);
	free(c);
}

static enum pl_result check(const cJSON *doc, struct pl_error *err)
{
	const char *uplink = pl_json_text(doc, "uplink"), *pjl = pl_json_text(doc, "pjl");
	int64_t n;

	if (!cJSON_IsObject(doc))
		return pl_error_set(err, PL_E_INVALID, "agent settings must be an object");
	if (!pl_json_int(doc, "report_interval_s", 5, 86400, &n))
		return pl_error_set(err, PL_E_INVALID, "report_interval_s must be 5 to 86400");
	if (!pl_json_int(doc, "work_wait_s", 0, 60, &n))
		return pl_error_set(err, PL_E_INVALID, "work_wait_s must be 0 to 60");
	if (!uplink || (strcmp(uplink, "long_poll") != 0 && strcmp(uplink, "poll") != 0))
		return pl_error_set(err, PL_E_INVALID, "uplink must be long_poll or poll");
	if (!pjl || (strcmp(pjl, "idle") != 0 && strcmp(pjl, "never") != 0))
		return pl_error_set(err, PL_E_INVALID, "pjl must be idle or never");
	if (!cJSON_IsArray(pl_json_at(doc, "printers_off")))
		return pl_error_set(err, PL_E_INVALID, "printers_off must be a list");
	return PL_OK;
}

/* The default with the members of `over` (may be NULL) in it. */
static enum pl_result compose(const char *customer_id, const char *over, struct config **ret_config,
			      struct pl_error *err)
{
	uint8_t digest[PL_HASH_SIZE];
	struct config *c = calloc(1, sizeof *c);
	cJSON *doc = cJSON_Parse(DEFAULT_TEXT), *mine = NULL, *member;
	enum pl_result r = PL_OK;

	if (over)
		r = pl_json_parse(pl_span_of(over), &mine, err);
	if (r != PL_OK || !c || !doc)
		goto out;
	while (mine && (member = cJSON_DetachItemFromArray(mine, 0)) != NULL) {
		if (cJSON_HasObjectItem(doc, member->string)) {
			cJSON_DeleteItemFromObjectCaseSensitive(doc, member->string);
			cJSON_AddItemToObject(doc, member->string, member);
			continue;
		}
		r = pl_error_set(err, PL_E_INVALID, "agents have no setting %.40s", member->string);
		cJSON_Delete(member);
		goto out;
	}
	r = check(doc, err);
	if (r != PL_OK)
		goto out;
	c->text = cJSON_PrintUnformatted(doc);
	if (!c->text)
		goto out;
	snprintf(c->customer_id, sizeof c->customer_id, "%s", customer_id);
	pl_sha256(c->text, strlen(c->text), digest);
	pl_hex_write(digest, (PL_ETAG_TEXT - 1) / 2, c->etag);
	*ret_config = c;
	c = NULL;
out:
	if (r == PL_OK && c)
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	free_config(c);
	cJSON_Delete(mine);
	cJSON_Delete(doc);
	return r;
}

enum pl_result pl_agent_configs_open(struct pl_db *db, struct pl_agent_configs **ret_configs,
				     struct pl_error *err)
{
	struct pl_agent_configs *configs = calloc(1, sizeof *configs);
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	if (!configs)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&configs->mutex, NULL);
	r = compose("", NULL, &configs->first, err);
	if (r == PL_OK)
		r = pl_db_query(db, &rows, "SELECT customer_id, value FROM settings WHERE name=?1",
				PL_ARGS(pl_db_text(PL_AGENT_CONFIG_SETTING)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		r = pl_agent_configs_put(configs, pl_db_text_at(rows, 0), pl_db_text_at(rows, 1),
					 err);
	pl_db_done(rows);
	if (r != PL_E_NOT_FOUND) {
		pl_agent_configs_close(configs);
		return r;
	}
	*ret_configs = configs;
	return PL_OK;
}

void pl_agent_configs_close(struct pl_agent_configs *configs)
{
	if (!configs)
		return;
	while (configs->first) {
		struct config *next = configs->first->next;

		free_config(configs->first);
		configs->first = next;
	}
	pthread_mutex_destroy(&configs->mutex);
	free(configs);
}

/* With the mutex held. */
static const struct config *find(struct pl_agent_configs *configs, const char *customer_id)
{
	const struct config *c = configs->first;

	while (*c->customer_id && strcmp(c->customer_id, customer_id) != 0)
		c = c->next;
	return c;
}

void pl_agent_configs_etag(struct pl_agent_configs *configs, const char *customer_id,
			   char ret_etag[static PL_ETAG_TEXT])
{
	pthread_mutex_lock(&configs->mutex);
	memcpy(ret_etag, find(configs, customer_id)->etag, PL_ETAG_TEXT);
	pthread_mutex_unlock(&configs->mutex);
}

enum pl_result pl_agent_configs_get(struct pl_agent_configs *configs, const char *customer_id,
				    struct pl_bytes *out, char ret_etag[static PL_ETAG_TEXT])
{
	const struct config *c;
	enum pl_result r;

	pthread_mutex_lock(&configs->mutex);
	c = find(configs, customer_id);
	memcpy(ret_etag, c->etag, PL_ETAG_TEXT);
	r = pl_bytes_add_text(out, c->text);
	pthread_mutex_unlock(&configs->mutex);
	return r;
}

/* Takes a made document in, in the place of the customer's old one. With the mutex held. */
static struct config *exchange(struct pl_agent_configs *configs, const char *customer_id,
			       struct config *made)
{
	struct config **at = &configs->first, *old;

	while (*at && *(*at)->customer_id && strcmp((*at)->customer_id, customer_id) != 0)
		at = &(*at)->next;
	old = *at && !strcmp((*at)->customer_id, customer_id) ? *at : NULL;
	if (made) {
		made->next = old ? old->next : *at;
		*at = made;
	} else if (old) {
		*at = old->next;
	}
	return old;
}

enum pl_result pl_agent_configs_put(struct pl_agent_configs *configs, const char *customer_id,
				    const char *text, struct pl_error *err)
{
	struct config *made = NULL, *old;
	enum pl_result r = text || !*customer_id ? compose(customer_id, text, &made, err) : PL_OK;

	if (r != PL_OK)
		return r;
	pthread_mutex_lock(&configs->mutex);
	old = exchange(configs, customer_id, made);
	pthread_mutex_unlock(&configs->mutex);
	free_config(old);
	return PL_OK;
}
