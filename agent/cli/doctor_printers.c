/* SPDX-License-Identifier: Apache-2.0 */
/* Each USB printer of this PC: may the agent use it, who has it, is it left alone, what came of
 * asking it. Reads sysfs and permissions: no printer is woken or asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "doctor.h"
#include "os/holder.h"
#include "owner.h"
#include "platen/json.h"
#include "quirk_files.h"

#define MAX_HOLDERS 4

struct patient {
	struct doctor *d;
	struct pl_usb *usb;
	const struct pl_usb_device *dev;
	char name[MAX_SUBJECT];
	const cJSON *device;  /* as the agent lists it; NULL */
	const cJSON *printer; /* as the agent has read it; NULL */
};

static const cJSON *find_device(const cJSON *list, const char *prefix,
				const struct pl_usb_device *dev)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, list)
	{
		const cJSON *place = pl_json_at(entry, prefix);
		int64_t bus = -1, address = -1;

		pl_json_int(place, "bus", 0, 255, &bus);
		pl_json_int(place, "address", 0, 255, &address);
		if (bus == dev->bus && address == dev->address)
			return entry;
	}
	return NULL;
}

static bool may_use(void *arg)
{
	const struct patient *p = arg;
	struct pl_error err;

	return pl_usb_may_use(p->usb, p->dev, &err) == PL_OK;
}

static void look_at_access(struct patient *p)
{
	const char *denied = pl_json_text(p->device, "denied");
	bool good = !denied;

	if (!p->device && !pl_as_agent_user(may_use, p, &good)) {
		doctor_say(p->d, "access", FINDING_UNKNOWN, p->name,
			   "start the agent, or say it as root",
			   "whether the agent's user may use it cannot be seen from here");
		return;
	}
	if (good)
		doctor_say(p->d, "access", FINDING_OK, p->name, NULL, "the agent may use it");
	else
		doctor_say(p->d, "access", FINDING_PROBLEM, p->name,
			   "plug it in again, or: udevadm trigger --action=change "
			   "--subsystem-match=usb; "
			   "/lib/udev/rules.d/60-platen.rules gives the permission",
			   "%s", denied ? denied : "the agent's user may not use it");
}

static void look_at_rules(struct patient *p)
{
	const struct pl_quirks *q = &p->dev->quirks;
	bool off = false;

	pl_json_bool(p->device, "switched_off", &off);
	if (off)
		doctor_say(p->d, "switched_off", FINDING_NOTE, p->name,
			   "take the model out of printers_off in the connector's settings",
			   "an administrator of the connector switched this model off");
	if (pl_quirks_forbid(q))
		doctor_say(p->d, "quirk", FINDING_NOTE, p->name,
			   "none, unless that line is wrong: then a section of your own in "
			   "/etc/platen/quirks.d says otherwise",
			   "this model is only identified, never asked: %s line %d says \"%s\"",
			   q->file, q->line, q->value[PL_QUIRK_BLACKLIST] ? "blacklist" : "unidir");
}

static void look_at_power(struct patient *p)
{
	bool asleep = false;

	pl_json_bool(p->printer, "state.asleep", &asleep);
	if (pl_usb_power(p->usb, p->dev) == PL_USB_POWER_SUSPENDED)
		doctor_say(p->d, "power", FINDING_NOTE, p->name,
			   "none: it is read again when somebody prints or wakes it",
			   "its USB port sleeps, and is left asleep");
	else if (asleep)
		doctor_say(p->d, "power", FINDING_NOTE, p->name,
			   "none: it is read again when somebody prints or wakes it",
			   "it sleeps, by its own word, and is left asleep");
	else
		doctor_say(p->d, "power", FINDING_OK, p->name, NULL, "it is awake");
}

/* What kind of program has it decides what to do about it. */
static const char *advice_for(const char *program)
{
	static const struct {
		const char *begin, *advice;
	} KINDS[] = {
		{ "qemu", "end the virtual machine's hold on the device" },
		{ "VirtualBox", "take the device out of the virtual machine's USB filters" },
		{ "VBox", "take the device out of the virtual machine's USB filters" },
		{ "vmware", "disconnect the device from the virtual machine" },
		{ "scan", "let the scan end, or close the scanner program" },
		{ "sane", "let the scan end" },
		{ "simple-scan", "let the scan end, or close the scanner program" },
		{ "xsane", "let the scan end, or close the scanner program" },
		{ "usb", "none: a print job is on its way" },
	};

	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (strncmp(program, KINDS[i].begin, strlen(KINDS[i].begin)) == 0)
			return KINDS[i].advice;
	return "close that program, or let it end";
}

