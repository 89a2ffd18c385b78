/* SPDX-License-Identifier: Apache-2.0 */
/* configure: settings of the printer, by the language that told them. They are read first, and only
 * what is different is written; then they are read again, and that is what counts. */
#include "act_configure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "act_kinds.h"
#include "platen/box.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/http1.h"
#include "platen/json.h"
#include "platen/pjl.h"
#include "platen/seal.h"

#define WRITE_MS     20000
#define SETTLE_MS    1500 /* what was just written is not always told at once */
#define MAX_PASSWORD 128
#define MAX_HEADER   (256 + MAX_PASSWORD)
#define MAX_DOCUMENT 4096

static const char *const OUTCOMES[] = { "applied", "unchanged", "refused", "unsupported" };
enum outcome { APPLIED, UNCHANGED, REFUSED, UNSUPPORTED };

struct job {
	struct pl_act *a;
	struct pl_knob_wish wish;		 /* all that is wanted */
	struct pl_knob_wish by[PL_SOURCE_COUNT]; /* what is to be written, by language */
	struct pl_knobs before;
	enum outcome outcome[PL_KNOB_COUNT];
	const char *why[PL_KNOB_COUNT]; /* of what was not written; NULL: nothing to say */
	bool has_password;
	char password[MAX_PASSWORD];
};

bool pl_knob_wear_allows(const struct pl_knob_wear *wear, enum pl_knob knob, int64_t now_ms)
{
	int64_t oldest_ms = wear->at_ms[knob][0];

	return oldest_ms == 0 || now_ms - oldest_ms > PL_KNOB_WRITES_MS;
}

void pl_knob_wear_note(struct pl_knob_wear *wear, enum pl_knob knob, int64_t now_ms)
{
	int64_t *at_ms = wear->at_ms[knob];

	memmove(at_ms, at_ms + 1, (PL_MAX_KNOB_WRITES - 1) * sizeof(*at_ms));
	at_ms[PL_MAX_KNOB_WRITES - 1] = now_ms;
}

enum pl_result pl_configure_read(const cJSON *parameters, struct pl_knob_wish *ret_wish,
				 struct pl_error *err)
{
	const cJSON *setting, *settings = pl_json_at(parameters, "settings");
	struct pl_knob_wish wish = { .wanted = 0 };

	if (!cJSON_IsObject(settings) || !settings->child)
		return pl_error_set(err, PL_E_INVALID, "The action names no setting");
	cJSON_ArrayForEach(setting, settings)
	{
		enum pl_knob knob = pl_knob_of(setting->string);
		enum pl_result r;

		if (knob == PL_KNOB_COUNT || !cJSON_IsString(setting))
			return pl_error_set(err, PL_E_INVALID,
					    "The action names a setting that this agent does not "
					    "know");
		r = pl_knob_read(knob, setting->valuestring, &wish.value[knob], err);
		if (r != PL_OK)
			return r;
		wish.wanted |= 1u << knob;
	}
	*ret_wish = wish;
	return PL_OK;
}

static enum pl_result check(const cJSON *parameters, struct pl_error *err)
{
	struct pl_knob_wish wish;
	const cJSON *member;

	cJSON_ArrayForEach(member, parameters)
	{
		if (strcmp(member->string, "settings") != 0 &&
		    (strcmp(member->string, "password") != 0 || !cJSON_IsString(member)))
			return pl_error_set(
				err, PL_E_INVALID,
				"The action has a parameter that this agent does not know");
	}
	return pl_configure_read(parameters, &wish, err);
}

static const char *why_not(const struct pl_known *known, const struct pl_usb_device *dev)
{
	(void)dev;
	for (int i = 0; i < PL_KNOB_COUNT; i++)
		if (known->knobs.of[i].writable)
			return NULL;
	return "This printer tells no setting that can be changed";
}

/* Opens the password's box; it is closed for this PC and this printer. */
static enum pl_result open_password(struct job *j, struct pl_error *err)
{
	const char *text = pl_json_text(j->a->action->parameters, "password");
	struct pl_bytes box, secret;
	char place[PL_MAX_PRINTER_KEY + 32];
	enum pl_result r;

	if (!text)
		return PL_OK;
	pl_bytes_init(&box, PL_MAX_BOX);
	pl_bytes_init(&secret, MAX_PASSWORD - 1);
	snprintf(place, sizeof(place), "printer password/%s", j->a->action->printer_key);
	r = pl_base64_read(PL_BASE64, pl_span_of(text), &box);
	if (r == PL_OK)
		r = j->a->box ? pl_box_open(j->a->box, pl_span_of(place), pl_bytes_span(&box),
					    &secret)
			      : PL_E_UNTRUSTED;
	if (r == PL_OK) {
		pl_span_copy(pl_bytes_span(&secret), j->password, sizeof(j->password));
		j->has_password = true;
	} else {
		(void)pl_error_set(err, r, "the password cannot be opened");
		(void)pl_act_say(j->a, r,
				 "The password was closed for another PC or printer; "
				 "give it once more");
	}
	pl_bytes_wipe(&secret);
	pl_bytes_finish(&box);
	return r;
}

