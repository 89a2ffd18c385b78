/* SPDX-License-Identifier: Apache-2.0 */
/* umockdev front end, sysfs: the files and links that a real kernel has for a USB device, under the
 * test bed's root. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "umock.h"

#define BUS_DEVICES "/sys/bus/usb/devices/"
#define DRIVERS	    "/sys/bus/usb/drivers/"

/* Writes the attribute `name` of the device at `sys`, a line of text. */
static void attribute(struct vp_umockdev *u, const char *sys, const char *name, const char *format,
		      ...) __attribute__((format(printf, 4, 5)));

static void attribute(struct vp_umockdev *u, const char *sys, const char *name, const char *format,
		      ...)
{
	char *path = g_strdup_printf("/sys%s/%s", sys, name);
	char *text;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	umock_write(u, path, text, strlen(text));
	g_free(text);
	g_free(path);
}

/* "../" as often as `sys` is deep below /sys: the way back to /sys from the folder itself. */
static char *way_back(const char *sys)
{
	GString *s = g_string_new("");

	for (; *sys; sys++)
		if (*sys == '/')
			g_string_append(s, "../");
	return g_string_free(s, FALSE);
}

/* The link `name` in the folder of `sys`, to `target` below /sys. */
static void link_from(struct vp_umockdev *u, const char *sys, const char *name, const char *target)
{
	char *back = way_back(sys);
	char *path = g_strdup_printf("/sys%s/%s", sys, name);
	char *to = g_strconcat(back, target, NULL);

	umock_link(u, path, to);
	g_free(to);
	g_free(path);
	g_free(back);
}

/* The link in /sys/bus/usb/devices. */
static void list_on_bus(struct vp_umockdev *u, const char *sys)
{
	const char *name = strrchr(sys, '/') + 1;
	char *path = g_strconcat(BUS_DEVICES, name, NULL);
	char *target = g_strconcat("../../..", sys, NULL);

	umock_link(u, path, target);
	link_from(u, sys, "subsystem", "bus/usb");
	g_free(target);
	g_free(path);
}

void umock_sysfs_hub(struct vp_umockdev *u)
{
	static const uint8_t DESCRIPTORS[] = {
		18, 1, 0, 2,	9, 0, 1, 64, 0x6b, 0x1d, 2, 0, 1, 6, 0, 0, 0,	 1, 9, 2, 25, 0,
		1,  1, 0, 0xe0, 0, 9, 4, 0,  0,	   1,	 9, 0, 0, 0, 7, 5, 0x81, 3, 4, 0, 12,
	};

	list_on_bus(u, UMOCK_HUB);
	attribute(
		u, UMOCK_HUB, "uevent",
		"MAJOR=189\nMINOR=0\nDEVNAME=/dev/bus/usb/001/001\nDEVTYPE=usb_device\nDRIVER=usb\n"
		"PRODUCT=1d6b/2/601\nTYPE=9/0/1\nBUSNUM=001\nDEVNUM=001\n");
	attribute(u, UMOCK_HUB, "busnum", "1\n");
	attribute(u, UMOCK_HUB, "devnum", "1\n");
	attribute(u, UMOCK_HUB, "dev", "189:0\n");
	attribute(u, UMOCK_HUB, "speed", "480\n");
	attribute(u, UMOCK_HUB, "bConfigurationValue", "1\n");
	attribute(u, UMOCK_HUB, "bNumConfigurations", "1\n");
	attribute(u, UMOCK_HUB, "bDeviceClass", "09\n");
	attribute(u, UMOCK_HUB, "idVendor", "1d6b\n");
	attribute(u, UMOCK_HUB, "idProduct", "0002\n");
	attribute(u, UMOCK_HUB, "maxchild", "15\n");
	attribute(u, UMOCK_HUB, "rx_lanes", "1\n");
	attribute(u, UMOCK_HUB, "tx_lanes", "1\n");
	umock_write(u, "/sys" UMOCK_HUB "/descriptors", DESCRIPTORS, sizeof(DESCRIPTORS));
	umock_write(u, "/dev/bus/usb/001/001", "", 0);
	umock_node_number(u, "bus/usb/001/001", 189, 0);
}

static char *interface_sys(const struct umock_port *port, unsigned interface)
{
	return g_strdup_printf("%s/1-%d:1.%u", port->sys, port->printer->port, interface);
}

static void interface_uevent(struct umock_port *port, const char *sys, const struct vp_setting *s,
			     const char *driver)
{
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);

	attribute(port->front, sys, "uevent",
		  "DEVTYPE=usb_interface\n%s%s%sPRODUCT=%x/%x/%x\nTYPE=0/0/0\nINTERFACE=%d/%d/%d\n",
		  *driver ? "DRIVER=" : "", driver, *driver ? "\n" : "", d->vendor_id,
		  d->product_id, d->release, s->class_code, s->subclass, s->protocol);
}

