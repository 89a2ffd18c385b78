/* SPDX-License-Identifier: Apache-2.0 */
/* Tier 2: PJL on the print pipe, through the kernel's own driver where it is bound. */
#include "line.h"
#include "owner.h"
#include "platen/clock.h"
#include "platen/pjl.h"

#define LEASE_MS  2000
#define STATUS_MS 1000
#define PJL_MS	  10000 /* a sleeping engine takes seconds to its first byte */
#define INFOS                                                                                      \
	(PL_PJL_ID | PL_PJL_STATUS | PL_PJL_PAGECOUNT | PL_PJL_CONFIG | PL_PJL_PRODINFO |          \
	 PL_PJL_SUPPLIES)

/* usblp is exclusive and gives way to CUPS at once; a lease of the bare pipe is for PCs on which
 * nobody prints to this printer. */
static enum pl_result open_pipe(struct conversation *c, const struct pl_usb_setting *pipe,
				struct pl_stream **ret_stream, struct pl_error *err)
{
	if (pl_owner_lends_pipe(c->r->access.owner))
		return pl_usb_open_lp(c->prober->usb, c->dev, pipe->interface, ret_stream, err);
	return pl_usb_lease(c->prober->usb, c->dev, pipe, true, conversation_by(c, LEASE_MS),
			    ret_stream, err);
}

/* A stopped printer may take no more data, not even a question; the control pipe still answers. Its
 * bits are coarse and some printers never set them, so only trouble is believed. */
static void read_port_status(struct conversation *c, const struct pl_usb_setting *pipe)
{
	struct pl_error err;
	uint8_t bits;

	if (pl_usb_port_status(c->prober->usb, c->dev, pipe, conversation_by(c, STATUS_MS), &bits,
			       &err) != PL_OK)
		return;
	if (bits & PL_USB_PORT_PAPER_EMPTY)
		pl_snapshot_add_reason(&c->part, pl_span_of("media-empty"), PL_SOURCE_USB);
	if (!(bits & PL_USB_PORT_NO_ERROR))
		pl_snapshot_set_state(&c->part, PL_STATE_STOPPED, PL_SOURCE_USB);
}

enum pl_result conversation_pjl(struct conversation *c, struct pl_error *err)
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(c->dev);
	struct pl_stream *stream = NULL;
	struct pl_bytes answer;
	unsigned infos = (c->depth == PL_DEPTH_FULL ? INFOS : PL_PJL_STATUS) |
			 (c->wants_knobs ? PL_PJL_VARIABLES : 0);
	enum pl_result r;

	if (!pipe || !pipe->ep_in || pipe->protocol != 2 || c->known->pjl == PL_SKILL_NO)
		return PL_OK;
	pl_bytes_init(&answer, PL_MAX_PJL_ANSWER);
	r = open_pipe(c, pipe, &stream, err);
	if (r == PL_OK)
		r = pl_pjl_ask(stream, infos, conversation_by(c, PJL_MS), &answer, err);
	pl_stream_close(stream);
	if (r == PL_E_BUSY)
		c->r->access.busy = true;

	/* What came counts, also where not all of it came. */
	if (pl_pjl_snapshot(pl_bytes_span(&answer), &c->part)) {
		c->known->pjl = PL_SKILL_YES;
		pl_pjl_knobs(pl_bytes_span(&answer), &c->knobs);
		c->r->access.tier = 2;
		line_compare_glance(c->known, &(struct pl_glance){
						      .state = c->part.printer_state,
						      .reasons_mark = line_hash_reasons(&c->part),
					      });
	} else if (r == PL_E_TIMEOUT) {
		read_port_status(c, pipe);
	}
	conversation_take(c);
	pl_bytes_finish(&answer);
	return r != PL_OK && conversation_failed(c, PL_SOURCE_PJL, err) ? r : PL_OK;
}
