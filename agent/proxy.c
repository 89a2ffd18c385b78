/* SPDX-License-Identifier: Apache-2.0 */
/* Which proxy, if any, and the CONNECT that makes a tunnel through it. */
#include "proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/encode.h"
#include "platen/http1.h"
#include "url.h"

#define DEFAULT_PORT 3128
#define MAX_REFUSAL  (16 * 1024) /* bytes of a proxy's error page, read and forgotten */

static const char *environment(const char *lower, const char *upper)
{
	const char *value = getenv(lower);

	if (!value || !value[0])
		value = getenv(upper);
	return value && value[0] ? value : NULL;
}

static int hex_digit(char c)
{
	c = pl_ascii_lower(c);
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes %40 and the like; false where it does not fit or is no such code. */
static bool percent_decode(struct pl_span text, char *ret_text, size_t cap)
{
	size_t used = 0;

	for (size_t i = 0; i < text.size; i++) {
		char c = text.at[i];

		if (c == '%') {
			int high = i + 2 < text.size ? hex_digit(text.at[i + 1]) : -1;
			int low = i + 2 < text.size ? hex_digit(text.at[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (used + 1 >= cap || (unsigned char)c < ' ')
			return false;
		ret_text[used++] = c;
	}
	ret_text[used] = '\0';
	return true;
}

/* "http://user:secret@host:port", the scheme may be missing. */
static enum pl_result parse(const char *url, struct pl_proxy *ret, struct pl_error *err)
{
	struct pl_span rest = pl_span_trim(pl_span_of(url));
	struct pl_proxy p = { .used = true };
	const char *at = NULL;

	if (pl_span_starts(rest, "http://"))
		rest.at += 7, rest.size -= 7;
	else if (rest.size > 0 && memchr(rest.at, '/', rest.size) && strstr(rest.at, "://"))
		return pl_error_set(err, PL_E_INVALID,
				    "a proxy is told as http://[user:password@]host:port");
	while (rest.size > 0 && rest.at[rest.size - 1] == '/')
		rest.size--;
	for (size_t i = 0; i < rest.size; i++)
		if (rest.at[i] == '@')
			at = rest.at + i;
	if (at) {
		struct pl_span user = { rest.at, (size_t)(at - rest.at) };

		if (!percent_decode(user, p.credentials, sizeof(p.credentials)))
			return pl_error_set(err, PL_E_INVALID,
					    "the proxy's user and password cannot be read: write "
					    "special characters as %%XX");
		rest = (struct pl_span){ at + 1, rest.size - user.size - 1 };
	}
	if (!pl_authority_parse(rest, DEFAULT_PORT, p.host, sizeof(p.host), &p.port))
		return pl_error_set(err, PL_E_INVALID,
				    "a proxy is told as http://[user:password@]host:port");
	*ret = p;
	return PL_OK;
}

static bool ends_with_word(struct pl_span text, struct pl_span end)
{
	if (end.size > text.size)
		return false;
	for (size_t i = 0; i < end.size; i++)
		if (pl_ascii_lower(text.at[text.size - end.size + i]) != pl_ascii_lower(end.at[i]))
			return false;
	return true;
}

/* "example.com" and ".example.com" both mean the domain and all below it; "*" means all. */
static bool matches(struct pl_span entry, struct pl_span host)
{
	if (pl_span_is(entry, "*"))
		return true;
	if (entry.size > 0 && entry.at[0] == '.')
		entry.at++, entry.size--;
	if (entry.size == 0 || !ends_with_word(host, entry))
		return false;
	return host.size == entry.size || host.at[host.size - entry.size - 1] == '.';
}

static bool is_exempt(const char *list, const char *host)
{
	struct pl_span rest = pl_span_of(list);

	while (rest.size > 0)
		if (matches(pl_span_trim(pl_span_take(&rest, ',')), pl_span_of(host)))
			return true;
	return false;
}

static bool is_loopback(const char *host)
{
	return pl_span_is_word(pl_span_of(host), "localhost") || strcmp(host, "::1") == 0 ||
	       strncmp(host, "127.", 4) == 0;
}

enum pl_result pl_proxy_choose(const char *proxy, const char *no_proxy, const char *host,
			       struct pl_proxy *ret_proxy, struct pl_error *err)
{
	bool told = proxy && proxy[0];

	if (!told) {
		proxy = environment("https_proxy", "HTTPS_PROXY");
		if (!proxy)
			proxy = environment("all_proxy", "ALL_PROXY");
	}
	if (!no_proxy || !no_proxy[0])
		no_proxy = environment("no_proxy", "NO_PROXY");
	if (!proxy || strcmp(proxy, "none") == 0 || (!told && is_loopback(host)) ||
	    (no_proxy && is_exempt(no_proxy, host))) {
		*ret_proxy = (struct pl_proxy){ 0 };
		return PL_OK;
	}
	return parse(proxy, ret_proxy, err);
}

static enum pl_result refused(const struct pl_proxy *p, int status, struct pl_error *err)
{
	if (status == 407 && p->credentials[0])
		return pl_error_set(err, PL_E_DENIED,
				    "the proxy %s does not take this user and password (407)",
				    p->host);
	if (status == 407)
		return pl_error_set(err, PL_E_DENIED,
				    "the proxy %s wants a user and password (407): set proxy = "
				    "http://user:password@%s:%d",
				    p->host, p->host, p->port);
	return pl_error_set(err, PL_E_REFUSED, "the proxy %s refused the tunnel (%d)", p->host,
			    status);
}

enum pl_result pl_proxy_authorization(const struct pl_proxy *proxy, struct pl_bytes *headers)
{
	enum pl_result r;

	if (!proxy->credentials[0])
		return PL_OK;
	r = pl_bytes_add_text(headers, "Proxy-Authorization: Basic ");
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64, proxy->credentials, strlen(proxy->credentials),
				    headers);
	return r == PL_OK ? pl_bytes_add_text(headers, "\r\n") : r;
}

enum pl_result pl_proxy_connect(struct pl_stream *s, const struct pl_proxy *proxy, const char *host,
				int port, int64_t by_ms, struct pl_error *err)
{
	struct pl_http_response answer = { 0 };
	struct pl_bytes headers, page;
	char target[PL_MAX_URL + 16];
	enum pl_result r;

	pl_bytes_init(&headers, 1024);
	pl_bytes_init(&page, MAX_REFUSAL);
	snprintf(target, sizeof(target), strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
	r = pl_proxy_authorization(proxy, &headers);
	if (r == PL_OK) {
		struct pl_http_request ask = { .method = "CONNECT",
					       .target = target,
					       .host = target,
					       .headers = (const char *)headers.at };

		r = pl_http_fetch(s, &ask, by_ms, &page, &answer, err);
		if (r != PL_OK && answer.status == 0 && err)
			r = pl_error_prefix(err, "asking the proxy %s", proxy->host);
	}
	if (r == PL_OK && (answer.status < 200 || answer.status > 299))
		r = refused(proxy, answer.status, err);
	pl_bytes_finish(&headers);
	pl_bytes_finish(&page);
	return r;
}
