/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SNAPSHOT_JSON_H
#define PL_SNAPSHOT_JSON_H

/*
 * Snapshot as JSON: platen.snapshot/1, section by section, always in the same order, so that the
 * same reading gives the same bytes and a change is found by comparing sections.
 *
 *     {"key":…,"usb":{…},"identity":{…},"state":{…},"supplies":[…],"counters":{…},"media":[…],
 *      "alerts":[…],"settings":{…},"access":{…},"taken_at":"…","errors":[…]}
 *
 * Unknown is null, in enumerations the word "unknown"; of a list, null means that nobody told it.
 * Threads: pure. Memory: trees of cJSON; the caller deletes them. NULL: no memory.
 */

#include <cjson/cJSON.h>

#include "reading.h"

#define PL_SNAPSHOT_SCHEMA "platen.snapshot/1"

enum pl_section {
	PL_SECTION_USB,
	PL_SECTION_IDENTITY,
	PL_SECTION_STATE,
	PL_SECTION_SUPPLIES,
	PL_SECTION_COUNTERS,
	PL_SECTION_MEDIA,
	PL_SECTION_ALERTS,
	PL_SECTION_SETTINGS,
	PL_SECTION_ACCESS,
	PL_SECTION_ERRORS,
	PL_SECTION_COUNT
};
const char *pl_section_name(enum pl_section section);

/* One section of a reading. */
cJSON *pl_section_to_json(const struct pl_reading *r, enum pl_section section);

/* The whole printer object. */
cJSON *pl_reading_to_json(const struct pl_reading *r);

/* The settings section (knob_json.c): every value is a text, whatever its kind. */
cJSON *pl_knobs_to_json(const struct pl_reading *r);

/* One alert, as it stands in the list and in alert.opened. */
cJSON *pl_alert_to_json(const struct pl_alert *a);

/* The "usb" section of a device that nobody has talked to yet. */
cJSON *pl_usb_to_json(const struct pl_usb_device *dev);

/* The one word for what went wrong: a result's name, or "odd" where an answer came and is strange.
 */
const char *pl_complaint_word(const struct pl_complaint *c);

/* {"schema":"platen.snapshot/1","printers":[]} to which the caller adds printer objects. */
cJSON *pl_snapshots_to_json(cJSON **ret_printers);

#endif
