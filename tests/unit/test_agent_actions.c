/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that an action happens at most once, also when the agent is killed at any moment, and that
 * its end is always told. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "a_signer.h"
#include "a_spool.h"
#include "action.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "scratch.h"
#include "unit.h"

#define YEAR_MS (366LL * 86400 * 1000)

static struct a_signer *signer;
static struct pl_settings settings;

/* The executor: keeps what it was given, or says no. */
static struct {
	int taken;
	struct pl_action *last;
	const char *no;
	char cancelled[PL_MAX_ID];
} exec;

static enum pl_result take(void *arg, struct pl_action *action, struct pl_error *err)
{
	(void)arg;
	if (exec.no)
		return pl_error_set(err, PL_E_NOT_FOUND, "%s", exec.no);
	exec.taken++;
	pl_action_destroy(exec.last);
	exec.last = action;
	return PL_OK;
}

static void cancel(void *arg, const char *id)
{
	(void)arg;
	snprintf(exec.cancelled, sizeof(exec.cancelled), "%s", id);
}

/* One agent's worth of state, by the name of the test. */
struct agent {
	struct pl_spool *spool;
	struct pl_audit *audit;
	struct pl_actions *actions;
};

static void trust(struct agent *a)
{
	struct pl_enrolment e;

	pl_enrolment_init(&e);
	snprintf(e.agent_id, sizeof(e.agent_id), "agent-1");
	snprintf(e.customer_id, sizeof(e.customer_id), "customer-1");
	e.command_keys[0] = a_signer_key(signer);
	e.command_key_count = 1;
	pl_actions_trust(a->actions, &e);
}

static struct agent open_agent(const char *name)
{
	struct pl_executor executor = { .take = take, .cancel = cancel };
	struct agent a = { 0 };
	struct pl_error err = { 0 };
	char audit_name[64], path[160];

	a.spool = a_spool(name, 1024 * 1024, YEAR_MS);
	snprintf(audit_name, sizeof(audit_name), "%s.audit", name);
	scratch_path(audit_name, path, sizeof(path));
	if (pl_audit_open(path, 1024 * 1024, &a.audit, &err) != PL_OK ||
	    pl_actions_open(a.spool, a.audit, &settings, &executor, &a.actions, &err) != PL_OK)
		fail_msg("%s", err.text);
	trust(&a);
	return a;
}

static void close_agent(struct agent *a)
{
	pl_actions_close(a->actions);
	pl_audit_close(a->audit);
	pl_spool_close(a->spool);
}

static int start(void **state)
{
	(void)state;
	pl_action_destroy(exec.last);
	memset(&exec, 0, sizeof(exec));
	pl_settings_init(&settings);
	return 0;
}

static char *payload(const char *id, int64_t not_after_ms)
{
	static char text[1000];
	char time[PL_MAX_TIME_TEXT];

	pl_clock_text(not_after_ms, time);
	snprintf(
		text, sizeof(text),
		"{\"id\":\"%s\",\"customer\":\"customer-1\",\"agent\":\"agent-1\",\"device\":\"d\","
		"\"printer_key\":\"k\",\"type\":\"identify\",\"parameters\":{},"
		"\"not_after\":\"%s\",\"preconditions\":{}}",
		id, time);
	return text;
}

static enum pl_result receive(struct agent *a, const char *id)
{
	cJSON *entry = a_signer_envelope(signer, payload(id, pl_clock_wall_ms() + 60000));
	struct pl_error err = { 0 };
	enum pl_result r = pl_actions_receive(a->actions, entry, &err);

	cJSON_Delete(entry);
	return r;
}

