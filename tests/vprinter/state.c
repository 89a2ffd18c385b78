/* SPDX-License-Identifier: Apache-2.0 */
/* State: one tree under one lock; every verb changes it, settles what follows from it, and tells.
 */

#include "state.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <platen/clock.h>

#include "draw.h"
#include "json.h"
#include "reason.h"

#define LOW_PERCENT 10 /* where a supply's own "low" does not say otherwise */

struct vp_state {
	pthread_mutex_t mutex;
	const struct vp_profile *profile;
	cJSON *facts;
	cJSON *lies; /* language -> [{fact, value}]: what it tells instead */
	struct vp_state_times times;
	void (*changed)(void *arg);
	void *arg;
};

struct vp_state *vp_state_create(const struct vp_profile *profile, uint64_t seed,
				 void (*changed)(void *arg), void *arg)
{
	struct vp_state *s = calloc(1, sizeof(*s));

	if (!s)
		abort();
	pthread_mutex_init(&s->mutex, NULL);
	s->profile = profile;
	s->facts = cJSON_Duplicate(profile->facts, true);
	s->lies = cJSON_CreateObject();
	vp_draw(s->facts, seed);
	s->times.started_ms = s->times.changed_ms = pl_clock_now_ms();
	s->changed = changed;
	s->arg = arg;
	return s;
}

void vp_state_destroy(struct vp_state *s)
{
	if (!s)
		return;
	cJSON_Delete(s->facts);
	cJSON_Delete(s->lies);
	pthread_mutex_destroy(&s->mutex);
	free(s);
}

static void begin(struct vp_state *s)
{
	pthread_mutex_lock(&s->mutex);
}

static cJSON *reasons_of(struct vp_state *s)
{
	return vp_json_at(s->facts, "state.reasons");
}

/* The printer's state follows from its reasons and jobs. */
static void settle(struct vp_state *s)
{
	const char *state = vp_reasons_stop(reasons_of(s)) ? "stopped"
			    : s->times.jobs > 0		   ? "processing"
							   : "idle";

	vp_json_put(s->facts, "state.printer_state", cJSON_CreateString(state));
	s->times.changed_ms = pl_clock_now_ms();
}

static void end(struct vp_state *s)
{
	s->times.revision++;
	pthread_mutex_unlock(&s->mutex);
	if (s->changed)
		s->changed(s->arg);
}

cJSON *vp_state_facts(struct vp_state *s)
{
	return vp_state_told(s, NULL);
}

cJSON *vp_state_told(struct vp_state *s, const char *language)
{
	const cJSON *lie;
	cJSON *copy;

	begin(s);
	copy = cJSON_Duplicate(s->facts, true);
	cJSON_ArrayForEach(lie, cJSON_GetObjectItemCaseSensitive(s->lies, language))
	{
		vp_json_put(copy, vp_json_text(lie, "fact", ""),
			    cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(lie, "value"), true));
	}
	pthread_mutex_unlock(&s->mutex);
	return copy;
}

enum pl_result vp_state_lie(struct vp_state *s, const char *language, const char *path,
			    cJSON *value, struct pl_error *err)
{
	bool ok;

	begin(s);
	ok = vp_json_at(s->facts, path) != NULL;
	if (ok) {
		cJSON *list = cJSON_GetObjectItemCaseSensitive(s->lies, language);
		cJSON *lie = cJSON_CreateObject();

		if (!list)
			list = cJSON_AddArrayToObject(s->lies, language);
		cJSON_AddStringToObject(lie, "fact", path);
		cJSON_AddItemToObject(lie, "value", value);
		cJSON_AddItemToArray(list, lie);
	} else {
		cJSON_Delete(value);
	}
	end(s);
	return ok ? PL_OK
		  : pl_error_set(err, PL_E_NOT_FOUND, "this printer has no fact \"%s\"", path);
}

void vp_state_honest(struct vp_state *s)
{
	begin(s);
	cJSON_Delete(s->lies);
	s->lies = cJSON_CreateObject();
	end(s);
}

struct vp_state_times vp_state_times(struct vp_state *s)
{
	struct vp_state_times times;

	begin(s);
	times = s->times;
	pthread_mutex_unlock(&s->mutex);
	return times;
}

/* Level and capacity -> "ok", "low" or "empty"; for a container that fills, "low" is nearly full.
 */
static const char *condition_of(const cJSON *supply)
{
	double max = vp_json_number(supply, "max_capacity", 100);
	double percent = vp_json_number(supply, "level", 0) * 100 / (max > 0 ? max : 100);
	double low = vp_json_number(cJSON_GetObjectItemCaseSensitive(supply, "extra"), "low",
				    LOW_PERCENT);

	return percent <= 0 ? "empty" : percent <= low ? "low" : "ok";
}

/* The supplies' states, and the reasons that follow from them. A level nobody knows changes
 * nothing. */
static void settle_supplies(struct vp_state *s)
{
	cJSON *supply, *reasons = reasons_of(s);

	vp_reasons_drop_supplies(reasons);
	cJSON_ArrayForEach(supply, cJSON_GetObjectItemCaseSensitive(s->facts, "supplies"))
	{
		const char *condition;

		if (!cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(supply, "level")))
			continue;
		condition = condition_of(supply);
		cJSON_ReplaceItemInObjectCaseSensitive(supply, "state",
						       cJSON_CreateString(condition));
		vp_reasons_add_supply(reasons, vp_json_text(supply, "type", ""), condition);
	}
	settle(s);
}

