/* SPDX-License-Identifier: Apache-2.0 */
/* A printer that usblp drives: asked through the kernel's driver, left alone while it sleeps, and
 * lost to whoever takes the driver away to print. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "usb_world.h"

#define UEL "\033%-12345X"

/* The virtual node notices a moment late that it was closed. */
static struct pl_stream *open_lp(const struct pl_usb_device *dev)
{
	int64_t by_ms = pl_clock_in_ms(SOON_MS);
	struct pl_stream *s = NULL;
	struct pl_error err;

	while (pl_usb_open_lp(usb, dev, 0, &s, &err) != PL_OK) {
		if (err.code != PL_E_BUSY || pl_clock_left_ms(by_ms) == 0)
			fail_msg("open_lp: %s", err.text);
		usleep(5000);
	}
	return s;
}

static void ask_id(const struct pl_usb_device *dev, char *id)
{
	struct pl_error err;
	size_t size;

	if (pl_usb_device_id(usb, dev, &dev->settings[0], pl_clock_in_ms(SOON_MS), id,
			     PL_MAX_USB_DEVICEID, &size, &err) != PL_OK)
		fail_msg("device ID: %s", err.text);
}

static enum pl_result ask_port_status(const struct pl_usb_device *dev, uint8_t *ret_bits,
				      struct pl_error *err)
{
	return pl_usb_port_status(usb, dev, &dev->settings[0], pl_clock_in_ms(SOON_MS), ret_bits,
				  err);
}

static void usblp_owns_the_print_pipe(void **state)
{
	struct pl_usb_device dev = the("Bound Printer");
	struct pl_stream *s = NULL;
	struct pl_error err;
	char name[32];

	(void)state;
	assert_int_equal(pl_usb_owner(usb, &dev, 0, name), PL_USB_OWNER_USBLP);
	assert_string_equal(name, "usblp");
	assert_int_equal(pl_usb_owner(usb, &dev, 1, name), PL_USB_OWNER_NONE);
	assert_int_equal(
		pl_usb_lease(usb, &dev, &dev.settings[0], true, pl_clock_in_ms(SOON_MS), &s, &err),
		PL_E_BUSY);
	assert_string_equal(err.text, "interface 0 is held by another program (usblp)");
}

static void asks_usblp_for_the_port_status(void **state)
{
	struct pl_usb_device dev = the("Bound Printer");
	struct pl_stream *s;
	struct pl_error err;
	uint8_t bits = 0;

	(void)state;
	assert_int_equal(ask_port_status(&dev, &bits, &err), PL_OK);
	assert_int_equal(bits, PL_USB_PORT_SELECTED | PL_USB_PORT_NO_ERROR);
	control("set bound state-reason +media-empty");
	assert_int_equal(ask_port_status(&dev, &bits, &err), PL_OK);
	assert_int_equal(bits & PL_USB_PORT_PAPER_EMPTY, PL_USB_PORT_PAPER_EMPTY);
	control("set bound state-reason -media-empty");

	s = open_lp(&dev); /* somebody has the node: busy, not an error */
	assert_int_equal(ask_port_status(&dev, &bits, &err), PL_E_BUSY);
	pl_stream_close(s);
}

static void talks_pjl_through_the_node(void **state)
{
	static const char QUESTION[] = UEL "@PJL\r\n@PJL INFO ID\r\n" UEL;
	struct pl_usb_device dev = the("Bound Printer");
	char answer[256] = "";
	struct pl_error err;
	size_t size = 0, n;

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct pl_stream *s = open_lp(&dev), *second = NULL;

		assert_int_equal(pl_usb_open_lp(usb, &dev, 0, &second, &err), PL_E_BUSY);
		assert_int_equal(pl_stream_write(s, QUESTION, sizeof(QUESTION) - 1,
						 pl_clock_in_ms(SOON_MS), &err),
				 PL_OK);
		for (size = 0; !memchr(answer, '\f', size); size += n)
			assert_int_equal(pl_stream_read(s, answer + size, sizeof(answer) - size,
							pl_clock_in_ms(SOON_MS), &n, &err),
					 PL_OK);
		answer[size] = '\0';
		assert_string_equal(answer, "@PJL INFO ID\r\n\"Bound Printer\"\r\n\f");
		assert_int_equal(
			pl_stream_read(s, answer, sizeof(answer), pl_clock_in_ms(100), &n, &err),
			PL_E_TIMEOUT);
		pl_stream_close(s);
	}
	assert_int_equal(open_files("/dev/usb"), 0);
	assert_int_equal(pl_usb_open_lp(usb, &dev, 1, &(struct pl_stream *){ NULL }, &err),
			 PL_E_UNSUPPORTED);
}

