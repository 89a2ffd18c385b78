/* SPDX-License-Identifier: Apache-2.0 */
/* One leased interface as a stream: claimed for one conversation, then put back as it was. */
#include "transfer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"

/* A transfer asks for a multiple of 1024: less than a packet's rest would overflow. Devices and
 * kernels stumble over more than 16 KiB. */
#define PACKETS	     1024
#define TRANSFER_MAX 16384

/* A printer may end its answer on a full packet and send no zero-length packet behind it. The
 * transfer then waits for more although all is there, and only its end shows what came. So the
 * first look is after this time, the next after twice as much. Cancelling loses nothing. */
#define FIRST_LOOK_MS 400

/* A zero-length packet says "nothing yet": ask again after 10 ms, then after 1.25 times that. */
#define PAUSE_MS     10
#define PAUSE_MAX_MS 1000

/* What an earlier user did not read comes at once; quiet for so long means that there is none. */
#define QUIET_MS     60
#define DRAIN_MAX_MS 2000

struct lease {
	struct pl_stream stream; /* first: the vtable finds the rest by it */
	struct pl_usb *usb;
	libusb_device_handle *handle;
	struct pl_usb_setting setting;
	bool is_claimed;
	bool is_cursed;	    /* the handle cannot be closed */
	bool starts_afresh; /* what an earlier stream left half sent is to be forgotten */
	struct pl_quirks quirks;
	bool has_sent;
	uint8_t last_flags; /* of the transfer that ends a write */
	bool is_broken;	    /* a transfer failed: the printer is not asked for anything more */
	size_t at, end;	    /* of buf: what came and was not read yet */
	uint8_t buf[TRANSFER_MAX];
};

/* The last handle that could not be closed: still known, though of no use. */
static _Atomic(libusb_device_handle *) left_open;

static struct lease *lease_of(struct pl_stream *s)
{
	return (struct lease *)s;
}

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

static enum pl_result fail(struct lease *l, int code, const char *doing, struct pl_error *err)
{
	uint8_t interface = l->setting.interface;

	l->is_broken = true;
	if (code == LIBUSB_ERROR_PIPE)
		return pl_error_set(err, PL_E_PROTOCOL,
				    "%s interface %u: the printer refused (STALL)", doing,
				    interface);
	return usb_failed(code, err, "%s interface %u", doing, interface);
}

/* Waits for the next bytes of the printer and puts them into the empty buffer. */
static enum pl_result fill(struct lease *l, size_t want, int left_ms, struct pl_error *err)
{
	int look_ms = FIRST_LOOK_MS, pause_ms = PAUSE_MS;

	while (left_ms > 0) {
		int ms = min_int(look_ms, left_ms);
		int code =
			usb_bulk(l->usb, l->handle, l->setting.ep_in, l->buf, want, 0, ms, &l->end);

		if (l->end > 0 &&
		    (code == 0 || code == LIBUSB_ERROR_TIMEOUT || code == LIBUSB_ERROR_NO_DEVICE))
			return PL_OK; /* what came counts; the next read tells the rest */
		if (code == LIBUSB_ERROR_TIMEOUT) {
			left_ms -= ms;
			look_ms = min_int(look_ms, INT32_MAX / 2) * 2;
			continue;
		}
		if (code == 0) {
			ms = min_int(pause_ms, left_ms);
			code = usb_sleep(l->usb, ms);
			left_ms -= ms;
			pause_ms = min_int(pause_ms + (pause_ms + 3) / 4, PAUSE_MAX_MS);
		}
		if (code < 0)
			return fail(l, code, "reading from", err);
	}
	return pl_error_set(err, PL_E_TIMEOUT, "the printer sent nothing on interface %u",
			    l->setting.interface);
}

static enum pl_result lease_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
				 size_t *ret_n, struct pl_error *err)
{
	struct lease *l = lease_of(s);
	size_t want = cap < TRANSFER_MAX ? (cap + PACKETS - 1) / PACKETS * PACKETS : TRANSFER_MAX;
	enum pl_result r;
	size_t n;

	if (l->setting.ep_in == 0)
		return pl_error_set(err, PL_E_UNSUPPORTED, "interface %u only listens",
				    l->setting.interface);
	if (l->at == l->end) {
		l->at = l->end = 0;
		r = fill(l, want, pl_clock_left_ms(by_ms), err);
		if (r != PL_OK) {
			l->end = 0;
			return r;
		}
	}
	n = l->end - l->at < cap ? l->end - l->at : cap;
	memcpy(buf, l->buf + l->at, n);
	l->at += n;
	*ret_n = n;
	return PL_OK;
}