static void add_interface(struct umock_port *port, const struct vp_setting *s)
{
	struct vp_umockdev *u = port->front;
	char *sys = interface_sys(port, s->interface);

	interface_uevent(port, sys, s, "");
	attribute(u, sys, "bInterfaceNumber", "%02x\n", s->interface);
	attribute(u, sys, "bAlternateSetting", "%2d\n", s->alternate);
	attribute(u, sys, "bNumEndpoints", "%02x\n", (s->ep_in != 0) + (s->ep_out != 0));
	attribute(u, sys, "bInterfaceClass", "%02x\n", s->class_code);
	attribute(u, sys, "bInterfaceSubClass", "%02x\n", s->subclass);
	attribute(u, sys, "bInterfaceProtocol", "%02x\n", s->protocol);
	list_on_bus(u, sys);
	umock_uevent(u, "add", sys, "usb", "usb_interface");
	g_free(sys);
}

static void add_string(struct umock_port *port, const char *name, int index)
{
	char *text = vp_device_string(port->printer->device, index);

	if (text)
		attribute(port->front, port->sys, name, "%s\n", text);
	g_free(text);
}

static void add_device_uevent(struct umock_port *port)
{
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);
	GString *interfaces = g_string_new(":");

	for (size_t i = 0; i < d->setting_count; i++)
		g_string_append_printf(interfaces, "%02x%02x%02x:", d->settings[i].class_code,
				       d->settings[i].subclass, d->settings[i].protocol);
	attribute(port->front, port->sys, "uevent",
		  "MAJOR=189\nMINOR=%d\nDEVNAME=%s\nDEVTYPE=usb_device\nDRIVER=usb\n"
		  "PRODUCT=%x/%x/%x\nTYPE=0/0/0\nBUSNUM=001\nDEVNUM=%03d\n"
		  "ID_VENDOR_ID=%04x\nID_MODEL_ID=%04x\nID_USB_INTERFACES=%s\n",
		  port->address - 1, port->node, d->vendor_id, d->product_id, d->release,
		  port->address, d->vendor_id, d->product_id, interfaces->str);
	g_string_free(interfaces, TRUE);
}

static void add_descriptors(struct umock_port *port)
{
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);
	GByteArray *all = g_byte_array_new();
	char *path = g_strdup_printf("/sys%s/descriptors", port->sys);

	g_byte_array_append(all, d->device, sizeof(d->device));
	g_byte_array_append(all, d->config, (guint)d->config_size);
	umock_write(port->front, path, all->data, all->len);
	g_free(path);
	g_byte_array_free(all, TRUE);
}

/* Written at each transfer: in place, for a number that only grows. */
static void add_urbnum(struct umock_port *port)
{
	char *path = g_strdup_printf("%s/sys%s/urbnum", port->front->root, port->sys);

	attribute(port->front, port->sys, "urbnum", "0\n");
	pthread_mutex_lock(&port->mutex);
	port->urbs = 0;
	port->urbnum_fd = open(path, O_WRONLY | O_CLOEXEC);
	pthread_mutex_unlock(&port->mutex);
	g_free(path);
}

static void remove_urbnum(struct umock_port *port)
{
	pthread_mutex_lock(&port->mutex);
	if (port->urbnum_fd >= 0)
		close(port->urbnum_fd);
	port->urbnum_fd = -1;
	pthread_mutex_unlock(&port->mutex);
}

void umock_sysfs_count(struct umock_port *port)
{
	char text[16];
	int n;

	pthread_mutex_lock(&port->mutex);
	n = snprintf(text, sizeof(text), "%u\n", ++port->urbs);
	if (port->urbnum_fd >= 0 && pwrite(port->urbnum_fd, text, (size_t)n, 0) != n)
		fprintf(stderr, "vprinter: cannot write urbnum: %s\n", strerror(errno));
	pthread_mutex_unlock(&port->mutex);
}

