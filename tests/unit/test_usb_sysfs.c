/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of sysfs against a folder that looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sysfs.h"
#include "usb_bytes.h"

static char root[64];

static void write_bytes(const char *device, const char *file, const void *bytes, size_t size)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/bus/usb/devices/%s/%s", root, device, file);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	fclose(f);
}

static void write_text(const char *device, const char *file, const char *text)
{
	write_bytes(device, file, text, strlen(text));
}

static void make_folder(const char *device, const char *folder)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/bus/usb/devices/%s/%s", root, device, folder);
	assert_int_equal(mkdir(path, 0755), 0);
}

/* The link that a bound driver leaves in its interface's folder. */
static void bind_driver(const char *interface, const char *driver)
{
	char path[256], target[128];

	snprintf(path, sizeof(path), "%s/bus/usb/devices/%s/driver", root, interface);
	snprintf(target, sizeof(target), "../../../../../../bus/usb/drivers/%s", driver);
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
}

static void make_device(const char *port, const char *bus, const char *address, const void *bytes,
			size_t size)
{
	make_folder(port, "");
	write_bytes(port, "descriptors", bytes, size);
	write_text(port, "busnum", bus);
	write_text(port, "devnum", address);
	write_text(port, "bConfigurationValue", "1\n");
}

static int make_root(void **state)
{
	static const uint8_t mfp[] = { DEVICE(0x03f0, 0x0f2a, 1), MFP_CONFIGURATION(1) };
	static const uint8_t mouse[] = { DEVICE(0x046d, 0xc077, 1), CONFIGURATION(1, 1, 34),
					 INTERFACE(0, 0, 3, 1, 2), INTERRUPT(0x81) };
	char path[128];

	(void)state;
	strcpy(root, "/tmp/test-sysfs-XXXXXX");
	assert_non_null(mkdtemp(root));
	for (const char *const *f =
		     (const char *const[]){ "bus", "bus/usb", "bus/usb/devices", NULL };
	     *f; f++) {
		snprintf(path, sizeof(path), "%s/%s", root, *f);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	make_device("usb1", "1\n", "1\n", mfp, sizeof(mfp)); /* a root hub's name: never ours */
	make_device("1-2.3", "1\n", "7\n", mfp, sizeof(mfp));
	make_device("1-10", "1\n", "12\n", mfp, sizeof(mfp));
	make_device("1-1", "1\n", "5\n", mouse, sizeof(mouse));
	make_device("2-1", "2\n", "999\n", mfp, sizeof(mfp)); /* no USB address is so high */
	make_device("2-2", "2\n", "3\n", mfp, 17);
	make_folder("2-3", ""); /* it left while we look */
	make_folder("1-2.3:1.0", "");
	make_folder("1-2.3:1.1", "");
	write_text("1-2.3", "manufacturer", "HP\n");
	write_text("1-2.3", "product", "LaserJet M\xc3\xa9\x01\xff \n");
	write_text("1-2.3", "serial", "VNB3K12345\n");
	return 0;
}

static int remove_root(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", root);
	return system(command);
}

static struct pl_usb_device the_mfp(void)
{
	struct pl_usb_device devices[4];
	size_t count;

	assert_int_equal(usb_sysfs_list(root, devices, 4, &count, NULL), PL_OK);
	assert_int_equal(count, 2);
	return devices[1];
}

static void lists_printers_only(void **state)
{
	struct pl_usb_device devices[PL_MAX_USB_DEVICES];
	size_t count = 9;

	(void)state;
	assert_int_equal(usb_sysfs_list(root, devices, PL_MAX_USB_DEVICES, &count, NULL), PL_OK);
	assert_int_equal(count, 2);
	assert_string_equal(devices[0].port_path, "1-10");
	assert_string_equal(devices[0].serial, "");
	assert_string_equal(devices[1].port_path, "1-2.3");
	assert_int_equal(devices[1].bus, 1);
	assert_int_equal(devices[1].address, 7);
	assert_int_equal(devices[1].vendor_id, 0x03f0);
	assert_int_equal(devices[1].configuration, 1);
	assert_int_equal(devices[1].setting_count, 4);
	assert_string_equal(devices[1].manufacturer, "HP");
	assert_string_equal(devices[1].product, "LaserJet M\xc3\xa9??");
	assert_string_equal(devices[1].serial, "VNB3K12345");
}

static void lists_no_more_than_asked(void **state)
{
	struct pl_usb_device device;
	size_t count;

	(void)state;
	assert_int_equal(usb_sysfs_list(root, &device, 1, &count, NULL), PL_OK);
	assert_int_equal(count, 1);
}

static void a_pc_without_usb_has_no_printers(void **state)
{
	struct pl_usb_device device;
	size_t count = 9;

	(void)state;
	assert_int_equal(usb_sysfs_list("/nonexistent", &device, 1, &count, NULL), PL_OK);
	assert_int_equal(count, 0);
}

static void cuts_long_text_between_characters(void **state)
{
	char text[256] = "";

	(void)state;
	for (int i = 0; i < 100; i++)
		strcat(text, "\xc3\xa9");
	write_text("1-2.3", "product", text);
	text[PL_MAX_USB_TEXT - 2] = '\0'; /* 63 characters: the 64th would need the NUL's place */
	assert_string_equal(the_mfp().product, text);
}

static void knows_a_device_by_its_address(void **state)
{
	struct pl_usb_device dev = the_mfp();

	(void)state;
	assert_true(usb_sysfs_is_attached(root, &dev));
	dev.address++;
	assert_false(usb_sysfs_is_attached(root, &dev));
	strcpy(dev.port_path, "9-9");
	assert_false(usb_sysfs_is_attached(root, &dev));
}

static void reads_power(void **state)
{
	static const struct {
		const char *text;
		enum pl_usb_power power;
	} cases[] = {
		{ "active\n", PL_USB_POWER_ACTIVE },
		{ "suspended\n", PL_USB_POWER_SUSPENDED },
		{ "suspending\n", PL_USB_POWER_SUSPENDED },
		{ "resuming\n", PL_USB_POWER_ACTIVE },
		{ "unsupported\n", PL_USB_POWER_UNKNOWN },
		{ "", PL_USB_POWER_UNKNOWN },
	};
	struct pl_usb_device dev = the_mfp();

	(void)state;
	assert_int_equal(usb_sysfs_power(root, &dev), PL_USB_POWER_UNKNOWN);
	make_folder("1-2.3", "power");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_text("1-2.3", "power/runtime_status", cases[i].text);
		assert_int_equal(usb_sysfs_power(root, &dev), cases[i].power);
	}
}

