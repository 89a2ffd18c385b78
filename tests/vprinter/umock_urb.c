/* SPDX-License-Identifier: Apache-2.0 */
/* umockdev front end, URBs: kernel URBs of a client on one side, transfers on the other. */

#include "umock_urb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "umock_claim.h"

#define SETUP_SIZE 8

struct umock_urb {
	struct vp_transfer transfer;
	struct umock_port *port;
	UMockdevIoctlData *data;   /* struct usbdevfs_urb in the client */
	UMockdevIoctlData *buffer; /* what its buffer points to; NULL where it is empty */
	UMockdevIoctlClient *client;
	gulong address; /* of the URB in the client */
	bool control;
	struct umock_urb *next;
};

static void unlink_urb(struct umock_urb **list, struct umock_urb *urb)
{
	for (; *list; list = &(*list)->next) {
		if (*list != urb)
			continue;
		*list = urb->next;
		urb->next = NULL;
		return;
	}
}

static void free_urb(struct umock_urb *urb)
{
	g_clear_object(&urb->buffer);
	g_clear_object(&urb->data);
	free(urb->transfer.data);
	free(urb);
}

/* Any thread: moves the URB to the finished ones; no GObject work here. */
static void finished(struct vp_transfer *t)
{
	struct umock_urb *urb = t->owner, **end;
	struct umock_port *port = urb->port;

	pthread_mutex_lock(&port->mutex);
	unlink_urb(&port->pending, urb);
	for (end = &port->finished; *end; end = &(*end)->next)
		;
	*end = urb;
	port->finished_count++;
	umock_node_gate(port);
	pthread_mutex_unlock(&port->mutex);
}

/* The client's buffer becomes the transfer's; of a control URB the setup packet comes first. */
static void fill(struct umock_urb *urb, const struct usbdevfs_urb *from)
{
	struct vp_transfer *t = &urb->transfer;
	size_t n = (size_t)from->buffer_length;
	const uint8_t *bytes = urb->buffer ? urb->buffer->data : NULL;

	t->data = calloc(1, n + 1);
	if (!t->data)
		abort();
	t->size = n;
	t->endpoint = from->endpoint;
	t->owner = urb;
	t->done = finished;
	if (urb->control) {
		t->endpoint = 0;
		t->size = n - SETUP_SIZE;
		memcpy(t->setup, bytes, SETUP_SIZE);
		memcpy(t->data, bytes + SETUP_SIZE, t->size);
	} else if (bytes) {
		memcpy(t->data, bytes, n);
	}
}

int umock_urb_submit(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *arg,
		     UMockdevIoctlData *data)
{
	const struct usbdevfs_urb *from = (const struct usbdevfs_urb *)(void *)data->data;
	bool control = from->type == USBDEVFS_URB_TYPE_CONTROL;
	struct umock_urb *urb;
	int error;

	(void)arg;
	if ((!control && from->type != USBDEVFS_URB_TYPE_BULK) || from->buffer_length < 0 ||
	    (control && from->buffer_length < SETUP_SIZE))
		return EINVAL;
	urb = calloc(1, sizeof(*urb));
	if (!urb)
		abort();
	urb->port = port;
	urb->client = client;
	urb->control = control;
	urb->address = data->client_addr;
	urb->data = g_object_ref(data);
	if (from->buffer_length > 0)
		urb->buffer = umockdev_ioctl_data_resolve(
			data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
			(size_t)from->buffer_length, NULL);
	if (from->buffer_length > 0 && !urb->buffer) {
		free_urb(urb);
		return EFAULT;
	}
	fill(urb, from);
	error = control ? umock_check_control(port, client, urb->transfer.setup) : 0;
	if (error) {
		free_urb(urb);
		return error;
	}
	pthread_mutex_lock(&port->mutex);
	urb->next = port->pending;
	port->pending = urb;
	pthread_mutex_unlock(&port->mutex);
	umock_sysfs_count(port);
	vp_device_submit(port->printer->device, &urb->transfer);
	return 0;
}

