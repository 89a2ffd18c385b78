/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USB semantics: what libusb says in edge cases. A real kernel gives these answers; the umockdev
 * front end must give the same. Runs against a printer with a print pipe on interface 0 (usblp
 * bound) and IPP over USB on interface 1, alternate 1:
 *
 *     usb_semantics VID:PID
 *
 * (libusb makes LIBUSB_ERROR_IO of every errno with which the kernel refuses a transfer, but
 * ENODEV.)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libusb.h>

static int failures;

static const char *name_of(int code)
{
	return code < 0 ? libusb_error_name(code) : "OK";
}

static void expect(const char *what, int got, int wanted)
{
	int same = wanted < 0 ? got == wanted : got >= 0;

	printf("%s %-52s %s\n", same ? "ok  " : "FAIL", what, name_of(got));
	failures += !same;
}

static void expect_number(const char *what, long got, long wanted)
{
	printf("%s %-52s %ld\n", got == wanted ? "ok  " : "FAIL", what, got);
	failures += got != wanted;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void claims(libusb_device_handle *h)
{
	expect("claim interface 9", libusb_claim_interface(h, 9), LIBUSB_ERROR_NOT_FOUND);
	expect("release what is not claimed", libusb_release_interface(h, 1),
	       LIBUSB_ERROR_NOT_FOUND);
	expect("alternate setting of what is not claimed",
	       libusb_set_interface_alt_setting(h, 1, 1), LIBUSB_ERROR_NOT_FOUND);
	expect_number("a kernel driver holds interface 0", libusb_kernel_driver_active(h, 0), 1);
	expect_number("none holds interface 1", libusb_kernel_driver_active(h, 1), 0);
	expect("claim interface 0 from under usblp", libusb_claim_interface(h, 0),
	       LIBUSB_ERROR_BUSY);
	libusb_set_auto_detach_kernel_driver(h, 1);
	expect("claim interface 0, driver detached", libusb_claim_interface(h, 0), 0);
	expect("release it, driver attached again", libusb_release_interface(h, 0), 0);
	expect_number("usblp is back", libusb_kernel_driver_active(h, 0), 1);
	expect("claim interface 1", libusb_claim_interface(h, 1), 0);
	expect("claim it twice", libusb_claim_interface(h, 1), 0);
	expect("alternate setting 5", libusb_set_interface_alt_setting(h, 1, 5),
	       LIBUSB_ERROR_NOT_FOUND);
	expect("alternate setting 1", libusb_set_interface_alt_setting(h, 1, 1), 0);
}

static void another_handle(libusb_context *c, libusb_device_handle *h)
{
	libusb_device_handle *other = NULL;
	unsigned char id[64];

	expect("open a second time", libusb_open(libusb_get_device(h), &other), 0);
	expect("claim what another holds", libusb_claim_interface(other, 1), LIBUSB_ERROR_BUSY);
	expect("GET_DEVICE_ID all the same",
	       libusb_control_transfer(other, 0xa1, 0, 0, 0, id, sizeof(id), 1000), 0);
	expect("GET_PORT_STATUS of usblp's interface",
	       libusb_control_transfer(other, 0xa1, 1, 0, 0, id, 1, 1000), LIBUSB_ERROR_IO);
	expect("a vendor request needs no claim",
	       libusb_control_transfer(other, 0xc1, 1, 0, 0, id, 1, 1000), LIBUSB_ERROR_PIPE);
	libusb_close(other);
	(void)c;
}

static void endpoints(libusb_device_handle *h)
{
	unsigned char buf[4] = { 0 };
	int moved, value = 0;

	expect("bulk OUT to endpoint 0x0f", libusb_bulk_transfer(h, 0x0f, buf, 4, &moved, 500),
	       LIBUSB_ERROR_IO);
	expect("bulk IN from endpoint 0x8f", libusb_bulk_transfer(h, 0x8f, buf, 4, &moved, 500),
	       LIBUSB_ERROR_IO);
	expect("an unknown class request",
	       libusb_control_transfer(h, 0xa1, 0x55, 0, 1, buf, 4, 500), LIBUSB_ERROR_PIPE);
	expect("clear a halt", libusb_clear_halt(h, 0x82), 0);
	expect("clear a halt of endpoint 0x0f", libusb_clear_halt(h, 0x0f), LIBUSB_ERROR_NOT_FOUND);
	expect("configuration", libusb_get_configuration(h, &value), 0);
	expect_number("its value", value, 1);
	expect("set it while something is claimed", libusb_set_configuration(h, 1),
	       LIBUSB_ERROR_BUSY);
}

static void waiting(libusb_device_handle *h)
{
	unsigned char buf[512];
	double start = now();
	int moved = -1;

	expect("IN with nothing to read, 300 ms",
	       libusb_bulk_transfer(h, 0x82, buf, sizeof(buf), &moved, 300), LIBUSB_ERROR_TIMEOUT);
	expect_number("no byte came", moved, 0);
	expect_number("it took its time", now() - start > 0.28 && now() - start < 1.5, 1);
}

static void overflow(libusb_device_handle *h)
{
	static char question[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	unsigned char buf[16384];
	int moved;

	expect("a request",
	       libusb_bulk_transfer(h, 0x02, (unsigned char *)question, (int)sizeof(question) - 1,
				    &moved, 2000),
	       0);
	expect("a read smaller than a packet",
	       libusb_bulk_transfer(h, 0x82, buf, 100, &moved, 2000), LIBUSB_ERROR_OVERFLOW);
	while (libusb_bulk_transfer(h, 0x82, buf, sizeof(buf), &moved, 300) == 0)
		;
}

static void control_lengths(libusb_device_handle *h)
{
	unsigned char buf[4094];
	int whole = libusb_control_transfer(h, 0xa1, 0, 0, 0, buf, sizeof(buf), 1000);

	expect("GET_DEVICE_ID", whole, 0);
	expect_number("its length counts itself", buf[0] << 8 | buf[1], whole);
	expect_number("a short buffer gets its part",
		      libusb_control_transfer(h, 0xa1, 0, 0, 0, buf, 2, 1000), 2);
	expect("of alternate setting 1 too",
	       libusb_control_transfer(h, 0xa1, 0, 0, 1 << 8 | 1, buf, sizeof(buf), 1000), 0);
	expect("the IPP over USB descriptor", libusb_get_descriptor(h, 0x21, 0, buf, 32), 0);
	expect_number("print, scan, fax and HTTP", buf[6] | buf[7] << 8, 0x17);
	expect("a string", libusb_get_string_descriptor_ascii(h, 2, buf, sizeof(buf)), 0);
	expect("string 9", libusb_get_string_descriptor_ascii(h, 9, buf, sizeof(buf)),
	       LIBUSB_ERROR_PIPE);
}

static void reset(libusb_device_handle *h)
{
	unsigned char buf[512];
	int moved;

	expect("reset", libusb_reset_device(h), 0);
	expect("GET_DEVICE_ID after it",
	       libusb_control_transfer(h, 0xa1, 0, 0, 0, buf, sizeof(buf), 1000), 0);
	expect("nothing old is left", libusb_bulk_transfer(h, 0x82, buf, 512, &moved, 100),
	       LIBUSB_ERROR_TIMEOUT);
}

int main(int argc, char **argv)
{
	libusb_context *context;
	libusb_device_handle *h;
	unsigned vid = 0, pid = 0;

	if (argc != 2 || sscanf(argv[1], "%x:%x", &vid, &pid) != 2)
		return 2;
	libusb_init(&context);
	h = libusb_open_device_with_vid_pid(context, (uint16_t)vid, (uint16_t)pid);
	if (!h)
		return fprintf(stderr, "no device %s\n", argv[1]), 1;
	claims(h);
	another_handle(context, h);
	endpoints(h);
	waiting(h);
	overflow(h);
	control_lengths(h);
	reset(h);
	libusb_close(h);
	h = libusb_open_device_with_vid_pid(context, (uint16_t)vid, (uint16_t)pid);
	expect("open again", h ? 0 : -1, 0);
	if (h)
		libusb_close(h);
	libusb_exit(context);
	printf("%d failures\n", failures);
	return failures != 0;
}