static void counts_traffic(void **state)
{
	struct pl_usb_device dev = the_mfp();

	(void)state;
	assert_int_equal(usb_sysfs_traffic(root, &dev), PL_USB_TRAFFIC_UNKNOWN);
	write_text("1-2.3", "urbnum", "4294967295\n"); /* the kernel's counter is 32 bits wide */
	assert_int_equal(usb_sysfs_traffic(root, &dev), UINT32_MAX);
	write_text("1-2.3", "urbnum", "nonsense\n");
	assert_int_equal(usb_sysfs_traffic(root, &dev), PL_USB_TRAFFIC_UNKNOWN);
}

static void reads_the_owner_from_the_driver_link(void **state)
{
	static const struct {
		const char *driver;
		enum pl_usb_owner owner;
	} cases[] = {
		{ "usblp", PL_USB_OWNER_USBLP },
		{ "usbfs", PL_USB_OWNER_USBFS },
		{ "usb-storage", PL_USB_OWNER_OTHER },
		{ "a-driver-whose-name-is-longer-than-32-bytes", PL_USB_OWNER_OTHER },
	};
	struct pl_usb_device dev = the_mfp();
	char name[32];

	(void)state;
	assert_int_equal(usb_sysfs_owner(root, &dev, 0, name), PL_USB_OWNER_NONE);
	assert_string_equal(name, "");
	assert_int_equal(usb_sysfs_owner(root, &dev, 2, name), PL_USB_OWNER_UNKNOWN);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bind_driver("1-2.3:1.0", cases[i].driver);
		assert_int_equal(usb_sysfs_owner(root, &dev, 0, name), cases[i].owner);
		assert_memory_equal(name, cases[i].driver, strlen(name));
	}
	assert_int_equal(strlen(name), 31);
}

static void reads_the_id_that_usblp_kept(void **state)
{
	struct pl_usb_device dev = the_mfp();
	char text[64] = "before", small[8];
	size_t size = 9;

	(void)state;
	assert_int_equal(usb_sysfs_device_id(root, &dev, 0, text, sizeof(text), &size),
			 PL_E_NOT_FOUND);
	assert_string_equal(text, "before");

	write_text("1-2.3:1.0", "ieee1284_id", "MFG:HP;MDL:LaserJet;CMD:PJL;\n");
	assert_int_equal(usb_sysfs_device_id(root, &dev, 0, text, sizeof(text), &size), PL_OK);
	assert_string_equal(text, "MFG:HP;MDL:LaserJet;CMD:PJL;");
	assert_int_equal(size, strlen(text));
	assert_int_equal(usb_sysfs_device_id(root, &dev, 0, small, sizeof(small), &size),
			 PL_E_TOO_BIG);

	write_text("1-2.3:1.0", "ieee1284_id", "\n");
	assert_int_equal(usb_sysfs_device_id(root, &dev, 0, text, sizeof(text), &size),
			 PL_E_NOT_FOUND);
}

static void finds_the_lp_node(void **state)
{
	struct pl_usb_device dev = the_mfp();
	char name[16];

	(void)state;
	assert_false(usb_sysfs_lp_name(root, &dev, 0, name));
	make_folder("1-2.3:1.0", "usbmisc");
	assert_false(usb_sysfs_lp_name(root, &dev, 0, name));
	make_folder("1-2.3:1.0", "usbmisc/hiddev0");
	make_folder("1-2.3:1.0", "usbmisc/lp3");
	assert_true(usb_sysfs_lp_name(root, &dev, 0, name));
	assert_string_equal(name, "lp3");
	assert_false(usb_sysfs_lp_name(root, &dev, 1, name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_printers_only),
		cmocka_unit_test(lists_no_more_than_asked),
		cmocka_unit_test(a_pc_without_usb_has_no_printers),
		cmocka_unit_test(cuts_long_text_between_characters),
		cmocka_unit_test(knows_a_device_by_its_address),
		cmocka_unit_test(reads_power),
		cmocka_unit_test(counts_traffic),
		cmocka_unit_test(reads_the_owner_from_the_driver_link),
		cmocka_unit_test(reads_the_id_that_usblp_kept),
		cmocka_unit_test(finds_the_lp_node),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
