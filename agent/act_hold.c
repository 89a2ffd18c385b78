/* SPDX-License-Identifier: Apache-2.0 */
/* Taking the printer in hand: its owner's way, a spare interface, or the print pipe. */
#include "act_hold.h"

#include <stdlib.h>

#include "owner.h"
#include "platen/clock.h"

#define LEASE_MS 5000
#define HOLD_MS	 (60 * 60 * 1000LL) /* the outermost bound; every exchange has its own */

/* Nobody prints, and no other process of ours talks to it. */
static enum pl_result take_hold(struct pl_act *a, struct pl_occupancy *ret, struct pl_error *err)
{
	struct pl_act_hold *h = a->hold;
	enum pl_result r;

	pl_owner_look(a->usb, a->dev, ret);
	if (ret->busy)
		return pl_error_set(err, PL_E_BUSY, "%s", ret->note);
	if (h)
		return PL_OK;
	h = calloc(1, sizeof(*h));
	if (!h)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	h->prober = (struct pl_prober){ .usb = a->usb, .pjl = PL_PJL_NEVER, .wake = a->wake };
	h->c = (struct conversation){ .prober = &h->prober,
				      .dev = a->dev,
				      .known = a->known,
				      .by_ms = pl_clock_in_ms(HOLD_MS) };
	h->line.c = &h->c;
	r = conversation_lock(a->dev, &h->lock, err);
	if (r != PL_OK) {
		free(h);
		return r;
	}
	a->hold = h;
	return PL_OK;
}

enum pl_result pl_act_http(struct pl_act *a, struct pl_stream **ret_stream, struct pl_error *err)
{
	struct pl_occupancy occupancy;
	enum pl_result r = PL_OK;

	if (!a->hold || !a->hold->line.stream) {
		r = take_hold(a, &occupancy, err);
		if (r == PL_OK)
			a->hold->c.http_port = occupancy.http_port;
	}
	if (r == PL_OK && !conversation_can_http(&a->hold->c))
		r = pl_error_set(err, PL_E_UNSUPPORTED,
				 "no interface of the printer speaks HTTP beside its print pipe");
	if (r == PL_OK)
		r = line_pick_up(&a->hold->line, err);
	if (r == PL_OK)
		*ret_stream = a->hold->line.stream;
	return r;
}

void pl_act_hang_up(struct pl_act *a)
{
	if (a->hold)
		line_hang_up(&a->hold->line);
}

enum pl_result pl_act_pipe(struct pl_act *a, struct pl_stream **ret_stream, struct pl_error *err)
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(a->dev);
	struct pl_occupancy occupancy;
	enum pl_result r;

	if (!pipe)
		return pl_error_set(err, PL_E_UNSUPPORTED, "the printer has no print pipe");
	r = take_hold(a, &occupancy, err);
	if (r == PL_OK && !a->hold->pipe) {
		if (pl_owner_lends_pipe(occupancy.owner))
			r = pl_usb_open_lp(a->usb, a->dev, pipe->interface, &a->hold->pipe, err);
		else if (occupancy.pipe_is_free)
			r = pl_usb_lease(a->usb, a->dev, pipe, true, pl_clock_in_ms(LEASE_MS),
					 &a->hold->pipe, err);
		else
			r = pl_error_set(err, PL_E_BUSY,
					 "a queue prints to this printer and no usblp driver is "
					 "bound, so its print pipe is left alone");
	}
	if (r == PL_OK)
		*ret_stream = a->hold->pipe;
	return r;
}

enum pl_result pl_act_take_pipe(struct pl_act *a, bool afresh, struct pl_stream **ret_stream,
				struct pl_error *err)
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(a->dev);
	struct pl_occupancy occupancy;
	enum pl_result r;

	if (!pipe)
		return pl_error_set(err, PL_E_UNSUPPORTED, "the printer has no print pipe");
	r = take_hold(a, &occupancy, err);
	if (r == PL_OK && !a->hold->pipe)
		r = pl_usb_take_pipe(a->usb, a->dev, pipe, afresh, pl_clock_in_ms(LEASE_MS),
				     &a->hold->pipe, err);
	if (r == PL_OK)
		*ret_stream = a->hold->pipe;
	return r;
}

void pl_act_let_go(struct pl_act *a)
{
	struct pl_act_hold *h = a->hold;

	if (!h)
		return;
	a->hold = NULL;
	line_hang_up(&h->line);
	pl_stream_close(h->pipe);
	pl_lock_release(h->lock);
	free(h);
}

bool pl_act_is_busy(struct pl_act *a)
{
	struct pl_occupancy occupancy;

	pl_owner_look(a->usb, a->dev, &occupancy);
	if (occupancy.busy)
		return true;
	(void)pl_act_look(a, NULL); /* what it said last may be a minute old */
	return a->last->snapshot.printer_state == PL_STATE_PROCESSING;
}
