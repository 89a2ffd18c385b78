/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PROBE_H
#define PL_PROBE_H

/*
 * Probe: one conversation with one printer. First what disturbs nobody (descriptors, the 1284 ID);
 * then, if nobody prints, HTTP over a spare interface; and PJL on the print pipe only where the
 * printer offers nothing better. A language that fails becomes one entry in `errors`; the others go
 * on.
 *
 * Threads: one conversation per printer at a time; a lock file keeps other processes away.
 * Memory: values; about 60 KB of heap during a conversation.
 */

#include "os/os.h"
#include "platen/knob.h"
#include "platen/ledm.h"
#include "reading.h"
#include "schedule.h"
#include "settings.h"

struct pl_prober {
	struct pl_usb *usb;
	enum pl_pjl_policy pjl;
	struct pl_wake *wake; /* ends waits that pl_usb_interrupt() does not; NULL: none */
};

/* Whether a printer speaks a language; asked once while it is attached. */
enum pl_skill { PL_SKILL_UNTRIED, PL_SKILL_YES, PL_SKILL_NO };

/* What a small question brought; two are compared to see whether anything happened. */
struct pl_glance {
	enum pl_printer_state state;
	int64_t state_change_time, config_change_time;
	char alert_mark[32];
	uint64_t reasons_mark;
};

/* What was learned of a printer and holds while it is attached. All zero at the beginning. */
struct pl_known {
	enum pl_skill ipp, ledm, pjl;
	const char *ipp_target; /* "/ipp/print" */
	struct pl_ledm_tree tree;
	bool can_identify, can_restart; /* Identify-Printer, Restart-Printer are offered */
	bool can_set;			/* Set-Printer-Attributes is */
	const char *print_format;	/* what of our test pages IPP takes; NULL: none */
	bool speaks_pjl, speaks_pml, speaks_pcl, speaks_postscript; /* the 1284 ID says so */
	bool has_queue;					       /* a queue of this PC prints to it */
	bool can_flash, can_sound, can_display;		       /* what Identify-Printer does */
	struct pl_fact identity[PL_SOURCE_COUNT][PL_ID_COUNT]; /* told once, not asked again */
	int64_t identity_ms[PL_SOURCE_COUNT];		       /* when; 0: not yet */
	struct pl_knobs knobs; /* its settings, when they were last read */
	int64_t knobs_ms;      /* when they were asked for; 0: not yet */
	char event_mark[96];   /* ETag of LEDM's event table when everything was last read */
	int64_t status_ms;     /* when LEDM's status was last read */
	struct pl_glance glance;
	bool glanced;
	bool changed;	    /* the last small look brought something new: look at everything */
	bool tells_changes; /* small looks show any change: no full one is needed to be sure */
};

/* The way this printer can be asked, as far as it is known. */
enum pl_way pl_known_way(const struct pl_known *known);

/* Asks the printer. `ret` is always filled as far as it was possible to know: for
 * PL_DEPTH_PASSIVE what sysfs tells, for PL_DEPTH_SMALL also state and reasons, for PL_DEPTH_FULL
 * everything. Returns PL_OK (languages may have failed: see ret->snapshot.errors and ret->access) |
 * PL_E_GONE (unplugged) | PL_E_CANCELLED (we were asked to stop) | PL_E_NO_MEMORY. */
enum pl_result pl_probe(const struct pl_prober *p, const struct pl_usb_device *dev,
			struct pl_known *known, enum pl_depth depth, int64_t by_ms,
			struct pl_reading *ret, struct pl_error *err);

#endif
