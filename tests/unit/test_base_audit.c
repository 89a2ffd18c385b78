/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that the audit chain goes on across restarts, crashes and full files, and that nothing can
 * be changed in it unseen. */
#include "platen/audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "platen/bytes.h"
#include "platen/file.h"
#include "platen/json.h"
#include "scratch.h"
#include "unit.h"

static char path[128];

static struct pl_audit *reopen(struct pl_audit *audit, int64_t max_bytes)
{
	struct pl_audit *again = NULL;
	struct pl_error err = { 0 };

	pl_audit_close(audit);
	if (pl_audit_open(path, max_bytes, &again, &err) != PL_OK)
		fail_msg("%s", err.text);
	return again;
}

static struct pl_bytes content(void)
{
	struct pl_bytes b;

	pl_bytes_init(&b, 1024 * 1024);
	assert_result(pl_file_read(path, PL_FILE_SECRET, &b, NULL), PL_OK);
	return b;
}

static void chain_goes_on_after_a_restart(void **state)
{
	struct pl_audit *a;
	struct pl_audit_entry one, two;
	char head[PL_HASH_TEXT];
	int64_t seq;

	(void)state;
	scratch_path("chain", path, sizeof(path));
	a = reopen(NULL, 100000);
	pl_audit_head(a, &seq, head);
	assert_int_equal(seq, 0);
	assert_result(pl_audit_add(a, "connector", "action 1", "done", &one, NULL), PL_OK);
	a = reopen(a, 100000);
	pl_audit_head(a, &seq, head);
	assert_int_equal(seq, 1);
	assert_string_equal(head, one.head);
	assert_result(pl_audit_add(a, "local", "enrol", "done", &two, NULL), PL_OK);
	assert_int_equal(two.seq, 2);
	assert_string_equal(two.prev, one.head);
	pl_audit_hash(&two, head);
	assert_string_equal(head, two.head);
	pl_audit_close(a);
}

static void hash_is_the_one_of_the_wire(void **state)
{
	struct pl_audit_entry e = { .seq = 12,
				    .at = "2026-01-31T08:20:00.450Z",
				    .who = "connector",
				    .what = "action x identify",
				    .outcome = "done" };
	char head[PL_HASH_TEXT];

	(void)state;
	memset(e.prev, 'a', 64);
	pl_audit_hash(&e, head);
	/* printf '%s\n12\n2026-01-31T08:20:00.450Z\nconnector\naction x identify\ndone' | sha256sum
	 */
	assert_string_equal(head,
			    "75bdb06ac697ebed274d89f47133fb1037bc60e0da51a5cdde1939f2fe50ba40");
}