/* The one action.result record of this action; ends the test where there is none or more. */
static void check_result(struct agent *a, const char *id, const char *want_state,
			 const char *want_reason)
{
	cJSON *batch = a_batch(a->spool, 500);
	const cJSON *record;
	int n = 0;

	cJSON_ArrayForEach(record, batch)
	{
		const char *reason = pl_json_text(record, "body.reason");

		if (strcmp(pl_json_text(record, "kind"), "action.result") != 0 ||
		    strcmp(pl_json_text(record, "body.action_id"), id) != 0)
			continue;
		n++;
		assert_string_equal(pl_json_text(record, "body.state"), want_state);
		assert_string_equal(pl_json_text(record, "body.type"), "identify");
		if (want_reason)
			assert_non_null(strstr(reason ? reason : "", want_reason));
		else
			assert_null(reason);
	}
	assert_int_equal(n, 1);
	cJSON_Delete(batch);
}

static int count_audit(struct agent *a)
{
	cJSON *batch = a_batch(a->spool, 500);
	const cJSON *record;
	int n = 0;

	cJSON_ArrayForEach(record, batch) n += strcmp(pl_json_text(record, "kind"), "audit") == 0;
	cJSON_Delete(batch);
	return n;
}

/* Every state to tell, told: "id body" of each, in one text. */
static const char *tell_all(struct agent *a)
{
	static char all[2000];
	char id[PL_MAX_ID];
	struct pl_bytes body;
	int revision;

	all[0] = '\0';
	pl_bytes_init(&body, 1000);
	while (pl_actions_next_post(a->actions, id, &body, &revision)) {
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s %s;", id,
			 (char *)body.at);
		pl_actions_posted(a->actions, id, revision);
		pl_bytes_clear(&body);
	}
	pl_bytes_finish(&body);
	return all;
}

static void goes_its_way_from_delivered_to_done(void **state)
{
	struct agent a = open_agent("way");
	cJSON *result = cJSON_Parse("{\"means\":\"ipp\"}"), *batch;
	struct pl_error err;

	(void)state;
	assert_result(receive(&a, "one"), PL_OK);
	assert_int_equal(exec.taken, 1);
	assert_string_equal(exec.last->id, "one");
	assert_string_equal(exec.last->printer_key, "k");
	assert_string_equal(tell_all(&a), "one {\"state\":\"delivered\"};");
	assert_string_equal(tell_all(&a), "");
	assert_result(pl_actions_begin(a.actions, "one", &err), PL_OK);
	assert_result(pl_actions_begin(a.actions, "one", &err), PL_E_INVALID);
	pl_actions_progress(a.actions, "one", 40, "sending", "4 of 10 MB sent");
	assert_string_equal(tell_all(&a), "one {\"state\":\"running\",\"percent\":40,\"stage\":"
					  "\"sending\",\"message\":\"4 of 10 MB sent\"};");
	assert_result(pl_actions_end(a.actions, "one", PL_ACTION_DONE, NULL, result, &err), PL_OK);
	assert_result(pl_actions_end(a.actions, "one", PL_ACTION_FAILED, NULL, NULL, &err),
		      PL_E_INVALID);
	assert_string_equal(tell_all(&a), "one {\"state\":\"done\"};");
	check_result(&a, "one", "done", NULL);
	batch = a_batch(a.spool, 500);
	assert_string_equal(pl_json_text(batch, "1.body.result.means"), "ipp");
	assert_non_null(pl_json_text(batch, "1.body.started_at"));
	assert_non_null(pl_json_text(batch, "1.body.finished_at"));
	cJSON_Delete(batch);
	cJSON_Delete(result);
	close_agent(&a);
}

static void repeated_one_is_answered_and_not_done_again(void **state)
{
	struct agent a = open_agent("again");

	(void)state;
	assert_result(receive(&a, "one"), PL_OK);
	(void)tell_all(&a);
	assert_result(receive(&a, "one"), PL_E_BUSY);
	assert_int_equal(exec.taken, 1);
	assert_string_equal(tell_all(&a), "one {\"state\":\"delivered\"};");
	assert_result(pl_actions_begin(a.actions, "one", NULL), PL_OK);
	assert_result(pl_actions_end(a.actions, "one", PL_ACTION_DONE, NULL, NULL, NULL), PL_OK);
	close_agent(&a);
	a = open_agent("again");
	assert_result(receive(&a, "one"), PL_E_BUSY);
	assert_int_equal(exec.taken, 1);
	assert_string_equal(tell_all(&a), "one {\"state\":\"done\"};");
	close_agent(&a);
}

