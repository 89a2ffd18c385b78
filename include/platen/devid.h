/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_DEVID_H
#define PL_DEVID_H

/*
 * IEEE 1284 device ID: the one line in which a printer says who it is.
 *
 *     MFG:Brother;CMD:PJL,PCL,URF;MDL:HL-L2350DW series;SN:E78096A9;
 *
 * Every byte comes from the device. Nothing here allocates: the spans point into the caller's text
 * and live as long as it does. Threads: pure. Standard: IEEE 1284-2000 section 7.6, PWG 5107.2 for
 * the keys.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/result.h"
#include "platen/snapshot.h"
#include "platen/span.h"

struct pl_devid {
	struct pl_span make;	     /* MFG or MANUFACTURER */
	struct pl_span model;	     /* MDL or MODEL */
	struct pl_span serial;	     /* SN, SERN, SER or SERIALNUMBER; often empty */
	struct pl_span commands;     /* CMD or COMMAND SET, "PJL,PCL,URF" */
	struct pl_span device_class; /* CLS */
	struct pl_span description;  /* DES */
	struct pl_span status;	     /* STATUS, vendor's own words */
	struct pl_span vstatus;	     /* VSTATUS, HP ink */
	struct pl_span s_field;	     /* S, HP ink: hex status with pen levels */
	struct pl_span supplies;     /* SUPPLIES, "BK:61,C:40"; few say it */
};

/* Reads the text of an ID (without its length prefix). Where a key repeats, the first one counts;
 * unknown keys are skipped. Returns PL_OK (make and model known) | PL_E_PROTOCOL (no usable ID;
 * ret_id untouched). */
enum pl_result pl_devid_parse(struct pl_span text, struct pl_devid *ret_id);

/* True when the CMD list names `language` ("PJL"), in any letter case. */
bool pl_devid_speaks(const struct pl_devid *id, const char *language);

/* Adds who the printer is to `s`, source ieee1284: make, model, serial number, the public part of
 * the ID. Enough for an ID that the kernel cached when the printer was plugged in. */
void pl_devid_identify(struct pl_span text, struct pl_snapshot *s);

/* Adds that, and of printers that put their status into the ID (HP ink: VSTATUS, S; others: STATUS,
 * SUPPLIES) state, reasons and supplies. Only true of an ID that was asked for just now. Malformed
 * status becomes an entry in s->errors. */
void pl_devid_snapshot(struct pl_span text, struct pl_snapshot *s);

/* Writes "MFG:…;MDL:…;CMD:…;CLS:…;SN:…;" of the known keys alone, printable ASCII without '@': what
 * of an ID may leave the PC. A field that does not fit in `cap` is left out whole, of CMD as many
 * languages as fit. */
void pl_devid_public(const struct pl_devid *id, char *ret_text, size_t cap);

#endif
