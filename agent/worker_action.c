/* SPDX-License-Identifier: Apache-2.0 */
/* Carries actions out: checks that they still make sense, passes the journal's gate, acts once. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "platen/log.h"
#include "worker_inside.h"

#define ACT_MS 20000

/* Our own words for how an action failed; a printer's words stay on the PC. */
static const char *sentence_of(enum pl_result r)
{
	switch (r) {
	case PL_E_BUSY: return "The printer is in use";
	case PL_E_TIMEOUT: return "The printer did not answer in time";
	case PL_E_GONE: return "The printer was unplugged";
	case PL_E_UNSUPPORTED: return "The printer does not offer this operation";
	case PL_E_CANCELLED: return "The agent was stopped";
	case PL_E_DENIED: return "The agent may not open the printer";
	default: return "The printer answered with an error";
	}
}

static void end(struct pl_worker *w, const struct pl_action *a, enum pl_action_state state,
		const char *reason, const char *means)
{
	cJSON *result = NULL;
	struct pl_error err;

	if (means) {
		result = cJSON_CreateObject();
		cJSON_AddStringToObject(result, "means", means);
	}
	if (pl_actions_end(w->home.actions, a->id, state, reason, result, &err) != PL_OK)
		log_error(w->key, "action %s: its end cannot be recorded: %s", a->id, err.text);
	log_info(w->key, "action %s %s: %s", PL_ACTION_WORDS[a->type], pl_action_state_name(state),
		 reason ? reason : "ok");
	cJSON_Delete(result);
}

/* NULL: every precondition holds. */
static const char *broken_precondition(const struct pl_worker *w, const struct pl_action *a)
{
	const struct pl_reading *last = &w->tracker.last;
	const struct pl_fact *identity = last->snapshot.identity;

	if (a->want_firmware[0] && strcmp(a->want_firmware, identity[PL_ID_FIRMWARE].text) != 0)
		return "The printer's firmware is another one than the action expects";
	if (a->want_serial[0] && strcmp(a->want_serial, identity[PL_ID_SERIAL_NUMBER].text) != 0)
		return "The printer's serial number is another one than the action expects";
	if (a->want_idle && (w->pulse.processing || last->access.busy))
		return "The printer is not idle";
	return NULL;
}

/* The first wanted way that this printer has; NULL with *ret_ok: the printer's own default. */
static const char *choose_way(const struct pl_known *known, const struct pl_action *a, bool *ret_ok)
{
	const cJSON *wanted = pl_json_at(a->parameters, "actions"), *item;
	const struct {
		const char *name;
		bool can;
	} ways[] = { { "flash", known->can_flash },
		     { "sound", known->can_sound },
		     { "display", known->can_display } };

	*ret_ok = cJSON_GetArraySize(wanted) == 0;
	cJSON_ArrayForEach(item, wanted)
	{
		for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
			if (!ways[i].can || !cJSON_IsString(item) ||
			    strcmp(item->valuestring, ways[i].name) != 0)
				continue;
			*ret_ok = true;
			return ways[i].name;
		}
	}
	return NULL;
}

static void identify(struct pl_worker *w, const struct pl_action *a)
{
	struct pl_prober prober = { .usb = w->home.usb, .pjl = PL_PJL_NEVER, .wake = w->home.wake };
	struct pl_error err;
	const char *way;
	enum pl_result r;
	bool ok;

	if (!(w->known.actions & PL_CAN_IDENTIFY)) {
		end(w, a, PL_ACTION_REJECTED, "This printer does not offer Identify-Printer", NULL);
		return;
	}
	way = choose_way(&w->known, a, &ok);
	if (!ok) {
		end(w, a, PL_ACTION_REJECTED,
		    "This printer has none of the wanted ways to show itself", NULL);
		return;
	}
	if (pl_actions_begin(w->home.actions, a->id, &err) != PL_OK)
		return;
	r = pl_probe_identify(&prober, &w->dev, &w->known, way, pl_clock_in_ms(ACT_MS), &err);
	if (r != PL_OK)
		log_warn(w->key, "identify failed: %s", err.text);
	end(w, a, r == PL_OK ? PL_ACTION_DONE : PL_ACTION_FAILED,
	    r == PL_OK ? NULL : sentence_of(r), r == PL_OK ? "ipp" : NULL);
}

static void probe_now(struct pl_worker *w, const struct pl_action *a)
{
	struct pl_error err;
	const struct pl_snapshot *s = &w->tracker.last.snapshot;

	if (pl_actions_begin(w->home.actions, a->id, &err) != PL_OK)
		return;
	if (!worker_look(w, PL_DEPTH_FULL))
		return; /* stopped in the middle: the journal knows, and says so at the next start
			 */
	if (w->was_faulty)
		end(w, a, PL_ACTION_FAILED,
		    s->error_count > 0 ? sentence_of(s->errors[0].code) : sentence_of(PL_E_TIMEOUT),
		    NULL);
	else
		end(w, a, PL_ACTION_DONE, NULL, NULL);
}

void worker_act(struct pl_worker *w, struct pl_action *a)
{
	const char *broken;

	/* The very first look tells what the printer can do and who it is. */
	if (!w->tracker.primed && !worker_look(w, PL_DEPTH_FULL)) {
		pl_action_destroy(a);
		return;
	}
	broken = broken_precondition(w, a);
	if (broken)
		end(w, a, PL_ACTION_REJECTED, broken, NULL);
	else if (a->type == PL_ACTION_IDENTIFY)
		identify(w, a);
	else
		probe_now(w, a);
	w->pulse.active_ms = pl_clock_now_ms();
	pl_action_destroy(a);
}