static void forged_ones_change_nothing(void **state)
{
	struct agent a = open_agent("forged");
	struct a_signer *stranger = a_signer();
	char *text = payload("one", pl_clock_wall_ms() + 60000);
	cJSON *entry = a_signer_envelope(stranger, text), *empty = cJSON_CreateObject();
	struct pl_error err;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_result(pl_actions_receive(a.actions, entry, &err), PL_E_UNTRUSTED);
	assert_result(pl_actions_receive(a.actions, empty, &err), PL_E_PROTOCOL);
	assert_int_equal(exec.taken, 0);
	assert_string_equal(tell_all(&a), "");
	assert_int_equal(count_audit(&a), 1); /* once, though it came five times */
	cJSON_Delete(entry);
	cJSON_Delete(empty);
	a_signer_finish(stranger);
	close_agent(&a);
}

static void refusals_are_told_with_their_reason(void **state)
{
	struct agent a = open_agent("refused");
	cJSON *late = a_signer_envelope(signer, payload("late", pl_clock_wall_ms() - 1000));

	(void)state;
	exec.no = "The printer is not attached to this PC";
	assert_result(receive(&a, "gone"), PL_OK);
	check_result(&a, "gone", "rejected", "not attached");
	assert_string_equal(tell_all(&a),
			    "gone {\"state\":\"rejected\",\"message\":\"The printer is "
			    "not attached to this PC\"};");
	settings.forbid = 1u << PL_ACTION_IDENTIFY;
	assert_result(receive(&a, "forbidden"), PL_OK);
	check_result(&a, "forbidden", "rejected", "local policy");
	settings.forbid = 0;
	assert_result(pl_actions_receive(a.actions, late, NULL), PL_OK);
	check_result(&a, "late", "expired", "too late");
	assert_int_equal(exec.taken, 0);
	assert_int_equal(count_audit(&a), 3);
	cJSON_Delete(late);
	close_agent(&a);
}

static void cancelled_one_does_not_begin(void **state)
{
	struct agent a = open_agent("cancel");

	(void)state;
	assert_result(receive(&a, "one"), PL_OK);
	pl_actions_cancel(a.actions, "one");
	assert_string_equal(exec.cancelled, "one");
	assert_result(pl_actions_begin(a.actions, "one", NULL), PL_E_CANCELLED);
	check_result(&a, "one", "cancelled", "before it began");
	assert_result(receive(&a, "two"), PL_OK);
	assert_result(pl_actions_begin(a.actions, "two", NULL), PL_OK);
	pl_actions_cancel(a.actions, "two"); /* it runs: the executor decides */
	assert_result(pl_actions_end(a.actions, "two", PL_ACTION_DONE, NULL, NULL, NULL), PL_OK);
	check_result(&a, "two", "done", NULL);
	pl_actions_cancel(a.actions, "never heard of");
	close_agent(&a);
}

static void one_that_waited_too_long_does_not_begin(void **state)
{
	struct agent a = open_agent("waited");

	(void)state;
	assert_result(receive(&a, "one"), PL_OK);
	pl_actions_set_clock_offset(a.actions, 61000); /* the connector's clock counts */
	assert_result(pl_actions_begin(a.actions, "one", NULL), PL_E_TIMEOUT);
	check_result(&a, "one", "expired", "too late");
	close_agent(&a);
}

