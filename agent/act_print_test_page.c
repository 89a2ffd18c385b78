/* SPDX-License-Identifier: Apache-2.0 */
/* print_test_page: one page; through the PC's own queue where there is one, else straight to the
 * printer. Never while a job runs. */
#include <cjson/cJSON.h>

#include "act_kinds.h"
#include "os/spooler.h"
#include "owner.h"
#include "platen/clock.h"
#include "platen/ipp.h"
#include "test_page.h"

#define PRINT_MS 60000
#define JOB_NAME "Platen test page"

static bool can_pipe(const struct pl_known *known, const struct pl_usb_device *dev)
{
	return known->speaks_pjl && (known->speaks_postscript || known->speaks_pcl) &&
	       pl_owner_print_pipe(dev);
}

static const char *why_not(const struct pl_known *known, const struct pl_usb_device *dev)
{
	if (known->has_queue || known->print_format || can_pipe(known, dev))
		return NULL;
	return "No queue prints to this printer, and it takes no page that the agent could send";
}

static const char *model_of(const struct pl_act *a)
{
	return a->last->snapshot.identity[PL_ID_MODEL].text;
}

static enum pl_result by_queue(struct pl_act *a, const char *queue, struct pl_error *err)
{
	struct pl_bytes page;
	enum pl_result r;

	pl_bytes_init(&page, PL_MAX_TEST_PAGE);
	r = pl_test_page("application/pdf", model_of(a), pl_clock_wall_ms(), &page);
	if (r == PL_OK)
		r = pl_act_begin(a, err);
	if (r == PL_OK)
		r = pl_spooler_print(queue, JOB_NAME, "application/pdf", pl_bytes_span(&page), err);
	pl_bytes_finish(&page);
	return r;
}

static enum pl_result by_ipp(struct pl_act *a, struct pl_error *err)
{
	struct pl_stream *stream;
	struct pl_bytes page;
	enum pl_result r;

	pl_bytes_init(&page, PL_MAX_TEST_PAGE);
	r = pl_test_page(a->known->print_format, model_of(a), pl_clock_wall_ms(), &page);
	if (r == PL_OK)
		r = pl_act_http(a, &stream, err);
	if (r == PL_OK)
		r = pl_act_begin(a, err);
	if (r == PL_OK)
		r = pl_ipp_print(stream, a->known->ipp_target, a->known->print_format, JOB_NAME,
				 pl_bytes_span(&page), pl_clock_in_ms(PRINT_MS), err);
	pl_bytes_finish(&page);
	return r;
}

static enum pl_result by_pipe(struct pl_act *a, struct pl_error *err)
{
	struct pl_stream *stream;
	struct pl_bytes job;
	enum pl_result r;

	pl_bytes_init(&job, PL_MAX_TEST_PAGE);
	r = pl_test_page_job(a->known->speaks_postscript, model_of(a), pl_clock_wall_ms(), &job);
	if (r == PL_OK)
		r = pl_act_pipe(a, &stream, err);
	if (r == PL_OK)
		r = pl_act_begin(a, err);
	if (r == PL_OK)
		r = pl_stream_write(stream, job.at, job.size, pl_clock_in_ms(PRINT_MS), err);
	pl_bytes_finish(&job);
	return r;
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	struct pl_occupancy occupancy;
	const char *means = "pjl";
	enum pl_result r;

	pl_owner_look(a->usb, a->dev, &occupancy);
	if (pl_act_is_busy(a))
		return pl_act_say(
			a, PL_E_BUSY,
			"The printer has a job; the page is printed only when it is idle");
	if (occupancy.queue[0]) {
		means = "queue";
		r = by_queue(a, occupancy.queue, err);
	} else if (a->known->print_format) {
		means = "ipp";
		r = by_ipp(a, err);
	} else {
		r = by_pipe(a, err);
	}
	if (r == PL_OK)
		cJSON_AddStringToObject(a->result, "means", means);
	return r;
}

const struct pl_act_kind PL_ACT_PRINT_TEST_PAGE = { .type = PL_ACTION_PRINT_TEST_PAGE,
						    .why_not = why_not,
						    .run = run };
