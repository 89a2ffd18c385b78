/* SPDX-License-Identifier: Apache-2.0 */
/* Truth: facts without their private corners, alerts from reasons, told_by from the profile's
 * patterns. */

#include "truth.h"

#include <stdio.h>
#include <string.h>

#include <glib.h>

#include <platen/clock.h>

#include "json.h"
#include "reason.h"
#include "told.h"
#include "view.h"

#define SCHEMA	 "platen.snapshot/1"
#define MAX_PATH 160

static void add_usb(cJSON *out, struct vp_printer *p)
{
	const struct vp_descriptors *d = vp_device_descriptors(p->device);
	cJSON *usb = cJSON_AddObjectToObject(out, "usb");
	char *serial = d->serial ? vp_view_text(p->profile, p->state, NULL, d->serial) : NULL;
	char text[32];
	int address = 0;

	vp_printer_plugged(p, &address);
	snprintf(text, sizeof(text), "%04x", d->vendor_id);
	cJSON_AddStringToObject(usb, "vendor_id", text);
	snprintf(text, sizeof(text), "%04x", d->product_id);
	cJSON_AddStringToObject(usb, "product_id", text);
	cJSON_AddNumberToObject(usb, "bus", 1);
	cJSON_AddNumberToObject(usb, "address", address);
	snprintf(text, sizeof(text), "1-%d", p->port);
	cJSON_AddStringToObject(usb, "port_path", text);
	cJSON_AddItemToObject(usb, "serial",
			      serial ? cJSON_CreateString(serial) : cJSON_CreateNull());
	g_free(serial);
}

/* Of the 1284 ID what may leave the PC: these keys, in this order, as the ID has them. */
static void add_device_id(cJSON *out, struct vp_printer *p)
{
	static const char *const KEYS[][3] = { { "MFG", "MANUFACTURER", "MANUFACTURER" },
					       { "MDL", "MODEL", "MODEL" },
					       { "CMD", "COMMAND SET", "COMMAND SET" },
					       { "CLS", "CLASS", "CLASS" },
					       { "SN", "SERN", "SER" } };
	const char *pattern = vp_json_text(p->profile->device, "device_id", NULL);
	cJSON *identity = cJSON_GetObjectItemCaseSensitive(out, "identity");
	char *text = pattern ? vp_view_text(p->profile, p->state, NULL, pattern) : NULL;
	gchar **fields = g_strsplit(text ? text : "", ";", -1);
	GString *kept = g_string_new("");

	for (size_t k = 0; k < G_N_ELEMENTS(KEYS); k++) {
		for (int i = 0; fields[i]; i++) {
			const char *colon = strchr(fields[i], ':');
			gchar *key =
				colon ? g_strndup(fields[i], (gsize)(colon - fields[i])) : NULL;

			if (key && (!strcmp(key, KEYS[k][0]) || !strcmp(key, KEYS[k][1]) ||
				    !strcmp(key, KEYS[k][2])))
				g_string_append_printf(kept, "%s:%s;", KEYS[k][0], colon + 1);
			g_free(key);
		}
	}
	cJSON_DeleteItemFromObject(identity, "device_id");
	cJSON_AddItemToObject(identity, "device_id",
			      kept->len ? cJSON_CreateString(kept->str) : cJSON_CreateNull());
	g_string_free(kept, TRUE);
	g_strfreev(fields);
	g_free(text);
}

static double rounded(double x)
{
	return (double)(long long)(x + 0.5);
}

/* One language may tell a thing in other words: extra.also {"description": "206A"} becomes also
 * {"supplies.0.description": ["206A"]}. */
static void add_also(cJSON *out, int index, const cJSON *supply)
{
	cJSON *also = cJSON_GetObjectItemCaseSensitive(out, "also");
	const cJSON *item;
	char path[MAX_PATH];

	if (!also)
		also = cJSON_AddObjectToObject(out, "also");
	cJSON_ArrayForEach(item, vp_json_at(supply, "extra.also"))
	{
		snprintf(path, sizeof(path), "supplies.%d.%s", index, item->string);
		cJSON_AddItemToArray(cJSON_AddArrayToObject(also, path),
				     cJSON_Duplicate(item, true));
	}
}

