/* SPDX-License-Identifier: Apache-2.0 */
/* Files to and from the connector, on connections of their own. */
#include "uplink_carry.h"

#include "platen/clock.h"
#include "sent.h"
#include "uplink_state.h"

static const char USER_AGENT[] = "User-Agent: platen-agent/" PL_VERSION "\r\n";

static enum pl_result exchange(struct pl_uplink *u, struct pl_caller *caller,
			       const struct pl_http_request *request, int64_t by_ms,
			       const struct pl_http_sink *sink, struct pl_http_response *ret,
			       struct pl_error *err)
{
	struct pl_http_request full = *request;
	struct pl_bytes headers;
	enum pl_result r;

	pl_bytes_init(&headers, 2048);
	r = pl_bytes_add_text(&headers, USER_AGENT);
	if (r == PL_OK && request->headers)
		r = pl_bytes_add_text(&headers, request->headers);
	full.host = pl_dialer_host(caller->dialer);
	full.headers = (const char *)headers.at;
	full.close = true;
	if (r == PL_OK)
		r = pl_http_exchange(caller->stream, &full, by_ms, sink, ret, err);
	pl_sent_count(u->options.spool, request->method, request->target, ret->status);
	pl_bytes_finish(&headers);
	return r;
}

enum pl_result pl_uplink_carry(struct pl_uplink *u, struct pl_wake *wake,
			       const struct pl_http_request *request, int64_t by_ms,
			       const struct pl_http_sink *sink, struct pl_http_response *ret,
			       struct pl_error *err)
{
	struct pl_caller caller = { .dialer = NULL };
	int generation = -1;
	enum pl_result r;

	*ret = (struct pl_http_response){ .retry_after_s = -1 };
	if (!pl_uplink_is_enrolled(u))
		return pl_error_set(err, PL_E_DENIED, "this PC is not enrolled");
	r = pl_uplink_caller(u, wake, &caller, &generation, err);
	if (r == PL_OK)
		r = pl_caller_connect(&caller, by_ms, err);
	if (r == PL_OK)
		r = exchange(u, &caller, request, by_ms, sink, ret, err);
	pl_caller_finish(&caller);
	return r;
}
