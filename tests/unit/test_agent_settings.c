/* SPDX-License-Identifier: Apache-2.0 */
/* Proves the built-in values, and that files and drop-ins override them in their order. */
#include "settings.h"

#include <sys/stat.h>

#include "scratch.h"
#include "unit.h"

static void without_a_file_the_defaults_hold(void **state)
{
	struct pl_settings s;
	char path[128];

	(void)state;
	scratch_path("missing.conf", path, sizeof(path));
	assert_result(pl_settings_load(path, &s, NULL), PL_OK);
	assert_string_equal(s.server, "https://hp-print-mgmt:12351");
	assert_string_equal(s.state_dir, "/var/lib/platen");
	assert_string_equal(s.socket, "/run/platen/agent.sock");
	assert_int_equal(s.uplink, PL_UPLINK_LONG_POLL);
	assert_int_equal(s.pjl, PL_PJL_IDLE);
	assert_int_equal(s.host_name, PL_HOST_NAME_FULL);
	assert_int_equal(s.forbid, 0);
	assert_int_equal(s.log_level, PL_LOG_INFO);
	assert_false(s.trace_outgoing);
}

static void drop_ins_win(void **state)
{
	static const char MAIN[] = "server = https://one\nforbid = ews, firmware\npjl = never\n";
	static const char DROP_IN[] = "server = https://two\nlog_level = debug\nuplink = poll\n";
	struct pl_settings s;
	char path[128], other[160];

	(void)state;
	scratch_write("agent.conf", MAIN, sizeof(MAIN) - 1, path, sizeof(path));
	scratch_path("agent.conf.d", other, sizeof(other));
	assert_int_equal(mkdir(other, 0755), 0);
	scratch_write("agent.conf.d/site.conf", DROP_IN, sizeof(DROP_IN) - 1, other, sizeof(other));
	assert_result(pl_settings_load(path, &s, NULL), PL_OK);
	assert_string_equal(s.server, "https://two");
	assert_int_equal(s.forbid, 1u << PL_ACTION_EWS | 1u << PL_ACTION_FIRMWARE);
	assert_int_equal(s.pjl, PL_PJL_NEVER);
	assert_int_equal(s.log_level, PL_LOG_DEBUG);
	assert_int_equal(s.uplink, PL_UPLINK_POLL);
}

static void mistakes_stop_the_start(void **state)
{
	static const char TEXT[] = "server = https://one\n[policy]\nreboot = never\n";
	struct pl_settings s = { .pjl = 77 };
	struct pl_error err;
	char path[128];

	(void)state;
	scratch_write("wrong.conf", TEXT, sizeof(TEXT) - 1, path, sizeof(path));
	assert_result(pl_settings_load(path, &s, &err), PL_E_INVALID);
	assert_non_null(
		strstr(err.text, "wrong.conf line 3: there is no setting \"policy.reboot\""));
	assert_int_equal(s.pjl, 77);
}

static void one_can_be_set_by_name(void **state)
{
	struct pl_settings s;
	struct pl_error err;

	(void)state;
	pl_settings_init(&s);
	assert_result(pl_settings_set(&s, "spool_max_bytes", "300000", &err), PL_OK);
	assert_int_equal(s.spool_max_bytes, 300000);
	assert_result(pl_settings_set(&s, "spool_max_bytes", "1", &err), PL_E_INVALID);
	assert_result(pl_settings_set(&s, "color", "red", &err), PL_E_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file_the_defaults_hold),
		cmocka_unit_test(drop_ins_win),
		cmocka_unit_test(mistakes_stop_the_start),
		cmocka_unit_test(one_can_be_set_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
