/* SPDX-License-Identifier: Apache-2.0 */
/* Our own list holds what it says, and every file that Debian's ipp-usb installs is understood. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "platen/bytes.h"
#include "platen/file.h"
#include "quirk_files.h"

#define IPP_USB "/usr/share/ipp-usb/quirks"

static int faults;
static size_t files;

/* Passes on to the parser and counts what it does not understand. */
static enum pl_result add_and_count(struct pl_quirk_set *set, struct pl_span text, const char *name,
				    struct pl_error *err)
{
	enum pl_result r = pl_quirks_add(set, text, name, err);

	if (r != PL_OK)
		print_error("%s\n", err->text);
	faults += r != PL_OK;
	files++;
	return r;
}

static struct pl_quirks find(const struct pl_quirk_set *set, const char *maker, const char *model)
{
	struct pl_quirks q;

	pl_quirks_find(set, 0, 0, maker, model, &q);
	return q;
}

static void our_list_is_sound(void **state)
{
	struct pl_quirk_set *set;
	struct pl_quirks q;
	struct pl_error err;
	char dir[PL_MAX_PATH];

	(void)state;
	faults = 0;
	files = 0;
	snprintf(dir, sizeof(dir), "%s/usb", getenv("PLATEN_SOURCE"));
	assert_int_equal(pl_quirks_create(&set, &err), PL_OK);
	assert_int_equal(pl_quirk_files_read_dir(set, dir, "quirks.ini", add_and_count, &err),
			 PL_OK);
	assert_int_equal(files, 1);
	assert_int_equal(faults, 0);
	q = find(set, "HP Inc.", "HP Laser 107a");
	assert_true(q.value[PL_QUIRK_BLACKLIST]);
	assert_string_equal(q.file, "quirks.ini");
	q = find(set, "HP Inc.", "HP Laser MFP 135a");
	assert_true(q.value[PL_QUIRK_BLACKLIST]);
	q = find(set, "Hewlett-Packard", "HP LaserJet Enterprise M605");
	assert_true(q.value[PL_QUIRK_BLACKLIST]);
	q = find(set, "Brother", "QL-810W");
	assert_int_equal(q.value[PL_QUIRK_MAX_INTERFACES], 1);
	q = find(set, "HP", "HP Color LaserJet MFP M283fdw");
	assert_false(pl_quirks_forbid(&q));
	pl_quirks_find(set, 0x0519, 3, "Star", "TSP100", &q);
	assert_true(q.value[PL_QUIRK_UNIDIR]);
	pl_quirks_destroy(set);
}

static void ipp_usbs_files_are_understood(void **state)
{
	struct pl_quirk_set *set;
	struct pl_quirks q;
	struct pl_error err;

	(void)state;
	if (access(IPP_USB, R_OK) != 0)
		skip(); /* ipp-usb is not installed */
	faults = 0;
	files = 0;
	assert_int_equal(pl_quirks_create(&set, &err), PL_OK);
	assert_int_equal(pl_quirk_files_read_dir(set, IPP_USB, ".conf", add_and_count, &err),
			 PL_OK);
	assert_true(files >= 3);
	assert_int_equal(faults, 0);
	assert_true(pl_quirks_count(set) >= 8);
	q = find(set, "HP Inc.", "HP Laser MFP 135a");
	assert_true(q.value[PL_QUIRK_BLACKLIST]);
	assert_string_equal(q.file, "blacklist.conf");
	q = find(set, "HP", "ScanJet Pro 4500 fn1");
	assert_int_equal(q.value[PL_QUIRK_MAX_INTERFACES], 1);
	q = find(set, "HP", "HP OfficeJet Pro 8730");
	assert_false(pl_quirks_forbid(&q));
	pl_quirks_destroy(set);
}

/* A folder that is not there, and files of other names, are nothing to speak of. */
static void missing_places_are_no_fault(void **state)
{
	struct pl_quirk_set *set;
	struct pl_error err;

	(void)state;
	files = 0;
	assert_int_equal(pl_quirks_create(&set, &err), PL_OK);
	assert_int_equal(pl_quirk_files_read_dir(set, "/nowhere", ".conf", add_and_count, &err),
			 PL_OK);
	assert_int_equal(
		pl_quirk_files_read_dir(set, getenv("PLATEN_SOURCE"), ".conf", add_and_count, &err),
		PL_OK);
	assert_int_equal(files, 0);
	pl_quirks_destroy(set);
	assert_int_equal(pl_quirk_files_read(&set, &err), PL_OK);
	pl_quirks_destroy(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_list_is_sound),
		cmocka_unit_test(ipp_usbs_files_are_understood),
		cmocka_unit_test(missing_places_are_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