/* Some printers lose what comes too soon behind the last transfer. */
static int pause_before(const struct lease *l, size_t part, int64_t by_ms)
{
	const uint32_t *quirk = l->quirks.value;

	if (!l->has_sent || quirk[PL_QUIRK_SEND_DELAY] == 0 ||
	    part <= quirk[PL_QUIRK_SEND_THRESHOLD])
		return 0;
	return usb_sleep(l->usb, min_int((int)quirk[PL_QUIRK_SEND_DELAY], pl_clock_left_ms(by_ms)));
}

static enum pl_result lease_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				  struct pl_error *err)
{
	struct lease *l = lease_of(s);
	const uint8_t *at = buf;

	while (n > 0) {
		size_t part = n < TRANSFER_MAX ? n : TRANSFER_MAX, moved = 0;
		int code = pause_before(l, part, by_ms);
		int ms = pl_clock_left_ms(by_ms);

		if (code == 0 && ms == 0)
			code = LIBUSB_ERROR_TIMEOUT;
		if (code == 0)
			code = usb_bulk(l->usb, l->handle, l->setting.ep_out, (void *)at, part,
					n == part ? l->last_flags : 0, ms, &moved);
		l->has_sent = true;
		if (code == 0 && moved == 0)
			code = LIBUSB_ERROR_IO;
		if (code < 0)
			return fail(l, code, "writing to", err);
		at += moved;
		n -= moved;
	}
	return PL_OK;
}

/* Setting 0 is not asked for: Linux puts it back itself when an interface is released. */
static void lease_close(struct pl_stream *s)
{
	struct lease *l = lease_of(s);

	if (l->is_claimed)
		libusb_release_interface(l->handle, l->setting.interface);
	if (l->is_cursed)
		left_open = l->handle;
	else if (l->handle)
		libusb_close(l->handle);
	free(l);
}

static const struct pl_stream_ops LEASE_OPS = {
	.name = "usb",
	.read = lease_read,
	.write = lease_write,
	.close = lease_close,
};

/* Reads away what an earlier user left in the printer: it would look like the beginning of the
 * answer to our first question. A halt he left behind is cleared; it is this interface's alone. */
static enum pl_result drain(struct lease *l, int left_ms, struct pl_error *err)
{
	bool may_clear = true;

	while (left_ms > 0) {
		int ms = min_int(QUIET_MS, left_ms);
		size_t n;
		int code = usb_bulk(l->usb, l->handle, l->setting.ep_in, l->buf, TRANSFER_MAX, 0,
				    ms, &n);

		if (code == LIBUSB_ERROR_PIPE && may_clear) {
			may_clear = false;
			code = libusb_clear_halt(l->handle, l->setting.ep_in);
		} else if (n == 0 && (code == 0 || code == LIBUSB_ERROR_TIMEOUT)) {
			return PL_OK;
		}
		if (code < 0 && code != LIBUSB_ERROR_TIMEOUT)
			return fail(l, code, "listening to", err);
		left_ms -= ms;
	}
	return pl_error_set(err, PL_E_PROTOCOL,
			    "the printer does not stop sending on interface %u, though not asked",
			    l->setting.interface);
}

/* When the device has gone a moment ago, libusb 1.0.26 answers NO_DEVICE and unlocks a lock of the
 * handle that it never took; closing such a handle fails an assertion, which ends the program. So
 * it stays open: a descriptor of a device that is no more, for a plug that was pulled within
 * microseconds. */
static int select_setting(struct lease *l)
{
	int code = libusb_set_interface_alt_setting(l->handle, l->setting.interface,
						    l->setting.alternate);

	l->is_cursed = code == LIBUSB_ERROR_NO_DEVICE;
	return code;
}

/* Claims the interface, selects the setting, listens until it is quiet. */
static enum pl_result begin(struct lease *l, int64_t by_ms, struct pl_error *err)
{
	const struct pl_usb_setting *s = &l->setting;
	int code = libusb_claim_interface(l->handle, s->interface);
	int left_ms;

