/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a store that was answered for is on the disk, that a job that fails takes nothing
 * with it, that one commit serves many, and that what is sealed opens for its customer and place
 * alone. */
#include <pthread.h>
#include <stdio.h>

#include "a_connector.h"
#include "migrations.h"
#include "platen/clock.h"
#include "projector.h"
#include "query.h"
#include "retention.h"
#include "sealing.h"
#include "unit.h"

static struct a_connector here;

static enum pl_result put_setting(struct pl_db *db, void *arg, struct pl_error *err)
{
	return pl_db_run(db, "INSERT INTO settings (customer_id, name, value) VALUES ('', ?1, 'x')",
			 PL_ARGS(pl_db_text(arg)), err);
}

static enum pl_result put_two_and_fail(struct pl_db *db, void *arg, struct pl_error *err)
{
	char second[] = "half";
	enum pl_result r = put_setting(db, second, err);

	(void)arg;
	assert_result(r, PL_OK);
	return pl_error_set(err, PL_E_INVALID, "on purpose");
}

static void stores_and_rolls_back_alone(void **state)
{
	char name[] = "first";
	struct pl_error err = { 0 };

	(void)state;
	assert_result(pl_store_write(here.server.store, put_setting, name, &err), PL_OK);
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM settings WHERE name='first'"), 1);
	assert_result(pl_store_write(here.server.store, put_two_and_fail, NULL, &err),
		      PL_E_INVALID);
	assert_string_equal(err.text, "on purpose");
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM settings WHERE name='half'"), 0);
	assert_result(pl_store_write(here.server.store, put_setting, name, &err), PL_E_REFUSED);
}

struct many {
	pthread_mutex_t mutex;
	pthread_cond_t over;
	int done, failed;
};

struct one {
	struct pl_store_job job;
	struct many *many;
	char name[16];
};

static enum pl_result run_one(struct pl_db *db, void *arg, struct pl_error *err)
{
	return put_setting(db, ((struct one *)arg)->name, err);
}

static void one_done(void *arg, enum pl_result r, const struct pl_error *err)
{
	struct many *many = ((struct one *)arg)->many;

	(void)err;
	pthread_mutex_lock(&many->mutex);
	many->done++;
	many->failed += r != PL_OK;
	pthread_cond_signal(&many->over);
	pthread_mutex_unlock(&many->mutex);
}

static void one_commit_serves_many(void **state)
{
	static struct one ones[1000];
	struct many many = { .done = 0 };
	struct pl_store_figures before, after;

	(void)state;
	pthread_mutex_init(&many.mutex, NULL);
	pthread_cond_init(&many.over, NULL);
	pl_store_figures(here.server.store, &before);
	for (int i = 0; i < 1000; i++) {
		/* Every tenth has a name that is taken: it fails, its neighbours do not. */
		snprintf(ones[i].name, sizeof ones[i].name, "many %d", i % 10 == 9 ? i - 1 : i);
		ones[i].many = &many;
		ones[i].job =
			(struct pl_store_job){ .run = run_one, .done = one_done, .arg = &ones[i] };
		assert_true(pl_store_put(here.server.store, &ones[i].job));
	}
	pthread_mutex_lock(&many.mutex);
	while (many.done < 1000)
		pthread_cond_wait(&many.over, &many.mutex);
	pthread_mutex_unlock(&many.mutex);
	pl_store_figures(here.server.store, &after);
	assert_int_equal(many.failed, 100);
	assert_int_equal(after.jobs - before.jobs, 1000);
	assert_true(after.commits - before.commits < 500);
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM settings WHERE name LIKE 'many %'"),
		900);
}

static void the_shape_is_made_once_and_never_lowered(void **state)
{
	struct pl_error err = { 0 };

	(void)state;
	assert_result(pl_migrate(here.db, &err), PL_OK);
	assert_int_equal(a_connector_number(&here, "SELECT version FROM schema_version"),
			 pl_migrate_newest());
	assert_result(
		pl_db_run(here.db, "UPDATE schema_version SET version=version+1", PL_NO_ARGS, &err),
		PL_OK);
	assert_result(pl_migrate(here.db, &err), PL_E_UNSUPPORTED);
	assert_non_null(strstr(err.text, "newer"));
	assert_result(
		pl_db_run(here.db, "UPDATE schema_version SET version=version-1", PL_NO_ARGS, &err),
		PL_OK);
}

