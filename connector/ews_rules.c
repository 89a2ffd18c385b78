/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers and origins, as tables.
 */
#include "ews_rules.h"

#include <string.h>

static bool starts_with(const char *segment, const char *word)
{
	return !strncmp(segment, word, strlen(word));
}

bool pl_ews_header_goes_in(struct pl_span name)
{
	static const char *const ALLOWED[] = { "accept", "accept-language", "content-type",
					       "authorization", "soapaction" };
	static const char *const OURS[] = { "x-forwarded",   "x-real-ip",  "x-platen",
					    "x-http-method", "x-original", "x-rewrite" };
	char lower[64];

	if (!pl_span_copy(name, lower, sizeof lower))
		return false;
	for (char *c = lower; *c; c++)
		*c = pl_ascii_lower(*c);
	for (size_t i = 0; i < sizeof ALLOWED / sizeof ALLOWED[0]; i++)
		if (!strcmp(lower, ALLOWED[i]))
			return true;
	for (size_t i = 0; i < sizeof OURS / sizeof OURS[0]; i++)
		if (starts_with(lower, OURS[i]))
			return false;
	return starts_with(lower, "x-") &&
	       strspn(lower, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(lower);
}

bool pl_ews_header_comes_out(struct pl_span name)
{
	static const char *const ALLOWED[] = { "content-type",	   "content-language",
					       "content-encoding", "content-disposition",
					       "www-authenticate", "retry-after" };

	for (size_t i = 0; i < sizeof ALLOWED / sizeof ALLOWED[0]; i++)
		if (pl_span_is_word(name, ALLOWED[i]))
			return true;
	return false;
}

bool pl_ews_value_is_plain(struct pl_span value)
{
	for (size_t i = 0; i < value.size; i++)
		if (((unsigned char)value.at[i] < ' ' && value.at[i] != '\t') ||
		    value.at[i] == 0x7f)
			return false;
	return true;
}

const char *pl_ews_why_not_from(const char *fetch_site, const char *fetch_dest,
				const char *service_worker)
{
	if (service_worker || (fetch_dest && strstr(fetch_dest, "worker")))
		return "A remote page may not install a worker in this browser.";
	if (!fetch_site)
		return "This browser does not say where a request comes from; use a current one.";
	if (!strcmp(fetch_site, "same-origin") || !strcmp(fetch_site, "none"))
		return NULL;
	return "Another page tried to use this printer's page; open it from the console.";
}
