/* SPDX-License-Identifier: Apache-2.0 */
/* What others want of the engine: readings, fresh readings, actions. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "act.h"
#include "engine_inside.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "snapshot_json.h"

size_t engine_hold(struct pl_engine *e, const char *key,
		   struct pl_worker *ret_held[static PL_MAX_USB_DEVICES])
{
	size_t n = 0;

	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->slot_count; i++) {
		if (key[0] && strcmp(e->slots[i].key, key) != 0)
			continue;
		pl_worker_hold(e->slots[i].worker);
		ret_held[n++] = e->slots[i].worker;
	}
	pthread_mutex_unlock(&e->lock);
	return n;
}

size_t pl_engine_printer_count(struct pl_engine *e)
{
	size_t n;

	pthread_mutex_lock(&e->lock);
	n = e->slot_count;
	pthread_mutex_unlock(&e->lock);
	return n;
}

/* Gives the workers back. */
static cJSON *readings_of(struct pl_worker **held, size_t count)
{
	struct pl_reading *reading = malloc(sizeof(*reading));
	cJSON *printers, *answer = pl_snapshots_to_json(&printers);

	for (size_t i = 0; i < count; i++) {
		if (reading && pl_worker_reading(held[i], reading))
			cJSON_AddItemToArray(printers, pl_reading_to_json(reading));
		pl_worker_release(held[i]);
	}
	if (!reading) {
		cJSON_Delete(answer);
		return NULL;
	}
	free(reading);
	return answer;
}

cJSON *pl_engine_printers(struct pl_engine *e)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];

	return readings_of(held, engine_hold(e, "", held));
}

/* Only what a person at the PC is shown: no counters, nothing that changes at every look. */
static cJSON *glance_to_json(const struct pl_reading *reading, const char *doing)
{
	static const struct {
		const char *name;
		enum pl_section section;
	} SHOWN[] = {
		{ "identity", PL_SECTION_IDENTITY },
		{ "state", PL_SECTION_STATE },
		{ "supplies", PL_SECTION_SUPPLIES },
		{ "alerts", PL_SECTION_ALERTS },
	};
	cJSON *o = cJSON_CreateObject();

	pl_json_add_text(o, "key", reading->key);
	pl_json_add_text(o, "doing", doing);
	for (size_t i = 0; i < sizeof(SHOWN) / sizeof(SHOWN[0]); i++)
		cJSON_AddItemToObject(o, SHOWN[i].name,
				      pl_section_to_json(reading, SHOWN[i].section));
	return o;
}

cJSON *pl_engine_view(struct pl_engine *e)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	struct pl_reading *reading = malloc(sizeof(*reading));
	size_t count = engine_hold(e, "", held);
	cJSON *list = reading ? cJSON_CreateArray() : NULL;

	for (size_t i = 0; i < count; i++) {
		if (list && pl_worker_reading(held[i], reading))
			cJSON_AddItemToArray(list,
					     glance_to_json(reading, pl_worker_doing(held[i])));
		pl_worker_release(held[i]);
	}
	free(reading);
	return list;
}

enum pl_result pl_engine_probe(struct pl_engine *e, const char *key, int64_t by_ms,
			       cJSON **ret_printers, struct pl_error *err)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	int64_t tickets[PL_MAX_USB_DEVICES];
	size_t count = engine_hold(e, key, held);

	if (count == 0 && key[0])
		return pl_error_set(err, PL_E_NOT_FOUND, "no attached printer has the key %s", key);
	for (size_t i = 0; i < count; i++)
		tickets[i] = pl_worker_refresh(held[i]);
	for (size_t i = 0; i < count; i++) /* one that is late or gone shows what it told last */
		(void)!pl_worker_wait(held[i], tickets[i], by_ms);
	*ret_printers = readings_of(held, count);
	return *ret_printers ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
}

/* The journal hands out at once what was delivered before the last stop; the printers are found a
 * moment later. */
static enum pl_result keep_early(struct pl_engine *e, struct pl_action *action,
				 struct pl_error *err)
{
	bool kept = false;

	pthread_mutex_lock(&e->lock);
	if (pl_clock_now_ms() - e->started_ms < EARLY_MS && e->early_count < MAX_EARLY) {
		e->early[e->early_count++] = action;
		kept = true;
	}
	pthread_mutex_unlock(&e->lock);
	return kept ? PL_OK
		    : pl_error_set(err, PL_E_NOT_FOUND, "the printer is not attached to this PC");
}

/* The first early action of this printer ("": of any), taken out of the list; NULL: none. */
static struct pl_action *take_early(struct pl_engine *e, const char *key)
{
	struct pl_action *found = NULL;

	pthread_mutex_lock(&e->lock);
	for (size_t i = 0; i < e->early_count && !found; i++) {
		if (key[0] && strcmp(e->early[i]->printer_key, key) != 0)
			continue;
		found = e->early[i];
		e->early_count--;
		memmove(&e->early[i], &e->early[i + 1], (e->early_count - i) * sizeof(e->early[0]));
	}
	pthread_mutex_unlock(&e->lock);
	return found;
}

static void reject(struct pl_engine *e, struct pl_action *action, const char *why)
{
	struct pl_error err;

	if (pl_actions_end(e->actions, action->id, PL_ACTION_REJECTED, why, NULL, &err) != PL_OK)
		log_error(action->printer_key, "action %s: its end cannot be recorded: %s",
			  action->id, err.text);
	pl_action_destroy(action);
}

void engine_hand_over(struct pl_engine *e, struct pl_worker *w, const char *key)
{
	struct pl_action *action;
	struct pl_error err;

	while ((action = take_early(e, key)))
		if (pl_worker_take(w, action, &err) != PL_OK)
			reject(e, action, "Too many actions wait for this printer already");
}

void engine_give_up(struct pl_engine *e)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	struct pl_action *action;
	struct pl_error err;

	while ((action = take_early(e, ""))) {
		size_t count = engine_hold(e, action->printer_key, held);

		/* It may have been kept in the moment in which its printer came. */
		if (count == 0 || pl_worker_take(held[0], action, &err) != PL_OK)
			reject(e, action, "The printer is not attached to this PC");
		for (size_t i = 0; i < count; i++)
			pl_worker_release(held[i]);
	}
}

static enum pl_result take(void *arg, struct pl_action *action, struct pl_error *err)
{
	struct pl_engine *e = arg;
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	enum pl_result r;
	size_t count;

	r = pl_act_check(action, err);
	if (r != PL_OK)
		return r;
	if (!action->printer_key[0])
		return pl_act_desk_take(e->desk, action, err);
	count = engine_hold(e, action->printer_key, held);
	if (count == 0)
		return keep_early(e, action, err);
	r = pl_worker_take(held[0], action, err);
	for (size_t i = 0; i < count; i++)
		pl_worker_release(held[i]);
	return r;
}

/* One that has not begun learns of it at the journal's gate; one that runs looks where it is safe
 * to stop. */
static void cancel(void *arg, const char *id)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	size_t count = engine_hold(arg, "", held);

	pl_pages_cancel(((struct pl_engine *)arg)->pages, id);
	pl_act_desk_cancel(((struct pl_engine *)arg)->desk, id);
	for (size_t i = 0; i < count; i++) {
		pl_worker_cancel(held[i], id);
		pl_worker_release(held[i]);
	}
}

struct pl_executor pl_engine_executor(struct pl_engine *engine)
{
	return (struct pl_executor){ .arg = engine, .take = take, .cancel = cancel };
}
