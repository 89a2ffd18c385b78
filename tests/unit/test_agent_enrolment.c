/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that an enrolment answer is taken only when everything in it fits, that what is stored
 * comes back and shows nothing to others, and that a key on its way survives a restart. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cjson/cJSON.h>

#include "a_signer.h"
#include "enroll.h"
#include "platen/file.h"
#include "platen/json.h"
#include "scratch.h"
#include "unit.h"
#include "wire.h"

static struct pl_seal *seal;
static char dir[128];
static char *key_pem;

static int start(void **state)
{
	static const uint8_t KEY[PL_SEAL_KEY_SIZE] = "an example key, 31 letters long.";

	(void)state;
	seal = pl_seal_create(KEY);
	scratch_path("state", dir, sizeof(dir));
	assert_result(pl_file_make_dir(dir, NULL), PL_OK);
	assert_result(pl_key_create(&key_pem, NULL), PL_OK);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	pl_seal_close(seal);
	pl_key_wipe(key_pem);
	return 0;
}

/* The example of WIRE.md, with a certificate for our own key. */
static cJSON *answer(void)
{
	cJSON *doc = wire_json("enroll.answer");
	char *certificate = a_certificate(key_pem, "20260101000000", "20270101000000");

	cJSON_ReplaceItemInObjectCaseSensitive(doc, "certificate", cJSON_CreateString(certificate));
	free(certificate);
	return doc;
}

static struct pl_enrolment enrolment(void)
{
	struct pl_enrolment e;
	struct pl_error err = { 0 };
	cJSON *doc = answer();

	if (pl_enroll_read_answer(doc, "https://hp-print-mgmt:12351", key_pem, &e, &err) != PL_OK)
		fail_msg("%s", err.text);
	cJSON_Delete(doc);
	return e;
}

static void takes_the_example(void **state)
{
	struct pl_enrolment e = enrolment();
	int64_t due;

	(void)state;
	assert_string_equal(e.agent_id, "0b0c7a52-5a1e-4f6e-8e39-1f0a64a3d7c1");
	assert_string_equal(e.customer_id, "6d1f7c52-3b8e-4c1a-9f57-0f4a2b9d8e10");
	assert_string_equal(e.site_id, "9b2e4c1d-0a7f-4e63-8d25-b1c3a5f70642");
	assert_string_equal(e.command_keys[0].id, "e8819aa47cb6113e");
	assert_int_equal(e.command_keys[0].spki_size, 91);
	assert_string_equal(e.config_etag, "\"3f9a1c04b7d2e658\"");
	assert_non_null(strstr(e.config, "report_interval_s"));
	assert_true(pl_time_read("2026-09-01T08:00:00Z", &due));
	assert_true(pl_enroll_renew_at_ms(&e) == due); /* two thirds of a year */
	pl_enrolment_finish(&e);
}

static void refused_without(const char *member, const char *value, const char *why)
{
	struct pl_enrolment e;
	struct pl_error err = { 0 };
	cJSON *doc = answer();
	char name[32];
	const char *dot = strchr(member, '.');
	cJSON *parent = doc;

	snprintf(name, sizeof(name), "%.*s", dot ? (int)(dot - member) : 31, member);
	if (dot)
		parent = cJSON_GetObjectItemCaseSensitive(doc, name);
	cJSON_DeleteItemFromObjectCaseSensitive(parent, dot ? dot + 1 : member);
	if (value)
		cJSON_AddItemToObject(parent, dot ? dot + 1 : member, cJSON_Parse(value));
	assert_result(pl_enroll_read_answer(doc, "https://a", key_pem, &e, &err), PL_E_PROTOCOL);
	if (!strstr(err.text, why))
		fail_msg("%s: %s", member, err.text);
	cJSON_Delete(doc);
}

static void takes_nothing_less(void **state)
{
	cJSON *other = wire_json("enroll.answer");
	struct pl_enrolment e;
	struct pl_error err;

	(void)state;
	assert_result(pl_enroll_read_answer(other, "https://a", key_pem, &e, &err), PL_E_PROTOCOL);
	assert_non_null(strstr(err.text, "for another key"));
	cJSON_Delete(other);
	refused_without("agent_id", NULL, "no name");
	refused_without("agent_id", "\"\"", "no name");
	refused_without("customer_id", "7", "no name");
	refused_without("certificate", NULL, "no certificate");
	refused_without("certificate", "\"-----BEGIN CERTIFICATE-----\"", "damaged certificate");
	refused_without("ca", NULL, "CA");
	refused_without("ca.certificates", "[]", "CA");
	refused_without("ca.certificates", "[\"x\"]", "CA");
	refused_without("command_key", NULL, "command key");
	refused_without("command_key.spki", "\"AAAA\"", "command key");
	refused_without("command_key.id", "\"e8819aa47cb6113f\"", "command key");
}