enum pl_result vp_state_set(struct vp_state *s, const char *path, cJSON *value,
			    struct pl_error *err)
{
	bool ok;

	begin(s);
	ok = vp_json_at(s->facts, path) != NULL;
	if (ok)
		ok = vp_json_put(s->facts, path, value);
	else
		cJSON_Delete(value);
	if (ok && strncmp(path, "supplies.", 9) == 0 && strstr(path, ".level"))
		settle_supplies(s);
	end(s);
	return ok ? PL_OK
		  : pl_error_set(err, PL_E_NOT_FOUND, "this printer has no fact \"%s\"", path);
}

enum pl_result vp_state_reason(struct vp_state *s, const char *change, struct pl_error *err)
{
	char name[VP_MAX_REASON];

	if ((change[0] != '+' && change[0] != '-') || change[1] == '\0')
		return pl_error_set(err, PL_E_INVALID, "say +REASON or -REASON");
	vp_reason_full(s->profile->words, change + 1, name);
	begin(s);
	vp_reasons_remove(reasons_of(s), name);
	if (change[0] == '+')
		cJSON_AddItemToArray(reasons_of(s), cJSON_CreateString(name));
	settle(s);
	end(s);
	return PL_OK;
}

/* Adds to a counter that this printer has. */
static void count(struct vp_state *s, const char *name, double n)
{
	cJSON *counter = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(s->facts, "counters"), name);

	if (cJSON_IsNumber(counter))
		cJSON_SetNumberValue(counter, counter->valuedouble + n);
}

static void use_supplies(struct vp_state *s, int pages, bool color)
{
	cJSON *supply;

	cJSON_ArrayForEach(supply, cJSON_GetObjectItemCaseSensitive(s->facts, "supplies"))
	{
		cJSON *level = cJSON_GetObjectItemCaseSensitive(supply, "level");
		bool black = strcmp(vp_json_text(supply, "colorant", "black"), "black") == 0;
		bool filled = strcmp(vp_json_text(supply, "class", ""), "filled") == 0;
		double max = vp_json_number(supply, "max_capacity", 100), left;

		if (!cJSON_IsNumber(level) || filled || (!black && !color))
			continue;
		left = level->valuedouble - (pages + 9) / 10 * max / 100;
		cJSON_SetNumberValue(level, left > 0 ? (double)(int64_t)left : 0);
	}
}

void vp_state_print(struct vp_state *s, int pages, bool color)
{
	begin(s);
	count(s, "impressions", pages);
	count(s, color ? "impressions_color" : "impressions_monochrome", pages);
	count(s, "sheets", pages);
	count(s, "sheets_duplex", pages / 3);
	use_supplies(s, pages, color);
	settle_supplies(s);
	end(s);
}

enum pl_result vp_state_supply(struct vp_state *s, const char *colorant, double percent,
			       struct pl_error *err)
{
	cJSON *supply, *level = NULL;

	begin(s);
	cJSON_ArrayForEach(supply, cJSON_GetObjectItemCaseSensitive(s->facts, "supplies"))
	{
		if (strcmp(vp_json_text(supply, "colorant", ""), colorant) != 0 &&
		    strcmp(vp_json_text(supply, "type", ""), colorant) != 0)
			continue;
		level = cJSON_GetObjectItemCaseSensitive(supply, "level");
		cJSON_ReplaceItemInObjectCaseSensitive(
			supply, "level",
			cJSON_CreateNumber(
				(double)(int64_t)(percent / 100 *
						  vp_json_number(supply, "max_capacity", 100))));
		break;
	}
	if (level)
		settle_supplies(s);
	end(s);
	return level ? PL_OK
		     : pl_error_set(err, PL_E_NOT_FOUND, "this printer has no %s", colorant);
}

void vp_state_jam(struct vp_state *s)
{
	begin(s);
	vp_reasons_remove(reasons_of(s), "media-jam-error");
	cJSON_AddItemToArray(reasons_of(s), cJSON_CreateString("media-jam-error"));
	count(s, "jams", 1);
	settle(s);
	end(s);
}

void vp_state_clear(struct vp_state *s)
{
	begin(s);
	vp_json_put(s->facts, "state.reasons", cJSON_CreateArray());
	settle_supplies(s);
	end(s);
}

void vp_state_sleep(struct vp_state *s, bool asleep)
{
	bool before;

	begin(s);
	before = cJSON_IsTrue(vp_json_at(s->facts, "state.asleep"));
	if (before == asleep) {
		pthread_mutex_unlock(&s->mutex);
		return;
	}
	vp_json_put(s->facts, "state.asleep", cJSON_CreateBool(asleep));
	s->times.changed_ms = pl_clock_now_ms();
	end(s);
}

bool vp_state_asleep(struct vp_state *s)
{
	bool asleep;

	begin(s);
	asleep = cJSON_IsTrue(vp_json_at(s->facts, "state.asleep"));
	pthread_mutex_unlock(&s->mutex);
	return asleep;
}

void vp_state_job(struct vp_state *s, bool begins)
{
	begin(s);
	if (begins)
		s->times.jobs++;
	else if (s->times.jobs > 0)
		s->times.jobs--;
	vp_json_put(s->facts, "state.asleep", cJSON_CreateBool(false));
	settle(s);
	end(s);
}

void vp_state_power_on(struct vp_state *s)
{
	begin(s);
	s->times.started_ms = pl_clock_now_ms();
	s->times.jobs = 0;
	vp_json_put(s->facts, "state.asleep", cJSON_CreateBool(false));
	settle(s);
	end(s);
}