int umock_urb_discard(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
	gulong address = *(gulong *)(void *)arg->data;
	struct umock_urb *urb;

	pthread_mutex_lock(&port->mutex);
	for (urb = port->pending; urb; urb = urb->next)
		if (urb->client == client && urb->address == address)
			break;
	pthread_mutex_unlock(&port->mutex);
	/* Only this thread frees URBs, so it is still there; whether it is still pending, the pipe
	 * knows. */
	if (!urb || !vp_device_cancel(port->printer->device, &urb->transfer, -ENOENT))
		return EINVAL;
	return 0;
}

/* Takes the client's oldest finished URB; NULL when there is none. */
static struct umock_urb *take_finished(struct umock_port *port, UMockdevIoctlClient *client)
{
	struct umock_urb *urb;

	pthread_mutex_lock(&port->mutex);
	for (urb = port->finished; urb && urb->client != client; urb = urb->next)
		;
	if (urb) {
		unlink_urb(&port->finished, urb);
		port->finished_count--;
		umock_node_gate(port);
	}
	pthread_mutex_unlock(&port->mutex);
	return urb;
}

int umock_urb_reap(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *data)
{
	struct umock_urb *urb = take_finished(port, client);
	struct usbdevfs_urb *to;

	if (!urb)
		return umock_is_there(port, client) ? EAGAIN : ENODEV;
	to = (struct usbdevfs_urb *)(void *)urb->data->data;
	to->status = urb->transfer.status;
	to->actual_length = (int)urb->transfer.actual;
	if (urb->buffer && (urb->control || (urb->transfer.endpoint & 0x80)))
		memcpy(urb->buffer->data + (urb->control ? SETUP_SIZE : 0), urb->transfer.data,
		       urb->transfer.actual);
	umockdev_ioctl_data_set_ptr(data, 0,
				    urb->data); /* goes to the client when the ioctl ends */
	free_urb(urb);
	return 0;
}

int umock_control(struct umock_port *port, UMockdevIoctlClient *client, UMockdevIoctlData *data,
		  int *result)
{
	const struct usbdevfs_ctrltransfer *c = (const void *)data->data;
	uint8_t setup[8] = { c->bRequestType,	  c->bRequest,
			     (uint8_t)c->wValue,  (uint8_t)(c->wValue >> 8),
			     (uint8_t)c->wIndex,  (uint8_t)(c->wIndex >> 8),
			     (uint8_t)c->wLength, (uint8_t)(c->wLength >> 8) };
	UMockdevIoctlData *buffer = NULL;
	size_t actual = 0;
	int error = umock_check_control(port, client, setup);

	if (error)
		return error;
	if (c->wLength > 0)
		buffer = umockdev_ioctl_data_resolve(
			data, G_STRUCT_OFFSET(struct usbdevfs_ctrltransfer, data), c->wLength,
			NULL);
	if (c->wLength > 0 && !buffer)
		return EFAULT;
	umock_sysfs_count(port);
	error = -vp_device_control(port->printer->device, setup, buffer ? buffer->data : NULL,
				   c->wLength, &actual);
	*result = (int)actual;
	g_clear_object(&buffer);
	return error;
}

/* A pending URB of the client, on that interface or any. */
static struct umock_urb *pending_of(struct umock_port *port, UMockdevIoctlClient *client,
				    int interface)
{
	struct umock_urb *urb;

	pthread_mutex_lock(&port->mutex);
	for (urb = port->pending; urb; urb = urb->next) {
		if (urb->client != client)
			continue;
		if (interface < 0 || vp_device_interface_of(port->printer->device,
							    urb->transfer.endpoint) == interface)
			break;
	}
	pthread_mutex_unlock(&port->mutex);
	return urb;
}

void umock_urbs_kill(struct umock_port *port, UMockdevIoctlClient *client, int interface)
{
	struct umock_urb *urb;

	while ((urb = pending_of(port, client, interface)))
		if (!vp_device_cancel(port->printer->device, &urb->transfer, -ENOENT))
			g_usleep(500); /* it is finishing on another thread at this moment */
}

void umock_urbs_forget(struct umock_port *port, UMockdevIoctlClient *client)
{
	struct umock_urb *urb;

	while ((urb = take_finished(port, client)))
		free_urb(urb);
}
