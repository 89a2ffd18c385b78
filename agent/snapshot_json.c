/* SPDX-License-Identifier: Apache-2.0 */
/* platen.snapshot/1: a reading as JSON. */
#include "snapshot_json.h"

#include <stdio.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "settings.h"

static const char *const SECTION_NAMES[PL_SECTION_COUNT] = {
	[PL_SECTION_USB] = "usb",	    [PL_SECTION_IDENTITY] = "identity",
	[PL_SECTION_STATE] = "state",	    [PL_SECTION_SUPPLIES] = "supplies",
	[PL_SECTION_COUNTERS] = "counters", [PL_SECTION_MEDIA] = "media",
	[PL_SECTION_ALERTS] = "alerts",	    [PL_SECTION_ACCESS] = "access",
	[PL_SECTION_ERRORS] = "errors",	    [PL_SECTION_SETTINGS] = "settings",
};

const char *pl_section_name(enum pl_section section)
{
	return SECTION_NAMES[section];
}

const char *pl_owner_name(enum pl_owner owner)
{
	static const char *const NAMES[] = {
		[PL_OWNER_NONE] = "none",   [PL_OWNER_IPP_USB] = "ipp-usb",
		[PL_OWNER_USBLP] = "usblp", [PL_OWNER_CUPS] = "cups",
		[PL_OWNER_OTHER] = "other", [PL_OWNER_USBPRINT] = "usbprint",
	};

	return NAMES[owner];
}

static void add_tristate(cJSON *o, const char *name, enum pl_tristate value)
{
	if (value == PL_MAYBE)
		cJSON_AddNullToObject(o, name);
	else
		cJSON_AddBoolToObject(o, name, value == PL_YES);
}

static void add_time(cJSON *o, const char *name, int64_t wall_ms)
{
	char text[PL_MAX_TIME_TEXT] = "";

	if (wall_ms != PL_UNKNOWN)
		pl_clock_text(wall_ms, text);
	pl_json_add_text(o, name, text);
}

cJSON *pl_usb_to_json(const struct pl_usb_device *dev)
{
	cJSON *o = cJSON_CreateObject();
	char id[8];

	snprintf(id, sizeof(id), "%04x", dev->vendor_id);
	pl_json_add_text(o, "vendor_id", id);
	snprintf(id, sizeof(id), "%04x", dev->product_id);
	pl_json_add_text(o, "product_id", id);
	pl_json_add_int(o, "bus", dev->bus);
	pl_json_add_int(o, "address", dev->address);
	pl_json_add_text(o, "port_path", dev->port_path);
	pl_json_add_text(o, "serial", dev->serial);
	return o;
}

static cJSON *usb_to_json(const struct pl_reading *r)
{
	return pl_usb_to_json(&r->usb);
}

static cJSON *identity_to_json(const struct pl_reading *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *sources;

	for (int i = 0; i < PL_ID_COUNT; i++)
		pl_json_add_text(o, pl_identity_name((enum pl_identity_field)i),
				 r->snapshot.identity[i].text);
	pl_json_add_text(o, "confidence",
			 r->confidence == PL_CONFIDENCE_STRONG ? "strong" : "weak");
	sources = cJSON_AddObjectToObject(o, "sources");
	for (int i = 0; i < PL_ID_COUNT; i++)
		if (r->snapshot.identity[i].text[0])
			pl_json_add_text(sources, pl_identity_name((enum pl_identity_field)i),
					 pl_source_name(r->snapshot.identity[i].source));
	return o;
}

static cJSON *reasons_to_json(const struct pl_snapshot *s)
{
	cJSON *list;

	if (!s->reasons_known)
		return cJSON_CreateNull();
	list = cJSON_CreateArray();
	for (size_t i = 0; i < s->reason_count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(s->reasons[i]));
	return list;
}

static cJSON *state_to_json(const struct pl_reading *r)
{
	cJSON *o = cJSON_CreateObject();

	pl_json_add_text(o, "printer_state", pl_printer_state_name(r->snapshot.printer_state));
	add_tristate(o, "asleep", r->snapshot.asleep);
	cJSON_AddItemToObject(o, "reasons", reasons_to_json(&r->snapshot));
	pl_json_add_text(o, "message", r->snapshot.message);
	return o;
}

static const char *class_name(enum pl_supply_class c)
{
	static const char *const NAMES[] = { "unknown", "consumed", "filled" };

	return NAMES[c];
}

static const char *supply_state_name(enum pl_supply_state s)
{
	static const char *const NAMES[] = { "unknown", "ok", "low", "empty", "missing" };

	return NAMES[s];
}

static cJSON *supply_to_json(const struct pl_supply *s)
{
	cJSON *o = cJSON_CreateObject();

	pl_json_add_int(o, "index", s->index);
	pl_json_add_text(o, "class", class_name(s->supply_class));
	pl_json_add_text(o, "type", s->type[0] ? s->type : "unknown");
	pl_json_add_text(o, "colorant", s->colorant);
	pl_json_add_text(o, "description", s->description);
	pl_json_add_text(o, "unit", s->unit);
	pl_json_add_int(o, "max_capacity", s->max_capacity);
	pl_json_add_int(o, "level", s->level);
	pl_json_add_int(o, "level_code", s->level_code ? s->level_code : PL_UNKNOWN);
	pl_json_add_int(o, "level_percent", s->level_percent);
	pl_json_add_text(o, "part_number", s->part_number);
	pl_json_add_text(o, "serial_number", s->serial_number);
	pl_json_add_text(o, "state", supply_state_name(s->state));
	return o;
}

