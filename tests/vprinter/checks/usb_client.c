/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USB client: a program that knows libusb and nothing of virtual printers, for the checks in
 * Python.
 *
 *     usb_client VID:PID list                                     every setting, "0 1 7/1/4 01 81
 * 512" usb_client VID:PID id INTERFACE ALTERNATE                   the 1284 ID, unclaimed, with its
 * length bytes usb_client VID:PID http INTERFACE ALTERNATE METHOD PATH [FILE TYPE [HEADER]] status
 * and headers to stderr, body to stdout usb_client VID:PID send INTERFACE ALTERNATE FILE bulk OUT,
 * driver detached and attached again
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <libusb.h>

#define TIMEOUT_MS 20000
#define READ_SIZE  16384
#define MAX_ANSWER (8 << 20)

struct ends {
	uint8_t in, out;
};

static int fail(const char *what, int code)
{
	fprintf(stderr, "%s: %s\n", what, libusb_error_name(code));
	exit(1);
}

static struct ends find(libusb_device_handle *h, int interface, int alternate)
{
	struct libusb_config_descriptor *c;
	const struct libusb_interface_descriptor *s;
	struct ends e = { 0, 0 };

	if (libusb_get_active_config_descriptor(libusb_get_device(h), &c) != 0)
		fail("configuration", 0);
	s = &c->interface[interface].altsetting[alternate];
	for (int i = 0; i < s->bNumEndpoints; i++) {
		uint8_t address = s->endpoint[i].bEndpointAddress;

		*(address & 0x80 ? &e.in : &e.out) = address;
	}
	libusb_free_config_descriptor(c);
	return e;
}

static void list(libusb_device_handle *h)
{
	struct libusb_config_descriptor *c;

	if (libusb_get_active_config_descriptor(libusb_get_device(h), &c) != 0)
		fail("configuration", 0);
	for (int i = 0; i < c->bNumInterfaces; i++) {
		for (int a = 0; a < c->interface[i].num_altsetting; a++) {
			const struct libusb_interface_descriptor *s =
				&c->interface[i].altsetting[a];
			struct ends e = find(h, i, a);

			printf("%d %d %x/%x/%x %02x %02x %d\n", s->bInterfaceNumber,
			       s->bAlternateSetting, s->bInterfaceClass, s->bInterfaceSubClass,
			       s->bInterfaceProtocol, e.out, e.in,
			       s->bNumEndpoints ? s->endpoint[0].wMaxPacketSize : 0);
		}
	}
	libusb_free_config_descriptor(c);
}

static void id(libusb_device_handle *h, int interface, int alternate)
{
	static unsigned char buf[4094];
	int n = libusb_control_transfer(h, 0xa1, 0, 0, (uint16_t)(interface << 8 | alternate), buf,
					sizeof(buf), TIMEOUT_MS);

	if (n < 0)
		fail("GET_DEVICE_ID", n);
	fwrite(buf, 1, (size_t)n, stdout);
}

static void take(libusb_device_handle *h, int interface, int alternate)
{
	int r;

	libusb_set_auto_detach_kernel_driver(h, 1);
	r = libusb_claim_interface(h, interface);
	if (r != 0)
		fail("claim", r);
	r = alternate ? libusb_set_interface_alt_setting(h, interface, alternate) : 0;
	if (r != 0)
		fail("alternate setting", r);
}

static void send_all(libusb_device_handle *h, uint8_t endpoint, void *data, int n)
{
	int moved = 0;
	int r = libusb_bulk_transfer(h, endpoint, data, n, &moved, TIMEOUT_MS);

	if (r != 0 || moved != n)
		fail("bulk OUT", r);
}

static char *read_file(const char *path, int *ret_n)
{
	FILE *f = fopen(path, "rbe");
	char *data = malloc(MAX_ANSWER);

	if (!f || !data)
		exit(1);
	*ret_n = (int)fread(data, 1, MAX_ANSWER, f);
	fclose(f);
	return data;
}

