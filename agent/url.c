/* SPDX-License-Identifier: Apache-2.0 */
/* Servers' addresses, read strictly: one wrong character and nobody is called. */
#include "url.h"

#include <string.h>

#define DEFAULT_PORT 12351

static bool read_port(struct pl_span text, int *ret_port)
{
	int port = 0;

	if (text.size == 0 || text.size > 5)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		port = 10 * port + (text.at[i] - '0');
	}
	*ret_port = port;
	return port >= 1 && port <= 65535;
}

/* Parts "host:port" and "[::1]:port" into host and ":port" (empty where there is none). */
static bool split(struct pl_span text, struct pl_span *ret_host, struct pl_span *ret_port)
{
	struct pl_span rest = text;
	size_t n;

	if (text.size > 0 && text.at[0] == '[') { /* an IPv6 address */
		rest.at++, rest.size--;
		*ret_host = pl_span_take(&rest, ']');
		n = ret_host->size + 2;
		if (n > text.size)
			return false; /* the bracket is missing */
	} else {
		*ret_host = pl_span_take(&rest, ':');
		n = ret_host->size;
	}
	*ret_port = (struct pl_span){ text.at + n, text.size - n };
	return ret_port->size == 0 || ret_port->at[0] == ':';
}

/* Letters, digits and what else stands in names and addresses. */
static bool is_host(struct pl_span host)
{
	static const char ALSO[] = "-._:~";

	for (size_t i = 0; i < host.size; i++) {
		char c = pl_ascii_lower(host.at[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    !memchr(ALSO, c, sizeof(ALSO) - 1))
			return false;
	}
	return host.size > 0;
}

bool pl_authority_parse(struct pl_span text, int default_port, char *ret_host, size_t cap,
			int *ret_port)
{
	struct pl_span host, port;
	int number = default_port;

	if (!split(text, &host, &port) || !is_host(host) || !pl_span_copy(host, ret_host, cap))
		return false;
	if (port.size > 0 && !read_port((struct pl_span){ port.at + 1, port.size - 1 }, &number))
		return false;
	*ret_port = number;
	return true;
}

enum pl_result pl_url_parse(const char *url, struct pl_url *ret_url, struct pl_error *err)
{
	struct pl_span rest = pl_span_trim(pl_span_of(url));
	struct pl_url u = { 0 };

	if (pl_span_starts(rest, "http://"))
		return pl_error_set(err, PL_E_INVALID,
				    "plain http is not spoken: the server's URL begins with "
				    "https://");
	if (!pl_span_starts(rest, "https://"))
		return pl_error_set(err, PL_E_INVALID, "the server is told as https://host[:port]");
	rest.at += 8, rest.size -= 8;
	if (rest.size > 0 && rest.at[rest.size - 1] == '/')
		rest.size--;
	if (!pl_authority_parse(rest, DEFAULT_PORT, u.host, sizeof(u.host), &u.port))
		return pl_error_set(err, PL_E_INVALID,
				    "the server is told as https://host[:port], with nothing "
				    "behind it");
	*ret_url = u;
	return PL_OK;
}