/* Decides for each wanted setting whether it is written. */
static unsigned plan(struct job *j)
{
	unsigned planned = 0;

	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		const struct pl_knob_state *state = &j->before.of[i];
		int64_t value = j->wish.value[i];

		if (!(j->wish.wanted & 1u << i))
			continue;
		j->outcome[i] = REFUSED;
		if (state->means == PL_SOURCE_NONE || !state->writable) {
			j->outcome[i] = UNSUPPORTED;
		} else if (state->value == value) {
			j->outcome[i] = UNCHANGED;
		} else if (!pl_knob_takes(state, (enum pl_knob)i, value)) {
			j->why[i] = "The printer does not take this value";
		} else if (!pl_knob_wear_allows(j->a->wear, (enum pl_knob)i, pl_clock_now_ms())) {
			j->why[i] = "It was written too often today, and its memory wears";
		} else {
			j->by[state->means].wanted |= 1u << i;
			j->by[state->means].value[i] = value;
			planned |= 1u << i;
		}
	}
	return planned;
}

/* "Authorization: Basic …" of HP's one user; "" without a password. To be wiped. */
static const char *authorize(const struct job *j, char header[static MAX_HEADER])
{
	struct pl_bytes plain, text;

	header[0] = '\0';
	if (!j->has_password)
		return NULL;
	pl_bytes_init(&plain, MAX_PASSWORD + 8);
	pl_bytes_init(&text, MAX_HEADER);
	if (pl_bytes_add_format(&plain, "admin:%s", j->password) == PL_OK &&
	    pl_base64_write(PL_BASE64, plain.at, plain.size, &text) == PL_OK)
		snprintf(header, MAX_HEADER, "Authorization: Basic %s\r\n", (const char *)text.at);
	pl_bytes_wipe(&plain);
	pl_bytes_wipe(&text);
	return header;
}

static enum pl_result by_ipp(struct job *j, struct pl_error *err)
{
	struct pl_stream *stream;
	char header[MAX_HEADER];
	enum pl_result r = pl_act_http(j->a, &stream, err);

	if (r != PL_OK)
		return r;
	r = pl_ipp_knobs_set(stream, j->a->known->ipp_target, authorize(j, header),
			     &j->by[PL_SOURCE_IPP], pl_clock_in_ms(WRITE_MS), err);
	pl_wipe(header, sizeof(header));
	pl_act_hang_up(j->a);
	return r;
}

static enum pl_result by_ledm(struct job *j, struct pl_error *err)
{
	struct pl_http_request request = { .method = "PUT",
					   .host = "localhost",
					   .content_type = "text/xml" };
	struct pl_http_response response;
	struct pl_stream *stream;
	struct pl_bytes body;
	char header[MAX_HEADER];
	enum pl_result r;

	pl_bytes_init(&body, MAX_DOCUMENT);
	r = pl_ledm_knobs_document(&j->before, &j->by[PL_SOURCE_LEDM], &body);
	if (r == PL_OK)
		r = pl_act_http(j->a, &stream, err);
	if (r == PL_OK) {
		request.target = j->a->known->tree.path[PL_LEDM_PRODUCT_CONFIG];
		request.headers = authorize(j, header);
		request.body = body.at;
		request.body_size = body.size;
		r = pl_http_exchange(stream, &request, pl_clock_in_ms(WRITE_MS), NULL, &response,
				     err);
		pl_wipe(header, sizeof(header));
		pl_act_hang_up(j->a);
	}
	if (r == PL_OK && (response.status == 401 || response.status == 403))
		r = pl_error_set(err, PL_E_DENIED, "the printer wants its password");
	else if (r == PL_OK && (response.status < 200 || response.status > 299))
		r = pl_error_set(err, PL_E_REFUSED, "the printer answered %d", response.status);
	pl_bytes_finish(&body);
	return r;
}

/* PJL's password is a number. */
static enum pl_result pjl_password(const struct job *j, int *ret_password, struct pl_error *err)
{
	char *end = NULL;
	long number = j->has_password ? strtol(j->password, &end, 10) : -1;

	if (j->has_password && (end == j->password || *end || number < 0 || number > 65535))
		return pl_error_set(err, PL_E_DENIED,
				    "a password for PJL is a number from 0 to 65535");
	*ret_password = (int)number;
	return PL_OK;
}

static enum pl_result by_pjl(struct job *j, struct pl_error *err)
{
	struct pl_stream *stream;
	struct pl_bytes order;
	int password = -1;
	enum pl_result r;

	pl_bytes_init(&order, PL_MAX_PJL_QUESTION);
	r = pjl_password(j, &password, err);
	if (r == PL_OK)
		r = pl_pjl_knobs_order(&j->by[PL_SOURCE_PJL], password, &order);
	if (r == PL_OK)
		r = pl_act_pipe(j->a, &stream, err);
	if (r == PL_OK)
		r = pl_stream_write(stream, order.at, order.size, pl_clock_in_ms(WRITE_MS), err);
	pl_bytes_wipe(&order);
	pl_act_let_go(j->a);
	return r;
}

