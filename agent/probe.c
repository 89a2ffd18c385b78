/* SPDX-License-Identifier: Apache-2.0 */
/* One conversation with one printer: least disturbing first. */
#include "probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "conversation.h"
#include "merge.h"
#include "owner.h"
#include "platen/alert.h"
#include "platen/clock.h"
#include "platen/devid.h"

#define DEVICE_ID_MS 3000
#define KNOBS_AGE_MS (50 * 60 * 1000LL) /* settings change by hand: once in an hour is enough */

enum pl_way pl_known_way(const struct pl_known *known)
{
	if (known->ipp == PL_SKILL_YES || known->ledm == PL_SKILL_YES)
		return PL_WAY_HTTP;
	return known->pjl == PL_SKILL_YES ? PL_WAY_PJL : PL_WAY_ID;
}

int64_t conversation_by(const struct conversation *c, int64_t ms)
{
	int64_t by_ms = pl_clock_in_ms(ms);

	return by_ms < c->by_ms ? by_ms : c->by_ms;
}

void conversation_take(struct conversation *c)
{
	pl_evidence_note(&c->evidence, &c->part);
	pl_merge(&c->r->snapshot, &c->part);
	pl_snapshot_init(&c->part);
}

bool conversation_failed(struct conversation *c, enum pl_source source, const struct pl_error *err)
{
	struct pl_snapshot *s = &c->r->snapshot;
	size_t before = s->error_count;

	if (err->code == PL_E_GONE || err->code == PL_E_CANCELLED)
		return true;
	pl_snapshot_complain(s, source, "%s", err->text);
	if (s->error_count > before)
		s->errors[before].code = err->code;
	return false;
}

/* Every triple the device offers, once each. */
static void list_interfaces(const struct pl_usb_device *dev, struct pl_access *access)
{
	for (size_t i = 0; i < dev->setting_count && access->interface_count < PL_MAX_TRIPLES;
	     i++) {
		const struct pl_usb_setting *s = &dev->settings[i];
		char triple[PL_MAX_TRIPLE];
		bool known = false;

		snprintf(triple, sizeof(triple), "%x/%x/%x", s->class_code, s->subclass,
			 s->protocol);
		for (size_t j = 0; j < access->interface_count; j++)
			known = known || strcmp(access->interfaces[j], triple) == 0;
		if (!known)
			memcpy(access->interfaces[access->interface_count++], triple,
			       sizeof(triple));
	}
}

/* Tier 0: what the descriptors say. */
static void read_descriptors(struct conversation *c)
{
	const struct pl_usb_device *dev = c->dev;

	pl_snapshot_identify(&c->part, PL_ID_MAKE, pl_span_of(dev->manufacturer), PL_SOURCE_USB);
	pl_snapshot_identify(&c->part, PL_ID_MODEL, pl_span_of(dev->product), PL_SOURCE_USB);
	pl_snapshot_identify(&c->part, PL_ID_SERIAL_NUMBER, pl_span_of(dev->serial), PL_SOURCE_USB);
	conversation_take(c);
}

/* Where to ask for the 1284 ID: the print pipe, else any class-7 setting. */
static const struct pl_usb_setting *id_setting(const struct pl_usb_device *dev)
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(dev);

	for (size_t i = 0; !pipe && i < dev->setting_count; i++)
		if (dev->settings[i].class_code == 7)
			pipe = &dev->settings[i];
	return pipe;
}

/* Tier 0: the 1284 ID. What a suspended printer's system remembers of it says who, not how. */
static enum pl_result read_device_id(struct conversation *c, bool suspended, struct pl_error *err)
{
	const struct pl_usb_setting *setting = id_setting(c->dev);
	char text[PL_MAX_USB_DEVICEID + 1];
	struct pl_devid id;
	struct pl_span span;
	enum pl_result r;
	size_t size;

	if (!setting)
		return PL_OK;
	r = pl_usb_device_id(c->prober->usb, c->dev, setting, conversation_by(c, DEVICE_ID_MS),
			     text, sizeof(text), &size, err);
	if (r != PL_OK) {
		if (suspended)
			return PL_OK; /* asking would wake it */
		return conversation_failed(c, PL_SOURCE_IEEE1284, err) ? r : PL_OK;
	}
	span = (struct pl_span){ text, size };
	r = pl_devid_parse(span, &id);
	if (r != PL_OK) {
		r = pl_error_set(err, r,
				 "the printer's 1284 ID of %zu bytes names no maker and model",
				 size);
		return conversation_failed(c, PL_SOURCE_IEEE1284, err) ? r : PL_OK;
	}
	c->speaks_pjl = pl_devid_speaks(&id, "PJL");
	c->known->speaks_pjl = c->speaks_pjl;
	c->known->speaks_pml = pl_devid_speaks(&id, "PML");
	c->known->speaks_pcl = pl_devid_speaks(&id, "PCL");
	c->known->speaks_postscript = pl_devid_speaks(&id, "POSTSCRIPT");
	pl_identity_key(c->dev, id.serial, c->r->key);
	if (suspended)
		pl_devid_identify(span, &c->part);
	else
		pl_devid_snapshot(span, &c->part);
	conversation_take(c);
	return PL_OK;
}

static bool is_gentle(const struct pl_occupancy *o, enum pl_usb_power power, enum pl_depth depth)
{
	return o->busy || power == PL_USB_POWER_SUSPENDED || depth == PL_DEPTH_PASSIVE;
}