/* Bytes of the whole answer once its head says how long it is; -1: not known yet, or it ends with
 * its last chunk. */
static long whole(const char *answer, long n)
{
	const char *end = strstr(answer, "\r\n\r\n"), *length;

	if (!end)
		return -1;
	if (strncmp(answer + 9, "304", 3) == 0)
		return n;
	length = strcasestr(answer, "\r\nContent-Length:");
	if (length && length < end)
		return end + 4 - answer + atol(length + 17);
	return n > 5 && memcmp(answer + n - 5, "0\r\n\r\n", 5) == 0 ? n : -1;
}

static void unchunk(const char *at)
{
	for (;;) {
		char *data;
		unsigned long n = strtoul(at, &data, 16);

		if (n == 0)
			return;
		fwrite(data + 2, 1, n, stdout);
		at = data + 2 + n + 2;
	}
}

static void http(libusb_device_handle *h, int interface, int alternate, char **words, int count)
{
	struct ends e = find(h, interface, alternate);
	char *answer = calloc(1, MAX_ANSWER + 1), *body = NULL, *end;
	char head[2048];
	long n = 0;
	int size = 0, r, moved;

	if (count > 2)
		body = read_file(words[2], &size);
	snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s", words[0],
		 words[1], count > 4 ? words[4] : "", count > 4 ? "\r\n" : "");
	if (body)
		snprintf(head + strlen(head), sizeof(head) - strlen(head),
			 "Content-Type: %s\r\nContent-Length: %d\r\n", words[3], size);
	strcat(head, "\r\n");
	take(h, interface, alternate);
	send_all(h, e.out, head, (int)strlen(head));
	if (size > 0)
		send_all(h, e.out, body, size);
	while (whole(answer, n) < 0 || n < whole(answer, n)) {
		r = libusb_bulk_transfer(h, e.in, (unsigned char *)answer + n, READ_SIZE, &moved,
					 TIMEOUT_MS);
		n += moved;
		answer[n] = '\0';
		if (r != 0)
			fail("bulk IN", r);
	}
	end = strstr(answer, "\r\n\r\n");
	fprintf(stderr, "%.*s\n", (int)(end - answer), answer);
	*end = '\0';
	if (strcasestr(answer, "Transfer-Encoding: chunked"))
		unchunk(end + 4);
	else
		fwrite(end + 4, 1, (size_t)(n - (end + 4 - answer)), stdout);
	libusb_release_interface(h, interface);
	free(body);
	free(answer);
}

static void print(libusb_device_handle *h, int interface, int alternate, const char *path)
{
	int n;
	char *data = read_file(path, &n);

	take(h, interface, alternate);
	send_all(h, find(h, interface, alternate).out, data, n);
	libusb_release_interface(h, interface);
	free(data);
}

int main(int argc, char **argv)
{
	libusb_context *context;
	libusb_device_handle *h;
	unsigned vid = 0, pid = 0;

	if (argc < 3 || sscanf(argv[1], "%x:%x", &vid, &pid) != 2)
		return 2;
	libusb_init(&context);
	h = libusb_open_device_with_vid_pid(context, (uint16_t)vid, (uint16_t)pid);
	if (!h)
		return fprintf(stderr, "no device %s\n", argv[1]), 1;
	if (strcmp(argv[2], "list") == 0)
		list(h);
	else if (strcmp(argv[2], "id") == 0 && argc == 5)
		id(h, atoi(argv[3]), atoi(argv[4]));
	else if (strcmp(argv[2], "http") == 0 && argc >= 7)
		http(h, atoi(argv[3]), atoi(argv[4]), argv + 5, argc - 5);
	else if (strcmp(argv[2], "send") == 0 && argc == 6)
		print(h, atoi(argv[3]), atoi(argv[4]), argv[5]);
	else
		return 2;
	libusb_close(h);
	libusb_exit(context);
	return 0;
}
