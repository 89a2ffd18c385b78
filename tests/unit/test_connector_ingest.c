/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what a batch does to the store: each record once, a foreign one in a known place refused,
 * every example of the wire taken, sections merged by the wire's rule. */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "a_connector.h"
#include "drift.h"
#include "ingest.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "project.h"
#include "projector.h"
#include "unit.h"
#include "wire.h"

static struct a_connector here;

static enum pl_result run(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_ingest_run(arg, db, err);
}

struct outcome {
	int64_t ack;
	bool new_spool;
};

/* Sends a batch's text for an agent; ends the test where it is not stored. */
static struct outcome take(struct pl_roster_agent *agent, const char *text)
{
	struct pl_ingest in = { .server = &here.server, .agent = agent };
	struct pl_error err = { 0 };
	struct outcome outcome;

	if (pl_ingest_prepare(&in, here.db, pl_span_of(text), &err) != PL_OK ||
	    pl_store_write(here.server.store, run, &in, &err) != PL_OK)
		fail_msg("%s", err.text);
	pl_ingest_stored(&in, PL_OK);
	assert_true(pl_projector_settle(here.server.projector, pl_clock_in_ms(60000)));
	outcome = (struct outcome){ in.ack, in.new_spool };
	pl_ingest_finish(&in);
	return outcome;
}

/* A batch of one record. */
static struct outcome take_one(struct pl_roster_agent *agent, const char *spool, int seq, int hash,
			       const char *kind, const char *key, const char *body)
{
	char text[16 * 1024];

	snprintf(text, sizeof text,
		 "{\"spool_id\":\"%s\",\"boot_id\":\"b\",\"records\":[{\"seq\":%d,\"kind\":\"%s\","
		 "\"boot_id\":\"b\",\"uptime_ms\":1,\"taken_at\":\"2026-01-31T08:15:30.123Z\","
		 "\"printer_key\":%s%s%s,\"hash\":\"%032x\",\"body\":%s}]}",
		 spool, seq, kind, key ? "\"" : "", key ? key : "null", key ? "\"" : "",
		 (unsigned)hash, body);
	return take(agent, text);
}

static void takes_every_example_of_the_wire(void **state)
{
	static const char *const KINDS[] = {
		"agent.hello",	    "agent.health", "printer.attached",	  "printer.snapshot",
		"printer.moved",    "alert.opened", "alert.closed",	  "supply.replaced",
		"counter.reset",    "job.finished", "config.drift",	  "action.result",
		"printer.detached", "audit",	    "a.kind.of.tomorrow",
	};
	struct pl_roster_agent *agent = a_connector_agent(&here, "examples");
	int count = sizeof KINDS / sizeof KINDS[0];

	(void)state;
	for (int i = 0; i < count; i++) {
		char name[64];
		struct pl_bytes body;

		snprintf(name, sizeof name, "record.%s",
			 i == count - 1 ? "job.finished" : KINDS[i]);
		body = wire_text(name);
		assert_int_equal(take_one(agent, "s", i + 1, 100 + i, KINDS[i],
					  strncmp(KINDS[i], "agent", 5) ? "usb-1" : NULL,
					  (const char *)body.at)
					 .ack,
				 i + 1);
		pl_bytes_finish(&body);
	}
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM records"), count);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM devices"), 1);
	assert_int_equal(a_connector_number(&here, "SELECT impressions FROM devices"), 931);
	assert_int_equal(a_connector_number(&here, "SELECT attached FROM devices"), 0);
	assert_int_equal(a_connector_number(&here, "SELECT lowest_supply FROM devices"), 61);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM counters"), 1);
	assert_int_equal(a_connector_number(&here, "SELECT after FROM counter_resets"), 12);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM alerts"), 2);
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM alerts WHERE closed_at IS NULL"),
		1);
	assert_int_equal(a_connector_number(&here,
					    "SELECT count(*) FROM agents WHERE hello IS NOT NULL"
					    " AND health IS NOT NULL AND version='0.1.0'"),
			 1);
}

static void each_record_once(void **state)
{
	struct pl_roster_agent *agent = a_connector_agent(&here, "once");
	const char *count = "SELECT count(*) FROM records WHERE kind='once'";
	struct outcome o;

	(void)state;
	assert_int_equal(take_one(agent, "s", 5, 1, "once", NULL, "{}").ack, 5);
	assert_int_equal(take_one(agent, "s", 5, 1, "once", NULL, "{}").ack, 5);
	assert_int_equal(a_connector_number(&here, count), 1);
	o = take_one(agent, "s", 5, 2, "once", NULL, "{}"); /* another one in its place */
	assert_true(o.new_spool);
	o = take_one(agent, "s", 3, 3, "once", NULL, "{}"); /* into a gap that is past */
	assert_true(o.new_spool);
	assert_int_equal(a_connector_number(&here, count), 1);
	o = take_one(agent, "t", 1, 1, "once", NULL, "{}"); /* known, under a new spool */
	assert_false(o.new_spool);
	assert_int_equal(o.ack, 1);
	assert_int_equal(take_one(agent, "t", 2, 3, "once", NULL, "{}").ack, 2);
	assert_int_equal(a_connector_number(&here, count), 2);
	assert_true(take_one(agent, "s", 9, 9, "once", NULL, "{}").new_spool); /* left behind */
	assert_int_equal(a_connector_number(&here, "SELECT clones FROM agents WHERE id='once'"), 3);
}