	if (code < 0)
		return usb_failed(code, err, "cannot claim interface %u", s->interface);
	l->is_claimed = true;
	if (s->alternate != 0)
		code = select_setting(l);
	if (code < 0) {
		l->is_broken = true;
		return usb_failed(code, err, "cannot select setting %u of interface %u",
				  s->alternate, s->interface);
	}
	left_ms = pl_clock_left_ms(by_ms);
	if (left_ms == 0)
		return usb_failed(LIBUSB_ERROR_TIMEOUT, err, "interface %u", s->interface);
	/* One that refuses it has no way to forget but time. */
	if (l->starts_afresh &&
	    usb_soft_reset(l->usb, l->handle, s->interface, left_ms) == LIBUSB_ERROR_NO_DEVICE)
		return usb_failed(LIBUSB_ERROR_NO_DEVICE, err, "interface %u", s->interface);
	return s->ep_in ? drain(l, min_int(left_ms, DRAIN_MAX_MS), err) : PL_OK;
}

static bool has_print_pipe(const struct pl_usb_device *dev, uint8_t interface)
{
	for (size_t i = 0; i < dev->setting_count; i++)
		if (dev->settings[i].interface == interface &&
		    pl_usb_is_print_pipe(&dev->settings[i]))
			return true;
	return false;
}

/* Opens the device and begins; `take`: a kernel driver in our place is put aside until we close. */
static enum pl_result open_lease(struct pl_usb *usb, const struct pl_usb_device *dev,
				 const struct pl_usb_setting *setting, bool take, bool afresh,
				 int64_t by_ms, struct pl_stream **ret_stream, struct pl_error *err)
{
	struct lease *l = malloc(sizeof(*l));
	enum pl_result r;

	if (!l)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*l = (struct lease){
		.stream.ops = &LEASE_OPS,
		.usb = usb,
		.setting = *setting,
		.quirks = dev->quirks,
		.starts_afresh = afresh,
	};
	if (dev->quirks.value[PL_QUIRK_ZLP_SEND])
		l->last_flags = LIBUSB_TRANSFER_ADD_ZERO_PACKET;
	r = usb_open(usb, dev, &l->handle, err);
	if (r == PL_OK && take)
		libusb_set_auto_detach_kernel_driver(l->handle, 1);
	if (r == PL_OK)
		r = begin(l, by_ms, err);
	if (r != PL_OK) {
		lease_close(&l->stream);
		return r;
	}
	*ret_stream = &l->stream;
	return PL_OK;
}

enum pl_result pl_usb_lease(struct pl_usb *usb, const struct pl_usb_device *dev,
			    const struct pl_usb_setting *setting, bool allow_print_pipe,
			    int64_t by_ms, struct pl_stream **ret_stream, struct pl_error *err)
{
	enum pl_usb_owner owner;
	char name[32];

	if (!allow_print_pipe && has_print_pipe(dev, setting->interface))
		return pl_error_set(err, PL_E_INVALID,
				    "interface %u is the print pipe, which is never taken to ask",
				    setting->interface);
	if (setting->ep_out == 0)
		return pl_error_set(err, PL_E_INVALID, "interface %u has no bulk endpoint",
				    setting->interface);
	owner = pl_usb_owner(usb, dev, setting->interface, name);
	if (owner != PL_USB_OWNER_NONE && owner != PL_USB_OWNER_UNKNOWN)
		return usb_is_held(setting->interface, name, err);
	return open_lease(usb, dev, setting, false, false, by_ms, ret_stream, err);
}

enum pl_result pl_usb_take_pipe(struct pl_usb *usb, const struct pl_usb_device *dev,
				const struct pl_usb_setting *setting, bool afresh, int64_t by_ms,
				struct pl_stream **ret_stream, struct pl_error *err)
{
	enum pl_usb_owner owner;
	char name[32];

	if (!pl_usb_is_print_pipe(setting) || setting->ep_out == 0)
		return pl_error_set(err, PL_E_INVALID, "interface %u is no print pipe",
				    setting->interface);
	owner = pl_usb_owner(usb, dev, setting->interface, name);
	if (owner != PL_USB_OWNER_NONE && owner != PL_USB_OWNER_USBLP)
		return usb_is_held(setting->interface, name, err);
	return open_lease(usb, dev, setting, true, afresh, by_ms, ret_stream, err);
}