static void a_reader_cannot_write(void **state)
{
	struct pl_error err = { 0 };
	struct pl_db *reader = NULL;

	(void)state;
	assert_result(pl_store_connect(here.where, false, true, &reader, &err), PL_OK);
	assert_int_not_equal(pl_db_run(reader, "DELETE FROM settings", PL_NO_ARGS, &err), PL_OK);
	pl_db_close(reader);
	assert_result(pl_store_connect("sqlite:/nowhere/at/all.db", false, true, &reader, &err),
		      PL_E_NOT_FOUND);
	assert_result(pl_store_connect("oracle:x", false, true, &reader, &err), PL_E_UNSUPPORTED);
}

static void values_are_never_text_of_the_query(void **state)
{
	static const char *const NASTY = "'; DROP TABLE settings; --";
	struct pl_db_rows *rows = NULL;
	struct pl_error err = { 0 };
	struct pl_query q;

	(void)state;
	pl_query_init(&q, "SELECT count(*), ?1 FROM settings WHERE 1=1");
	q.args[q.count++] = pl_db_text(NASTY);
	pl_query_and(&q, "name<>", pl_db_text(NASTY));
	assert_result(pl_query_run(&q, here.db, &rows, &err), PL_OK);
	assert_result(pl_db_next(rows, &err), PL_OK);
	assert_true(pl_db_int_at(rows, 0) > 0);
	assert_string_equal(pl_db_text_at(rows, 1), NASTY);
	pl_db_done(rows);
	pl_query_finish(&q);
}

static enum pl_result unwrap(const char *customer, const char *place, struct pl_bytes *sealed,
			     struct pl_bytes *out)
{
	pl_bytes_clear(out);
	return pl_keyring_unwrap(here.server.ring, here.db, customer, place, pl_bytes_span(sealed),
				 out, NULL);
}

static void sealed_for_one_customer_and_place(void **state)
{
	static const char *const other = "other";
	uint8_t a[PL_HASH_SIZE], b[PL_HASH_SIZE];
	struct pl_bytes sealed, out;
	struct pl_error err = { 0 };
	struct pl_keyring *ring = here.server.ring;

	(void)state;
	pl_bytes_init(&sealed, 256);
	pl_bytes_init(&out, 256);
	assert_result(pl_keyring_make(ring, other, &out, &err), PL_OK);
	assert_result(pl_db_run(here.db,
				"INSERT INTO customers (id, name, key_sealed, created_at)"
				" VALUES (?1, 'Other', ?2, 0)",
				PL_ARGS(pl_db_text(other), pl_db_blob(out.at, out.size)), &err),
		      PL_OK);
	assert_result(pl_keyring_wrap(ring, here.db, here.customer_id, "serial", "VNB3K12345", 10,
				      &sealed, &err),
		      PL_OK);
	assert_result(unwrap(here.customer_id, "serial", &sealed, &out), PL_OK);
	assert_span(pl_bytes_span(&out), "VNB3K12345");
	assert_result(unwrap(here.customer_id, "record", &sealed, &out), PL_E_UNTRUSTED);
	assert_result(unwrap(other, "serial", &sealed, &out), PL_E_UNTRUSTED);

	/* The blind index: equal for equal values of one customer, and for nothing else. */
	assert_result(
		pl_keyring_index(ring, here.db, here.customer_id, "serial", SPAN("A"), a, &err),
		PL_OK);
	assert_result(
		pl_keyring_index(ring, here.db, here.customer_id, "serial", SPAN("A"), b, &err),
		PL_OK);
	assert_memory_equal(a, b, sizeof a);
	assert_result(
		pl_keyring_index(ring, here.db, here.customer_id, "serial", SPAN("B"), b, &err),
		PL_OK);
	assert_memory_not_equal(a, b, sizeof a);
	assert_result(pl_keyring_index(ring, here.db, other, "serial", SPAN("A"), b, &err), PL_OK);
	assert_memory_not_equal(a, b, sizeof a);

	/* Erased: the key is gone, and with it everything that was sealed. */
	assert_result(pl_db_run(here.db, "UPDATE customers SET key_sealed=NULL WHERE id='other'",
				PL_NO_ARGS, &err),
		      PL_OK);
	pl_keyring_forget(ring, other);
	assert_result(pl_keyring_index(ring, here.db, other, "serial", SPAN("A"), b, &err),
		      PL_E_GONE);
	pl_bytes_finish(&out);
	pl_bytes_finish(&sealed);
}

