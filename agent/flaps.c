/* SPDX-License-Identifier: Apache-2.0 */
/* Which comings and goings of a printer are told, and when. */
#include "flaps.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"

#define MINUTE_MS 60000
#define FREELY	  4    /* comings and goings in a minute that are told at once */
#define CALM_MS	  5000 /* it has to stay, or stay away, so long before more are */

static void forget(struct pl_flap *flap)
{
	cJSON_Delete(flap->body);
	flap->body = NULL;
	flap->held = false;
}

void pl_flaps_finish(struct pl_flaps *f)
{
	for (size_t i = 0; i < f->count; i++)
		forget(&f->list[i]);
	f->count = 0;
}

/* The printer's entry; the one that has been quiet longest goes where there is no room. */
static struct pl_flap *flap_of(struct pl_flaps *f, const char *key, int64_t now_ms)
{
	struct pl_flap *quietest = &f->list[0];

	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->list[i].key, key) == 0)
			return &f->list[i];
		if (f->list[i].since_ms < quietest->since_ms)
			quietest = &f->list[i];
	}
	if (f->count < PL_MAX_FLAPS)
		quietest = &f->list[f->count++];
	else
		forget(quietest);
	*quietest = (struct pl_flap){ .minute_ms = now_ms };
	pl_span_copy(pl_span_of(key), quietest->key, sizeof(quietest->key));
	return quietest;
}

bool pl_flaps_pass(struct pl_flaps *f, const char *key, bool attached, const char *kind,
		   const cJSON *body, int64_t now_ms)
{
	struct pl_flap *flap = flap_of(f, key, now_ms);

	flap->is = attached;
	flap->since_ms = now_ms;
	if (now_ms - flap->minute_ms >= MINUTE_MS) {
		flap->minute_ms = now_ms;
		flap->count = 0;
	}
	if (!flap->held && flap->count < FREELY) {
		flap->count++;
		flap->told = attached;
		return true;
	}
	forget(flap);
	flap->held = true;
	flap->kind = kind;
	flap->body = cJSON_Duplicate(body, true);
	return false;
}

bool pl_flaps_take(struct pl_flaps *f, int64_t now_ms, char ret_key[static PL_MAX_KEY],
		   const char **ret_kind, cJSON **ret_body)
{
	for (size_t i = 0; i < f->count; i++) {
		struct pl_flap *flap = &f->list[i];

		if (!flap->held || now_ms - flap->since_ms < CALM_MS)
			continue;
		if (flap->is == flap->told || !flap->body) {
			forget(flap);
			continue;
		}
		flap->told = flap->is;
		flap->held = false;
		memcpy(ret_key, flap->key, PL_MAX_KEY);
		*ret_kind = flap->kind;
		*ret_body = flap->body;
		flap->body = NULL;
		return true;
	}
	return false;
}

int64_t pl_flaps_due_ms(const struct pl_flaps *f)
{
	int64_t due = PL_FOREVER;

	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].held && f->list[i].since_ms + CALM_MS < due)
			due = f->list[i].since_ms + CALM_MS;
	return due;
}