/* True for a model that does not bear being asked; the person at the PC is told who says so. */
static bool is_forbidden(struct conversation *c)
{
	const struct pl_quirks *q = &c->dev->quirks;

	if (!pl_quirks_forbid(q))
		return false;
	snprintf(c->r->access.note, sizeof(c->r->access.note),
		 "This model is not asked anything, only its USB descriptors and 1284 ID are read: "
		 "%s line %d says \"%s\"",
		 q->file, q->line, q->value[PL_QUIRK_BLACKLIST] ? "blacklist" : "unidir");
	return true;
}

/* Everything beyond tier 0. PJL is the last resort: it takes the pipe that people print through. */
static enum pl_result talk(struct conversation *c, const struct pl_occupancy *o,
			   struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (is_forbidden(c))
		return PL_OK;
	if (conversation_can_http(c))
		r = conversation_http(c, err);
	if (r != PL_OK || c->r->access.tier >= 1 || pl_known_way(c->known) == PL_WAY_HTTP)
		return r;
	if (c->prober->pjl == PL_PJL_NEVER || !c->speaks_pjl ||
	    (c->depth == PL_DEPTH_SMALL && c->known->pjl != PL_SKILL_YES))
		return PL_OK;
	if (!pl_owner_lends_pipe(o->owner) && !o->pipe_is_free) {
		snprintf(c->r->access.note, sizeof(c->r->access.note),
			 "A queue prints to this printer and no usblp driver is bound, "
			 "so its print pipe is left alone");
		return PL_OK;
	}
	return conversation_pjl(c, err);
}

/* Two of us must not meet. The name tells devices apart that share a serial number. */
enum pl_result conversation_lock(const struct pl_usb_device *dev, struct pl_lock **ret_lock,
				 struct pl_error *err)
{
	char key[PL_MAX_KEY], name[PL_MAX_KEY + 16];

	pl_identity_key(dev, (struct pl_span){ NULL, 0 }, key);
	snprintf(name, sizeof(name), "%s-%03u-%03u", key, dev->bus, dev->address);
	return pl_lock_take(name, ret_lock, err);
}

static enum pl_result converse(struct conversation *c, struct pl_error *err)
{
	enum pl_usb_power power = pl_usb_power(c->prober->usb, c->dev);
	struct pl_occupancy occupancy;
	enum pl_result r;

	if (c->depth == PL_DEPTH_PASSIVE)
		pl_owner_glance(c->prober->usb, c->dev, &occupancy);
	else
		pl_owner_look(c->prober->usb, c->dev, &occupancy);
	c->r->access.owner = occupancy.owner;
	c->r->access.busy = occupancy.busy;
	c->http_port = occupancy.http_port;
	c->known->has_queue = occupancy.queue[0] != '\0';
	memcpy(c->r->access.note, occupancy.note, sizeof(c->r->access.note));

	if (power == PL_USB_POWER_SUSPENDED)
		c->r->snapshot.asleep = PL_YES;
	if (c->depth == PL_DEPTH_PASSIVE && power != PL_USB_POWER_SUSPENDED)
		return PL_OK;
	r = read_device_id(c, power == PL_USB_POWER_SUSPENDED, err);
	if (r != PL_OK || is_gentle(&occupancy, power, c->depth))
		return r;
	return talk(c, &occupancy, err);
}

static void begin_knobs(struct conversation *c)
{
	int64_t last_ms = c->known->knobs_ms;

	c->wants_knobs = c->depth == PL_DEPTH_FULL &&
			 (last_ms == 0 || pl_clock_now_ms() - last_ms > KNOBS_AGE_MS);
	pl_knobs_init(&c->knobs);
}

static void settle_knobs(struct conversation *c)
{
	if (c->knobs.known)
		c->known->knobs = c->knobs;
	if (c->wants_knobs && c->r->access.tier > 0)
		c->known->knobs_ms = pl_clock_now_ms();
	c->r->knobs = c->known->knobs;
}

/* The languages' reasons, and the alerts they mean, tell one story in the end. */
static void settle(struct conversation *c)
{
	pl_alert_reconcile(&c->r->snapshot);
	pl_supply_reconcile(&c->r->snapshot);
	pl_identity_settle(c->r, &c->evidence);
	settle_knobs(c);
	c->r->actions = pl_act_offered(c->known, c->dev);
	c->r->taken_at_ms = pl_clock_wall_ms();
}

enum pl_result pl_probe(const struct pl_prober *p, const struct pl_usb_device *dev,
			struct pl_known *known, enum pl_depth depth, int64_t by_ms,
			struct pl_reading *ret, struct pl_error *err)
{
	struct conversation *c = calloc(1, sizeof(*c));
	struct pl_lock *lock = NULL;
	enum pl_result r;

	if (!c)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	memset(ret, 0, sizeof(*ret));
	pl_snapshot_init(&ret->snapshot);
	ret->usb = *dev;
	*c = (struct conversation){
		.prober = p, .dev = dev, .known = known, .depth = depth, .by_ms = by_ms, .r = ret
	};
	pl_snapshot_init(&c->part);
	pl_identity_key(dev, (struct pl_span){ NULL, 0 }, ret->key);
	list_interfaces(dev, &ret->access);
	begin_knobs(c);

	read_descriptors(c);
	r = conversation_lock(dev, &lock, err);
	if (r == PL_OK)
		r = converse(c, err);
	else if (!conversation_failed(c, PL_SOURCE_USB, err))
		r = PL_OK;
	settle(c);
	pl_lock_release(lock);
	free(c);
	return r;
}
