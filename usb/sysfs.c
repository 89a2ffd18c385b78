/* SPDX-License-Identifier: Apache-2.0 */
/* Reads sysfs. A file that is not there is an answer, not an error: devices come and go while we
 * look. */
#include "sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "device_id.h"
#include "platen/span.h"

#define DEVICES		"bus/usb/devices"
#define DESCRIPTORS_MAX 8192 /* bytes read; printers have well under 1,000 */

/* Writes "<root>/bus/usb/devices/<device>/<file>". False: too long. */
static bool device_path(char ret_path[static PATH_MAX], const char *root, const char *device,
			const char *file)
{
	return snprintf(ret_path, PATH_MAX, "%s/" DEVICES "/%s/%s", root, device, file) < PATH_MAX;
}

/* The folder of an interface: "1-2:1.0". */
struct interface_name {
	char text[48];
};

static struct interface_name interface_name(const struct pl_usb_device *dev, uint8_t interface)
{
	struct interface_name name;

	snprintf(name.text, sizeof(name.text), "%s:%u.%u", dev->port_path, dev->configuration,
		 interface);
	return name;
}

/* Reads at most `cap` bytes of a file of a device. Returns the bytes, -1 where there are none. */
static ssize_t read_bytes(const char *root, const char *device, const char *file, void *buf,
			  size_t cap)
{
	char path[PATH_MAX];
	size_t size = 0;
	ssize_t n = 0;
	int fd;

	if (!device_path(path, root, device, file))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	while (size < cap && (n = read(fd, (char *)buf + size, cap - size)) > 0)
		size += (size_t)n;
	close(fd);
	return n < 0 ? -1 : (ssize_t)size;
}

/* Reads a one-line file, trimmed; the empty span where there is none. It points into `buf`. */
static struct pl_span read_line(const char *root, const char *device, const char *file, char *buf,
				size_t cap)
{
	ssize_t n = read_bytes(root, device, file, buf, cap);

	return pl_span_trim((struct pl_span){ buf, n > 0 ? (size_t)n : 0 });
}

/* Reads a decimal number of 0..max; -1 where there is none. */
static int64_t read_count(const char *root, const char *device, const char *file, int64_t max)
{
	char buf[16];
	struct pl_span line = read_line(root, device, file, buf, sizeof(buf));
	int64_t value = 0;

	for (size_t i = 0; i < line.size; i++) {
		if (line.at[i] < '0' || line.at[i] > '9')
			return -1;
		value = value * 10 + (line.at[i] - '0');
		if (value > max)
			return -1;
	}
	return line.size > 0 ? value : -1;
}

static int read_number(const char *root, const char *device, const char *file)
{
	return (int)read_count(root, device, file, UINT8_MAX);
}