static cJSON *supplies_to_json(const struct pl_reading *r)
{
	cJSON *list;

	if (r->snapshot.supply_count == 0)
		return cJSON_CreateNull();
	list = cJSON_CreateArray();
	for (size_t i = 0; i < r->snapshot.supply_count; i++)
		cJSON_AddItemToArray(list, supply_to_json(&r->snapshot.supplies[i]));
	return list;
}

static cJSON *counters_to_json(const struct pl_reading *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *sources;

	for (int i = 0; i < PL_COUNTER_COUNT; i++)
		pl_json_add_int(o, pl_counter_name((enum pl_counter)i),
				r->snapshot.counters[i].value);
	sources = cJSON_AddObjectToObject(o, "sources");
	for (int i = 0; i < PL_COUNTER_COUNT; i++)
		if (r->snapshot.counters[i].value != PL_UNKNOWN)
			pl_json_add_text(sources, pl_counter_name((enum pl_counter)i),
					 pl_source_name(r->snapshot.counters[i].source));
	return o;
}

static cJSON *media_to_json(const struct pl_reading *r)
{
	cJSON *list;

	if (r->snapshot.medium_count == 0)
		return cJSON_CreateNull();
	list = cJSON_CreateArray();
	for (size_t i = 0; i < r->snapshot.medium_count; i++) {
		const struct pl_medium *m = &r->snapshot.media[i];
		cJSON *o = cJSON_CreateObject();

		pl_json_add_text(o, "name", m->name);
		pl_json_add_int(o, "level", m->level);
		pl_json_add_int(o, "level_code", m->level_code ? m->level_code : PL_UNKNOWN);
		pl_json_add_int(o, "capacity", m->capacity);
		pl_json_add_text(o, "size", m->size);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

static const char *severity_name(enum pl_severity s)
{
	static const char *const NAMES[] = { "unknown", "report", "warning", "critical" };

	return NAMES[s];
}

cJSON *pl_alert_to_json(const struct pl_alert *a)
{
	cJSON *o = cJSON_CreateObject();

	pl_json_add_text(o, "code", a->code);
	pl_json_add_text(o, "severity", severity_name(a->severity));
	pl_json_add_text(o, "group", a->group);
	pl_json_add_text(o, "description", a->description);
	add_time(o, "since", a->since_ms);
	return o;
}

/* Without alerts: an empty list where the printer told its state, null where nobody could tell. */
static cJSON *alerts_to_json(const struct pl_reading *r)
{
	cJSON *list;

	if (r->snapshot.alert_count == 0 && !r->snapshot.reasons_known)
		return cJSON_CreateNull();
	list = cJSON_CreateArray();
	for (size_t i = 0; i < r->snapshot.alert_count; i++)
		cJSON_AddItemToArray(list, pl_alert_to_json(&r->snapshot.alerts[i]));
	return list;
}

static cJSON *access_to_json(const struct pl_reading *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON *list;

	pl_json_add_text(o, "owner", pl_owner_name(r->access.owner));
	pl_json_add_int(o, "tier", r->access.tier);
	list = cJSON_AddArrayToObject(o, "interfaces");
	for (size_t i = 0; i < r->access.interface_count; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(r->access.interfaces[i]));
	cJSON_AddBoolToObject(o, "busy", r->access.busy);
	list = cJSON_AddArrayToObject(o, "actions");
	for (int i = 0; i < PL_ACTION_TYPE_COUNT; i++)
		if (r->actions & (1u << i))
			cJSON_AddItemToArray(list, cJSON_CreateString(PL_ACTION_WORDS[i]));
	pl_json_add_text(o, "note", r->access.note);
	return o;
}

const char *pl_complaint_word(const struct pl_complaint *c)
{
	return c->code == PL_OK ? "odd" : pl_result_name(c->code);
}

static cJSON *errors_to_json(const struct pl_reading *r)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < r->snapshot.error_count; i++) {
		const struct pl_complaint *c = &r->snapshot.errors[i];
		cJSON *o = cJSON_CreateObject();

		pl_json_add_text(o, "source", pl_source_name(c->source));
		pl_json_add_text(o, "code", pl_complaint_word(c));
		pl_json_add_text(o, "error", c->text);
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

cJSON *pl_section_to_json(const struct pl_reading *r, enum pl_section section)
{
	static cJSON *(*const WRITERS[PL_SECTION_COUNT])(const struct pl_reading *r) = {
		[PL_SECTION_USB] = usb_to_json,		  [PL_SECTION_IDENTITY] = identity_to_json,
		[PL_SECTION_STATE] = state_to_json,	  [PL_SECTION_SUPPLIES] = supplies_to_json,
		[PL_SECTION_COUNTERS] = counters_to_json, [PL_SECTION_MEDIA] = media_to_json,
		[PL_SECTION_ALERTS] = alerts_to_json,	  [PL_SECTION_ACCESS] = access_to_json,
		[PL_SECTION_ERRORS] = errors_to_json,	  [PL_SECTION_SETTINGS] = pl_knobs_to_json,
	};

	return WRITERS[section](r);
}

cJSON *pl_reading_to_json(const struct pl_reading *r)
{
	cJSON *o = cJSON_CreateObject();

	pl_json_add_text(o, "key", r->key);
	for (int i = 0; i < PL_SECTION_ERRORS; i++)
		cJSON_AddItemToObject(o, SECTION_NAMES[i],
				      pl_section_to_json(r, (enum pl_section)i));
	add_time(o, "taken_at", r->taken_at_ms);
	cJSON_AddItemToObject(o, "errors", errors_to_json(r));
	return o;
}

cJSON *pl_snapshots_to_json(cJSON **ret_printers)
{
	cJSON *root = cJSON_CreateObject();

	pl_json_add_text(root, "schema", PL_SNAPSHOT_SCHEMA);
	*ret_printers = cJSON_AddArrayToObject(root, "printers");
	return root;
}
