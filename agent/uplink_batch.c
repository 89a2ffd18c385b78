/* SPDX-License-Identifier: Apache-2.0 */
/* One batch of records, and the answers that a connector gives to it. */
#include "uplink_batch.h"

#include <inttypes.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "overrides.h"
#include "platen/json.h"
#include "platen/log.h"

#define CALL_MS	       60000
#define SLOW_ANSWER_MS 2000
#define CLOCK_WRONG_MS 300000

static enum pl_result add_head(struct pl_uplink *u, struct pl_bytes *out)
{
	struct pl_spool_state state;
	char boot_id[PL_UUID_TEXT], head[PL_HASH_TEXT];
	int64_t seq;

	pl_spool_state(u->options.spool, &state);
	pl_os_boot_id(boot_id);
	pl_audit_head(u->options.audit, &seq, head);
	return pl_bytes_add_format(
		out,
		"{\"spool_id\":\"%s\",\"boot_id\":\"%s\",\"audit\":{\"seq\":%" PRId64
		",\"head\":\"%s\"},\"dropped\":%" PRId64 ",\"records\":",
		state.spool_id, boot_id, seq, head, state.dropped);
}

/* An answer that lay here while the PC slept tells a time long past: then the connector's clock is
 * taken to be as late as it can be, and what has expired by that is not done. */
static void note_clock(struct pl_uplink *u, const cJSON *doc, int64_t sent_wall_ms)
{
	int64_t server_ms, offset, before;

	if (!pl_json_time(doc, "server_time", &server_ms))
		return;
	offset = server_ms - pl_clock_wall_ms();
	if (server_ms - sent_wall_ms - offset > SLOW_ANSWER_MS)
		offset = server_ms - sent_wall_ms;
	pthread_mutex_lock(&u->lock);
	before = u->status.clock_offset_ms;
	u->status.clock_offset_ms = offset;
	pthread_mutex_unlock(&u->lock);
	pl_actions_set_clock_offset(u->options.actions, offset);
	if ((offset > CLOCK_WRONG_MS || offset < -CLOCK_WRONG_MS) &&
	    (offset - before > CLOCK_WRONG_MS || before - offset > CLOCK_WRONG_MS))
		log_warn(NULL, "this PC's clock differs from the connector's offset_ms=%" PRId64,
			 offset);
}

static enum pl_result take_ack(struct pl_uplink *u, const cJSON *doc, int64_t sent_wall_ms,
			       int count, int64_t last_seq, struct pl_error *err)
{
	int64_t ack = 0, interval;

	if (!pl_json_int(doc, "ack", 0, PL_MAX_JSON_INT, &ack))
		return pl_error_set(err, PL_E_PROTOCOL,
				    "the connector's answer acknowledges nothing");
	note_clock(u, doc, sent_wall_ms);
	pthread_mutex_lock(&u->lock);
	if (pl_json_int(doc, "next_interval_s", 1, 86400, &interval))
		u->status.report_interval_s = pl_overrides_interval(u->overrides, interval);
	u->status.last_report_ms = pl_clock_wall_ms();
	if (count > 0)
		u->status.acked_seq = ack < last_seq ? ack : last_seq;
	pthread_mutex_unlock(&u->lock);
	if (count == 0)
		return PL_OK;
	/* It cannot have stored what it was not sent. */
	if (ack > last_seq)
		ack = last_seq;
	if (ack == 0)
		return pl_error_set(err, PL_E_BUSY, "the connector stored nothing of a report");
	return pl_spool_ack(u->options.spool, ack, err);
}

/* What an error status means for the batch. PL_OK: send again at once. */
static enum pl_result heed_refusal(struct pl_uplink *u, struct pl_batch *b,
				   const struct pl_answer *answer, int count, int64_t last_seq,
				   struct pl_error *err)
{
	struct pl_spool *spool = u->options.spool;

	if (answer->status == 409 && strcmp(answer->error, "new_spool") == 0 &&
	    b->renewals++ == 0) {
		log_warn(NULL, "the connector knows other records of this spool (a restored disk "
			       "image?): a new spool begins");
		return pl_spool_renew(spool, err);
	}
	if (answer->status == 413 && count > 1) {
		b->max_records = count / 2;
		return PL_OK;
	}
	if (answer->status == 413 && count == 1) {
		log_error(NULL,
			  "a record is too big for the connector and is given up seq=%" PRId64,
			  last_seq);
		return pl_spool_drop(spool, last_seq, err);
	}
	pl_uplink_heed(u, answer);
	return pl_answer_error(answer, err);
}

/* The connection comes first: records that are taken out for sending are not coalesced any more. */
enum pl_result pl_uplink_send_batch(struct pl_uplink *u, struct pl_caller *caller,
				    struct pl_batch *batch, struct pl_error *err)
{
	struct pl_call call = { .method = "POST", .target = "/sda/v1/reports", .packable = true };
	struct pl_answer answer = { 0 };
	struct pl_bytes body;
	int count = 0;
	int64_t last_seq = 0, sent_wall_ms;
	enum pl_result r;

	pl_bytes_init(&body, PL_MAX_BATCH_BYTES + 2 * PL_MAX_RECORD_BODY);
	r = pl_caller_connect(caller, pl_clock_in_ms(CALL_MS), err);
	if (r == PL_OK)
		r = add_head(u, &body);
	if (r == PL_OK)
		r = pl_spool_peek(u->options.spool, batch->max_records, &body, &count, &last_seq,
				  err);
	if (r == PL_OK)
		r = pl_bytes_add_text(&body, "}");
	call.body = pl_bytes_span(&body);
	sent_wall_ms = pl_clock_wall_ms();
	if (r == PL_OK)
		r = pl_call(caller, &call, pl_clock_in_ms(CALL_MS), &answer, err);
	pl_bytes_finish(&body);
	if (r != PL_OK)
		return r;
	batch->retry_s = answer.retry_after_s;
	if (answer.status == 200) {
		r = take_ack(u, answer.doc, sent_wall_ms, count, last_seq, err);
		batch->max_records = PL_MAX_BATCH;
		batch->renewals = 0;
		batch->more = count > 0;
	} else {
		r = heed_refusal(u, batch, &answer, count, last_seq, err);
		batch->more = true;
	}
	if (r == PL_OK)
		pl_uplink_contact(u);
	pl_answer_finish(&answer);
	return r;
}
