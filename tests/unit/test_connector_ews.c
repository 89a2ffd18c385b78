/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what of a printer reaches a browser and back: its own name in links and redirects, its
 * cookies, its headers. */
#include <stdio.h>

#include "ews_jar.h"
#include "ews_rewrite.h"
#include "ews_rules.h"
#include "unit.h"

/* Rewrites `text` in pieces of `step` bytes. */
static void check_rewrite(const char *type, const char *text, const char *wanted)
{
	for (size_t step = 1; step <= strlen(text) + 1; step += step < 8 ? 1 : 13) {
		struct pl_ews_rewriter rw;
		struct pl_bytes out;

		pl_bytes_init(&out, 4096);
		pl_ews_rewriter_begin(&rw, pl_span_of(type), false);
		for (size_t at = 0; at < strlen(text); at += step) {
			size_t n = strlen(text) - at < step ? strlen(text) - at : step;

			assert_result(pl_ews_rewriter_feed(&rw, text + at, n, &out), PL_OK);
		}
		assert_result(pl_ews_rewriter_end(&rw, &out), PL_OK);
		assert_string_equal(out.at ? (const char *)out.at : "", wanted);
		pl_bytes_finish(&out);
	}
}

static void own_names_go(void **state)
{
	(void)state;
	check_rewrite("text/html; charset=utf-8", "<a href=\"http://localhost/x\">h</a>",
		      "<a href=\"/x\">h</a>");
	check_rewrite("text/html", "<a href=HTTPS://LocalHost:443/x?http://localhost/y>",
		      "<a href=/x?/y>");
	check_rewrite("text/css", "url(http://127.0.0.1:80/a.png) url(//[::1]/b)",
		      "url(/a.png) url(/b)");
	check_rewrite("application/json", "{\"u\":\"http:\\/\\/localhost\\/x\"}",
		      "{\"u\":\"\\/x\"}");
	check_rewrite("text/javascript", "f('http://localhost' + p)", "f('' + p)");
	check_rewrite("text/html", "http://localhost?a", "/?a");
}

static void other_names_stay(void **state)
{
	static const char OTHERS[] =
		"http://localhost.example/ http://localhosts/ "
		"http://localhost:x/ http://127.0.0.10/ http://user@localhost/ "
		"http://localhost:1234567/ // localhost h ht http:/ http";

	(void)state;
	check_rewrite("text/html", OTHERS, OTHERS);
	check_rewrite("image/png", "http://localhost/x", "http://localhost/x");
	check_rewrite("text/html", "http://localhos", "http://localhos");
}

static void redirects_stay_on_the_port(void **state)
{
	static const char *const OWN[][2] = { { "/x?y", "/x?y" },
					      { "x/y", "x/y" },
					      { "http://localhost/x", "/x" },
					      { "https://127.0.0.1:443", "/" },
					      { "http://localhost?x", "/?x" },
					      { "//localhost/x", "/x" } };
	static const char *const AWAY[] = { "http://elsewhere.invalid/",
					    "//elsewhere.invalid/",
					    "/\\elsewhere.invalid",
					    "javascript:alert(1)",
					    "http:elsewhere",
					    "http://localhost@elsewhere/",
					    "http://localhost.elsewhere/",
					    "http://localhost//elsewhere/",
					    "data:text/html,x",
					    "/a\tb",
					    "" };
	char where[64];

	(void)state;
	for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++) {
		assert_true(pl_ews_own_location(pl_span_of(OWN[i][0]), where, sizeof where));
		assert_string_equal(where, OWN[i][1]);
	}
	for (size_t i = 0; i < sizeof AWAY / sizeof AWAY[0]; i++)
		assert_false(pl_ews_own_location(pl_span_of(AWAY[i]), where, sizeof where));
}

static void check_jar(struct pl_ews_jar *jar, const char *path, const char *wanted)
{
	struct pl_bytes out;

	pl_bytes_init(&out, 1024);
	assert_result(pl_ews_jar_write(jar, pl_span_of(path), 1000000, &out), PL_OK);
	assert_string_equal(out.at ? (const char *)out.at : "", wanted);
	pl_bytes_finish(&out);
}

