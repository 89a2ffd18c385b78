/* SPDX-License-Identifier: Apache-2.0 */
/* Of one printer: first what disturbs nobody, then what it says, as long as nobody wants to print.
 */
#include "diag.h"

#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "owner.h"
#include "platen/clock.h"
#include "platen/devid.h"
#include "platen/json.h"
#include "snapshot_json.h"

#define ID_MS 3000

void pl_diag_missing(struct pl_bundle *b, const char *name, enum pl_result why,
		     const struct pl_error *err)
{
	const char *sentence;

	switch (why) {
	case PL_E_BUSY: sentence = "The printer is in use: it was left alone"; break;
	case PL_E_TIMEOUT: sentence = "The printer did not answer in time"; break;
	case PL_E_GONE: sentence = "The printer was unplugged"; break;
	case PL_E_NOT_FOUND:
	case PL_E_UNSUPPORTED: sentence = "The printer does not offer it"; break;
	case PL_E_DENIED: sentence = "The agent may not open the printer"; break;
	default: sentence = "The printer gave an answer that makes no sense"; break;
	}
	if (pl_bundle_is_whole(b) && err && err->text[0])
		sentence = err->text;
	pl_bundle_missing(b, name, sentence);
}

static const char *power_name(enum pl_usb_power power)
{
	return power == PL_USB_POWER_SUSPENDED ? "suspended"
	       : power == PL_USB_POWER_ACTIVE  ? "active"
					       : "unknown";
}

static cJSON *setting_to_json(const struct pl_usb_setting *s)
{
	cJSON *o = cJSON_CreateObject();
	char kind[16];

	snprintf(kind, sizeof(kind), "%x/%x/%x", s->class_code, s->subclass, s->protocol);
	pl_json_add_int(o, "interface", s->interface);
	pl_json_add_int(o, "alternate", s->alternate);
	cJSON_AddStringToObject(o, "kind", kind);
	pl_json_add_int(o, "ep_in", s->ep_in);
	pl_json_add_int(o, "ep_out", s->ep_out);
	pl_json_add_int(o, "in_packet_size", s->in_packet_size);
	pl_json_add_int(o, "out_packet_size", s->out_packet_size);
	return o;
}

static void add_usb(struct pl_act *a, struct pl_bundle *b)
{
	const struct pl_usb_device *dev = a->dev;
	cJSON *doc = pl_usb_to_json(dev), *list;

	cJSON_AddStringToObject(doc, "manufacturer", dev->manufacturer);
	cJSON_AddStringToObject(doc, "product", dev->product);
	pl_json_add_int(doc, "configuration", dev->configuration);
	cJSON_AddStringToObject(doc, "power", power_name(pl_usb_power(a->usb, dev)));
	pl_json_add_int(doc, "transfers", pl_usb_traffic(a->usb, dev));
	list = cJSON_AddArrayToObject(doc, "settings");
	for (size_t i = 0; i < dev->setting_count; i++)
		cJSON_AddItemToArray(list, setting_to_json(&dev->settings[i]));
	pl_bundle_json(b, "usb.json", "bundle.usb", doc);
	cJSON_Delete(doc);
}

/* Each interface once, with who holds it. */
static void add_claims(struct pl_act *a, cJSON *list)
{
	static const char *const OWNERS[] = {
		[PL_USB_OWNER_NONE] = "nobody",	    [PL_USB_OWNER_USBLP] = "usblp",
		[PL_USB_OWNER_USBFS] = "program",   [PL_USB_OWNER_OTHER] = "driver",
		[PL_USB_OWNER_UNKNOWN] = "unknown",
	};
	int last = -1;

	for (size_t i = 0; i < a->dev->setting_count; i++) {
		uint8_t interface = a->dev->settings[i].interface;
		char driver[32] = "";
		cJSON *o;

		if (interface == last)
			continue;
		last = interface;
		o = cJSON_CreateObject();
		pl_json_add_int(o, "interface", interface);
		cJSON_AddStringToObject(
			o, "claimed_by",
			OWNERS[pl_usb_owner_shown(a->usb, a->dev, interface, driver)]);
		pl_json_add_text(o, "driver", driver[0] ? driver : NULL);
		cJSON_AddItemToArray(list, o);
	}
}