/* Rows at 10, 50 and 500 days of age; what is open, and every counter, stays whatever its age. */
/* The connector seals by another library than the agent: each opens what the other sealed. */
static void sealed_in_one_form_by_both_libraries(void **state)
{
	static const size_t SIZES[] = { 0, 1, 15, 16, 17, 2048, 65537 };
	static uint8_t data[65537];
	const uint8_t key[PL_SEAL_KEY_SIZE] = "of thirty-two bytes, all of them";
	struct pl_seal *seal = pl_seal_create(key);
	struct pl_span place = pl_span_of("record");
	struct pl_bytes sealed, out;

	(void)state;
	memset(data, 0x5a, sizeof data);
	pl_bytes_init(&sealed, sizeof data + 2 * PL_SEAL_OVERHEAD);
	pl_bytes_init(&out, sizeof data);
	for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
		pl_bytes_clear(&sealed);
		pl_bytes_clear(&out);
		assert_result(pl_sealing_wrap(key, place, data, SIZES[i], &sealed), PL_OK);
		assert_int_equal(sealed.size, SIZES[i] + PL_SEAL_OVERHEAD);
		assert_result(pl_seal_unwrap(seal, place, sealed.at, sealed.size, &out), PL_OK);
		assert_int_equal(out.size, SIZES[i]);
		if (SIZES[i] > 0)
			assert_memory_equal(out.at, data, SIZES[i]);

		pl_bytes_clear(&sealed);
		pl_bytes_clear(&out);
		assert_result(pl_seal_wrap(seal, place, data, SIZES[i], &sealed), PL_OK);
		assert_result(pl_sealing_unwrap(key, place, pl_bytes_span(&sealed), &out), PL_OK);
		assert_int_equal(out.size, SIZES[i]);
		if (SIZES[i] > 0)
			assert_memory_equal(out.at, data, SIZES[i]);

		pl_bytes_clear(&out);
		assert_result(
			pl_sealing_unwrap(key, pl_span_of("serial"), pl_bytes_span(&sealed), &out),
			PL_E_UNTRUSTED);
		sealed.at[sealed.size - 1] ^= 1;
		assert_result(pl_sealing_unwrap(key, place, pl_bytes_span(&sealed), &out),
			      PL_E_UNTRUSTED);
		assert_int_equal(out.size, 0);
		assert_result(pl_sealing_unwrap(key, place,
						(struct pl_span){ (char *)sealed.at, 28 }, &out),
			      PL_E_UNTRUSTED);
	}
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&out);
	pl_seal_close(seal);
}

static void old_rows_go_and_what_counts_stays(void **state)
{
	static const char *const ROWS =
		"INSERT INTO records (customer_id, agent_no, spool_no, seq, kind, taken_at, "
		"received_at, boot_id,"
		" uptime_ms, hash, sealed) VALUES ('c', ?1, 9, ?2, 'k', 0, ?2, 'b', 0, ?3, x'00')";
	const int64_t day = 86400000, now = 1000 * day;
	struct pl_roster_agent *agent = a_connector_agent(&here, "old");
	struct pl_retention t = {
		.now_ms = now, .records_days = 30, .alerts_days = 30, .actions_days = 30
	};
	struct pl_error err = { 0 };
	const int64_t ages[] = { 500, 50, 10 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		int64_t at = now - ages[i] * day;

		assert_result(pl_db_run(here.db, ROWS,
					PL_ARGS(pl_db_int(agent->no), pl_db_int(at),
						pl_db_blob(&i, sizeof i)),
					&err),
			      PL_OK);
		assert_result(pl_db_run(here.db,
					"INSERT INTO alerts (customer_id, site_id, device_no, "
					"code, alert_group, alert_index,"
					" severity, description, opened_at, closed_at) VALUES "
					"('c','s',1,'x','g',0,'report','d',"
					"?1,?1), ('c','s',1,'x','g',0,'report','d',?1,NULL)",
					PL_ARGS(pl_db_int(at)), &err),
			      PL_OK);
		assert_result(pl_db_run(here.db,
					"INSERT INTO drifts (customer_id, device_no, setting, "
					"wanted, found, opened_at, closed_at) VALUES "
					"('c',1,'s','a','b',?1,?1), ('c',1,'s','a','b',?1,NULL)",
					PL_ARGS(pl_db_int(at)), &err),
			      PL_OK);
		assert_result(pl_db_run(here.db,
					"INSERT INTO counters (customer_id, device_no, agent_no, "
					"taken_at, impressions)"
					" VALUES ('c', 1, 1, ?1, 5)",
					PL_ARGS(pl_db_int(at)), &err),
			      PL_OK);
	}
	pl_projector_wake(here.server.projector,
			  a_connector_number(&here, "SELECT max(no) FROM records"));
	assert_true(pl_projector_settle(here.server.projector, pl_clock_in_ms(60000)));
	assert_result(pl_store_write(here.server.store, pl_retention_run, &t, &err), PL_OK);
	assert_int_equal(t.removed, 6);
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM drifts WHERE closed_at IS NULL"),
		3);
	assert_int_equal(a_connector_number(
				 &here, "SELECT count(*) FROM drifts WHERE closed_at IS NOT NULL"),
			 1);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM records WHERE kind='k'"),
			 1);
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM alerts WHERE closed_at IS NULL"),
		3);
	assert_int_equal(a_connector_number(
				 &here, "SELECT count(*) FROM alerts WHERE closed_at IS NOT NULL"),
			 1);
	assert_int_equal(
		a_connector_number(&here, "SELECT count(*) FROM counters WHERE impressions=5"), 3);
}

