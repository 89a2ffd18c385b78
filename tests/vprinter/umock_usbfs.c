/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umockdev front end, usbfs: the ioctls of a device node, answered as drivers/usb/core/devio.c
 * does: who may claim what, what is claimed implicitly, what a class request needs. One worker
 * thread serves all clients and must not block; transfers finish on other threads and are reaped
 * later.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/ioctl.h>

#include <linux/usbdevice_fs.h>

#include <glib.h>

#include "umock.h"
#include "umock_urb.h"

#define CAPABILITIES                                                                               \
	(USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_NO_PACKET_SIZE_LIM |                              \
	 USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT)

/* Waits for nothing: how many interfaces there are never changes. */
static unsigned interface_count(const struct umock_port *port)
{
	return vp_device_descriptors(port->printer->device)->interface_count;
}

static void log_interface(struct umock_port *port, const char *what, unsigned interface, int error)
{
	cJSON *line = cJSON_CreateObject();

	cJSON_AddNumberToObject(line, "interface", interface);
	cJSON_AddStringToObject(line, "result", error == 0 ? "ok" : g_strerror(error));
	vp_log_json(port->printer->log, what, line);
}

/* The kernel's claimintf(); 0 or an errno. */
static int claim(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface)
{
	int error = 0;

	if (interface >= interface_count(port))
		return ENOENT;
	pthread_mutex_lock(&port->mutex);
	if (port->claims[interface] != client &&
	    (port->claims[interface] || port->drivers[interface][0]))
		error = EBUSY;
	else
		port->claims[interface] = client;
	pthread_mutex_unlock(&port->mutex);
	return error;
}

/* The kernel's checkintf(): what is not claimed is claimed on the way. */
static int check(struct umock_port *port, UMockdevIoctlClient *client, int interface)
{
	bool mine;
	int error;

	if (interface < 0 || (unsigned)interface >= interface_count(port))
		return ENOENT;
	pthread_mutex_lock(&port->mutex);
	mine = port->claims[interface] == client;
	pthread_mutex_unlock(&port->mutex);
	if (mine)
		return 0;
	error = claim(port, client, (unsigned)interface);
	log_interface(port, "implicit-claim", (unsigned)interface, error);
	return error;
}

static int check_endpoint(struct umock_port *port, UMockdevIoctlClient *client, uint8_t endpoint)
{
	return check(port, client, vp_device_interface_of(port->printer->device, endpoint));
}

/* The kernel's check_ctrlrecip(), with its exception for GET_DEVICE_ID of a printer's setting. */
int umock_check_control(struct umock_port *port, UMockdevIoctlClient *client,
			const uint8_t setup[8])
{
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);
	unsigned index = setup[4] | (unsigned)setup[5] << 8;
	const struct vp_setting *s = vp_descriptors_find(d, index >> 8, index & 0xff);

	if ((setup[0] & 0x60) == 0x40)
		return 0;
	if (setup[0] == 0xa1 && setup[1] == 0 && s && s->class_code == 7)
		return 0;
	if ((setup[0] & 0x1f) == 1)
		return check(port, client, (int)(index & 0xff));
	if ((setup[0] & 0x1f) == 2 && (index & 0x7f) != 0)
		return check_endpoint(port, client, (uint8_t)index);
	return 0;
}

/* Gives an interface up; the kernel then puts alternate setting 0 back. */
static void let_go(struct umock_port *port, unsigned interface)
{
	pthread_mutex_lock(&port->mutex);
	port->claims[interface] = NULL;
	pthread_mutex_unlock(&port->mutex);
	if (vp_device_selected(port->printer->device, interface) != 0)
		vp_device_select(port->printer->device, interface, 0);
}

static int do_claim(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface)
{
	int error = claim(port, client, interface);

	log_interface(port, "claim", interface, error);
	return error;
}

static int do_release(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface)
{
	bool mine;

	if (interface >= interface_count(port))
		return ENOENT;
	pthread_mutex_lock(&port->mutex);
	mine = port->claims[interface] == client;
	pthread_mutex_unlock(&port->mutex);
	if (!mine)
		return EINVAL;
	umock_urbs_kill(port, client, (int)interface);
	let_go(port, interface);
	log_interface(port, "release", interface, 0);
	return 0;
}

static int get_driver(struct umock_port *port, struct usbdevfs_getdriver *ask)
{
	int error = 0;

	if (ask->interface >= interface_count(port))
		return ENODATA;
	pthread_mutex_lock(&port->mutex);
	if (port->drivers[ask->interface][0])
		g_strlcpy(ask->driver, port->drivers[ask->interface], sizeof(ask->driver));
	else if (port->claims[ask->interface])
		g_strlcpy(ask->driver, "usbfs", sizeof(ask->driver));
	else
		error = ENODATA;
	pthread_mutex_unlock(&port->mutex);
	return error;
}