/* Each language for itself: what one refuses, another may take. Whatever came of it, the settings
 * are read again. */
static void write_all(struct job *j)
{
	static const struct {
		enum pl_source means;
		enum pl_result (*write)(struct job *j, struct pl_error *err);
	} WAYS[] = { { PL_SOURCE_IPP, by_ipp },
		     { PL_SOURCE_LEDM, by_ledm },
		     { PL_SOURCE_PJL, by_pjl } };

	for (size_t w = 0; w < sizeof(WAYS) / sizeof(WAYS[0]); w++) {
		unsigned wanted = j->by[WAYS[w].means].wanted;
		struct pl_error err;

		for (int i = 0; wanted && i < PL_KNOB_COUNT; i++)
			if (wanted & 1u << i)
				pl_knob_wear_note(j->a->wear, (enum pl_knob)i, pl_clock_now_ms());
		if (!wanted || WAYS[w].write(j, &err) != PL_E_DENIED)
			continue;
		for (int i = 0; i < PL_KNOB_COUNT; i++)
			if (wanted & 1u << i)
				j->why[i] = j->has_password ? "The printer refused the password"
							    : "The printer wants its password";
	}
}

static void add_text(cJSON *o, const char *name, enum pl_knob knob, int64_t value)
{
	char text[PL_MAX_KNOB_TEXT];

	pl_knob_text(knob, value, text);
	pl_json_add_text(o, name, text);
}

/* Judges by what the printer says now. Returns how many are not as they were wanted. */
static int tell(struct job *j, unsigned written)
{
	const struct pl_knobs *now = &j->a->known->knobs;
	cJSON *list = cJSON_AddArrayToObject(j->a->result, "settings");
	int missed = 0;

	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		cJSON *o;

		if (!(j->wish.wanted & 1u << i))
			continue;
		if (written & 1u << i && now->of[i].value == j->wish.value[i])
			j->outcome[i] = APPLIED;
		else if (written & 1u << i && !j->why[i])
			j->why[i] = "The printer took the order and shows another value";
		missed += j->outcome[i] == REFUSED || j->outcome[i] == UNSUPPORTED;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "name", pl_knob_name((enum pl_knob)i));
		cJSON_AddStringToObject(o, "outcome", OUTCOMES[j->outcome[i]]);
		pl_json_add_text(o, "means", pl_source_name(j->before.of[i].means));
		add_text(o, "wanted", (enum pl_knob)i, j->wish.value[i]);
		add_text(o, "before", (enum pl_knob)i, j->before.of[i].value);
		add_text(o, "after", (enum pl_knob)i, now->of[i].value);
		pl_json_add_text(o, "reason", j->outcome[i] == APPLIED ? NULL : j->why[i]);
		cJSON_AddItemToArray(list, o);
	}
	return missed;
}

static int count(unsigned bits)
{
	int n = 0;

	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

static enum pl_result configure(struct job *j, struct pl_error *err)
{
	struct pl_act *a = j->a;
	unsigned planned;
	enum pl_result r;
	int missed;
	bool ok;

	if (pl_act_is_busy(a)) /* reads everything on its way, the settings too */
		return pl_act_say(a, PL_E_BUSY,
				  "The printer has a job; it is configured only when it is idle");
	j->before = a->known->knobs;
	if (!j->before.known)
		return pl_act_say(a, PL_E_UNSUPPORTED, "The printer does not tell its settings");
	planned = plan(j);
	r = pl_act_begin(a, err);
	if (r != PL_OK)
		return r;
	if (planned) {
		pl_act_progress(a, 30, "writing", "Settings are being written");
		write_all(j);
		r = pl_act_pause(a, SETTLE_MS, err);
		if (r != PL_OK || !pl_act_look(a, &ok))
			return pl_error_set(err, PL_E_CANCELLED, "the agent stops");
		if (!ok)
			return pl_act_say(a, PL_E_TIMEOUT,
					  "The settings were written, and could not be read again");
	}
	missed = tell(j, planned);
	if (missed > 0)
		return pl_act_say(a, PL_E_REFUSED, "%d of %d settings are not as they were wanted",
				  missed, count(j->wish.wanted));
	return PL_OK;
}

static enum pl_result run(struct pl_act *a, struct pl_error *err)
{
	struct job *j = calloc(1, sizeof(*j));
	enum pl_result r;

	if (!j)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	j->a = a;
	r = pl_configure_read(a->action->parameters, &j->wish, err);
	if (r == PL_OK)
		r = open_password(j, err);
	if (r == PL_OK)
		r = configure(j, err);
	pl_wipe(j->password, sizeof(j->password));
	free(j);
	return r;
}

const struct pl_act_kind PL_ACT_CONFIGURE = {
	.type = PL_ACTION_CONFIGURE, .check = check, .why_not = why_not, .run = run
};
