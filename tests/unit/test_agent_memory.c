/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what is still known after a restart: places, open alerts, and which printer of earlier one
 * may be that has come back as another. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/file.h"
#include "unit.h"

#define KEY "usb-03f0-2b17-VNB3K12345"

static char folder[64];
static struct pl_memory *m;
static struct pl_kept kept;
static const char *attached = "";

static bool is_attached(void *arg, const char *key)
{
	(void)arg;
	return strcmp(key, attached) == 0;
}

static const struct pl_memory_presence PRESENCE = { is_attached, NULL };

static void restart(void)
{
	struct pl_error err;

	pl_memory_close(m);
	assert_int_equal(pl_memory_open(folder, &m, &err), PL_OK);
}

static int64_t now_ms = 1000000;

static int64_t tell_time(void *arg)
{
	(void)arg;
	return now_ms;
}

static int begin(void **state)
{
	static const struct pl_clock CLOCK = { .now_ms = tell_time, .wall_ms = tell_time };

	(void)state;
	pl_clock_use(&CLOCK);
	strcpy(folder, "/tmp/test-memory-XXXXXX");
	assert_non_null(mkdtemp(folder));
	m = NULL;
	attached = "";
	memset(&kept, 0, sizeof(kept));
	pl_ledger_init(&kept.ledger);
	restart();
	return 0;
}

static int end(void **state)
{
	char path[128];
	struct pl_error err;

	(void)state;
	pl_memory_close(m);
	pl_clock_use(NULL);
	snprintf(path, sizeof(path), "%s/printers.json", folder);
	assert_int_equal(pl_file_remove(path, &err), PL_OK);
	return remove(folder);
}

static void keep(const char *key, const char *port)
{
	pl_memory_keep(m, key, port, &kept);
}

static void places_and_alerts_are_remembered(void **state)
{
	struct pl_kept found;
	char port[32];

	(void)state;
	kept.alerts.count = 1;
	strcpy(kept.alerts.open[0].code, "coverOpen");
	strcpy(kept.alerts.open[0].group, "cover");
	kept.alerts.open[0].severity = PL_SEVERITY_CRITICAL;
	kept.alerts.open[0].since_ms = 1769846400000;
	keep("usb-03f0-2b17-VNB3K12345", "1-2");
	kept.alerts.count = 0;
	restart();
	assert_true(pl_memory_port(m, "usb-03f0-2b17-VNB3K12345", port));
	assert_string_equal(port, "1-2");
	pl_memory_recall(m, "usb-03f0-2b17-VNB3K12345", &found);
	assert_int_equal(found.alerts.count, 1);
	assert_string_equal(found.alerts.open[0].code, "coverOpen");
	assert_string_equal(found.alerts.open[0].group, "cover");
	assert_int_equal(found.alerts.open[0].severity, PL_SEVERITY_CRITICAL);
	assert_int_equal(found.alerts.open[0].since_ms, 1769846400000);
	assert_false(pl_memory_port(m, "usb-03f0-2b17-VNB3K12346", port));
	pl_memory_recall(m, "usb-03f0-2b17-VNB3K12346", &found);
	assert_int_equal(found.alerts.count, 0);
	assert_int_equal(found.ledger.value[PL_SOURCE_LEDM][PL_COUNTER_JAMS], PL_UNKNOWN);
}

/* What a program killed at this moment would find when it starts again; PL_UNKNOWN: nothing. */
static int64_t on_disk(enum pl_source source, enum pl_counter counter)
{
	struct pl_kept found;
	struct pl_memory *other;
	struct pl_error err;

	assert_int_equal(pl_memory_open(folder, &other, &err), PL_OK);
	pl_memory_recall(other, KEY, &found);
	pl_memory_close(other);
	return found.ledger.value[source][counter];
}

static void count(enum pl_source source, int64_t impressions)
{
	kept.ledger.value[source][PL_COUNTER_IMPRESSIONS] = impressions;
	keep(KEY, "1-2");
}

static void counters_are_remembered_by_their_source(void **state)
{
	(void)state;
	kept.ledger.value[PL_SOURCE_LEDM][PL_COUNTER_JAMS] = 0;
	kept.ledger.value[PL_SOURCE_PJL][PL_COUNTER_IMPRESSIONS] = 4294967290;
	count(PL_SOURCE_LEDM, 931);
	assert_int_equal(on_disk(PL_SOURCE_LEDM, PL_COUNTER_IMPRESSIONS), 931);
	assert_int_equal(on_disk(PL_SOURCE_LEDM, PL_COUNTER_JAMS), 0);
	assert_int_equal(on_disk(PL_SOURCE_PJL, PL_COUNTER_IMPRESSIONS), 4294967290);
	assert_int_equal(on_disk(PL_SOURCE_PJL, PL_COUNTER_JAMS), PL_UNKNOWN);
	assert_int_equal(on_disk(PL_SOURCE_IPP, PL_COUNTER_IMPRESSIONS), PL_UNKNOWN);
}

