/* SPDX-License-Identifier: Apache-2.0 */
/* Devices on Linux: what is attached, who holds it, whether it sleeps. */
#include "os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "platen/span.h"
#include "context.h"
#include "sysfs.h"

enum pl_result pl_usb_list(struct pl_usb *usb, struct pl_usb_device *ret_devices, size_t cap,
			   size_t *ret_count, struct pl_error *err)
{
	enum pl_result r = usb_sysfs_list(USB_SYSFS, ret_devices, cap, ret_count, err);

	for (size_t i = 0; r == PL_OK && i < *ret_count; i++)
		usb_give_quirks(usb, &ret_devices[i]);
	return r;
}

enum pl_usb_power pl_usb_power(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	(void)usb;
	return usb_sysfs_power(USB_SYSFS, dev);
}

int64_t pl_usb_traffic(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	(void)usb;
	return usb_sysfs_traffic(USB_SYSFS, dev);
}

static void node_of(const struct pl_usb_device *dev, char ret_path[static 32])
{
	snprintf(ret_path, 32, "/dev/bus/usb/%03u/%03u", dev->bus, dev->address);
}

enum pl_result pl_usb_may_use(struct pl_usb *usb, const struct pl_usb_device *dev,
			      struct pl_error *err)
{
	char path[32];

	(void)usb;
	node_of(dev, path);
	if (access(path, R_OK | W_OK) == 0)
		return PL_OK;
	if (errno == EACCES || errno == EPERM)
		return pl_error_set(err, PL_E_DENIED, "no permission to use %s", path);
	return pl_error_set(err, PL_E_GONE, "there is no %s", path);
}

/* Asks usbfs itself, which knows of a claim before sysfs shows it; `otherwise` where it cannot be
 * asked. The node only opens for who may write to it. */
static enum pl_usb_owner ask_usbfs(const struct pl_usb_device *dev, uint8_t interface,
				   enum pl_usb_owner otherwise, char ret_name[static 32])
{
	struct usbdevfs_getdriver who = { .interface = interface };
	enum pl_usb_owner owner = otherwise;
	char path[32];
	int fd;

	node_of(dev, path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return otherwise;
	if (ioctl(fd, USBDEVFS_GETDRIVER, &who) == 0) {
		who.driver[sizeof(who.driver) - 1] = '\0';
		pl_span_copy(pl_span_of(who.driver), ret_name, 32);
		owner = usb_owner_of(ret_name);
	} else if (errno == ENODATA) {
		owner = PL_USB_OWNER_NONE;
	}
	close(fd);
	return owner;
}

enum pl_usb_owner pl_usb_owner_shown(struct pl_usb *usb, const struct pl_usb_device *dev,
				     uint8_t interface, char ret_name[static 32])
{
	(void)usb;
	ret_name[0] = '\0';
	return usb_sysfs_is_attached(USB_SYSFS, dev)
		       ? usb_sysfs_owner(USB_SYSFS, dev, interface, ret_name)
		       : PL_USB_OWNER_UNKNOWN;
}

enum pl_usb_owner pl_usb_owner(struct pl_usb *usb, const struct pl_usb_device *dev,
			       uint8_t interface, char ret_name[static 32])
{
	enum pl_usb_owner owner = pl_usb_owner_shown(usb, dev, interface, ret_name);

	if (!usb_sysfs_is_attached(USB_SYSFS, dev))
		return PL_USB_OWNER_UNKNOWN;
	if ((owner == PL_USB_OWNER_NONE || owner == PL_USB_OWNER_UNKNOWN) &&
	    pl_usb_power(usb, dev) != PL_USB_POWER_SUSPENDED)
		owner = ask_usbfs(dev, interface, owner, ret_name);
	return owner;
}

bool usb_os_is_attached(struct pl_usb *usb, const struct pl_usb_device *dev)
{
	(void)usb;
	return usb_sysfs_is_attached(USB_SYSFS, dev);
}

enum pl_result usb_os_cached_device_id(struct pl_usb *usb, const struct pl_usb_device *dev,
				       uint8_t interface, char *ret_text, size_t cap,
				       size_t *ret_size)
{
	(void)usb;
	return usb_sysfs_device_id(USB_SYSFS, dev, interface, ret_text, cap, ret_size);
}
