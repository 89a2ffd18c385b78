/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of a call: TCP, perhaps a proxy's tunnel, TLS, perhaps a trace of the plain bytes. */
#include "dial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proxy.h"
#include "revocation.h"
#include "tcp_stream.h"
#include "url.h"

struct pl_dialer {
	struct pl_url url;
	char host_header[PL_MAX_URL + 16];
	struct pl_proxy proxy;
	struct pl_tls *tls;
	struct pl_revocation *revocation; /* NULL: off */
	struct pl_wake *wake;
	struct pl_trace trace;
};

static void write_host_header(struct pl_dialer *d)
{
	snprintf(d->host_header, sizeof(d->host_header),
		 strchr(d->url.host, ':') ? "[%s]:%d" : "%s:%d", d->url.host, d->url.port);
}

static enum pl_result prepare_tls(struct pl_dialer *d, const struct pl_settings *settings,
				  const struct pl_tls_options *tls, struct pl_error *err)
{
	bool own_ca = tls->pin_count > 0 || tls->anchors_pem;
	struct pl_tls_options options = *tls;
	enum pl_result r = pl_revocation_create(settings, own_ca, d->wake, &d->revocation, err);

	options.revocation = d->revocation;
	return r == PL_OK ? pl_tls_create(&options, &d->tls, err) : r;
}

enum pl_result pl_dialer_create(const char *server, const struct pl_settings *settings,
				const struct pl_tls_options *tls, struct pl_wake *wake,
				struct pl_dialer **ret_dialer, struct pl_error *err)
{
	struct pl_dialer *d = calloc(1, sizeof(*d));
	enum pl_result r;

	if (!d)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	d->wake = wake;
	r = pl_url_parse(server, &d->url, err);
	if (r == PL_OK)
		r = pl_proxy_choose(settings->proxy, settings->no_proxy, d->url.host, &d->proxy,
				    err);
	if (r == PL_OK)
		r = prepare_tls(d, settings, tls, err);
	if (r != PL_OK) {
		pl_dialer_destroy(d);
		return r;
	}
	write_host_header(d);
	*ret_dialer = d;
	return PL_OK;
}

void pl_dialer_destroy(struct pl_dialer *dialer)
{
	if (!dialer)
		return;
	pl_tls_destroy(dialer->tls);
	pl_revocation_destroy(dialer->revocation);
	free(dialer);
}

void pl_dialer_trace(struct pl_dialer *dialer, const struct pl_trace *trace)
{
	dialer->trace = *trace;
}

void pl_dialer_tell(struct pl_dialer *dialer,
		    void (*fetched)(void *arg, const char *url, int status), void *arg)
{
	if (dialer->revocation)
		pl_revocation_tell(dialer->revocation, fetched, arg);
}

const char *pl_dialer_host(const struct pl_dialer *dialer)
{
	return dialer->host_header;
}

static enum pl_result reach(struct pl_dialer *d, int64_t by_ms, struct pl_stream **ret_stream,
			    struct pl_error *err)
{
	struct pl_stream *s = NULL;
	enum pl_result r;

	if (!d->proxy.used)
		return pl_tcp_connect(d->url.host, d->url.port, by_ms, d->wake, ret_stream, err);
	r = pl_tcp_connect(d->proxy.host, d->proxy.port, by_ms, d->wake, &s, err);
	if (r != PL_OK) {
		if (r != PL_E_CANCELLED && err)
			r = pl_error_prefix(err, "the proxy");
		return r;
	}
	r = pl_proxy_connect(s, &d->proxy, d->url.host, d->url.port, by_ms, err);
	if (r != PL_OK) {
		pl_stream_close(s);
		return r;
	}
	*ret_stream = s;
	return PL_OK;
}

enum pl_result pl_dial(struct pl_dialer *dialer, int64_t by_ms, struct pl_stream **ret_stream,
		       struct pl_error *err)
{
	struct pl_stream *s = NULL, *traced;
	enum pl_result r = reach(dialer, by_ms, &s, err);

	if (r == PL_OK)
		r = pl_tls_wrap(dialer->tls, s, dialer->url.host, by_ms, &s, err);
	if (r != PL_OK)
		return r;
	if (dialer->trace.sent || dialer->trace.received) {
		traced = pl_trace_wrap(s, &dialer->trace);
		if (!traced) {
			pl_stream_close(s);
			return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
		}
		s = traced;
	}
	*ret_stream = s;
	return PL_OK;
}
