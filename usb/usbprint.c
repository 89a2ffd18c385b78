/* SPDX-License-Identifier: Apache-2.0 */
/* The USB view of a Windows PC: made, watched, stopped, and its open pipes. */
#include "usbprint.h"

#include <stdlib.h>

#include "platen/clock.h"

enum pl_result usbprint_create(const struct usbprint_system *system, struct pl_usb **ret_usb,
			       struct pl_error *err)
{
	struct pl_usb *usb = calloc(1, sizeof(*usb));

	if (!usb)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	usb->system = system;
	pthread_mutex_init(&usb->lock, NULL);
	pl_clock_cond_init(&usb->stopped);
	*ret_usb = usb;
	return PL_OK;
}

void pl_usb_destroy(struct pl_usb *usb)
{
	if (!usb)
		return;
	pthread_cond_destroy(&usb->stopped);
	pthread_mutex_destroy(&usb->lock);
	free(usb);
}

void pl_usb_use_quirks(struct pl_usb *usb, const struct pl_quirk_set *set)
{
	usb->quirks = set;
}

void pl_usb_interrupt(struct pl_usb *usb)
{
	pthread_mutex_lock(&usb->lock);
	usb->interrupted = true;
	for (struct usbprint_open *o = usb->open; o; o = o->next)
		usb->system->interrupt(o->pipe);
	pthread_cond_broadcast(&usb->stopped);
	pthread_mutex_unlock(&usb->lock);
}

enum pl_result pl_usb_pause(struct pl_usb *usb, int64_t by_ms, struct pl_error *err)
{
	bool stopped, more = true;

	pthread_mutex_lock(&usb->lock);
	while (!usb->interrupted && more)
		more = pl_clock_wait(&usb->stopped, &usb->lock, by_ms);
	stopped = usb->interrupted;
	pthread_mutex_unlock(&usb->lock);
	return stopped ? pl_error_set(err, PL_E_CANCELLED, "stopped") : PL_OK;
}

enum pl_result usbprint_begin(struct pl_usb *usb, const char *path, bool alone,
			      struct usbprint_open *open, struct pl_error *err)
{
	enum pl_result r = usb->system->open(path, alone, &open->pipe, err);

	if (r != PL_OK)
		return r;
	pthread_mutex_lock(&usb->lock);
	open->next = usb->open;
	usb->open = open;
	if (usb->interrupted)
		usb->system->interrupt(open->pipe);
	pthread_mutex_unlock(&usb->lock);
	return PL_OK;
}

void usbprint_end(struct pl_usb *usb, struct usbprint_open *open)
{
	struct usbprint_open **at;

	pthread_mutex_lock(&usb->lock);
	for (at = &usb->open; *at != open; at = &(*at)->next)
		;
	*at = open->next;
	pthread_mutex_unlock(&usb->lock);
	usb->system->close(open->pipe);
}

enum pl_result usbprint_ask(struct pl_usb *usb, const char *path, enum usbprint_question question,
			    void *ret_data, size_t cap, int64_t by_ms, size_t *ret_n,
			    struct pl_error *err)
{
	struct usbprint_open open;
	enum pl_result r = usbprint_begin(usb, path, false, &open, err);

	if (r != PL_OK)
		return r;
	r = usb->system->ask(open.pipe, question, ret_data, cap, by_ms, ret_n, err);
	usbprint_end(usb, &open);
	return r;
}

enum pl_result pl_usb_watch(struct pl_usb *usb, void (*changed)(void *arg), void *arg,
			    struct pl_error *err)
{
	enum pl_result r = usb->system->watch(changed, arg, err);

	if (r == PL_OK)
		changed(arg); /* what is there already */
	return r;
}

void pl_usb_unwatch(struct pl_usb *usb)
{
	usb->system->unwatch();
}
