/* SPDX-License-Identifier: Apache-2.0 */
/* The way to the connector, step by step: proxy, name, connection, TLS, who answers, and what time
 * it is there. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "dial.h"
#include "doctor.h"
#include "enroll.h"
#include "platen/clock.h"
#include "platen/http1.h"
#include "platen/json.h"
#include "proxy.h"
#include "tcp_stream.h"
#include "url.h"

#define STEP_MS	       8000
#define MAX_BODY       4096
#define CLOCK_WRONG_MS 300000 /* as the agent has it */

static bool choose_proxy(struct doctor *d, const struct pl_url *url, struct pl_proxy *proxy)
{
	struct pl_error err;

	if (pl_proxy_choose(d->settings.proxy, d->settings.no_proxy, url->host, proxy, &err) !=
	    PL_OK) {
		doctor_say(d, "proxy", FINDING_PROBLEM, NULL, "mend `proxy` in the settings", "%s",
			   err.text);
		return false;
	}
	if (proxy->used)
		doctor_say(d, "proxy", FINDING_OK, NULL, NULL, "%s port %d", proxy->host,
			   proxy->port);
	else
		doctor_say(d, "proxy", FINDING_OK, NULL, NULL, "none");
	return true;
}

static bool connect_to(struct doctor *d, const struct pl_url *url, const struct pl_proxy *proxy)
{
	const char *host = proxy->used ? proxy->host : url->host;
	int port = proxy->used ? proxy->port : url->port;
	struct pl_stream *s = NULL;
	struct pl_error err;
	enum pl_result r = pl_tcp_connect(host, port, pl_clock_in_ms(STEP_MS), NULL, &s, &err);

	if (r == PL_E_NOT_FOUND) {
		doctor_say(d, "dns", FINDING_PROBLEM, NULL,
			   "mend the name in the settings or the token, or the site's DNS "
			   "(resolvectl query NAME)",
			   "%s", err.text);
		return false;
	}
	doctor_say(d, "dns", FINDING_OK, NULL, NULL, "%s has an address", host);
	if (r != PL_OK) {
		doctor_say(
			d, "tcp", FINDING_PROBLEM, NULL,
			r == PL_E_REFUSED
				? "start what listens there (systemctl status "
				  "platen-connector), or mend the port"
				: "look for a firewall on the way, and whether that machine runs",
			"%s", err.text);
		return false;
	}
	pl_stream_close(s);
	doctor_say(d, "tcp", FINDING_OK, NULL, NULL, "%s port %d takes connections", host, port);
	return true;
}

/* What this PC would trust the server by: the enrolment's CA, else the token's pins, else the
 * settings. */
static void choose_trust(const struct doctor *d, struct pl_tls_options *tls)
{
	struct pl_token token;
	struct pl_error err;

	if (d->ca_pem) {
		tls->anchors_pem = d->ca_pem;
	} else if (d->settings.token[0] &&
		   pl_token_parse(pl_span_of(d->settings.token), &token, &err) == PL_OK) {
		memcpy(tls->pins, token.pins, sizeof(tls->pins));
		tls->pin_count = token.pin_count;
	} else {
		tls->ca_file = d->settings.ca_file;
		tls->system_store = true;
	}
}

static const char *advice_for_tls(enum pl_result r)
{
	switch (r) {
	case PL_E_UNTRUSTED:
		return "compare this PC's clock; else the name, or the connector's certificate, or "
		       "its "
		       "CA is another one than at enrolment";
	case PL_E_DENIED: return "give the proxy's user and password in `proxy`";
	case PL_E_PROTOCOL:
	case PL_E_GONE:
		return "something else than a connector listens there, or a proxy reads along";
	default: return "look for a firewall or proxy on the way";
	}
}

/* "Tue, 24 Nov 2026 00:12:13 GMT" (RFC 9110 section 5.6.7) */
static bool read_date(struct pl_span head, int64_t *ret_ms)
{
	static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct pl_span date = pl_http_header(head, "Date");
	char text[64], month[4], clock[9], iso[40];
	const char *at;
	int day, year;

	if (!pl_span_copy(date, text, sizeof(text)) ||
	    sscanf(text, "%*3s, %2d %3s %4d %8s GMT", &day, month, &year, clock) != 4)
		return false;
	at = strstr(MONTHS, month);
	if (!at || strlen(month) != 3)
		return false;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%sZ", year, (int)(at - MONTHS) / 3 + 1, day,
		 clock);
	return pl_time_read(iso, ret_ms);
}

