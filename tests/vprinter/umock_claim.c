/* SPDX-License-Identifier: Apache-2.0 */
/* umockdev front end, claims: who holds which interface, by the rules of drivers/usb/core/devio.c.
 */

#include "umock_claim.h"

#include <errno.h>
#include <string.h>

#include <glib.h>

#include "umock_urb.h"

/* Waits for nothing: how many interfaces there are never changes. */
unsigned umock_interface_count(const struct umock_port *port)
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

	if (interface >= umock_interface_count(port))
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
int umock_check(struct umock_port *port, UMockdevIoctlClient *client, int interface)
{
	bool mine;
	int error;

	if (interface < 0 || (unsigned)interface >= umock_interface_count(port))
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

int umock_check_endpoint(struct umock_port *port, UMockdevIoctlClient *client, uint8_t endpoint)
{
	return umock_check(port, client, vp_device_interface_of(port->printer->device, endpoint));
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
		return umock_check(port, client, (int)(index & 0xff));
	if ((setup[0] & 0x1f) == 2 && (index & 0x7f) != 0)
		return umock_check_endpoint(port, client, (uint8_t)index);
	return 0;
}

/* Gives an interface up; the kernel then puts alternate setting 0 back. */
void umock_let_go(struct umock_port *port, unsigned interface)
{
	pthread_mutex_lock(&port->mutex);
	port->claims[interface] = NULL;
	pthread_mutex_unlock(&port->mutex);
	if (vp_device_selected(port->printer->device, interface) != 0)
		vp_device_select(port->printer->device, interface, 0);
}

int umock_claim(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface)
{
	int error = claim(port, client, interface);

	log_interface(port, "claim", interface, error);
	return error;
}

int umock_release(struct umock_port *port, UMockdevIoctlClient *client, unsigned interface)
{
	bool mine;

	if (interface >= umock_interface_count(port))
		return ENOENT;
	pthread_mutex_lock(&port->mutex);
	mine = port->claims[interface] == client;
	pthread_mutex_unlock(&port->mutex);
	if (!mine)
		return EINVAL;
	umock_urbs_kill(port, client, (int)interface);
	umock_let_go(port, interface);
	log_interface(port, "release", interface, 0);
	return 0;
}

int umock_get_driver(struct umock_port *port, struct usbdevfs_getdriver *ask)
{
	int error = 0;

	if (ask->interface >= umock_interface_count(port))
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

int umock_interface_ioctl(struct umock_port *port, const struct usbdevfs_ioctl *ask, int *result)
{
	if (ask->ifno < 0 || (unsigned)ask->ifno >= umock_interface_count(port))
		return EINVAL;
	if (ask->ioctl_code == (int)USBDEVFS_DISCONNECT)
		return detach_driver(port, (unsigned)ask->ifno);
	if (ask->ioctl_code != (int)USBDEVFS_CONNECT)
		return ENOTTY;
	*result = attach_driver(port, (unsigned)ask->ifno);
	return 0;
}

int umock_disconnect_claim(struct umock_port *port, UMockdevIoctlClient *client,
			   const struct usbdevfs_disconnect_claim *ask)
{
	struct usbdevfs_getdriver now = { .interface = ask->interface };
	bool bound;

	if (ask->interface >= umock_interface_count(port))
		return EINVAL;
	bound = umock_get_driver(port, &now) == 0;
	if (bound && (ask->flags & USBDEVFS_DISCONNECT_CLAIM_IF_DRIVER) &&
	    strncmp(now.driver, ask->driver, sizeof(ask->driver)) != 0)
		return EBUSY;
	if (bound && (ask->flags & USBDEVFS_DISCONNECT_CLAIM_EXCEPT_DRIVER) &&
	    strncmp(now.driver, ask->driver, sizeof(ask->driver)) == 0)
		return EBUSY;
	if (bound && strcmp(now.driver, "usbfs") != 0)
		detach_driver(port, ask->interface);
	return umock_claim(port, client, ask->interface);
}
