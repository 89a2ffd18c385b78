/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of usb/ against virtual printers share. */
#include "usb_world.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <libusb.h>

struct pl_usb *usb;
static const char *this_program, *program, *control_socket;

/* Starts a program that this test's own preloaded libraries do not concern. */
static pid_t start(const char *const *words)
{
	pid_t child = fork();

	if (child == 0) {
		execv(words[0], (char *const *)words);
		_exit(127);
	}
	assert_true(child > 0);
	return child;
}

/* Tells the virtual printers what to do. */
void control(const char *command)
{
	const char *words[16] = { program, "--control", control_socket, "do" };
	char line[128], *rest = line;
	size_t n = 4;
	int status;
	pid_t child;

	snprintf(line, sizeof(line), "%s", command);
	while (n < 15 && (words[n] = strsep(&rest, " ")))
		n++;
	child = start(words);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

pid_t start_holder(const struct pl_usb_device *dev, int interface)
{
	char words[3][8];

	snprintf(words[0], sizeof(words[0]), "%u", dev->bus);
	snprintf(words[1], sizeof(words[1]), "%u", dev->address);
	snprintf(words[2], sizeof(words[2]), "%d", interface);
	return start(
		(const char *const[]){ this_program, "hold", words[0], words[1], words[2], NULL });
}

/* Finds a printer by the product it names. */
bool find(const char *product, struct pl_usb_device *ret_dev)
{
	static struct pl_usb_device list[PL_MAX_USB_DEVICES];
	struct pl_error err;
	size_t count;

	assert_int_equal(pl_usb_list(usb, list, PL_MAX_USB_DEVICES, &count, &err), PL_OK);
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].product, product) == 0) {
			*ret_dev = list[i];
			return true;
		}
	return false;
}

/* Waits until a printer is there and libusb can open it. */
struct pl_usb_device the(const char *product)
{
	int64_t by_ms = pl_clock_in_ms(SOON_MS);
	struct pl_usb_device dev;
	char id[PL_MAX_USB_DEVICEID];
	struct pl_error err;
	size_t size;

	for (;;) {
		if (find(product, &dev) &&
		    pl_usb_device_id(usb, &dev, &dev.settings[0], pl_clock_in_ms(1000), id,
				     sizeof(id), &size, &err) == PL_OK)
			return dev;
		if (pl_clock_left_ms(by_ms) == 0)
			fail_msg("%s did not come", product);
		usleep(5000);
	}
}

const struct pl_usb_setting *setting(const struct pl_usb_device *dev, int interface, int alternate)
{
	for (size_t i = 0; i < dev->setting_count; i++)
		if (dev->settings[i].interface == interface &&
		    dev->settings[i].alternate == alternate)
			return &dev->settings[i];
	fail_msg("no setting %d.%d", interface, alternate);
	return NULL;
}

struct pl_stream *lease(const struct pl_usb_device *dev, int interface, int alternate)
{
	int64_t by_ms = pl_clock_in_ms(SOON_MS);
	struct pl_stream *s = NULL;
	struct pl_error err;

	while (pl_usb_lease(usb, dev, setting(dev, interface, alternate), false, by_ms, &s, &err) !=
	       PL_OK) {
		if (err.code != PL_E_BUSY || pl_clock_left_ms(by_ms) == 0)
			fail_msg("lease of %d.%d: %s", interface, alternate, err.text);
		usleep(5000); /* udev is not yet done with a printer that has just come */
	}
	return s;
}

enum pl_result try_lease(const struct pl_usb_device *dev, int interface, int alternate,
			 struct pl_error *err)
{
	struct pl_stream *s = NULL;
	enum pl_result r = pl_usb_lease(usb, dev, setting(dev, interface, alternate), false,
					pl_clock_in_ms(SOON_MS), &s, err);

	pl_stream_close(s);
	return r;
}

void ask(struct pl_stream *s, const char *path)
{
	struct pl_error err;
	char request[128];
	int n = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
			 path);

	if (pl_stream_write(s, request, (size_t)n, pl_clock_in_ms(SOON_MS), &err) != PL_OK)
		fail_msg("asking for %s: %s", path, err.text);
}

/* Reads until `size` bytes are there, or something happens; *ret_n gets the bytes. */
enum pl_result read_until(struct pl_stream *s, char *buf, size_t size, int64_t by_ms, size_t *ret_n,
			  struct pl_error *err)
{
	enum pl_result r = PL_OK;
	size_t n = 0;

	*ret_n = 0;
	while (*ret_n < size &&
	       (r = pl_stream_read(s, buf + *ret_n, size - *ret_n, by_ms, &n, err)) == PL_OK)
		*ret_n += n;
	return r;
}

