/* SPDX-License-Identifier: Apache-2.0 */
/* IPP over a leased interface. */
#include <string.h>

#include "line.h"
#include "platen/clock.h"
#include "platen/ipp.h"
#include "platen/knob.h"
#include "test_page.h"

#define IPP_MS 10000

/* True when the pipe may be used on: the printer answered in full and said no. */
static bool is_in_step(enum pl_result r)
{
	return r == PL_OK || r == PL_E_NOT_FOUND || r == PL_E_BUSY || r == PL_E_REFUSED ||
	       r == PL_E_UNSUPPORTED;
}

static enum pl_result ask_ipp(struct line *l, enum pl_ipp_question question,
			      struct pl_ipp_answer **ret_answer, struct pl_error *err)
{
	enum pl_result r = line_pick_up(l, err);

	if (r != PL_OK)
		return r;
	r = pl_ipp_ask(l->stream, l->c->known->ipp_target, question, line_by(l, IPP_MS), ret_answer,
		       err);
	if (!is_in_step(r))
		line_hang_up(l);
	return r;
}

/* Finds where IPP lives, and learns what does not change: who it is, what it can do. */
static enum pl_result meet_ipp(struct line *l, struct pl_error *err)
{
	static const char *const TARGETS[] = { "/ipp/print", "/ipp" };
	struct pl_known *known = l->c->known;
	struct pl_ipp_answer *answer = NULL;
	enum pl_result r = PL_E_NOT_FOUND;

	for (size_t i = 0; i < sizeof(TARGETS) / sizeof(TARGETS[0]) && r == PL_E_NOT_FOUND; i++) {
		known->ipp_target = TARGETS[i];
		r = ask_ipp(l, PL_IPP_ASK_IDENTITY, &answer, err);
	}
	if (r == PL_E_NOT_FOUND)
		known->ipp = PL_SKILL_NO;
	if (r != PL_OK)
		return r;
	known->ipp = PL_SKILL_YES;
	known->identity_ms[PL_SOURCE_IPP] = pl_clock_now_ms();
	known->can_identify = pl_ipp_supports(answer, PL_IPP_OP_IDENTIFY_PRINTER);
	known->can_restart = pl_ipp_supports(answer, PL_IPP_OP_RESTART_PRINTER);
	known->can_set = pl_ipp_supports(answer, PL_IPP_OP_SET_PRINTER_ATTRIBUTES);
	known->print_format = NULL;
	if (pl_ipp_supports(answer, PL_IPP_OP_PRINT_JOB))
		known->print_format = pl_test_page_format(answer);
	known->can_flash = pl_ipp_identify_can(answer, "flash");
	known->can_sound = pl_ipp_identify_can(answer, "sound");
	known->can_display = pl_ipp_identify_can(answer, "display");
	pl_ipp_snapshot(answer, &l->c->part);
	memcpy(known->identity[PL_SOURCE_IPP], l->c->part.identity,
	       sizeof(known->identity[PL_SOURCE_IPP]));
	pl_snapshot_init(&l->c->part);
	pl_ipp_answer_destroy(answer);
	return PL_OK;
}

/* What can be set and how it is set. That it fails costs nothing but that. */
static void read_knobs(struct line *l)
{
	struct pl_ipp_answer *answer = NULL;
	struct pl_error err;

	if (!l->c->wants_knobs || !l->c->known->can_set ||
	    ask_ipp(l, PL_IPP_ASK_SETTINGS, &answer, &err) != PL_OK)
		return;
	pl_ipp_knobs(answer, &l->c->knobs);
	pl_ipp_answer_destroy(answer);
}

enum pl_result line_talk_ipp(struct line *l, struct pl_error *err)
{
	struct conversation *c = l->c;
	enum pl_ipp_question question =
		c->depth == PL_DEPTH_FULL ? PL_IPP_ASK_FULL : PL_IPP_ASK_STATE;
	struct pl_ipp_answer *answer = NULL;
	struct pl_ipp_hints hints;
	struct pl_glance glance = { 0 };
	enum pl_result r = PL_OK;

	if (c->known->ipp == PL_SKILL_UNTRIED || line_is_stale(c->known, PL_SOURCE_IPP))
		r = meet_ipp(l, err);
	if (r == PL_OK)
		r = ask_ipp(l, question, &answer, err);
	if (r != PL_OK)
		return r;
	pl_ipp_snapshot(answer, &c->part);
	for (int i = 0; i < PL_ID_COUNT; i++)
		if (!c->part.identity[i].text[0])
			c->part.identity[i] = c->known->identity[PL_SOURCE_IPP][i];
	pl_ipp_get_hints(answer, &hints);
	glance.state = c->part.printer_state;
	glance.reasons_mark = line_hash_reasons(&c->part);
	glance.state_change_time = hints.state_change_time;
	glance.config_change_time = hints.config_change_time;
	line_compare_glance(c->known, &glance);
	c->known->tells_changes = hints.state_change_time != PL_UNKNOWN;
	pl_ipp_answer_destroy(answer);
	c->r->access.tier = 1;
	conversation_take(c);
	read_knobs(l);
	return PL_OK;
}
