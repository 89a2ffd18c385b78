/* SPDX-License-Identifier: Apache-2.0 */
#include "a_spool.h"

#include <stdio.h>

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/json.h"
#include "scratch.h"
#include "unit.h"

static int64_t now_ms = 1000000, wall_ms;

static int64_t get_now(void *arg)
{
	(void)arg;
	return now_ms;
}

static int64_t get_wall(void *arg)
{
	(void)arg;
	return wall_ms;
}

static bool no_wait(void *arg, pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t by_ms)
{
	(void)arg;
	(void)cond;
	(void)mutex;
	now_ms = by_ms > now_ms ? by_ms : now_ms;
	return false;
}

static const struct pl_clock CLOCK = { .now_ms = get_now, .wall_ms = get_wall, .wait = no_wait };

void a_clock_start(int64_t start_wall_ms)
{
	wall_ms = start_wall_ms;
	pl_clock_use(&CLOCK);
}

void a_clock_pass(int64_t ms)
{
	now_ms += ms;
	wall_ms += ms;
}

void a_clock_jump(int64_t ms)
{
	wall_ms += ms;
}

void a_clock_stop(void)
{
	pl_clock_use(NULL);
}

struct pl_spool *a_spool(const char *name, int64_t max_bytes, int64_t max_age_ms)
{
	static const uint8_t KEY[PL_SEAL_KEY_SIZE] = "an example key, 31 letters long.";
	static struct pl_seal *seal;
	static char path[160];
	struct pl_spool_options options = { .path = path,
					    .max_bytes = max_bytes,
					    .max_age_ms = max_age_ms };
	struct pl_spool *spool = NULL;
	struct pl_error err = { 0 };

	if (!seal)
		seal = pl_seal_create(KEY);
	options.seal = seal;
	scratch_path(name, path, sizeof(path));
	if (pl_spool_open(&options, &spool, &err) != PL_OK)
		fail_msg("%s", err.text);
	return spool;
}

void a_record(struct pl_spool *spool, const char *kind, const char *printer_key, const char *body)
{
	struct pl_error err = { 0 };
	cJSON *doc = cJSON_Parse(body);

	assert_non_null(doc);
	if (pl_spool_add(spool, kind, printer_key, doc, &err) != PL_OK)
		fail_msg("%s", err.text);
	cJSON_Delete(doc);
}

struct cJSON *a_batch(struct pl_spool *spool, int max_records)
{
	struct pl_error err = { 0 };
	struct pl_bytes text;
	cJSON *doc = NULL;
	int64_t last_seq = 0;
	int count = -1;

	pl_bytes_init(&text, 1024 * 1024);
	if (pl_spool_peek(spool, max_records, &text, &count, &last_seq, &err) != PL_OK)
		fail_msg("%s", err.text);
	assert_result(pl_json_parse(pl_bytes_span(&text), &doc, &err), PL_OK);
	assert_int_equal(cJSON_GetArraySize(doc), count);
	pl_bytes_finish(&text);
	return doc;
}
