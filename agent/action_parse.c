/* SPDX-License-Identifier: Apache-2.0 */
/* The signed payload of an action, read as WIRE.md section 6 lists its members. */
#include "action_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/json.h"

void pl_action_destroy(struct pl_action *action)
{
	if (!action)
		return;
	cJSON_Delete(action->parameters);
	free(action);
}

void pl_order_finish(struct pl_order *order)
{
	pl_action_destroy(order->action);
	order->action = NULL;
}

static bool is_id(const char *text)
{
	static const char ALSO[] = "-_.:";

	for (const char *c = text; *c; c++)
		if (!(pl_ascii_lower(*c) >= 'a' && pl_ascii_lower(*c) <= 'z') &&
		    !(*c >= '0' && *c <= '9') && !strchr(ALSO, *c))
			return false;
	return text[0] != '\0';
}

PL_PRINTF(3, 4)
static bool refuse(struct pl_order *o, enum pl_action_state verdict, const char *fmt, ...)
{
	va_list args;

	o->verdict = verdict;
	va_start(args, fmt);
	vsnprintf(o->reason, sizeof(o->reason), fmt, args);
	va_end(args);
	return false;
}

static bool same(const cJSON *doc, const char *path, const char *want)
{
	const char *text = pl_json_text(doc, path);

	return text && strcmp(text, want) == 0;
}

/* A text that may be absent or null; false where it is anything else. */
static bool copy_optional(const cJSON *doc, const char *path, char *ret_text, size_t cap)
{
	const cJSON *at = pl_json_at(doc, path);

	return !at || cJSON_IsNull(at) || pl_json_copy(doc, path, ret_text, cap);
}

static bool read_type(const struct pl_order_check *check, struct pl_order *o)
{
	for (int i = 0; i < PL_ACTION_TYPE_COUNT; i++) {
		if (strcmp(PL_ACTION_WORDS[i], o->type) != 0)
			continue;
		o->action->type = (enum pl_action_type)i;
		if (check->forbid & (1u << i))
			return refuse(o, PL_ACTION_REJECTED,
				      "The local policy of this PC forbids %s", o->type);
		return true;
	}
	return refuse(o, PL_ACTION_REJECTED, "This agent knows no action of this type");
}

static bool read_time(const cJSON *doc, const struct pl_order_check *check, struct pl_order *o)
{
	int64_t *not_after = &o->action->not_after_ms;

	if (!pl_json_time(doc, "not_after", not_after))
		return refuse(o, PL_ACTION_REJECTED, "The action does not say until when it holds");
	if (*not_after <= check->now_ms)
		return refuse(o, PL_ACTION_EXPIRED, "The action came too late");
	if (*not_after > check->now_ms + PL_MAX_ACTION_AHEAD_MS)
		return refuse(o, PL_ACTION_REJECTED, "The action holds for more than 30 days");
	return true;
}

/* One that we do not know does not hold: whoever set it meant something by it. */
static bool read_preconditions(const cJSON *doc, struct pl_order *o)
{
	const cJSON *all = pl_json_at(doc, "preconditions");
	struct pl_action *a = o->action;

	if (!all || cJSON_IsNull(all))
		return true;
	if (!cJSON_IsObject(all))
		return refuse(o, PL_ACTION_REJECTED, "The preconditions cannot be read");
	for (const cJSON *one = all->child; one; one = one->next) {
		bool known = false;

		if (strcmp(one->string, "firmware") == 0)
			known = pl_json_copy(one, "", a->want_firmware, sizeof(a->want_firmware));
		else if (strcmp(one->string, "serial_number") == 0)
			known = pl_json_copy(one, "", a->want_serial, sizeof(a->want_serial));
		else if (strcmp(one->string, "idle") == 0)
			known = pl_json_bool(one, "", &a->want_idle);
		if (!known)
			return refuse(o, PL_ACTION_REJECTED,
				      "This agent does not know one of the preconditions");
	}
	return true;
}

static bool read_parameters(cJSON *doc, struct pl_order *o)
{
	cJSON *parameters = cJSON_DetachItemFromObjectCaseSensitive(doc, "parameters");

	if (!parameters || cJSON_IsNull(parameters)) {
		cJSON_Delete(parameters);
		parameters = cJSON_CreateObject();
	}
	o->action->parameters = parameters;
	if (!cJSON_IsObject(parameters))
		return refuse(o, PL_ACTION_REJECTED, "The parameters cannot be read");
	return true;
}

/* Everything but the id; false: refused, with verdict and reason set. */
static bool read_order(cJSON *doc, const struct pl_order_check *check, struct pl_order *o)
{
	struct pl_action *a = o->action;

	if (!pl_json_copy(doc, "type", o->type, sizeof(o->type)) || !is_id(o->type)) {
		snprintf(o->type, sizeof(o->type), "unknown");
		return refuse(o, PL_ACTION_REJECTED, "The action has no type");
	}
	if (!same(doc, "customer", check->customer_id) || !same(doc, "agent", check->agent_id))
		return refuse(o, PL_ACTION_REJECTED, "The action is for another PC");
	if (!copy_optional(doc, "device", a->device, sizeof(a->device)) ||
	    !copy_optional(doc, "printer_key", a->printer_key, sizeof(a->printer_key)))
		return refuse(o, PL_ACTION_REJECTED, "The action's printer cannot be read");
	return read_type(check, o) && read_time(doc, check, o) && read_preconditions(doc, o) &&
	       read_parameters(doc, o);
}

enum pl_result pl_order_parse(struct pl_span payload, const struct pl_order_check *check,
			      struct pl_order *ret_order, struct pl_error *err)
{
	struct pl_order o = { .verdict = PL_ACTION_DELIVERED };
	cJSON *doc = NULL;
	enum pl_result r = pl_json_parse(payload, &doc, err);

	if (r != PL_OK)
		return r;
	if (!pl_json_copy(doc, "id", o.id, sizeof(o.id)) || !is_id(o.id)) {
		cJSON_Delete(doc);
		return pl_error_set(err, PL_E_PROTOCOL, "the action has no id");
	}
	o.action = calloc(1, sizeof(*o.action));
	if (!o.action) {
		cJSON_Delete(doc);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	snprintf(o.action->id, sizeof(o.action->id), "%s", o.id);
	if (!read_order(doc, check, &o))
		pl_order_finish(&o);
	cJSON_Delete(doc);
	*ret_order = o;
	return PL_OK;
}
