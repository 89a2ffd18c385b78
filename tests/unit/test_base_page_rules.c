/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that nothing but pages is asked of a printer through a remote page, however it is written.
 */
#include "platen/page_rules.h"
#include "unit.h"

static const char *ask(const char *method, const char *target)
{
	return pl_page_why_refused(method, pl_span_of(target), pl_span_of(""), false);
}

static void pages_pass(void **state)
{
	static const char *const PAGES[] = { "/",
					     "/hp/device/info?tab=1&x=%20",
					     "/DevMgmt/ProductStatusDyn.xml",
					     "/a/./b/../c.css",
					     "/%C3%A4.html",
					     "/discounts/shipping" };

	(void)state;
	for (size_t i = 0; i < sizeof(PAGES) / sizeof(PAGES[0]); i++)
		assert_null(ask("GET", PAGES[i]));
	assert_null(ask("POST", "/hp/device/set_config"));
}

static void printing_scanning_and_faxing_do_not(void **state)
{
	static const char *const REFUSED[] = { "/ipp/print",	   "/IPP",
					       "/%69pp/print",	   "/%2569pp/print",
					       "//ipp/print",	   "/./ipp",
					       "/x/../ipp/print",  "/ipp;x=1/print",
					       "/x/%2e%2e/ipp",	   "/x%2fipp%2fprint",
					       "/x%5cipp",	   "/eSCL/ScannerStatus",
					       "/Scan/Jobs",	   "/WalkupScanToComp/x",
					       "/FaxPCSend/State", "/printers/one" };

	(void)state;
	for (size_t i = 0; i < sizeof(REFUSED) / sizeof(REFUSED[0]); i++)
		assert_non_null(ask("GET", REFUSED[i]));
	assert_non_null(
		pl_page_why_refused("POST", pl_span_of("/"), pl_span_of("application/ipp"), true));
}

static void what_is_no_target_does_not(void **state)
{
	static const char *const BROKEN[] = { "",	 "x",	 "/a b",      "/a\r\nHost: x",
					      "/%0d%0a", "/%00", "/%2",	      "/%zz",
					      "/a\\b",	 "/a#b", "http://x/", "/%252525252541" };
	char longest[PL_MAX_PAGE_TARGET + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(BROKEN) / sizeof(BROKEN[0]); i++)
		assert_non_null(ask("GET", BROKEN[i]));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[0] = '/';
	longest[PL_MAX_PAGE_TARGET] = '\0';
	assert_non_null(ask("GET", longest));
	longest[PL_MAX_PAGE_TARGET - 1] = '\0';
	assert_null(ask("GET", longest));
	assert_non_null(ask("TRACE", "/"));
	assert_non_null(ask("CONNECT", "/"));
}

static void firmware_wants_leave(void **state)
{
	(void)state;
	assert_null(ask("GET", "/FirmwareUpdate/State"));
	assert_non_null(ask("POST", "/FirmwareUpdate/State"));
	assert_non_null(ask("PUT", "/x/fwUpdate"));
	assert_null(pl_page_why_refused("POST", pl_span_of("/FirmwareUpdate/State"), pl_span_of(""),
					true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_pass),
		cmocka_unit_test(printing_scanning_and_faxing_do_not),
		cmocka_unit_test(what_is_no_target_does_not),
		cmocka_unit_test(firmware_wants_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