static void delivered_one_is_handed_out_again_after_a_restart(void **state)
{
	struct agent a = open_agent("resume");

	(void)state;
	assert_result(receive(&a, "one"), PL_OK);
	close_agent(&a);
	a = open_agent("resume");
	assert_int_equal(exec.taken, 1);
	pl_actions_resume(a.actions);
	assert_int_equal(exec.taken, 2);
	assert_string_equal(exec.last->id, "one");
	assert_result(pl_actions_begin(a.actions, "one", NULL), PL_OK);
	assert_result(pl_actions_end(a.actions, "one", PL_ACTION_DONE, NULL, NULL, NULL), PL_OK);
	pl_actions_resume(a.actions);
	assert_int_equal(exec.taken, 2);
	close_agent(&a);
}

/* A process that dies without a goodbye, as kill -9 would have it. */
static void die_after_begin(const char *name)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct agent a = open_agent(name);

		if (receive(&a, "one") != PL_OK ||
		    pl_actions_begin(a.actions, "one", NULL) != PL_OK)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void killed_one_is_interrupted_and_never_done_again(void **state)
{
	struct agent a;

	(void)state;
	die_after_begin("killed");
	a = open_agent("killed");
	pl_actions_resume(a.actions);
	assert_int_equal(exec.taken, 0);
	check_result(&a, "one", "interrupted", "not known");
	assert_non_null(strstr(tell_all(&a), "\"state\":\"interrupted\""));
	assert_result(receive(&a, "one"), PL_E_BUSY);
	assert_result(pl_actions_begin(a.actions, "one", NULL), PL_E_INVALID);
	assert_int_equal(exec.taken, 0);
	close_agent(&a);
	a = open_agent("killed");
	check_result(&a, "one", "interrupted", "not known"); /* once, not per start */
	close_agent(&a);
}

/* The chain's file was written, then the machine died before the record was. */
static void audit_entry_without_a_record_gets_one(void **state)
{
	struct agent a = open_agent("orphan");

	(void)state;
	assert_result(pl_audit_add(a.audit, "connector", "action x", "done", NULL, NULL), PL_OK);
	assert_int_equal(count_audit(&a), 0);
	close_agent(&a);
	a = open_agent("orphan");
	assert_int_equal(count_audit(&a), 1);
	close_agent(&a);
	a = open_agent("orphan");
	assert_int_equal(count_audit(&a), 1);
	close_agent(&a);
}

/* Says that the old key ends in a minute, too. */
static cJSON *new_key_entry(struct a_signer *by, const struct pl_command_key *key,
			    const char *customer)
{
	char text[1000], until[PL_MAX_TIME_TEXT];
	struct pl_bytes spki;
	cJSON *entry;

	pl_clock_text(pl_clock_wall_ms() + 60000, until);
	pl_bytes_init(&spki, 1000);
	assert_result(pl_base64_write(PL_BASE64, key->spki, key->spki_size, &spki), PL_OK);
	snprintf(text, sizeof(text),
		 "{\"type\":\"command_key\",\"customer\":\"%s\",\"key\":{\"id\":\"%s\",\"spki\":\"%"
		 "s\"},"
		 "\"not_after\":\"%s\",\"old_until\":\"%s\"}",
		 customer, key->id, (char *)spki.at, until, until);
	entry = a_signer_envelope(by, text);
	pl_bytes_finish(&spki);
	return entry;
}