/* Throws the kernel driver off; what a program that had it open sees is its own affair. */
static int detach_driver(struct umock_port *port, unsigned interface)
{
	char driver[sizeof(port->drivers[0])];

	pthread_mutex_lock(&port->mutex);
	memcpy(driver, port->drivers[interface], sizeof(driver));
	port->drivers[interface][0] = '\0';
	pthread_mutex_unlock(&port->mutex);
	if (driver[0] == '\0')
		return ENODATA;
	log_interface(port, "detach-driver", interface, 0);
	if (strcmp(driver, "usblp") == 0)
		umock_lp_unbind(port);
	umock_sysfs_driver(port, interface, "");
	return 0;
}

/* USBDEVFS_CONNECT: the kernel looks for a driver again. Returns 1 when one was bound. */
static int attach_driver(struct umock_port *port, unsigned interface)
{
	const cJSON *usb = vp_profile_behaviour(port->printer->profile, "usb");
	const cJSON *drivers = cJSON_GetObjectItemCaseSensitive(usb, "drivers");
	char number[8];
	const cJSON *name;
	bool taken;

	g_snprintf(number, sizeof(number), "%u", interface);
	name = cJSON_GetObjectItemCaseSensitive(drivers, number);
	pthread_mutex_lock(&port->mutex);
	taken = port->claims[interface] || port->drivers[interface][0];
	pthread_mutex_unlock(&port->mutex);
	if (!name || taken || strcmp(name->valuestring, "usblp") != 0)
		return 0;
	log_interface(port, "attach-driver", interface, 0);
	umock_lp_bind(port, interface);
	return 1;
}

static int interface_ioctl(struct umock_port *port, const struct usbdevfs_ioctl *ask, int *result)
{
	if (ask->ifno < 0 || (unsigned)ask->ifno >= interface_count(port))
		return EINVAL;
	if (ask->ioctl_code == (int)USBDEVFS_DISCONNECT)
		return detach_driver(port, (unsigned)ask->ifno);
	if (ask->ioctl_code != (int)USBDEVFS_CONNECT)
		return ENOTTY;
	*result = attach_driver(port, (unsigned)ask->ifno);
	return 0;
}

static int disconnect_claim(struct umock_port *port, UMockdevIoctlClient *client,
			    const struct usbdevfs_disconnect_claim *ask)
{
	struct usbdevfs_getdriver now = { .interface = ask->interface };
	bool bound;

	if (ask->interface >= interface_count(port))
		return EINVAL;
	bound = get_driver(port, &now) == 0;
	if (bound && (ask->flags & USBDEVFS_DISCONNECT_CLAIM_IF_DRIVER) &&
	    strncmp(now.driver, ask->driver, sizeof(ask->driver)) != 0)
		return EBUSY;
	if (bound && (ask->flags & USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER) &&
	    strncmp(now.driver, ask->driver, sizeof(ask->driver)) == 0)
		return EBUSY;
	if (bound && strcmp(now.driver, "usbfs") != 0)
		detach_driver(port, ask->interface);
	return do_claim(port, client, ask->interface);
}

static int set_interface(struct umock_port *port, UMockdevIoctlClient *client,
			 const struct usbdevfs_setinterface *ask)
{
	int error = check(port, client, (int)ask->interface);

	if (error != 0)
		return error;
	return -vp_device_select(port->printer->device, ask->interface, ask->altsetting);
}

static int set_configuration(struct umock_port *port)
{
	int error = 0;

	pthread_mutex_lock(&port->mutex);
	for (unsigned i = 0; i < interface_count(port); i++)
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
	int error = check_endpoint(port, client, (uint8_t)endpoint);

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
	case USBDEVFS_CLAIMINTERFACE: return do_claim(port, client, *(unsigned *)at);
	case USBDEVFS_RELEASEINTERFACE: return do_release(port, client, *(unsigned *)at);
	case USBDEVFS_DISCONNECT_CLAIM: return disconnect_claim(port, client, at);
	case USBDEVFS_GETDRIVER: return get_driver(port, at);
	case USBDEVFS_IOCTL: return interface_ioctl(port, at, result);
	case USBDEVFS_SETINTERFACE: return set_interface(port, client, at);
	case USBDEVFS_SETCONFIGURATION: return set_configuration(port);
	case USBDEVFS_CLEAR_HALT:
	case USBDEVFS_RESETEP: return clear_halt(port, client, *(unsigned *)at);
	case USBDEVFS_RESET: return reset(port);
	case USBDEVFS_CONTROL: return umock_control(port, client, data, result);
	case USBDEVFS_SUBMITURB: {
		struct usbdevfs_urb *urb = at;
		int error = urb->type == USBDEVFS_URB_TYPE_BULK
				    ? check_endpoint(port, client, urb->endpoint)
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
	for (unsigned i = 0; i < interface_count(port); i++) {
		bool mine;

		pthread_mutex_lock(&port->mutex);
		mine = port->claims[i] == (UMockdevIoctlClient *)client;
		pthread_mutex_unlock(&port->mutex);
		if (mine)
			let_go(port, i);
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
