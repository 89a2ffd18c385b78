/* SPDX-License-Identifier: Apache-2.0 */
/* ews: the printer's own web page, shown from afar. The printer is verified here; the session then
 * goes on in a thread of its own (page.h) and ends the action. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "act_kinds.h"
#include "page.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "worker_inside.h"

#define MAX_HARD_S (8 * 3600)
#define ASK_MS	   115000 /* the connector gives up a moment later */

static enum pl_result check(const cJSON *parameters, struct pl_error *err)
{
	static const char *const MEMBERS[] = { "user", "idle_s", "hard_s", "firmware" };
	char user[PL_MAX_PAGE_USER];
	const cJSON *member;
	int64_t s;
	bool flag;

	cJSON_ArrayForEach(member, parameters)
	{
		bool known = false;

		for (size_t i = 0; i < sizeof(MEMBERS) / sizeof(MEMBERS[0]); i++)
			known = known || strcmp(member->string, MEMBERS[i]) == 0;
		if (!known)
			return pl_error_set(
				err, PL_E_INVALID,
				"The action has a parameter that this agent does not know");
	}
	if (!pl_json_copy(parameters, "user", user, sizeof(user)) || !user[0] ||
	    !pl_json_int(parameters, "idle_s", 1, MAX_HARD_S, &s) ||
	    !pl_json_int(parameters, "hard_s", 1, MAX_HARD_S, &s) ||
	    !pl_json_bool(parameters, "firmware", &flag))
		return pl_error_set(err, PL_E_INVALID,
				    "The action does not say who wants the page and for how long");
	return PL_OK;
}

static const char *why_not(const struct pl_known *known, const struct pl_usb_device *dev)
{
	(void)dev;
	return pl_known_way(known) == PL_WAY_HTTP
		       ? NULL
		       : "The printer has no web page that can be reached over USB";
}

static void copy_serial(const struct pl_act *a, char *out, size_t cap)
{
	snprintf(out, cap, "%s", a->last->snapshot.identity[PL_ID_SERIAL_NUMBER].text);
}

/* Is it there, does it answer, and is it the one it was? */
static enum pl_result verify(struct pl_act *a, struct pl_error *err)
{
	char before[256], now[256];
	bool ok;

	copy_serial(a, before, sizeof(before));
	if (!pl_act_look(a, &ok))
		return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
	copy_serial(a, now, sizeof(now));
	if (!ok)
		return pl_act_say(a, PL_E_BUSY, "The printer does not answer, or is in use");
	if (strcmp(before, now) != 0)
		return pl_act_say(a, PL_E_UNTRUSTED,
				  "The printer tells another serial number than before");
	return PL_OK;
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	const cJSON *parameters = a->action->parameters;
	struct pl_page_order order = { .worker = a->worker };
	int64_t idle_s = 0, hard_s = 0;
	enum pl_result r = verify(a, err);

	if (r != PL_OK)
		return r;
	pl_json_int(parameters, "idle_s", 1, MAX_HARD_S, &idle_s);
	pl_json_int(parameters, "hard_s", 1, MAX_HARD_S, &hard_s);
	pl_json_bool(parameters, "firmware", &order.firmware);
	pl_json_copy(parameters, "user", order.user, sizeof(order.user));
	snprintf(order.id, sizeof(order.id), "%s", a->action->id);
	snprintf(order.key, sizeof(order.key), "%s", a->key);
	order.idle_ms = idle_s * 1000;
	order.hard_ms = hard_s * 1000;
	order.ask_by_ms = pl_clock_in_ms(ASK_MS);
	r = pl_pages_begin(a->worker->home.pages, &order, err);
	if (r == PL_E_FULL)
		return pl_act_say(a, r, "%s", err->text);
	a->settled = r == PL_OK; /* the session ends it */
	return r;
}

const struct pl_act_kind PL_ACT_EWS = {
	.type = PL_ACTION_EWS, .check = check, .why_not = why_not, .run = run
};
