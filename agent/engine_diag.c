/* SPDX-License-Identifier: Apache-2.0 */
/* Borrows printers from their workers to ask them everything. */
#include "engine_diag.h"

#include <stdio.h>
#include <stdlib.h>

#include "diag.h"
#include "engine_inside.h"
#include "platen/clock.h"
#include "worker_inside.h"

#define READ_MS 30000
#define LEND_MS 15000

/* What is known of a printer, apart from its worker. */
struct loan {
	struct pl_action nothing;
	struct pl_settings settings;
	struct pl_usb_device dev;
	struct pl_known known;
	struct pl_reading last;
	char key[PL_MAX_KEY];
};

/* The worker waits meanwhile: what is its own may be looked at. */
static void copy(struct pl_engine *e, struct pl_worker *w, struct loan *l)
{
	l->settings = *e->options.settings;
	if (worker_tuning(w).pjl == PL_PJL_NEVER)
		l->settings.pjl = PL_PJL_NEVER;
	pl_worker_device(w, &l->dev);
	l->known = w->known;
	l->last = w->tracker.last;
	snprintf(l->key, sizeof(l->key), "%s", w->key);
}

static enum pl_result ask(struct pl_engine *e, struct pl_worker *w, struct loan *l, int64_t by_ms,
			  struct pl_bundle *b, struct pl_error *err)
{
	struct pl_act act = { .action = &l->nothing,
			      .settings = &l->settings,
			      .wake = e->stopping,
			      .usb = e->options.usb,
			      .key = l->key,
			      .dev = &l->dev,
			      .known = &l->known,
			      .last = &l->last };
	char folder[PL_MAX_KEY + 1];
	enum pl_result r;

	copy(e, w, l);
	snprintf(folder, sizeof(folder), "%s/", l->key[0] ? l->key : "unknown");
	pl_bundle_enter(b, folder);
	r = pl_diag_printer(&act, b, by_ms, err);
	pl_act_let_go(&act);
	return r;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static enum pl_result add(struct pl_engine *e, struct pl_worker *w, struct loan *l, int64_t by_ms,
			  struct pl_bundle *b, struct pl_error *err)
{
	enum pl_result r;

	if (pl_clock_left_ms(by_ms) == 0) {
		pl_bundle_missing(b, "a printer", "There was no time left for it");
		return PL_OK;
	}
	r = pl_worker_wait(w, pl_worker_refresh(w), earlier(pl_clock_in_ms(READ_MS), by_ms));
	if (r == PL_OK || r == PL_E_TIMEOUT)
		r = pl_worker_lend(w, earlier(pl_clock_in_ms(LEND_MS), by_ms), err);
	if (r == PL_OK) {
		r = ask(e, w, l, by_ms, b, err);
		pl_worker_return(w);
	} else {
		pl_bundle_missing(b, "a printer", "Its worker is busy with it, or it has left");
	}
	return r == PL_E_CANCELLED ? r : PL_OK;
}

enum pl_result pl_engine_diag(struct pl_engine *e, const char *key, int64_t by_ms,
			      struct pl_bundle *bundle, struct pl_error *err)
{
	struct pl_worker *held[PL_MAX_USB_DEVICES];
	size_t count = engine_hold(e, key, held);
	struct loan *l = calloc(1, sizeof(*l));
	enum pl_result r = PL_OK;

	if (!l)
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	else if (count == 0 && key[0])
		r = pl_error_set(err, PL_E_NOT_FOUND, "no attached printer has the key %s", key);
	for (size_t i = 0; i < count; i++) {
		if (r == PL_OK)
			r = add(e, held[i], l, by_ms, bundle, err);
		pl_worker_release(held[i]);
	}
	free(l);
	pl_bundle_enter(bundle, "");
	return r;
}
