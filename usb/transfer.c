/* SPDX-License-Identifier: Apache-2.0 */
/* Runs libusb transfers. They end on the event thread, which wakes the thread that waits here. The
 * wait itself has no deadline: libusb ends the transfer at its own, and until it has ended, its
 * memory belongs to the kernel. Time is real time, whatever the program's clock tells: the printer
 * does not know that clock. */
#include "transfer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "platen/clock.h"

struct transfer {
	struct usb_wait wait; /* first: wake_transfer() finds the rest by it */
	struct pl_usb *usb;
	struct libusb_transfer *libusb;
	pthread_cond_t over;
	bool is_over;
};

static void wake_transfer(struct usb_wait *w)
{
	libusb_cancel_transfer(((struct transfer *)w)->libusb);
}

static void LIBUSB_CALL end_transfer(struct libusb_transfer *libusb)
{
	struct transfer *t = libusb->user_data;

	pthread_mutex_lock(&t->usb->lock);
	t->is_over = true;
	pthread_cond_signal(&t->over);
	pthread_mutex_unlock(&t->usb->lock);
}

static int code_of(enum libusb_transfer_status status)
{
	switch (status) {
	case LIBUSB_TRANSFER_COMPLETED: return 0;
	case LIBUSB_TRANSFER_TIMED_OUT: return LIBUSB_ERROR_TIMEOUT;
	case LIBUSB_TRANSFER_CANCELLED: return LIBUSB_ERROR_INTERRUPTED;
	case LIBUSB_TRANSFER_STALL: return LIBUSB_ERROR_PIPE;
	case LIBUSB_TRANSFER_NO_DEVICE: return LIBUSB_ERROR_NO_DEVICE;
	case LIBUSB_TRANSFER_OVERFLOW: return LIBUSB_ERROR_OVERFLOW;
	default: return LIBUSB_ERROR_IO;
	}
}

/* Submits a filled transfer and waits for its end. The lock is held while it is submitted, so that
 * a stop finds either a transfer it can cancel or none. */
static int run(struct pl_usb *usb, struct libusb_transfer *libusb, size_t *ret_n)
{
	struct transfer t = { .wait.wake = wake_transfer, .usb = usb, .libusb = libusb };
	int r = LIBUSB_ERROR_INTERRUPTED;

	libusb->callback = end_transfer;
	libusb->user_data = &t;
	pthread_cond_init(&t.over, NULL);
	pthread_mutex_lock(&usb->lock);
	if (usb_wait_enter(usb, &t.wait)) {
		r = libusb_submit_transfer(libusb);
		while (r == 0 && !t.is_over)
			pthread_cond_wait(&t.over, &usb->lock);
		usb_wait_leave(&t.wait);
	}
	pthread_mutex_unlock(&usb->lock);
	pthread_cond_destroy(&t.over);
	if (r == 0) {
		*ret_n = (size_t)libusb->actual_length;
		r = code_of(libusb->status);
	}
	return r;
}

int usb_bulk(struct pl_usb *usb, libusb_device_handle *handle, uint8_t endpoint, void *buf,
	     size_t n, uint8_t flags, int ms, size_t *ret_n)
{
	struct libusb_transfer *libusb = libusb_alloc_transfer(0);
	int r;

	*ret_n = 0;
	if (!libusb)
		return LIBUSB_ERROR_NO_MEM;
	libusb_fill_bulk_transfer(libusb, handle, endpoint, buf, (int)n, NULL, NULL, (unsigned)ms);
	libusb->flags = flags;
	r = run(usb, libusb, ret_n);
	libusb_free_transfer(libusb);
	return r;
}

int usb_class_request(struct pl_usb *usb, libusb_device_handle *handle, uint8_t request,
		      uint16_t value, uint16_t index, void *buf, size_t cap, int ms, size_t *ret_n)
{
	const uint8_t type =
		LIBUSB_ENDPOINT_IN | LIBUSB_REQUEST_TYPE_CLASS | LIBUSB_RECIPIENT_INTERFACE;
	struct libusb_transfer *libusb = libusb_alloc_transfer(0);
	uint8_t *packet = calloc(1, LIBUSB_CONTROL_SETUP_SIZE + cap);
	int r = LIBUSB_ERROR_NO_MEM;

	*ret_n = 0;
	if (libusb && packet) {
		libusb_fill_control_setup(packet, type, request, value, index, (uint16_t)cap);
		libusb_fill_control_transfer(libusb, handle, packet, NULL, NULL, (unsigned)ms);
		r = run(usb, libusb, ret_n);
		memcpy(buf, packet + LIBUSB_CONTROL_SETUP_SIZE, *ret_n);
	}
	free(packet);
	libusb_free_transfer(libusb);
	return r;
}

int usb_soft_reset(struct pl_usb *usb, libusb_device_handle *handle, uint8_t interface, int ms)
{
	static const uint8_t TYPES[] = { 0x23, 0x21 }; /* to "other", to the interface */
	struct libusb_transfer *libusb = libusb_alloc_transfer(0);
	uint8_t packet[LIBUSB_CONTROL_SETUP_SIZE];
	int r = LIBUSB_ERROR_NO_MEM;
	size_t n;

	for (size_t i = 0; libusb && i < sizeof(TYPES) && r != 0; i++) {
		libusb_fill_control_setup(packet, TYPES[i], 2, 0, interface, 0);
		libusb_fill_control_transfer(libusb, handle, packet, NULL, NULL, (unsigned)ms);
		r = run(usb, libusb, &n);
	}
	libusb_free_transfer(libusb);
	return r;
}

struct nap {
	struct usb_wait wait;
	pthread_cond_t over;
	bool is_over;
};

static void wake_nap(struct usb_wait *w)
{
	struct nap *nap = (struct nap *)w;

	nap->is_over = true;
	pthread_cond_signal(&nap->over);
}

static struct timespec real_time_in(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

int usb_sleep(struct pl_usb *usb, int ms)
{
	struct nap nap = { .wait.wake = wake_nap };
	struct timespec end = real_time_in(ms);
	bool woken = true;

	pl_clock_cond_init(&nap.over);
	pthread_mutex_lock(&usb->lock);
	if (usb_wait_enter(usb, &nap.wait)) {
		while (!nap.is_over && pthread_cond_timedwait(&nap.over, &usb->lock, &end) == 0)
			;
		woken = nap.is_over;
		usb_wait_leave(&nap.wait);
	}
	pthread_mutex_unlock(&usb->lock);
	pthread_cond_destroy(&nap.over);
	return woken ? LIBUSB_ERROR_INTERRUPTED : 0;
}

enum pl_result pl_usb_pause(struct pl_usb *usb, int64_t by_ms, struct pl_error *err)
{
	int code = usb_sleep(usb, pl_clock_left_ms(by_ms));

	return code < 0 ? usb_failed(code, err, "waiting for the printer") : PL_OK;
}