static void texts_stay_on_their_line(void **state)
{
	struct pl_audit *a;
	struct pl_audit_entry e;
	char huge[400];

	(void)state;
	scratch_path("texts", path, sizeof(path));
	a = reopen(NULL, 100000);
	memset(huge, '"', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_result(pl_audit_add(a, huge, huge, huge, &e, NULL), PL_OK);
	assert_int_equal(strlen(e.who), sizeof(e.who) - 1);
	assert_result(pl_audit_add(a, "a\nb", "\xff\xc3\xa9\x01", "", &e, NULL), PL_OK);
	assert_string_equal(e.who, "a?b");
	assert_string_equal(e.what, "?\xc3\xa9?");
	memset(huge, 'x', 62);
	memcpy(huge + 62, "\xc3\xa9", 3);
	assert_result(pl_audit_add(a, huge, "", "", &e, NULL), PL_OK);
	assert_int_equal(strlen(e.who), 62); /* the last character did not fit, so no half of it */
	a = reopen(a, 100000);
	pl_audit_close(a);
}

static void torn_last_line_is_taken_off(void **state)
{
	struct pl_audit *a;
	struct pl_bytes before, after;
	char head[PL_HASH_TEXT];
	int64_t seq;

	(void)state;
	scratch_path("torn", path, sizeof(path));
	a = reopen(NULL, 100000);
	assert_result(pl_audit_add(a, "a", "b", "c", NULL, NULL), PL_OK);
	pl_audit_close(a);
	before = content();
	assert_result(pl_bytes_add_text(&before, "{\"seq\":2,\"at\":\"20"), PL_OK);
	scratch_write("torn", before.at, before.size, path, sizeof(path));
	a = reopen(NULL, 100000);
	pl_audit_head(a, &seq, head);
	assert_int_equal(seq, 1);
	after = content();
	assert_true(after.size < before.size);
	assert_result(pl_audit_add(a, "a", "b", "c", NULL, NULL), PL_OK);
	a = reopen(a, 100000);
	pl_audit_close(a);
	pl_bytes_finish(&before);
	pl_bytes_finish(&after);
}

static void refuses(const struct pl_bytes *text)
{
	struct pl_audit *a = NULL;
	struct pl_error err;
	const char *name = strrchr(path, '/') + 1;
	char same[128];

	scratch_write(name, text->at, text->size, same, sizeof(same));
	assert_result(pl_audit_open(path, 100000, &a, &err), PL_E_UNTRUSTED);
	assert_non_null(strstr(err.text, "audit log"));
}

static void any_changed_letter_shows(void **state)
{
	struct pl_audit *a;
	struct pl_bytes text;

	(void)state;
	scratch_path("changed", path, sizeof(path));
	a = reopen(NULL, 100000);
	assert_result(pl_audit_add(a, "who", "what", "outcome", NULL, NULL), PL_OK);
	assert_result(pl_audit_add(a, "who", "what", "outcome", NULL, NULL), PL_OK);
	pl_audit_close(a);
	text = content();
	for (size_t i = 0; i < text.size - 1; i++) {
		uint8_t was = text.at[i];

		text.at[i] = was == 'x' ? 'y' : 'x';
		refuses(&text);
		text.at[i] = was;
	}
	pl_bytes_finish(&text);
}

static void missing_and_swapped_entries_show(void **state)
{
	struct pl_audit *a;
	struct pl_bytes text, less;
	struct pl_span rest, lines[3];

	(void)state;
	scratch_path("missing", path, sizeof(path));
	a = reopen(NULL, 100000);
	for (int i = 0; i < 3; i++)
		assert_result(pl_audit_add(a, "who", "what", "outcome", NULL, NULL), PL_OK);
	pl_audit_close(a);
	text = content();
	rest = pl_bytes_span(&text);
	for (int i = 0; i < 3; i++) {
		lines[i] = pl_span_take(&rest, '\n');
		lines[i].size++;
	}
	pl_bytes_init(&less, 10000);
	assert_result(pl_bytes_add(&less, lines[0].at, lines[0].size), PL_OK);
	assert_result(pl_bytes_add(&less, lines[2].at, lines[2].size), PL_OK);
	refuses(&less);
	assert_result(pl_bytes_add(&less, lines[1].at, lines[1].size), PL_OK);
	refuses(&less);
	pl_bytes_finish(&less);
	pl_bytes_finish(&text);
}

static enum pl_result count(void *arg, const struct pl_audit_entry *e, struct pl_error *err)
{
	int64_t *last = arg;

	(void)err;
	assert_int_equal(e->seq, *last + 1);
	*last = e->seq;
	return PL_OK;
}

static void full_file_gives_way_and_the_chain_goes_on(void **state)
{
	struct pl_audit *a;
	char head[PL_HASH_TEXT], again[PL_HASH_TEXT];
	struct pl_bytes text;
	int64_t seq, last = 95;

	(void)state;
	scratch_path("rotated", path, sizeof(path));
	a = reopen(NULL, 4000);
	for (int i = 0; i < 100; i++) {
		assert_result(pl_audit_add(a, "who", "what", "outcome", NULL, NULL), PL_OK);
		text = content();
		assert_true(text.size <= 4000);
		pl_bytes_finish(&text);
		if (i % 7 == 0)
			a = reopen(a, 4000);
	}
	pl_audit_head(a, &seq, head);
	assert_int_equal(seq, 100);
	assert_result(pl_audit_replay(a, 95, count, &last, NULL), PL_OK);
	assert_int_equal(last, 100);
	a = reopen(a, 4000);
	pl_audit_head(a, &seq, again);
	assert_string_equal(again, head);
	pl_audit_close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain_goes_on_after_a_restart),
		cmocka_unit_test(hash_is_the_one_of_the_wire),
		cmocka_unit_test(texts_stay_on_their_line),
		cmocka_unit_test(torn_last_line_is_taken_off),
		cmocka_unit_test(any_changed_letter_shows),
		cmocka_unit_test(missing_and_swapped_entries_show),
		cmocka_unit_test(full_file_gives_way_and_the_chain_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
