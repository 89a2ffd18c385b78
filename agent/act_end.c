/* SPDX-License-Identifier: Apache-2.0 */
/* How an action ends. */
#include "act_end.h"

#include <string.h>

#include <cjson/cJSON.h>

#include "platen/log.h"
#include "privacy.h"
#include "worker_inside.h"

/* Of one about the PC. */
static const char *sentence_of_pc(enum pl_result r)
{
	switch (r) {
	case PL_E_TIMEOUT: return "It was not done in time";
	case PL_E_CANCELLED: return "It was stopped before its end";
	case PL_E_FULL: return "The PC has no room for it";
	case PL_E_NO_MEMORY: return "The PC has no memory for it";
	default: return "The agent could not do it";
	}
}

/* Our own words for how an action failed; a printer's words stay on the PC. */
static const char *sentence_of(enum pl_result r)
{
	switch (r) {
	case PL_E_BUSY: return "The printer is in use";
	case PL_E_TIMEOUT: return "The printer did not answer in time";
	case PL_E_GONE: return "The printer was unplugged";
	case PL_E_UNSUPPORTED: return "The printer does not offer this operation";
	case PL_E_CANCELLED: return "It was stopped before its end";
	case PL_E_DENIED: return "The agent may not open the printer";
	default: return "The printer answered with an error";
	}
}

/* True when this printer's worker is asked to end: it left while nobody waited for its return. */
static bool is_gone(struct pl_act *act)
{
	struct pl_worker *w = act->worker;
	bool gone = false;

	if (w) {
		pthread_mutex_lock(&w->lock);
		gone = w->stop;
		pthread_mutex_unlock(&w->lock);
	}
	return gone;
}

/* What of the result may leave; NULL: nothing. */
static cJSON *public_part(const struct pl_act *act)
{
	cJSON *whole = cJSON_CreateObject(), *kept, *result;

	cJSON_AddItemReferenceToObject(whole, "result", act->result);
	kept = pl_privacy_filter("action.result", whole);
	cJSON_Delete(whole);
	result = cJSON_DetachItemFromObjectCaseSensitive(kept, "result");
	cJSON_Delete(kept);
	return result;
}

void pl_act_end(struct pl_act *act, enum pl_result r, const struct pl_error *err)
{
	enum pl_action_state state = act->begun ? PL_ACTION_FAILED : PL_ACTION_REJECTED;
	const char *reason;
	const struct pl_action *a = act->action;
	struct pl_error why;
	cJSON *result;

	if (act->settled)
		return;
	if (r == PL_E_CANCELLED && pl_wake_is_set(act->wake))
		return; /* the journal knows how far it was, and says so at the next start */
	if (r == PL_E_CANCELLED && is_gone(act))
		r = PL_E_GONE;
	reason = act->reason[0] ? act->reason : act->worker ? sentence_of(r) : sentence_of_pc(r);
	if (r == PL_OK)
		state = PL_ACTION_DONE;
	else if (r == PL_E_CANCELLED)
		state = PL_ACTION_CANCELLED;
	if (r != PL_OK)
		log_warn(act->key, "%s: %s", PL_ACTION_WORDS[a->type],
			 err->text[0] ? err->text : reason);
	result = public_part(act);
	if (pl_actions_end(act->actions, a->id, state, r == PL_OK ? NULL : reason,
			   cJSON_GetArraySize(result) > 0 ? result : NULL, &why) != PL_OK)
		log_error(act->key, "action %s: its end cannot be recorded: %s", a->id, why.text);
	cJSON_Delete(result);
}