static void a_record_that_cannot_be_applied_holds_nobody_up(void **state)
{
	struct pl_roster_agent *agent = a_connector_agent(&here, "poison");
	static char body[15 * 1024];
	int64_t devices;

	(void)state;
	take_one(agent, "s", 1, 9001, "printer.snapshot", "k", "{\"full\":true}");
	devices = a_connector_number(&here, "SELECT count(*) FROM devices");
	/* Section by section the snapshot grows past what a device may have. */
	memset(body, 'x', sizeof body);
	for (int i = 2; i < 30; i++) {
		snprintf(body, 32, "{\"section%02d\":\"", i);
		body[strlen(body)] = 'x';
		snprintf(body + sizeof body - 256, 8, "\"}");
		assert_int_equal(
			take_one(agent, "s", i, 9000 + i, "printer.snapshot", "k", body).ack, i);
	}
	assert_int_equal(
		take_one(agent, "s", 30, 9030, "printer.snapshot", "other", "{\"full\":true}").ack,
		30);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM devices"), devices + 1);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM records r JOIN agents a"
						   " ON a.no=r.agent_no WHERE a.id='poison'"),
			 30);
}

static void sections_merge_by_the_rule(void **state)
{
	cJSON *known =
		cJSON_Parse("{\"state\":{\"a\":1,\"b\":2},\"supplies\":[1,2],\"usb\":{\"x\":1}}");
	cJSON *part = cJSON_Parse("{\"full\":false,\"state\":{\"a\":9},\"usb\":null}");
	cJSON *full = cJSON_Parse("{\"full\":true,\"media\":[]}");
	cJSON *wanted = cJSON_Parse("{\"state\":{\"a\":9},\"supplies\":[1,2],\"usb\":null}");

	(void)state;
	pl_project_merge(known, part);
	assert_true(cJSON_Compare(known, wanted, true));
	pl_project_merge(known, full);
	cJSON_Delete(wanted);
	wanted = cJSON_Parse("{\"media\":[]}");
	assert_true(cJSON_Compare(known, wanted, true));
	cJSON_Delete(wanted);
	cJSON_Delete(full);
	cJSON_Delete(part);
	cJSON_Delete(known);
}

static enum pl_result want_for_all(struct pl_db *db, void *arg, struct pl_error *err)
{
	enum pl_result r = pl_db_run(db, "UPDATE devices SET tags='[\"lobby\"]'", PL_NO_ARGS, err);

	(void)arg;
	return r == PL_OK ? pl_drift_want(db, here.customer_id, "tag", "lobby",
					  "{\"sleep_timer_s\":\"300\"}", "tester", err)
			  : r;
}

/* A report, not only the wish itself, says where a printer is not set as it should be. */
static void reports_open_and_close_drifts(void **state)
{
	static const char SECTION[] =
		"{\"settings\":{\"items\":[{\"name\":\"sleep_timer_s\",\"value\":\"%d\"}]}}";
	static const char OPEN[] = "SELECT count(*) FROM drifts WHERE closed_at IS NULL";
	struct pl_roster_agent *agent = a_connector_agent(&here, "drift");
	struct pl_error err = { 0 };
	char body[256];

	(void)state;
	snprintf(body, sizeof body, SECTION, 300);
	take_one(agent, "s", 1, 5001, "printer.snapshot", "k", body);
	assert_result(pl_store_write(here.server.store, want_for_all, NULL, &err), PL_OK);
	assert_int_equal(a_connector_number(&here, OPEN), 0);
	snprintf(body, sizeof body, SECTION, 1200);
	take_one(agent, "s", 2, 5002, "printer.snapshot", "k", body);
	assert_int_equal(a_connector_number(&here, OPEN), 1);
	take_one(agent, "s", 3, 5003, "printer.snapshot", "k", "{\"state\":{}}");
	assert_int_equal(a_connector_number(&here, OPEN), 1);
	snprintf(body, sizeof body, SECTION, 300);
	take_one(agent, "s", 4, 5004, "printer.snapshot", "k", body);
	assert_int_equal(a_connector_number(&here, OPEN), 0);
}

static void strange_bodies_do_no_harm(void **state)
{
	static const char *const BODIES[] = {
		"{}",
		"{\"full\":1}",
		"{\"identity\":5,\"state\":[],\"supplies\":{},\"counters\":\"x\",\"alerts\":7}",
		"{\"full\":true,\"alerts\":[1,null,{\"code\":5},{}],\"supplies\":[null,3]}",
		"{\"identity\":{\"confidence\":\"strong\",\"serial_number\":\"\"}}",
		"{\"counters\":{\"impressions\":-1,\"sheets\":1e300}}",
		"{\"state\":{\"printer_state\":7,\"asleep\":\"yes\",\"reasons\":\"none\"}}",
	};
	static const char *const KINDS[] = { "printer.snapshot", "printer.attached",
					     "alert.opened",	 "alert.closed",
					     "counter.reset",	 "action.result",
					     "agent.hello",	 "agent.health",
					     "printer.detached" };
	struct pl_roster_agent *agent = a_connector_agent(&here, "strange");
	int seq = 0;

	(void)state;
	for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++)
		for (size_t b = 0; b < sizeof BODIES / sizeof BODIES[0]; b++) {
			seq++;
			assert_int_equal(take_one(agent, "s", seq, 1000 + seq, KINDS[k],
						  seq % 2 ? "k" : NULL, BODIES[b])
						 .ack,
					 seq);
		}
}

static int open_all(void **state)
{
	(void)state;
	a_connector_open(&here, "ingest");
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	a_connector_close(&here);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_example_of_the_wire),
		cmocka_unit_test(each_record_once),
		cmocka_unit_test(a_record_that_cannot_be_applied_holds_nobody_up),
		cmocka_unit_test(sections_merge_by_the_rule),
		cmocka_unit_test(reports_open_and_close_drifts),
		cmocka_unit_test(strange_bodies_do_no_harm),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
