/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umockdev front end, usbfs: the ioctls of a device node, answered as drivers/usb/core/devio.c
 * does: who may claim what, what is claimed implicitly, what a class request needs. One worker
 * thread serves all clients and must not block; transfers finish on other threads and are reaped
 * later.
 */

#include <errno.h>
#include <string.h>

#include <glib.h>

#include "umock_claim.h"
#include "umock_urb.h"

#define CAPABILITIES                                                                               \
	(USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM |                              \
	 USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT)

static int set_interface(struct umock_port *port, UMockdevIoctlClient *client,
			 const struct usbdevfs_setinterface *ask)
{
	int error = umock_check(port, client, (int)ask->interface);

	if (error != 0)
		return error;
	return -vp_device_select(port->printer->device, ask->interface, ask->altsetting);
}

static int set_configuration(struct umock_port *port)
{
	int error = 0;

	pthread_mutex_lock(&port->mutex);
	for (unsigned i = 0; i < umock_interface_count(port); i++)
		if (port->claims[i] || port->drivers[i][0])
			error = EBUSY;
	pthread_mutex_unlock(&port->mutex);
	vp_log_text(port->printer->log, "set-configuration", "result", error ? "busy" : "ok", NULL);
	if (error == 0)
		vp_device_reset(port->printer->device, -ESHUTDOWN);
	return error;
}

static int clear_halt(struct umock_port *port, UMockdevIoctlClient *client, unsigned endpoint)
{
	int error = umock_check_endpoint(port, client, (uint8_t)endpoint);

	return error ? error : -vp_device_clear_halt(port->printer->device, (uint8_t)endpoint);
}

static int reset(struct umock_port *port)
{
	vp_log_text(port->printer->log, "reset", NULL);
	vp_device_reset(port->printer->device, -EPROTO);
	return 0;
}

/* Does one request; returns an errno or 0 with *result set. `data` is the argument in our memory.
 */
static int serve(struct umock_port *port, UMockdevIoctlClient *client, unsigned long request,
		 UMockdevIoctlData *arg, UMockdevIoctlData *data, int *result)
{
	void *at = data ? data->data : NULL;

	switch (request) {
	case USBDEVFS_GET_CAPABILITIES: *(uint32_t *)at = CAPABILITIES; return 0;
	case USBDEVFS_GET_SPEED:
		*result = (int)vp_device_descriptors(port->printer->device)->speed;
		return 0;
	case USBDEVFS_CLAIMINTERFACE: return umock_claim(port, client, *(unsigned *)at);
	case USBDEVFS_RELEASEINTERFACE: return umock_release(port, client, *(unsigned *)at);
	case USBDEVFS_DISCONNECT_CLAIM: return umock_disconnect_claim(port, client, at);
	case USBDEVFS_GETDRIVER: return umock_get_driver(port, at);
	case USBDEVFS_IOCTL: return umock_interface_ioctl(port, at, result);
	case USBDEVFS_SETINTERFACE: return set_interface(port, client, at);
	case USBDEVFS_SETCONFIGURATION: return set_configuration(port);
	case USBDEVFS_CLEAR_HALT:
	case USBDEVFS_RESETEP: return clear_halt(port, client, *(unsigned *)at);
	case USBDEVFS_RESET: return reset(port);
	case USBDEVFS_CONTROL: return umock_control(port, client, data, result);
	case USBDEVFS_SUBMITURB: {
		struct usbdevfs_urb *urb = at;
		int error = urb->type == USBDEVFS_URB_TYPE_BULK
				    ? umock_check_endpoint(port, client, urb->endpoint)
				    : 0;

		return error ? error : umock_urb_submit(port, client, arg, data);
	}
	case USBDEVFS_DISCARDURB: return umock_urb_discard(port, client, arg);
	case USBDEVFS_REAPURB:
	case USBDEVFS_REAPURBNDELAY: return umock_urb_reap(port, client, data);
	default: return ENOTTY;
	}
}

/* False for a client of a printer that was unplugged, even if another one stands in its socket now.
 */
bool umock_is_there(struct umock_port *port, UMockdevIoctlClient *client)
{
	bool there;

	pthread_mutex_lock(&port->mutex);
	there = port->plugged && strcmp(umockdev_ioctl_client_get_devnode(client), port->node) == 0;
	pthread_mutex_unlock(&port->mutex);
	return there;
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer arg)
{
	struct umock_port *port = arg;
	unsigned long request = umockdev_ioctl_client_get_request(client);
	UMockdevIoctlData *pointer = umockdev_ioctl_client_get_arg(client), *data = NULL;
	bool reap = request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY;
	int result = 0, error;

	(void)base;
	/* A URB keeps its address in the client, so that DISCARDURB finds it: it is not resolved.
	 */
	if (_IOC_SIZE(request) > 0 && request != USBDEVFS_DISCARDURB)
		data = umockdev_ioctl_data_resolve(pointer, 0, _IOC_SIZE(request), NULL);
	if (!reap && !umock_is_there(port, client))
		error = ENODEV;
	else
		error = serve(port, client, request, pointer, data, &result);
	umockdev_ioctl_client_complete(client, error ? -1 : result, error);
	g_clear_object(&data);
	return TRUE;
}

/* close(): the kernel kills what is under way and gives the claims up. */
static void on_gone(gpointer arg, GObject *client)
{
	struct umock_port *port = arg;

	umock_urbs_kill(port, (UMockdevIoctlClient *)client, -1);
	umock_urbs_forget(port, (UMockdevIoctlClient *)client);
	for (unsigned i = 0; i < umock_interface_count(port); i++) {
		bool mine;

		pthread_mutex_lock(&port->mutex);
		mine = port->claims[i] == (UMockdevIoctlClient *)client;
		pthread_mutex_unlock(&port->mutex);
		if (mine)
			umock_let_go(port, i);
	}
	vp_log_text(port->printer->log, "close", "node", "usbfs", NULL);
	umock_power_closed(port);
}

/* umockdev declares "client-vanished" and never emits it; the death of the client object is what
 * there is. */
static void on_connected(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer arg)
{
	struct umock_port *port = arg;

	(void)base;
	g_object_weak_ref(G_OBJECT(client), on_gone, port);
	vp_log_text(port->printer->log, "open", "node", "usbfs", NULL);
	umock_power_opened(port);
}

void umock_usbfs_init(struct umock_port *port)
{
	port->base = umockdev_ioctl_base_new();
	g_signal_connect(port->base, "handle-ioctl", G_CALLBACK(on_ioctl), port);
	g_signal_connect(port->base, "client-connected", G_CALLBACK(on_connected), port);
}

void umock_usbfs_unplugged(struct umock_port *port)
{
	pthread_mutex_lock(&port->mutex);
	memset(port->claims, 0, sizeof(port->claims));
	pthread_mutex_unlock(&port->mutex);
	vp_device_reset(port->printer->device, -ESHUTDOWN);
}
