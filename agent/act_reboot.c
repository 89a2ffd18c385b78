/* SPDX-License-Identifier: Apache-2.0 */
/* reboot: the printer restarts, by IPP, LEDM or PML; the agent waits until it is back. */
#include <cjson/cJSON.h>

#include "act_kinds.h"
#include "owner.h"
#include "platen/clock.h"
#include "platen/http1.h"
#include "platen/ipp.h"
#include "platen/json.h"
#include "platen/ledm.h"
#include "platen/pjl.h"

#define ORDER_MS  20000
#define LEAVE_MS  60000
#define RETURN_MS (5 * 60 * 1000LL)
#define VENDOR_HP 0x03f0

/* PML is HP's: others answer to DMCMD with anything. */
static bool can_pml(const struct pl_known *known, const struct pl_usb_device *dev)
{
	return dev->vendor_id == VENDOR_HP && known->speaks_pjl && known->speaks_pml &&
	       pl_owner_print_pipe(dev);
}

static const char *why_not(const struct pl_known *known, const struct pl_usb_device *dev)
{
	if (known->can_restart || known->tree.has_power_cycle || can_pml(known, dev))
		return NULL;
	return "This printer offers no restart over IPP, LEDM or PML";
}

/* The last gate. From here on the printer may leave at any moment, and its worker waits for it. */
static enum pl_result begin(struct pl_act *a, struct pl_error *err)
{
	enum pl_result r = pl_act_begin(a, err);

	if (r == PL_OK)
		pl_act_expect_leave(a);
	return r;
}

static enum pl_result by_ipp(struct pl_act *a, struct pl_error *err)
{
	struct pl_stream *stream;
	enum pl_result r = pl_act_http(a, &stream, err);

	if (r == PL_OK)
		r = begin(a, err);
	if (r == PL_OK)
		r = pl_ipp_restart(stream, a->known->ipp_target, pl_clock_in_ms(ORDER_MS), err);
	return r;
}

static enum pl_result by_ledm(struct pl_act *a, struct pl_error *err)
{
	struct pl_http_request request = { .method = "POST",
					   .target = PL_LEDM_POWER_CYCLE,
					   .host = "localhost",
					   .content_type = "text/xml" };
	struct pl_http_response response;
	struct pl_stream *stream;
	enum pl_result r = pl_act_http(a, &stream, err);

	if (r == PL_OK)
		r = begin(a, err);
	if (r == PL_OK)
		r = pl_http_exchange(stream, &request, pl_clock_in_ms(ORDER_MS), NULL, &response,
				     err);
	if (r == PL_OK && (response.status < 200 || response.status > 299))
		r = pl_error_set(err, PL_E_REFUSED, "the printer answered %d", response.status);
	return r;
}

static enum pl_result by_pml(struct pl_act *a, struct pl_error *err)
{
	struct pl_span order = pl_pjl_order(PL_PJL_ORDER_RESTART);
	struct pl_stream *stream;
	enum pl_result r = pl_act_pipe(a, &stream, err);

	if (r == PL_OK)
		r = begin(a, err);
	if (r == PL_OK)
		r = pl_stream_write(stream, order.at, order.size, pl_clock_in_ms(ORDER_MS), err);
	return r;
}

static enum pl_result give_order(struct pl_act *a, const char **ret_means, struct pl_error *err)
{
	if (a->known->can_restart) {
		*ret_means = "ipp";
		return by_ipp(a, err);
	}
	if (a->known->tree.has_power_cycle) {
		*ret_means = "ledm";
		return by_ledm(a, err);
	}
	*ret_means = "pml";
	return by_pml(a, err);
}

static enum pl_result await(struct pl_act *a, struct pl_error *err)
{
	int64_t away_ms;
	enum pl_result r;

	pl_act_progress(a, 20, "restarting", "The printer has taken the order");
	r = pl_act_await_return(a, LEAVE_MS, RETURN_MS, &away_ms, err);
	if (r == PL_E_UNSUPPORTED)
		return pl_act_say(a, r, "The printer took the order but did not restart");
	if (r == PL_E_TIMEOUT)
		return pl_act_say(a, r, "The printer went away and has not come back in 5 minutes");
	if (r != PL_OK)
		return r;
	pl_json_add_int(a->result, "away_ms", away_ms);
	pl_act_progress(a, 80, "reading", "The printer is back");
	return pl_act_look(a, NULL) ? PL_OK : pl_error_set(err, PL_E_CANCELLED, "the agent stops");
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	const char *means;
	enum pl_result r;

	if (pl_act_is_busy(a))
		return pl_act_say(a, PL_E_BUSY,
				  "The printer has a job; it is restarted only when it is idle");
	r = give_order(a, &means, err);
	/* It may be gone before its answer is: that is what was asked for. */
	if (a->begun && (r == PL_E_GONE || r == PL_E_TIMEOUT))
		r = PL_OK;
	if (r != PL_OK)
		return r;
	cJSON_AddStringToObject(a->result, "means", means);
	return await(a, err);
}

const struct pl_act_kind PL_ACT_REBOOT = { .type = PL_ACTION_REBOOT,
					   .why_not = why_not,
					   .run = run };