/* Reads one whole answer with Content-Length and returns its body, which lies in `buf`. */
static size_t read_answer(struct pl_stream *s, char *buf, size_t cap, char **ret_body)
{
	size_t size = 0, length = 0, n = 0;
	char *body = NULL;
	struct pl_error err;

	while (!body || size < (size_t)(body - buf) + length) {
		const char *field;

		if (pl_stream_read(s, buf + size, cap - size - 1, pl_clock_in_ms(SOON_MS), &n,
				   &err) != PL_OK)
			fail_msg("after %zu bytes: %s", size, err.text);
		assert_true(n > 0);
		size += n;
		buf[size] = '\0';
		if (!body && (body = strstr(buf, "\r\n\r\n"))) {
			body += 4;
			field = strstr(buf, "Content-Length: ");
			assert_non_null(field);
			length = (size_t)strtoul(field + 16, NULL, 10);
		}
	}
	assert_memory_equal(buf, "HTTP/1.1 200", 12); /* no byte of another answer before it, */
	assert_int_equal(size, (size_t)(body - buf) + length); /* nor behind it */
	*ret_body = body;
	return length;
}

void fetch_document(struct pl_stream *s)
{
	char *buf = malloc(2 * DOCUMENT_SIZE), *body, line[8];
	size_t n;

	ask(s, DOCUMENT);
	n = read_answer(s, buf, 2 * DOCUMENT_SIZE, &body);
	assert_int_equal(n, DOCUMENT_SIZE);
	for (int i = 0; i < DOCUMENT_LINES; i++) {
		snprintf(line, sizeof(line), "%d\n", 10000 + i);
		assert_memory_equal(body + 6 * i, line, 6);
	}
	free(buf);
}

/* Open files of this process below a path. */
int open_files(const char *prefix)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char link[64], target[256];
		ssize_t n;

		snprintf(link, sizeof(link), "/proc/self/fd/%.20s", entry->d_name);
		n = readlink(link, target, sizeof(target) - 1);
		if (n < 0)
			continue;
		target[n] = '\0';
		count += prefix == NULL || strstr(target, prefix) != NULL;
	}
	closedir(dir);
	return count;
}

/* Voluntary context switches of all threads but the one that asks. */
long wake_ups(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	long count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char path[64], line[128];
		FILE *f;

		if (atoi(entry->d_name) == 0 || atoi(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%.20s/status", entry->d_name);
		f = fopen(path, "r");
		while (f && fgets(line, sizeof(line), f))
			if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0)
				count += atol(line + 24);
		if (f)
			fclose(f);
	}
	closedir(dir);
	return count;
}

void *fetch_again_and_again(void *arg)
{
	int *interface = arg;
	struct pl_usb_device dev = the("Plain Printer");

	for (int round = 0; round < 20; round++) {
		struct pl_stream *s = lease(&dev, *interface, 0);

		fetch_document(s);
		pl_stream_close(s);
	}
	return NULL;
}

static libusb_device_handle *open_device(libusb_context *libusb, int bus, int address)
{
	libusb_device_handle *handle = NULL;
	libusb_device **list;
	ssize_t n = libusb_get_device_list(libusb, &list);

	for (ssize_t i = 0; i < n && !handle; i++)
		if (libusb_get_bus_number(list[i]) == bus &&
		    libusb_get_device_address(list[i]) == address &&
		    libusb_open(list[i], &handle) < 0)
			handle = NULL;
	libusb_free_device_list(list, 1);
	return handle;
}

/* The other program: detaches a driver and claims, as soon as nobody else does, as CUPS's back-end
 * would, and waits to be killed. */
static int hold(int bus, int address, int interface)
{
	libusb_context *libusb;
	libusb_device_handle *handle;

	if (libusb_init(&libusb) < 0)
		return 1;
	handle = open_device(libusb, bus, address);
	if (handle)
		libusb_detach_kernel_driver(handle, interface);
	while (handle && libusb_claim_interface(handle, interface) == LIBUSB_ERROR_BUSY)
		usleep(1000);
	pause();
	return 1;
}

static int create(void **state)
{
	struct pl_error err;

	(void)state;
	return pl_usb_create(&usb, &err) == PL_OK ? 0 : -1;
}

static int destroy(void **state)
{
	(void)state;
	pl_usb_destroy(usb);
	return 0;
}

int run_usb_tests(int argc, char **argv, const char *name, const struct CMUnitTest *tests,
		  size_t count)
{
	if (argc == 5 && strcmp(argv[1], "hold") == 0)
		return hold(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	control_socket = getenv("PLATEN_VPRINTER_CONTROL");
	if (argc != 2 || !control_socket) {
		fprintf(stderr, "usage: platen-vprinter --profile … -- %s PROGRAM\n", argv[0]);
		return 2;
	}
	this_program = argv[0];
	program = argv[1];
	return _cmocka_run_group_tests(name, tests, count, create, destroy);
}