/* level_percent follows from level and capacity; null where the level is not known. Private corners
 * go. */
static void finish_lists(cJSON *out)
{
	cJSON *supply, *medium;
	int index = 0;

	cJSON_ArrayForEach(supply, cJSON_GetObjectItemCaseSensitive(out, "supplies"))
	{
		const cJSON *level = cJSON_GetObjectItemCaseSensitive(supply, "level");
		double max = vp_json_number(supply, "max_capacity", 0);
		cJSON *percent =
			cJSON_IsNumber(level) && max > 0
				? cJSON_CreateNumber(rounded(level->valuedouble * 100 / max))
				: cJSON_CreateNull();

		add_also(out, index++, supply);
		cJSON_DeleteItemFromObject(supply, "extra");
		cJSON_DeleteItemFromObject(supply, "level_percent");
		cJSON_AddItemToObject(supply, "level_percent", percent);
	}
	cJSON_ArrayForEach(medium, cJSON_GetObjectItemCaseSensitive(out, "media"))
	{
		cJSON_DeleteItemFromObject(medium, "extra");
	}
}

static void add_alerts(cJSON *out, const struct vp_printer *p)
{
	const cJSON *words = cJSON_GetObjectItemCaseSensitive(p->profile->words, "reasons");
	cJSON *alerts = cJSON_AddArrayToObject(out, "alerts");
	const cJSON *reason;
	char base[VP_MAX_REASON];

	cJSON_ArrayForEach(reason, vp_json_at(out, "state.reasons"))
	{
		const char *suffix = vp_reason_base(reason->valuestring, base);
		const cJSON *word = cJSON_GetObjectItemCaseSensitive(words, base);
		const char *code = vp_json_text(word, "alert", NULL);
		cJSON *alert;

		if (!code)
			continue;
		alert = cJSON_CreateObject();
		cJSON_AddStringToObject(alert, "code", code);
		cJSON_AddStringToObject(alert, "severity",
					strcmp(suffix, "error") == 0	 ? "critical"
					: strcmp(suffix, "warning") == 0 ? "warning"
									 : "report");
		cJSON_AddStringToObject(alert, "group", vp_json_text(word, "group", "other"));
		cJSON_AddItemToArray(alerts, alert);
	}
}

cJSON *vp_truth_printer(struct vp_printer *p)
{
	static const char *const PARTS[] = { "identity", "state", "supplies", "counters", "media" };
	cJSON *facts = vp_state_facts(p->state), *out = cJSON_CreateObject();
	char now[PL_MAX_TIME_TEXT];

	cJSON_AddStringToObject(out, "name", p->name);
	cJSON_AddStringToObject(out, "profile", p->profile->name);
	cJSON_AddBoolToObject(out, "plugged", vp_printer_plugged(p, NULL));
	add_usb(out, p);
	for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++) {
		cJSON *part = cJSON_DetachItemFromObjectCaseSensitive(facts, PARTS[i]);

		if (part)
			cJSON_AddItemToObject(out, PARTS[i], part);
	}
	cJSON_Delete(facts);
	add_device_id(out, p);
	finish_lists(out);
	add_alerts(out, p);
	pl_clock_text(pl_clock_wall_ms(), now);
	cJSON_AddStringToObject(out, "taken_at", now);
	vp_told(out, p);
	return out;
}

cJSON *vp_truth(struct vp_printer *const *printers, int count)
{
	cJSON *out = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(out, "schema", SCHEMA);
	list = cJSON_AddArrayToObject(out, "printers");
	for (int i = 0; i < count; i++)
		if (vp_printer_plugged(printers[i], NULL))
			cJSON_AddItemToArray(list, vp_truth_printer(printers[i]));
	return out;
}
