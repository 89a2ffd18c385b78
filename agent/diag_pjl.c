/* SPDX-License-Identifier: Apache-2.0 */
/* pjl.txt: the INFO pages of the print pipe, one packet when no job is near. Of each line the name
 * decides whether its value may leave. */
#include "diag.h"

#include <stdio.h>
#include <string.h>

#include "owner.h"
#include "platen/clock.h"
#include "platen/pjl.h"
#include "privacy.h"
#include "worker_inside.h"

#define PJL_MS	  10000
#define KIND	  "bundle.pjl"
#define MAX_NAME  40
#define MAX_VALUE 80
#define PAGES                                                                                      \
	(PL_PJL_ID | PL_PJL_STATUS | PL_PJL_PAGECOUNT | PL_PJL_CONFIG | PL_PJL_VARIABLES |         \
	 PL_PJL_PRODINFO | PL_PJL_SUPPLIES)

static const char *const HEADINGS[] = { "ID",	     "STATUS",	 "PAGECOUNT", "CONFIG",
					"VARIABLES", "PRODINFO", "SUPPLIES" };

/* "@PJL INFO STATUS": which page begins; NULL: none of ours. */
static const char *heading_of(struct pl_span line)
{
	for (size_t i = 0; i < sizeof(HEADINGS) / sizeof(HEADINGS[0]); i++) {
		char heading[32];

		snprintf(heading, sizeof(heading), "@PJL INFO %s", HEADINGS[i]);
		if (pl_span_is(line, heading))
			return HEADINGS[i];
	}
	return NULL;
}

/* A value without its quotes and without the list of others that it could have. */
static struct pl_span bare(struct pl_span value)
{
	const char *list = value.size ? memchr(value.at, '[', value.size) : NULL;

	if (list)
		value.size = (size_t)(list - value.at);
	value = pl_span_trim(value);
	while (value.size > 0 && value.at[0] == '"')
		value.at++, value.size--;
	while (value.size > 0 && value.at[value.size - 1] == '"')
		value.size--;
	return value;
}

/* "CODE=10001"; a page of one value has it alone in its line. */
static enum pl_result add_line(struct pl_bytes *out, const char *page, struct pl_span line,
			       int *withheld)
{
	struct pl_span value = line, name = pl_span_take(&value, '=');
	bool has_name = name.size < line.size;
	char word[MAX_NAME], text[MAX_VALUE];

	if (!has_name)
		value = line;
	if (!pl_span_copy(has_name ? pl_span_trim(name) : pl_span_of(page), word, sizeof(word)) ||
	    !pl_privacy_text(KIND, word, bare(value), text, sizeof(text))) {
		++*withheld;
		return PL_OK;
	}
	return pl_bytes_add_format(out, "%s: %s = %s\n", page, word, text);
}

static enum pl_result filter(struct pl_span answer, struct pl_bytes *out)
{
	const char *page = "";
	int withheld = 0;
	enum pl_result r = PL_OK;

	while (answer.size > 0 && r == PL_OK) {
		struct pl_span line = pl_span_trim(pl_span_take(&answer, '\n'));
		const char *heading = heading_of(line);

		if (heading)
			page = heading;
		else if (line.size > 0)
			r = add_line(out, page, line, &withheld);
	}
	return r == PL_OK ? pl_bytes_add_format(out, "# %d lines stay with the printer\n", withheld)
			  : r;
}

static bool is_forbidden(struct pl_act *a)
{
	struct pl_worker_tuning tuning;

	if (a->settings->pjl == PL_PJL_NEVER)
		return true;
	if (!a->worker)
		return false;
	tuning = worker_tuning(a->worker);
	return tuning.pjl == PL_PJL_NEVER;
}

static enum pl_result ask(struct pl_act *a, struct pl_bytes *answer, struct pl_error *err)
{
	const struct pl_usb_setting *pipe = pl_owner_print_pipe(a->dev);
	struct pl_stream *stream;
	enum pl_result r;

	if (!a->known->speaks_pjl || !pipe || !pipe->ep_in || pipe->protocol != 2)
		return pl_error_set(err, PL_E_UNSUPPORTED, "the printer speaks no PJL");
	r = pl_act_pipe(a, &stream, err);
	if (r == PL_OK)
		r = pl_pjl_ask(stream, PAGES, pl_clock_in_ms(PJL_MS), answer, err);
	return r == PL_E_TIMEOUT && answer->size > 0 ? PL_OK : r; /* what came counts */
}

enum pl_result pl_diag_pjl(struct pl_act *a, struct pl_bundle *b, struct pl_error *err)
{
	struct pl_bytes answer, lines;
	enum pl_result r;

	if (is_forbidden(a)) {
		pl_bundle_missing(b, "pjl.txt", "The policy forbids questions in PJL");
		return PL_OK;
	}
	pl_bytes_init(&answer, PL_MAX_PJL_ANSWER);
	pl_bytes_init(&lines, PL_MAX_PJL_ANSWER);
	r = ask(a, &answer, err);
	if (r == PL_OK)
		r = filter(pl_bytes_span(&answer), &lines);
	if (r == PL_OK)
		pl_bundle_text(b, "pjl.txt",
			       pl_bytes_span(pl_bundle_is_whole(b) ? &answer : &lines));
	else
		pl_diag_missing(b, "pjl.txt", r, err);
	pl_bytes_finish(&lines);
	pl_bytes_finish(&answer);
	return r == PL_E_GONE || r == PL_E_CANCELLED ? r : PL_OK;
}
