/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_READING_H
#define PL_READING_H

/*
 * Reading: all that is known of one attached printer after one conversation with it: which device
 * it is, what it says of itself, and how we came to ask. Its JSON is the printer object of
 * platen.snapshot/1 (snapshot_json.h).
 *
 * Threads: values; copied, never shared. Memory: plain, about 30 KB; keep it off small stacks.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/knob.h"
#include "platen/snapshot.h"
#include "platen/usb.h"

#define PL_MAX_KEY     65 /* bytes with NUL; letters, digits and -_.: only */
#define PL_MAX_TRIPLES 16
#define PL_MAX_TRIPLE  12 /* "ff/4/1" */

/* Who has the printer on this PC; JSON words from pl_owner_name(). */
enum pl_owner {
	PL_OWNER_NONE,
	PL_OWNER_IPP_USB,  /* the ipp-usb daemon */
	PL_OWNER_USBLP,	   /* the kernel's printer driver */
	PL_OWNER_CUPS,	   /* CUPS's usb back-end, while it prints */
	PL_OWNER_USBPRINT, /* Windows' printer driver */
	PL_OWNER_OTHER
};
const char *pl_owner_name(enum pl_owner owner);

struct pl_access {
	enum pl_owner owner;
	int tier; /* 0 descriptors and 1284 ID, 1 HTTP, 2 PJL: the furthest this reading went */
	char interfaces[PL_MAX_TRIPLES][PL_MAX_TRIPLE]; /* what the device offers, once each */
	size_t interface_count;
	bool busy;		 /* a job or another program had it: only tier 0 was read */
	char note[PL_MAX_ERROR]; /* one sentence for the person at the PC; stays there */
};

/* How sure we are that the identity is this printer's and no other's. */
enum pl_confidence { PL_CONFIDENCE_WEAK, PL_CONFIDENCE_STRONG };

struct pl_reading {
	char key[PL_MAX_KEY];
	struct pl_usb_device usb;
	struct pl_snapshot snapshot;
	enum pl_confidence confidence;
	struct pl_knobs knobs; /* its settings, as they were read last */
	struct pl_access access;
	unsigned actions;    /* what it can be asked to do: bits 1 << enum pl_action_type */
	int64_t taken_at_ms; /* wall clock */
};

#endif