static void take(struct pl_ews_jar *jar, const char *cookie, const char *path)
{
	pl_ews_jar_take(jar, pl_span_of(cookie), pl_span_of(path), 1000000);
}

static void a_jar_keeps_cookies_by_path(void **state)
{
	struct pl_ews_jar jar = { .count = 0 };

	(void)state;
	take(&jar, "sid=1; Path=/; HttpOnly; Domain=elsewhere.invalid", "/x");
	take(&jar, "deep=2", "/a/b/c?d");
	take(&jar, "gone=3; Max-Age=0", "/");
	take(&jar, "old=4; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "/");
	take(&jar, "no name", "/");
	take(&jar, "bad=a\r\nSet: x", "/");
	take(&jar, "=x", "/");
	check_jar(&jar, "/", "sid=1");
	check_jar(&jar, "/a/b", "sid=1; deep=2");
	check_jar(&jar, "/a/bc", "sid=1");
	take(&jar, "sid=9; Path=/", "/");
	check_jar(&jar, "/?x=/a/b", "sid=9");
	take(&jar, "sid=; Max-Age=-1; Path=/", "/");
	check_jar(&jar, "/", "");
	pl_ews_jar_finish(&jar);
}

static void a_jar_is_bounded(void **state)
{
	struct pl_ews_jar jar = { .count = 0 };
	static char huge[PL_EWS_MAX_COOKIE + 2];
	char cookie[32];

	(void)state;
	memset(huge, 'a', sizeof huge - 1);
	huge[1] = '=';
	take(&jar, huge, "/");
	assert_int_equal(jar.count, 0);
	for (int i = 0; i < 100; i++) {
		snprintf(cookie, sizeof cookie, "c%d=1; Path=/", i);
		take(&jar, cookie, "/");
	}
	assert_int_equal(jar.count, PL_EWS_MAX_COOKIES);
	assert_string_equal(jar.cookies[PL_EWS_MAX_COOKIES - 1].name, "c99");
	pl_ews_jar_finish(&jar);
}

static void headers_are_chosen(void **state)
{
	(void)state;
	assert_true(pl_ews_header_goes_in(pl_span_of("Accept-Language")));
	assert_true(pl_ews_header_goes_in(pl_span_of("X-CSRF-Token")));
	assert_false(pl_ews_header_goes_in(pl_span_of("Cookie")));
	assert_false(pl_ews_header_goes_in(pl_span_of("X-Forwarded-For")));
	assert_false(pl_ews_header_goes_in(pl_span_of("Host")));
	assert_true(pl_ews_header_comes_out(pl_span_of("content-type")));
	assert_false(pl_ews_header_comes_out(pl_span_of("Set-Cookie")));
	assert_false(pl_ews_header_comes_out(pl_span_of("Service-Worker-Allowed")));
	assert_false(pl_ews_header_comes_out(pl_span_of("Access-Control-Allow-Origin")));
	assert_false(pl_ews_header_comes_out(pl_span_of("Content-Security-Policy")));
}

static void only_its_own_port_asks(void **state)
{
	(void)state;
	assert_null(pl_ews_why_not_from("same-origin", "image", NULL));
	assert_null(pl_ews_why_not_from("none", "document", NULL));
	assert_non_null(pl_ews_why_not_from("same-site", "document", NULL));
	assert_non_null(pl_ews_why_not_from("cross-site", "image", NULL));
	assert_non_null(pl_ews_why_not_from(NULL, NULL, NULL));
	assert_non_null(pl_ews_why_not_from("same-origin", "serviceworker", "script"));
	assert_non_null(pl_ews_why_not_from("same-origin", "worker", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_names_go),
		cmocka_unit_test(other_names_stay),
		cmocka_unit_test(redirects_stay_on_the_port),
		cmocka_unit_test(a_jar_keeps_cookies_by_path),
		cmocka_unit_test(a_jar_is_bounded),
		cmocka_unit_test(headers_are_chosen),
		cmocka_unit_test(only_its_own_port_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