static void new_command_key_needs_the_present_ones_signature(void **state)
{
	struct agent a = open_agent("rotation");
	struct a_signer *next = a_signer();
	struct pl_command_key key = a_signer_key(next);
	struct pl_key_handover got;
	cJSON *good = new_key_entry(signer, &key, "customer-1");
	cJSON *self = new_key_entry(next, &key, "customer-1");
	cJSON *other = new_key_entry(signer, &key, "customer-2");
	cJSON *action = a_signer_envelope(signer, payload("x", pl_clock_wall_ms() + 60000));
	struct pl_error err;

	(void)state;
	assert_result(pl_actions_new_key(a.actions, good, &got, &err), PL_OK);
	assert_memory_equal(&got.key, &key, sizeof(key));
	assert_true(got.old_until_ms > pl_clock_wall_ms());
	assert_int_equal(count_audit(&a), 1);
	assert_result(pl_actions_new_key(a.actions, self, &got, &err), PL_E_UNTRUSTED);
	assert_result(pl_actions_new_key(a.actions, other, &got, &err), PL_E_PROTOCOL);
	assert_result(pl_actions_new_key(a.actions, action, &got, &err), PL_E_PROTOCOL);
	/* And a key rotation is no action. */
	assert_result(pl_actions_receive(a.actions, good, &err), PL_E_PROTOCOL);
	cJSON_Delete(good);
	cJSON_Delete(self);
	cJSON_Delete(other);
	cJSON_Delete(action);
	a_signer_finish(next);
	close_agent(&a);
}

/* After a rotation: both keys until the old one's end, then the new one alone. */
static void old_command_key_ends(void **state)
{
	struct agent a = open_agent("overlap");
	struct a_signer *next = a_signer();
	struct pl_enrolment e;
	cJSON *by_old[2], *by_new[2];
	const int64_t day = 86400000, until = pl_clock_wall_ms() + day;
	struct pl_error err;

	(void)state;
	for (int i = 0; i < 2; i++) {
		by_old[i] = a_signer_envelope(signer, payload(i ? "old-2" : "old-1", until + day));
		by_new[i] = a_signer_envelope(next, payload(i ? "new-2" : "new-1", until + day));
	}
	pl_enrolment_init(&e);
	snprintf(e.agent_id, sizeof(e.agent_id), "agent-1");
	snprintf(e.customer_id, sizeof(e.customer_id), "customer-1");
	e.command_keys[0] = a_signer_key(signer);
	e.command_keys[0].until_ms = until;
	e.command_keys[1] = a_signer_key(next);
	e.command_key_count = 2;
	pl_actions_trust(a.actions, &e);
	assert_result(pl_actions_receive(a.actions, by_old[0], &err), PL_OK);
	assert_result(pl_actions_receive(a.actions, by_new[0], &err), PL_OK);
	pl_actions_set_clock_offset(a.actions, day); /* the connector's clock decides */
	assert_result(pl_actions_receive(a.actions, by_old[1], &err), PL_E_UNTRUSTED);
	assert_result(pl_actions_receive(a.actions, by_new[1], &err), PL_OK);
	for (int i = 0; i < 2; i++) {
		cJSON_Delete(by_old[i]);
		cJSON_Delete(by_new[i]);
	}
	a_signer_finish(next);
	close_agent(&a);
}

static int make_signer(void **state)
{
	(void)state;
	signer = a_signer();
	return 0;
}

static int drop_signer(void **state)
{
	(void)state;
	pl_action_destroy(exec.last);
	a_signer_finish(signer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(goes_its_way_from_delivered_to_done, start),
		cmocka_unit_test_setup(repeated_one_is_answered_and_not_done_again, start),
		cmocka_unit_test_setup(forged_ones_change_nothing, start),
		cmocka_unit_test_setup(refusals_are_told_with_their_reason, start),
		cmocka_unit_test_setup(cancelled_one_does_not_begin, start),
		cmocka_unit_test_setup(one_that_waited_too_long_does_not_begin, start),
		cmocka_unit_test_setup(delivered_one_is_handed_out_again_after_a_restart, start),
		cmocka_unit_test_setup(killed_one_is_interrupted_and_never_done_again, start),
		cmocka_unit_test_setup(audit_entry_without_a_record_gets_one, start),
		cmocka_unit_test_setup(new_command_key_needs_the_present_ones_signature, start),
		cmocka_unit_test_setup(old_command_key_ends, start),
	};

	return cmocka_run_group_tests(tests, make_signer, drop_signer);
}