static void add_access(struct pl_act *a, const struct pl_occupancy *o, struct pl_bundle *b)
{
	cJSON *doc = cJSON_CreateObject(), *languages;

	cJSON_AddStringToObject(doc, "owner", pl_owner_name(o->owner));
	cJSON_AddBoolToObject(doc, "busy", o->busy);
	cJSON_AddBoolToObject(doc, "pipe_is_free", o->pipe_is_free);
	cJSON_AddBoolToObject(doc, "has_queue", o->queue[0] != '\0');
	cJSON_AddStringToObject(doc, "queue", o->queue);
	cJSON_AddStringToObject(doc, "note", o->note);
	pl_json_add_int(doc, "http_port", o->http_port);
	add_claims(a, cJSON_AddArrayToObject(doc, "interfaces"));
	languages = cJSON_AddArrayToObject(doc, "languages");
	if (a->known->ipp == PL_SKILL_YES)
		cJSON_AddItemToArray(languages, cJSON_CreateString("ipp"));
	if (a->known->ledm == PL_SKILL_YES)
		cJSON_AddItemToArray(languages, cJSON_CreateString("ledm"));
	if (a->known->speaks_pjl)
		cJSON_AddItemToArray(languages, cJSON_CreateString("pjl"));
	pl_bundle_json(b, "access.json", "bundle.access", doc);
	cJSON_Delete(doc);
}

static const struct pl_usb_setting *printer_setting(const struct pl_usb_device *dev)
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(dev);

	for (size_t i = 0; !pipe && i < dev->setting_count; i++)
		if (dev->settings[i].class_code == 7)
			pipe = &dev->settings[i];
	return pipe;
}

/* GET_DEVICE_ID takes no claim; a sleeping printer's comes from sysfs. */
static void add_device_id(struct pl_act *a, struct pl_bundle *b)
{
	const struct pl_usb_setting *setting = printer_setting(a->dev);
	char text[PL_MAX_USB_DEVICEID + 1], public_text[256];
	struct pl_devid id;
	struct pl_error err = { PL_OK, "" };
	enum pl_result r = PL_E_UNSUPPORTED;
	size_t size = 0;
	cJSON *doc;

	if (setting)
		r = pl_usb_device_id(a->usb, a->dev, setting, pl_clock_in_ms(ID_MS), text,
				     sizeof(text), &size, &err);
	if (r == PL_OK)
		r = pl_devid_parse((struct pl_span){ text, size }, &id);
	if (r != PL_OK) {
		pl_diag_missing(b, "ieee1284.json", r, &err);
		return;
	}
	pl_devid_public(&id, public_text, sizeof(public_text));
	doc = cJSON_CreateObject();
	cJSON_AddStringToObject(doc, "device_id", public_text);
	pl_json_add_int(doc, "bytes", (int64_t)size);
	for (char *c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	cJSON_AddStringToObject(doc, "whole", text);
	pl_bundle_json(b, "ieee1284.json", "bundle.ieee1284", doc);
	cJSON_Delete(doc);
}

/* Why the printer is asked nothing beyond tier 0; NULL: it may be asked. */
static const char *why_not_ask(struct pl_act *a, const struct pl_occupancy *o)
{
	if (o->busy || a->last->snapshot.printer_state == PL_STATE_PROCESSING)
		return "The printer is in use: only what disturbs nobody was read";
	if (pl_usb_power(a->usb, a->dev) == PL_USB_POWER_SUSPENDED ||
	    a->last->snapshot.asleep == PL_YES)
		return "The printer sleeps: it was not woken";
	return NULL;
}

static enum pl_result add_languages(struct pl_act *a, struct pl_bundle *b, int64_t by_ms,
				    struct pl_error *err)
{
	enum pl_result r = pl_diag_ipp(a, b, err);

	if (r == PL_OK)
		r = pl_diag_ledm(a, b, by_ms, err);
	pl_act_let_go(a);
	if (r == PL_OK && pl_act_is_cancelled(a))
		r = pl_error_set(err, PL_E_CANCELLED, "it was stopped");
	if (r == PL_OK)
		r = pl_diag_pjl(a, b, err);
	pl_act_let_go(a);
	return r;
}

enum pl_result pl_diag_printer(struct pl_act *a, struct pl_bundle *b, int64_t by_ms,
			       struct pl_error *err)
{
	static const char *const SPOKEN[] = { "ipp.json", "ledm.txt", "pjl.txt" };
	struct pl_occupancy occupancy;
	const char *why;
	cJSON *reading;

	pl_bundle_begin(b);
	pl_owner_look(a->usb, a->dev, &occupancy);
	add_usb(a, b);
	add_access(a, &occupancy, b);
	add_device_id(a, b);
	reading = pl_reading_to_json(a->last);
	pl_bundle_json(b, "snapshot.json", "printer.snapshot", reading);
	cJSON_Delete(reading);
	why = why_not_ask(a, &occupancy);
	if (!why)
		return add_languages(a, b, by_ms, err);
	for (size_t i = 0; i < sizeof(SPOKEN) / sizeof(SPOKEN[0]); i++)
		pl_bundle_missing(b, SPOKEN[i], why);
	return PL_OK;
}
