/* SPDX-License-Identifier: Apache-2.0 */
/* One GET on a connection of its own. */
#include "crl_fetch.h"

#include <stdio.h>
#include <string.h>

#include "platen/http1.h"
#include "proxy.h"
#include "tcp_stream.h"
#include "url.h"

#define HTTP_PORT 80

struct place {
	char host[PL_MAX_URL], host_header[PL_MAX_URL + 16];
	int port;
	const char *path; /* within the URL; "" means "/" */
};

static enum pl_result part(const char *url, struct place *ret, struct pl_error *err)
{
	struct pl_span authority;
	struct place p = { 0 };

	if (strncmp(url, "http://", 7) != 0)
		return pl_error_set(err, PL_E_INVALID, "%.80s is no http:// address", url);
	authority = (struct pl_span){ url + 7, strcspn(url + 7, "/?#") };
	p.path = authority.at + authority.size;
	if (!pl_authority_parse(authority, HTTP_PORT, p.host, sizeof(p.host), &p.port))
		return pl_error_set(err, PL_E_INVALID, "%.80s is no http:// address", url);
	(void)pl_span_copy(authority, p.host_header, sizeof(p.host_header));
	*ret = p;
	return PL_OK;
}

static enum pl_result connect_to(const struct pl_crl_way *way, const struct place *place,
				 const struct pl_proxy *proxy, int64_t by_ms,
				 struct pl_stream **ret_stream, struct pl_error *err)
{
	return pl_tcp_connect(proxy->used ? proxy->host : place->host,
			      proxy->used ? proxy->port : place->port, by_ms, way->wake, ret_stream,
			      err);
}

static enum pl_result get(const struct pl_crl_way *way, struct pl_stream *s,
			  const struct place *place, const char *url, const struct pl_proxy *proxy,
			  int64_t by_ms, struct pl_bytes *out, struct pl_error *err)
{
	struct pl_http_response answer = { 0 };
	struct pl_http_request request = { .method = "GET",
					   .target = *place->path ? place->path : "/",
					   .host = place->host_header,
					   .close = true };
	struct pl_bytes headers;
	enum pl_result r = PL_OK;

	pl_bytes_init(&headers, 1024);
	if (proxy->used) {
		request.target = url; /* RFC 9112, section 3.2.2 */
		r = pl_proxy_authorization(proxy, &headers);
		request.headers = headers.size > 0 ? (const char *)headers.at : NULL;
	}
	if (r == PL_OK) {
		r = pl_http_fetch(s, &request, by_ms, out, &answer, err);
		if (way->fetched)
			way->fetched(way->arg, url, answer.status);
	}
	if (r == PL_OK && answer.status != 200)
		r = pl_error_set(err, PL_E_REFUSED, "%.100s is answered with %d", url,
				 answer.status);
	pl_bytes_finish(&headers);
	return r;
}

enum pl_result pl_crl_fetch(const struct pl_crl_way *way, const char *url, int64_t by_ms,
			    struct pl_bytes *out, struct pl_error *err)
{
	struct pl_stream *s = NULL;
	struct pl_proxy proxy;
	struct place place;
	enum pl_result r = part(url, &place, err);

	if (r == PL_OK)
		r = pl_proxy_choose(way->settings->proxy, way->settings->no_proxy, place.host,
				    &proxy, err);
	if (r == PL_OK)
		r = connect_to(way, &place, &proxy, by_ms, &s, err);
	if (r == PL_OK)
		r = get(way, s, &place, url, &proxy, by_ms, out, err);
	pl_stream_close(s);
	return r;
}