static void look_at_clock(struct doctor *d, int64_t offset_ms)
{
	int64_t s = (offset_ms < 0 ? -offset_ms : offset_ms) / 1000;

	if (s * 1000 <= CLOCK_WRONG_MS)
		doctor_say(d, "clock", FINDING_OK, NULL, NULL, "%" PRId64 " s from the connector's",
			   s);
	else
		doctor_say(d, "clock", FINDING_PROBLEM, NULL,
			   "timedatectl set-ntp true, or set the connector's clock",
			   "this PC's clock is %" PRId64 " s %s the connector's", s,
			   offset_ms > 0 ? "behind" : "ahead of");
}

/* A connector refuses this call of a stranger in its own words; anything else is no connector. */
static void judge(struct doctor *d, const struct pl_http_response *response, struct pl_bytes *body)
{
	const char *word;
	cJSON *doc = NULL;

	if (pl_json_parse(pl_bytes_span(body), &doc, NULL) != PL_OK)
		doc = NULL;
	word = pl_json_text(doc, "error");
	if (word && strcmp(word, "certificate_required") == 0)
		doctor_say(d, "answer", FINDING_OK, NULL, NULL, "a Platen connector answers");
	else
		doctor_say(d, "answer", FINDING_PROBLEM, NULL,
			   "mend the address: port 12351 is the connector's for agents",
			   "what answers is no Platen connector: HTTP %d, %s", response->status,
			   response->content_type[0] ? response->content_type : "no content type");
	cJSON_Delete(doc);
}

static enum pl_result keep_piece(void *arg, const void *data, size_t n, struct pl_error *err)
{
	(void)err;
	return pl_bytes_add(arg, data, n);
}

static void ask(struct doctor *d, struct pl_stream *s, const char *host)
{
	struct pl_http_request request = {
		.method = "GET", .target = "/sda/v1/config", .host = host, .close = true
	};
	struct pl_http_response response = { 0 };
	struct pl_bytes head, body;
	struct pl_http_sink sink = { .max = MAX_BODY, .head = &head };
	struct pl_error err;
	int64_t there_ms;
	enum pl_result r;

	pl_bytes_init(&head, PL_MAX_HTTP_HEAD);
	pl_bytes_init(&body, MAX_BODY);
	sink.piece = keep_piece;
	sink.arg = &body;
	r = pl_http_exchange(s, &request, pl_clock_in_ms(STEP_MS), &sink, &response, &err);
	if (r != PL_OK && r != PL_E_TOO_BIG)
		doctor_say(d, "answer", FINDING_PROBLEM, NULL, advice_for_tls(r), "%s", err.text);
	else
		judge(d, &response, &body);
	if (read_date(pl_bytes_span(&head), &there_ms))
		look_at_clock(d, there_ms - pl_clock_wall_ms());
	pl_bytes_finish(&body);
	pl_bytes_finish(&head);
}

static void shake_hands(struct doctor *d, const struct pl_url *url)
{
	struct pl_tls_options tls = { 0 };
	struct pl_dialer *dialer = NULL;
	struct pl_stream *s = NULL;
	struct pl_error err;
	enum pl_result r;

	choose_trust(d, &tls);
	r = pl_dialer_create(d->server, &d->settings, &tls, NULL, &dialer, &err);
	if (r == PL_OK)
		r = pl_dial(dialer, pl_clock_in_ms(STEP_MS), &s, &err);
	if (r != PL_OK) {
		doctor_say(d, "tls", FINDING_PROBLEM, NULL, advice_for_tls(r), "%s", err.text);
	} else {
		doctor_say(d, "tls", FINDING_OK, NULL, NULL, "%s is the server it should be",
			   url->host);
		ask(d, s, pl_dialer_host(dialer));
		pl_stream_close(s);
	}
	pl_dialer_destroy(dialer);
}

void doctor_look_at_way(struct doctor *d)
{
	struct pl_proxy proxy;
	struct pl_error err;
	struct pl_url url;

	if (!d->server[0]) {
		doctor_say(d, "server", FINDING_UNKNOWN, NULL, "say it as root",
			   "which connector is meant stands in settings that cannot be read");
		return;
	}
	if (pl_url_parse(d->server, &url, &err) != PL_OK) {
		doctor_say(d, "server", FINDING_PROBLEM, NULL, "mend `server` in the settings",
			   "%s", err.text);
		return;
	}
	if (choose_proxy(d, &url, &proxy) && connect_to(d, &url, &proxy))
		shake_hands(d, &url);
}