static void growing_counters_are_written_once_a_minute(void **state)
{
	(void)state;
	count(PL_SOURCE_LEDM, 931);
	for (int i = 1; i <= 11; i++) {
		now_ms += 5000;
		count(PL_SOURCE_LEDM, 931 + i);
		pl_memory_catch_up(m);
		assert_int_equal(on_disk(PL_SOURCE_LEDM, PL_COUNTER_IMPRESSIONS), 931);
	}
	now_ms += 5000;
	pl_memory_catch_up(m);
	assert_int_equal(on_disk(PL_SOURCE_LEDM, PL_COUNTER_IMPRESSIONS), 942);
	count(PL_SOURCE_LEDM, 943);
	restart(); /* a stop writes what waits */
	assert_int_equal(on_disk(PL_SOURCE_LEDM, PL_COUNTER_IMPRESSIONS), 943);
}

/* Else a kill would let the same fall be told twice. */
static void a_fall_is_written_at_once(void **state)
{
	(void)state;
	count(PL_SOURCE_LEDM, 931);
	count(PL_SOURCE_LEDM, 12);
	assert_int_equal(on_disk(PL_SOURCE_LEDM, PL_COUNTER_IMPRESSIONS), 12);
}

static void a_damaged_file_is_an_empty_memory(void **state)
{
	char path[128], port[32];
	struct pl_error err;

	(void)state;
	snprintf(path, sizeof(path), "%s/printers.json", folder);
	assert_int_equal(pl_file_write(path, PL_FILE_SECRET, "{\"a\":{\"port_path\":7", 19, &err),
			 PL_OK);
	restart();
	assert_false(pl_memory_port(m, "a", port));
	keep("usb-03f0-2b17-A", "1-1");
	restart();
	assert_true(pl_memory_port(m, "usb-03f0-2b17-A", port));
}

static void the_printers_seen_last_are_kept(void **state)
{
	char key[64], port[32];

	(void)state;
	for (int i = 0; i < 70; i++) {
		snprintf(key, sizeof(key), "usb-03f0-2b17-SERIAL%02d", i);
		keep(key, "1-1");
	}
	restart();
	assert_false(pl_memory_port(m, "usb-03f0-2b17-SERIAL05", port));
	assert_true(pl_memory_port(m, "usb-03f0-2b17-SERIAL06", port));
}

/* After a firmware update: the same serial number under another product number. */
static void strong_evidence_keeps_the_key(void **state)
{
	char key[PL_MAX_KEY];

	(void)state;
	keep("usb-03f0-2b17-VNB3K12345", "1-2");
	assert_true(pl_memory_same_serial(m, "usb-03f0-2c18-VNB3K12345", &PRESENCE, key));
	assert_string_equal(key, "usb-03f0-2b17-VNB3K12345");
	assert_false(pl_memory_same_serial(m, "usb-04f9-2c18-VNB3K12345", &PRESENCE, key));
	assert_false(pl_memory_same_serial(m, "usb-03f0-2c18-VNB3K12346", &PRESENCE, key));
	attached = "usb-03f0-2b17-VNB3K12345"; /* then it is a duplicate */
	assert_false(pl_memory_same_serial(m, "usb-03f0-2c18-VNB3K12345", &PRESENCE, key));
	keep("usb-03f0-2b17-port-1-3", "1-3");
	assert_false(pl_memory_same_serial(m, "usb-03f0-2c18-port-1-3", &PRESENCE, key));
}

static void weak_evidence_makes_a_candidate(void **state)
{
	char key[PL_MAX_KEY];

	(void)state;
	keep("usb-04f9-2b17-port-1-2", "1-2");
	keep("usb-03f0-0c17-VNB3K12345", "1-3");
	/* the same model without a serial number, in another socket */
	assert_true(pl_memory_candidate(m, "usb-04f9-2b17-port-1-4", "1-4", &PRESENCE, key));
	assert_string_equal(key, "usb-04f9-2b17-port-1-2");
	/* one of the maker's other models there */
	assert_false(pl_memory_candidate(m, "usb-04f9-3333-port-1-4", "1-4", &PRESENCE, key));
	/* with other numbers in the same socket, and one that has lost its serial number */
	assert_true(pl_memory_candidate(m, "usb-04f9-3333-port-1-2", "1-2", &PRESENCE, key));
	assert_true(pl_memory_candidate(m, "usb-03f0-0c17-port-1-3", "1-3", &PRESENCE, key));
	assert_string_equal(key, "usb-03f0-0c17-VNB3K12345");
	/* two serial numbers are two printers */
	assert_false(pl_memory_candidate(m, "usb-03f0-0c17-VNB3K99999", "1-3", &PRESENCE, key));
	attached = "usb-04f9-2b17-port-1-2";
	assert_false(pl_memory_candidate(m, "usb-04f9-2b17-port-1-4", "1-4", &PRESENCE, key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(places_and_alerts_are_remembered, begin, end),
		cmocka_unit_test_setup_teardown(counters_are_remembered_by_their_source, begin,
						end),
		cmocka_unit_test_setup_teardown(growing_counters_are_written_once_a_minute, begin,
						end),
		cmocka_unit_test_setup_teardown(a_fall_is_written_at_once, begin, end),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_an_empty_memory, begin, end),
		cmocka_unit_test_setup_teardown(the_printers_seen_last_are_kept, begin, end),
		cmocka_unit_test_setup_teardown(strong_evidence_keeps_the_key, begin, end),
		cmocka_unit_test_setup_teardown(weak_evidence_makes_a_candidate, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