static void name_holder(struct patient *p)
{
	char programs[MAX_HOLDERS][PL_MAX_PROGRAM];
	bool all;
	size_t n = pl_holders(p->dev, programs, MAX_HOLDERS, &all);

	if (n > 0)
		doctor_say(p->d, "owner", FINDING_PROBLEM, p->name, advice_for(programs[0]),
			   "the program \"%s\" has it open; meanwhile only its name is read",
			   programs[0]);
	else
		doctor_say(p->d, "owner", FINDING_PROBLEM, p->name,
			   all ? "if it lasts, unplug the printer and plug it in again"
			       : "say it as root: then the program is named",
			   "a program has it open; meanwhile only its name is read");
}

static void look_at_owner(struct patient *p)
{
	struct pl_occupancy o;

	pl_owner_glance(p->usb, p->dev, &o);
	switch (o.owner) {
	case PL_OWNER_OTHER: name_holder(p); return;
	case PL_OWNER_CUPS:
		doctor_say(p->d, "owner", FINDING_NOTE, p->name, "none: printing comes first", "%s",
			   o.note);
		return;
	case PL_OWNER_IPP_USB:
		doctor_say(p->d, "owner", FINDING_OK, p->name, NULL,
			   "ipp-usb has it and passes questions on");
		return;
	case PL_OWNER_NONE:
	case PL_OWNER_USBLP:
	case PL_OWNER_USBPRINT: break;
	}
	doctor_say(p->d, "owner", FINDING_OK, p->name, NULL,
		   o.owner == PL_OWNER_NONE ? "nobody has it"
					    : "only the system's printer driver has it");
}

/* What came of asking it, in the words of the last reading. */
static void look_at_reading(struct patient *p)
{
	const cJSON *error;
	const char *note = pl_json_text(p->printer, "access.note");
	bool off = false;

	pl_json_bool(p->device, "switched_off", &off);
	if (!p->d->status || off)
		return;
	if (!p->printer) {
		doctor_say(p->d, "reading", FINDING_PROBLEM, p->name,
			   "wait a minute; then: journalctl -u platen-agent",
			   "the agent has not read it yet");
		return;
	}
	cJSON_ArrayForEach(error, pl_json_at(p->printer, "errors"))
	{
		const char *source = pl_json_text(error, "source"),
			   *text = pl_json_text(error, "error");

		doctor_say(
			p->d, "reading", FINDING_PROBLEM, p->name,
			"switch the printer off and on; if it stays, platen diag collects what is "
			"needed to mend it",
			"%s: %s", source ? source : "-", text ? text : "it failed");
	}
	if (pl_json_count(p->printer, "errors") == 0)
		doctor_say(p->d, "reading", note ? FINDING_NOTE : FINDING_OK, p->name, NULL,
			   "read at %s%s%s", pl_json_text(p->printer, "taken_at"), note ? "; " : "",
			   note ? note : "");
}

static void examine(struct doctor *d, struct pl_usb *usb, const struct pl_usb_device *dev)
{
	struct patient p = { .d = d, .usb = usb, .dev = dev };

	snprintf(p.name, sizeof(p.name), "%.40s (usb %.16s)",
		 dev->product[0] ? dev->product : "printer", dev->port_path);
	p.device = find_device(pl_json_at(d->agent, "devices"), "", dev);
	p.printer = find_device(pl_json_at(d->printers, "printers"), "usb", dev);
	look_at_access(&p);
	look_at_rules(&p);
	look_at_power(&p);
	look_at_owner(&p);
	look_at_reading(&p);
}

static enum pl_result examine_all(struct doctor *d, struct pl_usb *usb, struct pl_error *err)
{
	struct pl_usb_device *devices = calloc(PL_MAX_USB_DEVICES, sizeof(*devices));
	enum pl_result r;
	size_t count = 0;

	if (!devices)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_usb_list(usb, devices, PL_MAX_USB_DEVICES, &count, err);
	if (r == PL_OK && count == 0)
		doctor_say(d, "printers", FINDING_PROBLEM, NULL,
			   "switch it on, try another cable and socket; lsusb and the kernel's log "
			   "(journalctl -k) show what the PC sees; a virtual machine or usbguard "
			   "may hide it",
			   "no USB printer is attached");
	else if (r == PL_OK)
		doctor_say(d, "printers", FINDING_OK, NULL, NULL, "%zu attached", count);
	for (size_t i = 0; i < count; i++)
		examine(d, usb, &devices[i]);
	free(devices);
	return r;
}

void doctor_look_at_printers(struct doctor *d)
{
	struct pl_quirk_set *quirks = NULL;
	struct pl_usb *usb = NULL;
	struct pl_error err;
	enum pl_result r = pl_quirk_files_read(&quirks, &err);

	if (r == PL_OK)
		r = pl_usb_create(&usb, &err);
	if (r == PL_OK) {
		pl_usb_use_quirks(usb, quirks);
		r = examine_all(d, usb, &err);
	}
	if (r != PL_OK)
		doctor_say(d, "printers", FINDING_UNKNOWN, NULL, "say it as root", "%s", err.text);
	pl_usb_destroy(usb);
	pl_quirks_destroy(quirks);
}
