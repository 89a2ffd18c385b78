/* SPDX-License-Identifier: Apache-2.0 */
/* POST /actions/{id}/bundle, until it has arrived. */
#include "bundle_send.h"

#include <stdio.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/json.h"
#include "platen/log.h"
#include "uplink_state.h"

#define MAX_TRIES 8
#define SEND_MS	  60000

static enum pl_result judge(struct pl_act *a, const struct pl_answer *answer, struct pl_error *err)
{
	switch (answer->status) {
	case 200: return PL_OK;
	case 400:
	case 404:
	case 409:
	case 413:
	case 501:
		(void)pl_answer_error(answer, err);
		return pl_act_say(a, PL_E_REFUSED, "The connector did not take the bundle (%d)",
				  answer->status);
	default: return pl_answer_error(answer, err);
	}
}

static enum pl_result send_once(struct pl_act *a, const struct pl_call *call, struct pl_error *err)
{
	struct pl_caller caller = { .dialer = NULL };
	struct pl_answer answer = { 0 };
	int generation = -1;
	enum pl_result r;

	if (!pl_uplink_is_enrolled(a->uplink))
		return pl_error_set(err, PL_E_DENIED, "this PC is not enrolled");
	r = pl_uplink_caller(a->uplink, a->wake, &caller, &generation, err);
	if (r == PL_OK)
		r = pl_call(&caller, call, pl_clock_in_ms(SEND_MS), &answer, err);
	if (r == PL_OK)
		r = judge(a, &answer, err);
	pl_answer_finish(&answer);
	pl_caller_finish(&caller);
	return r;
}

static bool is_hopeless(enum pl_result r)
{
	return r == PL_OK || r == PL_E_REFUSED || r == PL_E_CANCELLED || r == PL_E_FULL;
}

enum pl_result pl_bundle_send(struct pl_act *a, struct pl_span zip, struct pl_error *err)
{
	char target[64 + PL_MAX_ID], headers[32 + PL_HASH_TEXT], hex[PL_HASH_TEXT];
	struct pl_call call = { .method = "POST",
				.target = target,
				.headers = headers,
				.content_type = "application/zip",
				.body = zip };
	uint8_t digest[PL_HASH_SIZE];
	int64_t pause_ms = 1000;
	enum pl_result r = PL_OK;

	pl_sha256(zip.at, zip.size, digest);
	pl_hex_write(digest, sizeof(digest), hex);
	snprintf(target, sizeof(target), "/sda/v1/actions/%s/bundle", a->action->id);
	snprintf(headers, sizeof(headers), "X-Platen-SHA256: %s\r\n", hex);
	for (int tries = 1;; tries++) {
		if (pl_act_is_cancelled(a))
			return pl_error_set(err, PL_E_CANCELLED, "the action was stopped");
		r = send_once(a, &call, err);
		if (is_hopeless(r) || tries == MAX_TRIES)
			break;
		log_info(a->key, "the bundle is sent again later reason=\"%s\"", err->text);
		r = pl_act_pause(a, pause_ms, err);
		if (r != PL_OK)
			return r;
		pause_ms = pause_ms < 30000 ? 2 * pause_ms : pause_ms;
	}
	if (r == PL_OK) {
		pl_json_add_int(a->result, "bundle_bytes", (int64_t)zip.size);
		cJSON_AddStringToObject(a->result, "bundle_sha256", hex);
	} else if (r != PL_E_REFUSED && r != PL_E_CANCELLED) {
		return pl_act_say(a, r, "The bundle could not be sent to the connector");
	}
	return r;
}