/* The status in an ID is of now, not of when the printer was plugged in. */
static void an_id_is_asked_for_while_the_printer_is_awake(void **state)
{
	struct pl_usb_device dev = the("Bound Printer");
	char id[PL_MAX_USB_DEVICEID];

	(void)state;
	ask_id(&dev, id);
	assert_non_null(strstr(id, "STATUS:ready;"));
	control("set bound message busy");
	ask_id(&dev, id);
	assert_non_null(strstr(id, "STATUS:busy;"));
}

static void a_sleeping_printer_is_left_asleep(void **state)
{
	struct pl_usb_device dev = the("Bound Printer"), again;
	char id[PL_MAX_USB_DEVICEID], name[32];
	struct pl_error err;
	uint8_t bits;

	(void)state;
	assert_int_equal(pl_usb_power(usb, &dev), PL_USB_POWER_ACTIVE);
	control("sleep bound");
	for (int i = 0; i < 1000 && pl_usb_power(usb, &dev) != PL_USB_POWER_SUSPENDED; i++)
		usleep(5000);
	assert_int_equal(pl_usb_power(usb, &dev), PL_USB_POWER_SUSPENDED);

	ask_id(&dev, id); /* as it was when it was plugged in */
	assert_non_null(strstr(id, "STATUS:ready;"));
	assert_int_equal(ask_port_status(&dev, &bits, &err), PL_E_BUSY);
	assert_int_equal(pl_usb_owner(usb, &dev, 0, name), PL_USB_OWNER_USBLP);
	assert_int_equal(pl_usb_owner(usb, &dev, 1, name), PL_USB_OWNER_NONE);
	assert_true(find("Bound Printer", &again));
	usleep(100 * 1000);
	assert_int_equal(pl_usb_power(usb, &dev), PL_USB_POWER_SUSPENDED);
	control("wake bound");
	assert_int_equal(pl_usb_power(usb, &dev), PL_USB_POWER_ACTIVE);
}

/* CUPS prints like this: it detaches usblp, claims the interface, and gives both back afterwards.
 */
static void usblp_taken_away_means_printing(void **state)
{
	struct pl_usb_device dev = the("Bound Printer");
	struct pl_stream *s = open_lp(&dev);
	struct pl_error err;
	pid_t backend;
	char buf[64], name[32];
	size_t n;

	(void)state;
	backend = start_holder(&dev, 0);
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), pl_clock_in_ms(SOON_MS), &n, &err),
			 PL_E_BUSY);
	pl_stream_close(s);
	for (int i = 0; i < 1000 && pl_usb_owner(usb, &dev, 0, name) != PL_USB_OWNER_USBFS; i++)
		usleep(5000);
	assert_int_equal(pl_usb_open_lp(usb, &dev, 0, &s, &err), PL_E_BUSY);
	assert_int_equal(ask_port_status(&dev, &(uint8_t){ 0 }, &err), PL_E_BUSY);
	kill(backend, SIGKILL);
	waitpid(backend, NULL, 0);
}

static void unplugging_ends_the_node_too(void **state)
{
	struct pl_usb_device dev;
	struct pl_stream *s;
	struct pl_error err;
	char buf[64];
	size_t n;

	(void)state;
	control("unplug bound");
	control("plug bound"); /* usblp is bound anew */
	dev = the("Bound Printer");
	s = open_lp(&dev);
	control("unplug bound");
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), pl_clock_in_ms(SOON_MS), &n, &err),
			 PL_E_GONE);
	pl_stream_close(s);
	assert_int_equal(pl_usb_open_lp(usb, &dev, 0, &s, &err), PL_E_GONE);
	control("plug bound");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usblp_owns_the_print_pipe),
		cmocka_unit_test(asks_usblp_for_the_port_status),
		cmocka_unit_test(talks_pjl_through_the_node),
		cmocka_unit_test(an_id_is_asked_for_while_the_printer_is_awake),
		cmocka_unit_test(a_sleeping_printer_is_left_asleep),
		cmocka_unit_test(usblp_taken_away_means_printing),
		cmocka_unit_test(unplugging_ends_the_node_too),
	};

	return run_usb_tests(argc, argv, "usb bound", tests, sizeof(tests) / sizeof(tests[0]));
}