static void put_record(struct pl_roster_agent *agent, int64_t at_ms, int number, bool part)
{
	struct pl_error err = { 0 };

	assert_result(pl_db_run(here.db,
				"INSERT INTO records (customer_id, agent_no, spool_no, seq, kind, "
				"taken_at, received_at, boot_id, uptime_ms, hash, part, sealed)"
				" VALUES ('c', ?1, 8, ?2, 'thin', 0, ?3, 'b', 0, ?4, ?5, x'00')",
				PL_ARGS(pl_db_int(agent->no), pl_db_int(number), pl_db_int(at_ms),
					pl_db_blob(&number, sizeof number), pl_db_int(part)),
				&err),
		      PL_OK);
}

/* Full snapshots outlive those that tell only what changed; what is not applied yet stays. */
static void snapshots_are_thinned_by_age(void **state)
{
	static const char COUNT[] = "SELECT sum(CASE WHEN part=1 THEN 10 ELSE 1 END) FROM records"
				    " WHERE kind='thin'";
	const int64_t day = 86400000, now = 1000 * day;
	struct pl_roster_agent *agent = a_connector_agent(&here, "thin");
	struct pl_retention t = { .now_ms = now,
				  .records_days = 400,
				  .parts_days = 60,
				  .alerts_days = 30,
				  .actions_days = 30 };
	struct pl_error err = { 0 };
	int number = 0;

	(void)state;
	for (int age = 30; age <= 480;
	     age += 50) { /* 30, 80, …, 480 days: one full, one part each */
		put_record(agent, now - age * day, ++number, false);
		put_record(agent, now - age * day, ++number, true);
	}
	assert_result(pl_store_write(here.server.store, pl_retention_run, &t, &err), PL_OK);
	assert_int_equal(a_connector_number(&here, COUNT), 10 * 1 + 10 * 10);
	pl_projector_wake(here.server.projector,
			  a_connector_number(&here, "SELECT max(no) FROM records"));
	assert_true(pl_projector_settle(here.server.projector, pl_clock_in_ms(60000)));
	assert_result(pl_store_write(here.server.store, pl_retention_run, &t, &err), PL_OK);
	assert_int_equal(a_connector_number(&here, COUNT), 8 * 1 + 1 * 10);

	/* Numbers that are used again are not taken for applied. */
	t.records_days = t.parts_days = 1;
	assert_result(pl_store_write(here.server.store, pl_retention_run, &t, &err), PL_OK);
	assert_int_equal(a_connector_number(&here, "SELECT count(*) FROM records"), 0);
	assert_int_equal(a_connector_number(&here, "SELECT up_to FROM projection"), 0);
}

static int open_all(void **state)
{
	(void)state;
	a_connector_open(&here, "store");
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
		cmocka_unit_test(stores_and_rolls_back_alone),
		cmocka_unit_test(one_commit_serves_many),
		cmocka_unit_test(the_shape_is_made_once_and_never_lowered),
		cmocka_unit_test(a_reader_cannot_write),
		cmocka_unit_test(values_are_never_text_of_the_query),
		cmocka_unit_test(sealed_for_one_customer_and_place),
		cmocka_unit_test(sealed_in_one_form_by_both_libraries),
		cmocka_unit_test(old_rows_go_and_what_counts_stays),
		cmocka_unit_test(snapshots_are_thinned_by_age),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
