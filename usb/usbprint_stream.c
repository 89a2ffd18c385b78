/* SPDX-License-Identifier: Apache-2.0 */
/* A pipe of usbprint.sys as a stream. */
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"
#include "usbprint.h"

#define TRANSFER_MAX 16384
#define PAUSE_MS     10 /* a zero-length packet says "nothing yet" */

/* What an earlier user did not read comes at once; quiet for so long means that there is none. */
#define QUIET_MS     60
#define DRAIN_MAX_MS 2000
#define RESET_MS     2000

struct usbprint_stream {
	struct pl_stream stream; /* first: the vtable finds the rest by it */
	struct pl_usb *usb;
	struct usbprint_open open;
	bool is_broken; /* a transfer failed: the printer is not asked for anything more */
	size_t at, end; /* of buf: what came and was not read yet */
	uint8_t buf[TRANSFER_MAX];
};

static enum pl_result fill(struct usbprint_stream *p, int64_t by_ms, struct pl_error *err)
{
	const struct usbprint_system *system = p->usb->system;

	p->at = p->end = 0;
	for (;;) {
		enum pl_result r =
			system->read(p->open.pipe, p->buf, sizeof(p->buf), by_ms, &p->end, err);

		if (p->end > 0)
			return PL_OK; /* also what came before the time was up */
		if (r != PL_OK)
			return r;
		if (pl_clock_left_ms(by_ms) == 0)
			return pl_error_set(err, PL_E_TIMEOUT,
					    "the printer did not answer in time");
		r = pl_usb_pause(p->usb, pl_clock_in_ms(PAUSE_MS), err);
		if (r != PL_OK)
			return r;
	}
}

static enum pl_result stream_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
				  size_t *ret_n, struct pl_error *err)
{
	struct usbprint_stream *p = (struct usbprint_stream *)s;
	enum pl_result r = PL_OK;

	if (p->at == p->end) {
		r = fill(p, by_ms, err);
		if (r != PL_OK)
			return r;
	}
	*ret_n = p->end - p->at < cap ? p->end - p->at : cap;
	memcpy(buf, p->buf + p->at, *ret_n);
	p->at += *ret_n;
	return PL_OK;
}

static enum pl_result stream_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				   struct pl_error *err)
{
	struct usbprint_stream *p = (struct usbprint_stream *)s;
	const uint8_t *at = buf;

	if (p->is_broken)
		return pl_error_set(err, PL_E_INVALID, "an earlier write failed");
	while (n > 0) {
		size_t done = 0, piece = n < TRANSFER_MAX ? n : TRANSFER_MAX;
		enum pl_result r =
			p->usb->system->write(p->open.pipe, at, piece, by_ms, &done, err);

		at += done;
		n -= done;
		if (r != PL_OK) {
			p->is_broken = true;
			return r;
		}
	}
	return PL_OK;
}

static void stream_close(struct pl_stream *s)
{
	struct usbprint_stream *p = (struct usbprint_stream *)s;

	usbprint_end(p->usb, &p->open);
	free(p);
}

static const struct pl_stream_ops USBPRINT_OPS = {
	.name = "usbprint",
	.read = stream_read,
	.write = stream_write,
	.close = stream_close,
};

/* Throws away what an earlier user left unread. */
static enum pl_result drain(struct usbprint_stream *p, struct pl_error *err)
{
	int64_t by_ms = pl_clock_in_ms(DRAIN_MAX_MS);

	while (pl_clock_left_ms(by_ms) > 0) {
		size_t n = 0;
		enum pl_result r = p->usb->system->read(p->open.pipe, p->buf, sizeof(p->buf),
							pl_clock_in_ms(QUIET_MS), &n, err);

		if (r == PL_E_TIMEOUT && n == 0)
			return PL_OK;
		if (r != PL_OK && r != PL_E_TIMEOUT)
			return r;
	}
	return pl_error_set(err, PL_E_PROTOCOL, "the printer does not stop sending");
}

/* What an earlier stream left half sent is forgotten. */
static enum pl_result reset(struct usbprint_stream *p, struct pl_error *err)
{
	size_t n = 0;

	return p->usb->system->ask(p->open.pipe, USBPRINT_SOFT_RESET, NULL, 0,
				   pl_clock_in_ms(RESET_MS), &n, err);
}

enum pl_result usbprint_stream(struct pl_usb *usb, const char *path, enum usbprint_how how,
			       struct pl_stream **ret_stream, struct pl_error *err)
{
	struct usbprint_stream *p = malloc(sizeof(*p));
	enum pl_result r;

	if (!p)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*p = (struct usbprint_stream){ .stream.ops = &USBPRINT_OPS, .usb = usb };
	r = usbprint_begin(usb, path, how != USBPRINT_SHARED, &p->open, err);
	if (r != PL_OK) {
		free(p);
		return r;
	}
	if (how == USBPRINT_AFRESH)
		r = reset(p, err);
	if (r == PL_OK)
		r = drain(p, err);
	if (r == PL_OK)
		*ret_stream = &p->stream;
	else
		stream_close(&p->stream);
	return r;
}