/* How many bytes of UTF-8 begin at `s`: 1..4, or 0 where it is none. */
static size_t utf8_length(struct pl_span s)
{
	unsigned char c = (unsigned char)s.at[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n > s.size)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (((unsigned char)s.at[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Copies a string descriptor: whole UTF-8 characters that fit; control bytes and what is no UTF-8
 * become '?'. */
static void copy_text(struct pl_span s, char ret_text[static PL_MAX_USB_TEXT])
{
	size_t at = 0;

	while (s.size > 0) {
		size_t n = utf8_length(s);
		bool odd = n == 0 || (unsigned char)s.at[0] < ' ' || s.at[0] == 0x7f;
		size_t step = n == 0 ? 1 : n;

		if (at + step >= PL_MAX_USB_TEXT)
			break;
		if (odd)
			ret_text[at++] = '?';
		else
			memcpy(ret_text + at, s.at, n), at += n;
		s.at += step;
		s.size -= step;
	}
	ret_text[at] = '\0';
}

static void read_text(const char *root, const char *device, const char *file,
		      char ret_text[static PL_MAX_USB_TEXT])
{
	char buf[512]; /* a string descriptor is at most 126 UTF-16 units */

	copy_text(read_line(root, device, file, buf, sizeof(buf)), ret_text);
}

/* Reads one device; false where it is none of ours, or just left. */
static bool read_printer(const char *root, const char *port_path, struct pl_usb_device *ret_dev)
{
	uint8_t bytes[DESCRIPTORS_MAX];
	ssize_t n = read_bytes(root, port_path, "descriptors", bytes, sizeof(bytes));
	int configuration = read_number(root, port_path, "bConfigurationValue");
	int bus = read_number(root, port_path, "busnum");
	int address = read_number(root, port_path, "devnum");
	struct pl_usb_device dev = { 0 };

	if (n < 0 || bus < 0 || address < 0)
		return false;
	if (usb_read_descriptors(bytes, (size_t)n, configuration < 0 ? 0 : (uint8_t)configuration,
				 &dev) != PL_OK ||
	    !usb_is_printer(&dev))
		return false;
	dev.bus = (uint8_t)bus;
	dev.address = (uint8_t)address;
	pl_span_copy(pl_span_of(port_path), dev.port_path, sizeof(dev.port_path));
	read_text(root, port_path, "manufacturer", dev.manufacturer);
	read_text(root, port_path, "product", dev.product);
	read_text(root, port_path, "serial", dev.serial);
	*ret_dev = dev;
	return true;
}

/* Root hubs are "usb1", interfaces "1-2:1.0"; a device is "1-2" or "1-2.3". */
static bool is_device_name(const char *name)
{
	return name[0] >= '0' && name[0] <= '9' && !strchr(name, ':') &&
	       strlen(name) < sizeof(((struct pl_usb_device *)0)->port_path);
}

static int by_port(const void *a, const void *b)
{
	return strcmp(((const struct pl_usb_device *)a)->port_path,
		      ((const struct pl_usb_device *)b)->port_path);
}

enum pl_result usb_sysfs_list(const char *root, struct pl_usb_device *ret_devices, size_t cap,
			      size_t *ret_count, struct pl_error *err)
{
	char path[PATH_MAX];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/" DEVICES, root);
	dir = opendir(path);
	if (!dir && errno != ENOENT)
		return pl_error_set(err, PL_E_IO, "cannot read %s: %s", path, strerror(errno));
	while (dir && count < cap && (entry = readdir(dir)))
		if (is_device_name(entry->d_name) &&
		    read_printer(root, entry->d_name, &ret_devices[count]))
			count++;
	if (dir)
		closedir(dir);
	qsort(ret_devices, count, sizeof(*ret_devices), by_port);
	*ret_count = count;
	return PL_OK;
}

bool usb_sysfs_is_attached(const char *root, const struct pl_usb_device *dev)
{
	return read_number(root, dev->port_path, "busnum") == dev->bus &&
	       read_number(root, dev->port_path, "devnum") == dev->address;
}

enum pl_usb_power usb_sysfs_power(const char *root, const struct pl_usb_device *dev)
{
	char buf[32];
	struct pl_span status =
		read_line(root, dev->port_path, "power/runtime_status", buf, sizeof(buf));

	if (pl_span_is(status, "suspended") || pl_span_is(status, "suspending"))
		return PL_USB_POWER_SUSPENDED;
	if (pl_span_is(status, "active") || pl_span_is(status, "resuming"))
		return PL_USB_POWER_ACTIVE;
	return PL_USB_POWER_UNKNOWN;
}

int64_t usb_sysfs_traffic(const char *root, const struct pl_usb_device *dev)
{
	return read_count(root, dev->port_path, "urbnum", UINT32_MAX);
}

enum pl_usb_owner usb_owner_of(const char *driver)
{
	if (strcmp(driver, "usblp") == 0)
		return PL_USB_OWNER_USBLP;
	return strcmp(driver, "usbfs") == 0 ? PL_USB_OWNER_USBFS : PL_USB_OWNER_OTHER;
}

enum pl_usb_owner usb_sysfs_owner(const char *root, const struct pl_usb_device *dev,
				  uint8_t interface, char ret_name[static 32])
{
	struct interface_name folder = interface_name(dev, interface);
	char path[PATH_MAX], target[PATH_MAX];
	const char *name;
	ssize_t n;

	ret_name[0] = '\0';
	if (!device_path(path, root, folder.text, "driver"))
		return PL_USB_OWNER_UNKNOWN;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0) {
		*strrchr(path, '/') = '\0';
		return access(path, F_OK) == 0 ? PL_USB_OWNER_NONE : PL_USB_OWNER_UNKNOWN;
	}
	target[n] = '\0';
	name = strrchr(target, '/');
	pl_span_copy(pl_span_of(name ? name + 1 : target), ret_name, 32);
	return usb_owner_of(ret_name);
}

enum pl_result usb_sysfs_device_id(const char *root, const struct pl_usb_device *dev,
				   uint8_t interface, char *ret_text, size_t cap, size_t *ret_size)
{
	struct interface_name folder = interface_name(dev, interface);
	char buf[PL_MAX_USB_DEVICEID];
	struct pl_span text = read_line(root, folder.text, "ieee1284_id", buf, sizeof(buf));

	text = usb_device_id_clean(text);
	if (text.size == 0)
		return PL_E_NOT_FOUND;
	if (text.size >= cap)
		return PL_E_TOO_BIG;
	pl_span_copy(text, ret_text, cap);
	*ret_size = text.size;
	return PL_OK;
}

/* The first name that begins with "lp" in a folder of an interface. */
static bool find_lp(const char *path, char ret_name[static 16])
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir)))
		found = strncmp(entry->d_name, "lp", 2) == 0 &&
			pl_span_copy(pl_span_of(entry->d_name), ret_name, 16);
	if (dir)
		closedir(dir);
	return found;
}

bool usb_sysfs_lp_name(const char *root, const struct pl_usb_device *dev, uint8_t interface,
		       char ret_name[static 16])
{
	struct interface_name folder = interface_name(dev, interface);
	char path[PATH_MAX];

	return device_path(path, root, folder.text, "usbmisc") && find_lp(path, ret_name);
}
