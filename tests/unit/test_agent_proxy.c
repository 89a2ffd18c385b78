/* SPDX-License-Identifier: Apache-2.0 */
/* Proves which servers' URLs are understood, which proxy is chosen, and when none. */
#include "proxy.h"

#include <stdlib.h>

#include "unit.h"
#include "url.h"

static void url_is(const char *text, const char *host, int port)
{
	struct pl_url url = { 0 };

	assert_result(pl_url_parse(text, &url, NULL), PL_OK);
	assert_string_equal(url.host, host);
	assert_int_equal(url.port, port);
}

static void understands_servers(void **state)
{
	(void)state;
	url_is("https://hp-print-mgmt:12351", "hp-print-mgmt", 12351);
	url_is(" https://hp-print-mgmt/\n", "hp-print-mgmt", 12351);
	url_is("https://192.0.2.7:443", "192.0.2.7", 443);
	url_is("https://[2001:db8::1]:65535/", "2001:db8::1", 65535);
	url_is("https://[::1]", "::1", 12351);
}

static void refuses_every_other_url(void **state)
{
	static const char *const WRONG[] = {
		"",
		"hp-print-mgmt",
		"https://",
		"https://:1",
		"https://a:0",
		"https://a:65536",
		"https://a:1x",
		"https://a:",
		"https://a/path",
		"https://u:p@a",
		"https://a b",
		"https://a?x",
		"https://a#x",
		"https://[::1",
		"https://[::1]x",
		"https://[]:1",
		"ftp://a",
		"https://a\r\nHost:",
		"https://a%00",
		"https://a:1:2",
		"https://a:123456",
		"HTTPS://a",
	};
	struct pl_url url;
	struct pl_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		if (pl_url_parse(WRONG[i], &url, &err) != PL_E_INVALID)
			fail_msg("%s was taken", WRONG[i]);
	assert_result(pl_url_parse("http://a:12351", &url, &err), PL_E_INVALID);
	assert_non_null(strstr(err.text, "plain http"));
}

static struct pl_proxy choose(const char *proxy, const char *no_proxy, const char *host)
{
	struct pl_proxy p = { 0 };

	assert_result(pl_proxy_choose(proxy, no_proxy, host, &p, NULL), PL_OK);
	return p;
}

static int no_environment(void **state)
{
	static const char *const NAMES[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
					     "ALL_PROXY",   "no_proxy",	   "NO_PROXY" };

	(void)state;
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		unsetenv(NAMES[i]);
	return 0;
}

static void reads_a_proxy(void **state)
{
	struct pl_proxy p = choose("http://user:p%40ss%3aword@proxy.example:8080/", "", "server");

	(void)state;
	assert_true(p.used);
	assert_string_equal(p.host, "proxy.example");
	assert_int_equal(p.port, 8080);
	assert_string_equal(p.credentials, "user:p@ss:word");
	p = choose("proxy.example", "", "server");
	assert_int_equal(p.port, 3128);
	assert_string_equal(p.credentials, "");
	assert_false(choose("none", "", "server").used);
	assert_false(choose("", "", "server").used);
	assert_false(choose(NULL, NULL, "server").used);
}

static void refuses_a_wrong_proxy(void **state)
{
	static const char *const WRONG[] = { "https://proxy:1", "socks5://proxy:1", "http://",
					     "http://a b",	"http://u%zz@a",    "http://u%0a@a",
					     "http://a:99999" };
	struct pl_proxy p;
	struct pl_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
		if (pl_proxy_choose(WRONG[i], "", "server", &p, &err) != PL_E_INVALID)
			fail_msg("%s was taken", WRONG[i]);
}

static void follows_the_environment(void **state)
{
	(void)state;
	setenv("HTTPS_PROXY", "http://upper:1", 1);
	assert_string_equal(choose("", "", "server").host, "upper");
	setenv("https_proxy", "http://lower:1", 1);
	assert_string_equal(choose("", "", "server").host, "lower");
	assert_string_equal(choose("http://told:1", "", "server").host, "told");
	assert_false(choose("none", "", "server").used);
	assert_false(choose("", "", "localhost").used); /* this PC itself */
	assert_false(choose("", "", "127.0.0.1").used);
	assert_true(choose("http://told:1", "", "localhost").used);
	setenv("no_proxy", "other, server", 1);
	assert_false(choose("", "", "server").used);
	assert_true(choose("", "third", "server").used); /* the settings' list counts, then */
}

static void exempts_hosts_and_domains(void **state)
{
	static const struct {
		const char *list, *host;
		int exempt;
	} CASES[] = {
		{ "example.com", "example.com", 1 },
		{ "example.com", "a.EXAMPLE.com", 1 },
		{ ".example.com", "a.example.com", 1 },
		{ ".example.com", "example.com", 1 },
		{ "example.com", "badexample.com", 0 },
		{ "example.com", "example.com.evil", 0 },
		{ "a,b , example.com", "example.com", 1 },
		{ "*", "anything", 1 },
		{ ",,", "anything", 0 },
		{ "192.0.2.1", "192.0.2.1", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
		if (choose("http://p:1", CASES[i].list, CASES[i].host).used == CASES[i].exempt)
			fail_msg("%s and %s", CASES[i].list, CASES[i].host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands_servers),
		cmocka_unit_test(refuses_every_other_url),
		cmocka_unit_test_setup(reads_a_proxy, no_environment),
		cmocka_unit_test_setup(refuses_a_wrong_proxy, no_environment),
		cmocka_unit_test_setup(follows_the_environment, no_environment),
		cmocka_unit_test_setup(exempts_hosts_and_domains, no_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
