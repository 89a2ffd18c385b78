/* SPDX-License-Identifier: Apache-2.0 */
/* Tier 1: IPP and LEDM over an interface that printing does not need. */
#include <string.h>

#include "line.h"
#include "platen/clock.h"
#include "tcp_stream.h"

#define LEASE_MS	2000
#define IDENTITY_AGE_MS (24 * 3600 * 1000LL)
#define VENDOR_HP	0x03f0

static bool has_print_pipe(const struct pl_usb_device *dev, uint8_t interface)
{
	for (size_t i = 0; i < dev->setting_count; i++)
		if (dev->settings[i].interface == interface &&
		    pl_usb_is_print_pipe(&dev->settings[i]))
			return true;
	return false;
}

/* A spare interface: selecting its setting takes the print pipe from nobody. */
static bool is_spare(const struct pl_usb_device *dev, const struct pl_usb_setting *s)
{
	return (pl_usb_is_ipp(s) || pl_usb_is_vendor_http(s)) && s->ep_in && s->ep_out &&
	       !has_print_pipe(dev, s->interface);
}

bool conversation_can_http(const struct conversation *c)
{
	const struct pl_usb_device *dev = c->dev;

	if (c->http_port)
		return true;
	for (size_t i = 0; i < dev->setting_count; i++)
		if (is_spare(dev, &dev->settings[i]))
			return true;
	return false;
}

void line_hang_up(struct line *l)
{
	pl_stream_close(l->stream);
	l->stream = NULL;
}

/* True when the setting's interface is among the first so many spare ones that this printer bears
 * in use; the others are left alone also where those are busy. */
static bool is_within_limit(const struct pl_usb_device *dev, const struct pl_usb_setting *s)
{
	uint32_t limit = dev->quirks.value[PL_QUIRK_MAX_INTERFACES], before = 0;
	int last = -1;

	for (size_t i = 0; i < dev->setting_count; i++) {
		const struct pl_usb_setting *other = &dev->settings[i];

		if (other->interface < s->interface && other->interface != last &&
		    is_spare(dev, other)) {
			last = other->interface;
			before++;
		}
	}
	return limit == 0 || before < limit;
}

int line_spares(const struct pl_usb_device *dev)
{
	int last = -1, n = 0;

	for (size_t i = 0; i < dev->setting_count; i++) {
		const struct pl_usb_setting *s = &dev->settings[i];

		if (s->interface == last || !is_spare(dev, s) || !is_within_limit(dev, s))
			continue;
		last = s->interface;
		n++;
	}
	return n;
}

/* Leases the first spare interface that is free: 7/1/4 first, because it is a standard. */
static enum pl_result lease_spare(struct line *l, struct pl_error *err)
{
	const struct pl_usb_device *dev = l->c->dev;
	enum pl_result r = PL_E_UNSUPPORTED;

	if (l->stream)
		return PL_OK;
	if (l->c->http_port)
		return pl_tcp_connect("127.0.0.1", l->c->http_port, conversation_by(l->c, LEASE_MS),
				      l->c->prober->wake, &l->stream, err);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < dev->setting_count; i++) {
			const struct pl_usb_setting *s = &dev->settings[i];

			if (!is_spare(dev, s) || pl_usb_is_ipp(s) != (pass == 0) ||
			    !is_within_limit(dev, s))
				continue;
			r = pl_usb_lease(l->c->prober->usb, dev, s, false,
					 conversation_by(l->c, LEASE_MS), &l->stream, err);
			if (r == PL_OK || r == PL_E_GONE || r == PL_E_CANCELLED)
				return r;
		}
	}
	return r;
}

/* Waits as long as this printer's quirks want before a request. */
static enum pl_result pause_before(struct line *l, struct pl_error *err)
{
	const uint32_t *quirk = l->c->dev->quirks.value;
	uint32_t ms = quirk[l->has_asked ? PL_QUIRK_REQUEST_DELAY : PL_QUIRK_INIT_DELAY];

	l->has_asked = true;
	return ms > 0 ? pl_usb_pause(l->c->prober->usb, conversation_by(l->c, ms), err) : PL_OK;
}

enum pl_result line_pick_up(struct line *l, struct pl_error *err)
{
	const char *headers = l->c->dev->quirks.headers;
	enum pl_result r = lease_spare(l, err);

	if (r != PL_OK)
		return r;
	if (headers[0])
		l->stream->http_headers = headers;
	return pause_before(l, err);
}

int64_t line_by(const struct line *l, int64_t ms)
{
	int64_t wanted = l->c->dev->quirks.value[PL_QUIRK_INIT_TIMEOUT];

	return conversation_by(l->c, wanted > ms ? wanted : ms);
}

bool line_may_go_on(const struct line *l, const struct pl_http_response *response)
{
	return l->c->http_port ? response->keep_alive : response->in_step;
}

bool line_is_stale(const struct pl_known *known, enum pl_source source)
{
	return pl_clock_now_ms() - known->identity_ms[source] > IDENTITY_AGE_MS;
}

uint64_t line_hash_reasons(const struct pl_snapshot *s)
{
	uint64_t sum = 0; /* of FNV-1a hashes: the order of reasons means nothing */

	for (size_t i = 0; i < s->reason_count; i++) {
		uint64_t h = 0xcbf29ce484222325u;

		for (const char *c = s->reasons[i]; *c; c++)
			h = (h ^ (uint8_t)*c) * 0x100000001b3u;
		sum += h;
	}
	return sum;
}

/* A state that went from idle to processing is no news: the job's end will be. The same state with
 * another change time is: something happened in between. */
void line_compare_glance(struct pl_known *known, const struct pl_glance *now)
{
	const struct pl_glance *was = &known->glance;

	known->changed =
		!known->glanced || now->reasons_mark != was->reasons_mark ||
		now->config_change_time != was->config_change_time ||
		strcmp(now->alert_mark, was->alert_mark) != 0 ||
		(now->state == was->state && now->state_change_time != was->state_change_time);
	known->glance = *now;
	known->glanced = true;
}

static bool is_end(enum pl_result r)
{
	return r == PL_E_GONE || r == PL_E_CANCELLED;
}

/* HP's language; asked of nobody else, because some printers hang on a path they do not know. A
 * small look needs one language only. */
static bool wants_ledm(const struct conversation *c)
{
	return c->dev->vendor_id == VENDOR_HP && c->known->ledm != PL_SKILL_NO &&
	       (c->depth == PL_DEPTH_FULL || c->known->ipp != PL_SKILL_YES);
}

/* "I do not speak that" is no failure where the other language answered. */
static void note_failure(struct conversation *c, enum pl_source source, enum pl_result r,
			 const struct pl_error *err)
{
	if (r != PL_OK && !(r == PL_E_NOT_FOUND && c->r->access.tier >= 1))
		conversation_failed(c, source, err);
}

enum pl_result conversation_http(struct conversation *c, struct pl_error *err)
{
	struct line line = { .c = c };
	struct pl_error ipp_err = { PL_OK, "" };
	enum pl_result ipp = PL_OK, ledm = PL_OK;

	if (c->known->ipp != PL_SKILL_NO)
		ipp = line_talk_ipp(&line, &ipp_err);
	if (!is_end(ipp) && wants_ledm(c))
		ledm = line_talk_ledm(&line, err);
	line_hang_up(&line);

	if (is_end(ipp))
		*err = ipp_err;
	if (is_end(ipp) || is_end(ledm))
		return err->code;
	note_failure(c, PL_SOURCE_IPP, ipp, &ipp_err);
	note_failure(c, PL_SOURCE_LEDM, ledm, err);
	return PL_OK;
}