static void what_is_stored_comes_back(void **state)
{
	struct pl_enrolment e = enrolment(), again;
	struct pl_bytes file;
	char path[PL_MAX_PATH];
	struct stat about;

	(void)state;
	assert_result(pl_enrolment_load(dir, seal, &again, NULL), PL_E_NOT_FOUND);
	e.revoked = true;
	assert_result(pl_enrolment_save(dir, seal, &e, NULL), PL_OK);
	assert_result(pl_enrolment_load(dir, seal, &again, NULL), PL_OK);
	assert_string_equal(again.server, e.server);
	assert_string_equal(again.agent_id, e.agent_id);
	assert_string_equal(again.certificate_pem, e.certificate_pem);
	assert_string_equal(again.key_pem, e.key_pem);
	assert_string_equal(again.ca_pem, e.ca_pem);
	assert_string_equal(again.config, e.config);
	assert_string_equal(again.config_etag, e.config_etag);
	assert_int_equal(again.command_key_count, 1);
	assert_memory_equal(&again.command_keys[0], &e.command_keys[0], sizeof(e.command_keys[0]));
	assert_true(again.not_after_ms == e.not_after_ms);
	assert_true(again.revoked);
	pl_enrolment_finish(&again);

	assert_result(pl_file_join(dir, "enrolment", path, NULL), PL_OK);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	pl_bytes_init(&file, 100000);
	assert_result(pl_file_read(path, PL_FILE_SECRET, &file, NULL), PL_OK);
	assert_null(memmem(file.at, file.size, "PRIVATE", 7));
	assert_null(memmem(file.at, file.size, e.agent_id, 8));

	file.at[file.size / 2] ^= 1; /* one bit on the disk */
	assert_result(pl_file_write(path, PL_FILE_SECRET, file.at, file.size, NULL), PL_OK);
	assert_result(pl_enrolment_load(dir, seal, &again, NULL), PL_E_UNTRUSTED);
	pl_bytes_finish(&file);
	assert_result(pl_enrolment_remove(dir, NULL), PL_OK);
	assert_result(pl_enrolment_load(dir, seal, &again, NULL), PL_E_NOT_FOUND);
	pl_enrolment_finish(&e);
}

static void candidate_survives_a_restart(void **state)
{
	struct pl_candidate one, two;

	(void)state;
	assert_result(pl_candidate_open(dir, seal, &one, NULL), PL_OK);
	assert_result(pl_candidate_open(dir, seal, &two, NULL), PL_OK);
	assert_string_equal(one.fingerprint, two.fingerprint);
	assert_string_equal(one.key_pem, two.key_pem);
	assert_memory_equal(one.fingerprint, "sha256:", 7);
	assert_int_equal(strlen(one.fingerprint), 71);
	assert_non_null(strstr(one.csr_pem, "BEGIN CERTIFICATE REQUEST"));
	pl_candidate_finish(&two);
	assert_result(pl_candidate_remove(dir, NULL), PL_OK);
	assert_result(pl_candidate_open(dir, seal, &two, NULL), PL_OK);
	assert_string_not_equal(one.fingerprint, two.fingerprint);
	pl_candidate_finish(&one);
	pl_candidate_finish(&two);
}

/* openssl is the independent reader of what we ask for. */
static void request_is_one_that_others_read(void **state)
{
	struct pl_candidate c;
	char path[160], command[700];

	(void)state;
	assert_result(pl_candidate_open(dir, seal, &c, NULL), PL_OK);
	scratch_write("csr.pem", c.csr_pem, strlen(c.csr_pem), path, sizeof(path));
	snprintf(command, sizeof(command),
		 "openssl req -in %s -verify -noout 2>/dev/null && test \"$(openssl req -in %s "
		 "-pubkey -noout | openssl pkey -pubin -outform DER | sha256sum | cut -c1-64)\" = "
		 "%s",
		 path, path, c.fingerprint + 7);
	assert_int_equal(system(command), 0);
	pl_candidate_finish(&c);
}

static void host_name_leaves_as_the_policy_says(void **state)
{
	struct pl_settings s;
	cJSON *host;
	const char *name;

	(void)state;
	pl_settings_init(&s);
	host = pl_host_json(&s);
	name = pl_json_text(host, "hostname");
	assert_true(name && !strchr(name, '.'));
	assert_string_equal(pl_json_text(host, "os"), "linux");
	cJSON_Delete(host);
	s.host_name = PL_HOST_NAME_HASH;
	host = pl_host_json(&s);
	name = pl_json_text(host, "hostname");
	assert_int_equal(strlen(name), 71);
	assert_memory_equal(name, "sha256:", 7);
	cJSON_Delete(host);
	s.host_name = PL_HOST_NAME_NONE;
	host = pl_host_json(&s);
	assert_true(cJSON_IsNull(pl_json_at(host, "hostname")));
	cJSON_Delete(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_example),
		cmocka_unit_test(takes_nothing_less),
		cmocka_unit_test(what_is_stored_comes_back),
		cmocka_unit_test(candidate_survives_a_restart),
		cmocka_unit_test(request_is_one_that_others_read),
		cmocka_unit_test(host_name_leaves_as_the_policy_says),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