void umock_sysfs_add(struct umock_port *port)
{
	struct vp_umockdev *u = port->front;
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);
	const char *sys = port->sys;

	add_device_uevent(port);
	attribute(u, sys, "busnum", "1\n");
	attribute(u, sys, "devnum", "%d\n", port->address);
	attribute(u, sys, "devpath", "%d\n", port->printer->port);
	attribute(u, sys, "dev", "189:%d\n", port->address - 1);
	attribute(u, sys, "speed", "%s\n", vp_speed_text(d->speed));
	attribute(u, sys, "version", "%2x.%02x\n", d->device[3], d->device[2]);
	attribute(u, sys, "bConfigurationValue", "1\n");
	attribute(u, sys, "bNumConfigurations", "1\n");
	attribute(u, sys, "bNumInterfaces", "%2d\n", d->interface_count);
	attribute(u, sys, "bMaxPacketSize0", "%d\n", d->device[7]);
	attribute(u, sys, "bMaxPower", "2mA\n");
	attribute(u, sys, "bmAttributes", "%02x\n", d->config[7]);
	attribute(u, sys, "configuration", "%s", "");
	attribute(u, sys, "rx_lanes", "1\n");
	attribute(u, sys, "tx_lanes", "1\n");
	attribute(u, sys, "bDeviceClass", "00\n");
	attribute(u, sys, "bDeviceSubClass", "00\n");
	attribute(u, sys, "bDeviceProtocol", "00\n");
	attribute(u, sys, "bcdDevice", "%04x\n", d->release);
	attribute(u, sys, "idVendor", "%04x\n", d->vendor_id);
	attribute(u, sys, "idProduct", "%04x\n", d->product_id);
	attribute(u, sys, "maxchild", "0\n");
	add_urbnum(port);
	attribute(u, sys, "power/control", "auto\n");
	add_string(port, "manufacturer", 1);
	add_string(port, "product", 2);
	add_string(port, "serial", 3);
	add_descriptors(port);
	umock_sysfs_power(port, false);
	list_on_bus(u, sys);
	umock_uevent(u, "add", sys, "usb", "usb_device");
	for (size_t i = 0; i < d->setting_count; i++)
		if (d->settings[i].alternate == 0)
			add_interface(port, &d->settings[i]);
}

void umock_sysfs_remove(struct umock_port *port)
{
	struct vp_umockdev *u = port->front;
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);
	char *dir = g_strconcat(u->root, "/sys", port->sys, NULL);
	char *listed = g_strconcat(BUS_DEVICES, strrchr(port->sys, '/') + 1, NULL);

	for (unsigned i = 0; i < d->interface_count; i++) {
		char *sys = interface_sys(port, i);
		char *on_bus = g_strconcat(BUS_DEVICES, strrchr(sys, '/') + 1, NULL);

		umock_uevent(u, "remove", sys, "usb", "usb_interface");
		umock_unlink(u, on_bus);
		g_free(on_bus);
		g_free(sys);
	}
	umock_uevent(u, "remove", port->sys, "usb", "usb_device");
	umock_unlink(u, listed);
	remove_urbnum(port);
	umock_remove_tree(dir);
	g_free(listed);
	g_free(dir);
}

void umock_sysfs_driver(struct umock_port *port, unsigned interface, const char *driver)
{
	const struct vp_descriptors *d = vp_device_descriptors(port->printer->device);
	char *sys = interface_sys(port, interface);
	char *path = g_strdup_printf("/sys%s/driver", sys);
	char *target = g_strconcat("bus/usb/drivers/", driver, NULL);
	char *listed = g_strdup_printf(DRIVERS "%s/%s", driver, strrchr(sys, '/') + 1);
	char *way = g_strconcat("../../../..", sys, NULL);

	umock_unlink(port->front, path);
	if (*driver) {
		link_from(port->front, sys, "driver", target);
		umock_link(port->front, listed, way);
	}
	interface_uevent(port, sys, vp_descriptors_find(d, interface, 0), driver);
	g_free(way);
	g_free(listed);
	g_free(target);
	g_free(path);
	g_free(sys);
}

void umock_sysfs_lp(struct umock_port *port, unsigned interface, int number, const char *id)
{
	struct vp_umockdev *u = port->front;
	char *sys = interface_sys(port, interface);
	char *lp = g_strdup_printf("%s/usbmisc/lp%d", sys, number);
	char *listed = g_strdup_printf("/sys/class/usbmisc/lp%d", number);

	if (id) {
		char *target = g_strconcat("../..", lp, NULL);

		attribute(u, sys, "ieee1284_id", "%s", id);
		attribute(u, lp, "dev", "180:%d\n", number);
		attribute(u, lp, "uevent", "MAJOR=180\nMINOR=%d\nDEVNAME=/dev/usb/lp%d\n", number,
			  number);
		link_from(u, lp, "subsystem", "class/usbmisc");
		link_from(u, lp, "device", sys + 1);
		umock_link(u, listed, target);
		umock_uevent(u, "add", lp, "usbmisc", NULL);
		g_free(target);
	} else {
		char *dir = g_strdup_printf("%s/sys%s/usbmisc", u->root, sys);
		char *attr = g_strdup_printf("/sys%s/ieee1284_id", sys);

		umock_uevent(u, "remove", lp, "usbmisc", NULL);
		umock_unlink(u, listed);
		umock_unlink(u, attr);
		umock_remove_tree(dir);
		g_free(attr);
		g_free(dir);
	}
	g_free(listed);
	g_free(lp);
	g_free(sys);
}

void umock_sysfs_power(struct umock_port *port, bool suspended)
{
	attribute(port->front, port->sys, "power/runtime_status", "%s\n",
		  suspended ? "suspended" : "active");
}
