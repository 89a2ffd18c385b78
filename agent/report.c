/* SPDX-License-Identifier: Apache-2.0 */
/* A reading as the connector gets it. */
#include "report.h"

#include "platen/json.h"

/* The sentence may name what stands on this PC; its one word is enough for a fleet. */
static cJSON *errors_for_wire(const struct pl_reading *r)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < r->snapshot.error_count; i++) {
		const struct pl_complaint *c = &r->snapshot.errors[i];
		cJSON *o = cJSON_CreateObject();

		pl_json_add_text(o, "source", pl_source_name(c->source));
		pl_json_add_text(o, "error", pl_complaint_word(c));
		cJSON_AddItemToArray(list, o);
	}
	return list;
}

/* Trays lose their names and get numbers. */
static void number_media(cJSON *list)
{
	cJSON *tray;
	int index = 0;

	cJSON_ArrayForEach(tray, list) cJSON_AddNumberToObject(tray, "index", ++index);
}

cJSON *pl_report_section(const struct pl_reading *r, enum pl_section section)
{
	cJSON *json;

	if (section == PL_SECTION_ERRORS)
		return errors_for_wire(r);
	json = pl_section_to_json(r, section);
	if (section == PL_SECTION_MEDIA && cJSON_IsArray(json))
		number_media(json);
	return json;
}

static cJSON *empty_snapshot(bool full)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddBoolToObject(body, "full", full);
	return body;
}

cJSON *pl_report_full(const struct pl_reading *r)
{
	cJSON *body = empty_snapshot(true);

	for (int i = 0; i < PL_SECTION_COUNT; i++)
		cJSON_AddItemToObject(body, pl_section_name((enum pl_section)i),
				      pl_report_section(r, (enum pl_section)i));
	return body;
}

cJSON *pl_report_changes(const struct pl_reading *r, const struct pl_reading *before)
{
	cJSON *body = NULL;

	for (int i = 0; i < PL_SECTION_COUNT; i++) {
		cJSON *now = pl_report_section(r, (enum pl_section)i);
		cJSON *then = pl_report_section(before, (enum pl_section)i);
		bool same = cJSON_Compare(now, then, true);

		cJSON_Delete(then);
		if (same) {
			cJSON_Delete(now);
			continue;
		}
		if (!body)
			body = empty_snapshot(false);
		cJSON_AddItemToObject(body, pl_section_name((enum pl_section)i), now);
	}
	return body;
}

cJSON *pl_report_attached(const struct pl_usb_device *dev)
{
	cJSON *body = cJSON_CreateObject();

	cJSON_AddItemToObject(body, "usb", pl_usb_to_json(dev));
	return body;
}

cJSON *pl_report_detached(const struct pl_usb_device *dev, const char *reason)
{
	cJSON *body = cJSON_CreateObject();

	pl_json_add_text(body, "port_path", dev->port_path);
	pl_json_add_text(body, "reason", reason);
	return body;
}
