/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_IDENTITY_H
#define PL_IDENTITY_H

/*
 * Identity: which printer is this? Factories leave "1234567890000" where a serial number belongs,
 * HP puts "00" before the one it tells over USB, Canon tells one over USB that stands on no label.
 * So every source's serial number is weighed, the best one kept, and the doubt said aloud:
 *
 *     ledm VNB3K12345, usb 00VNB3K12345  ->  VNB3K12345 (ledm), strong
 *     usb 0000000000, nothing else       ->  unknown, weak: bound to the port it is plugged into
 *
 * Threads: pure. Memory: the caller's.
 */

#include "reading.h"

/* The serial number each language told, as it told it; "" where it told none. */
struct pl_evidence {
	char serial[PL_SOURCE_COUNT][PL_MAX_FACT];
};

/* True for what factories leave in place of a serial number: one character repeated, digits in
 * order ("0123456789", "1234567890000"), "N/A", fewer than three letters or digits. */
bool pl_serial_is_placeholder(struct pl_span serial);

/* Writes the comparable form: trimmed, upper case, the "00" that HP (03f0) prefixes over USB
 * dropped. */
void pl_serial_normalise(struct pl_span serial, uint16_t vendor_id,
			 char ret_text[static PL_MAX_FACT]);

/* Remembers the serial number a language told, if it told one. Called before merging. */
void pl_evidence_note(struct pl_evidence *e, const struct pl_snapshot *part);

/* Decides serial number, its source and the confidence of `r` from the evidence, and complains in
 * r->snapshot.errors where two languages contradict each other. Gives make and model one form:
 * "HP", "LaserJet M227". */
void pl_identity_settle(struct pl_reading *r, const struct pl_evidence *e);

/* Writes the local key of a device: "usb-03f0-2b17-VNB3K12345", or by its socket,
 * "usb-03f0-2b17-port-1-2.3", where its USB serial number and `id_serial` (from the 1284 ID, may
 * be empty) are no good. It depends only on what a sleeping printer tells as well. */
void pl_identity_key(const struct pl_usb_device *dev, struct pl_span id_serial,
		     char ret_key[static PL_MAX_KEY]);

/* The key by the socket alone: for the second of two printers that claim one serial number. */
void pl_identity_port_key(const struct pl_usb_device *dev, char ret_key[static PL_MAX_KEY]);

#endif
