/* SPDX-License-Identifier: Apache-2.0 */
/* Leases, questions and refusals on a printer that does nothing wrong. */
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <string.h>

#include "usb_world.h"

static void lists_what_is_plugged_in(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");

	(void)state;
	assert_int_equal(dev.vendor_id, 0x1209);
	assert_int_equal(dev.product_id, 0x0001);
	assert_string_equal(dev.manufacturer, "Example");
	assert_string_equal(dev.serial, "PLAIN00001");
	assert_int_equal(dev.configuration, 1);
	assert_int_equal(dev.setting_count, 5);
	assert_true(pl_usb_is_print_pipe(&dev.settings[0]));
	assert_true(pl_usb_is_vendor_http(&dev.settings[2]));
	assert_int_equal(dev.settings[3].alternate, 1);
	assert_int_equal(dev.settings[4].ep_in, 0x83);
	assert_int_equal(dev.settings[4].in_packet_size, 512);
}

static void reads_id_and_port_status(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	char id[PL_MAX_USB_DEVICEID], tiny[8];
	struct pl_error err;
	uint8_t bits = 0;
	size_t size;

	(void)state;
	assert_int_equal(pl_usb_device_id(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS), id,
					  sizeof(id), &size, &err),
			 PL_OK);
	assert_string_equal(id, "MFG:Example;MDL:Plain Printer;CMD:PJL,PCL;SN:PLAIN00001;");
	assert_int_equal(size, strlen(id));
	assert_int_equal(pl_usb_device_id(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS),
					  tiny, sizeof(tiny), &size, &err),
			 PL_E_TOO_BIG);
	assert_int_equal(pl_usb_device_id(usb, &dev, setting(&dev, 1, 0), pl_clock_in_ms(SOON_MS),
					  id, sizeof(id), &size, &err),
			 PL_E_INVALID);
	assert_int_equal(pl_usb_port_status(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS),
					    &bits, &err),
			 PL_OK);
	assert_int_equal(bits, PL_USB_PORT_SELECTED | PL_USB_PORT_NO_ERROR);
}

static void leases_one_interface_after_the_other(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");

	(void)state;
	for (int round = 0; round < 10; round++)
		for (int i = 0; i < 3; i++) {
			struct pl_stream *s = lease(&dev, i == 2 ? 2 : 1, i == 1 ? 1 : 0);

			fetch_document(s);
			fetch_document(s);
			pl_stream_close(s);
		}
	assert_int_equal(open_files("/dev/bus/usb"), 0);
}

static void two_threads_talk_at_once(void **state)
{
	int interfaces[2] = { 1, 2 };
	pthread_t other;

	(void)state;
	(void)the("Plain Printer");
	assert_int_equal(pthread_create(&other, NULL, fetch_again_and_again, &interfaces[0]), 0);
	fetch_again_and_again(&interfaces[1]);
	pthread_join(other, NULL);
}

static void the_print_pipe_is_never_taken(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	struct pl_stream *s = NULL;
	struct pl_error err;

	(void)state;
	assert_int_equal(try_lease(&dev, 0, 0, &err), PL_E_INVALID);
	assert_int_equal(try_lease(&dev, 0, 1, &err), PL_E_INVALID); /* would remove it */
	assert_int_equal(
		pl_usb_lease(usb, &dev, &dev.settings[0], true, pl_clock_in_ms(SOON_MS), &s, &err),
		PL_OK);
	pl_stream_close(s);
}

static void another_program_makes_it_busy(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	char name[32], id[PL_MAX_USB_DEVICEID];
	enum pl_result r = PL_OK;
	struct pl_error err;
	uint8_t bits;
	size_t size;
	pid_t holder;

	(void)state;
	assert_int_equal(pl_usb_owner(usb, &dev, 1, name), PL_USB_OWNER_NONE);
	holder = start_holder(&dev, 1);
	for (int i = 0; i < 1000 && r == PL_OK; i++) {
		r = try_lease(&dev, 1, 0, &err);
		usleep(5000);
	}
	assert_int_equal(r, PL_E_BUSY);
	assert_string_equal(err.text, "interface 1 is held by another program (usbfs)");
	assert_int_equal(pl_usb_owner(usb, &dev, 1, name), PL_USB_OWNER_USBFS);
	assert_string_equal(name, "usbfs");

	/* His interface is his, the others and the device ID are not. */
	fetch_again_and_again((int[]){ 2 });
	assert_int_equal(pl_usb_device_id(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS), id,
					  sizeof(id), &size, &err),
			 PL_OK);
	assert_int_equal(pl_usb_port_status(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS),
					    &bits, &err),
			 PL_OK);
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	for (int i = 0; i < 1000 && r == PL_E_BUSY; i++) {
		usleep(5000);
		r = try_lease(&dev, 1, 0, &err);
	}
	assert_int_equal(r, PL_OK);
}

static void silence_times_out_and_the_stream_lives_on(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	struct pl_stream *s = lease(&dev, 1, 0);
	int64_t begin = pl_clock_now_ms();
	struct pl_error err;
	char buf[100];
	size_t n;

	(void)state;
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), pl_clock_in_ms(700), &n, &err),
			 PL_E_TIMEOUT);
	assert_in_range(pl_clock_now_ms() - begin, 690, 2500);
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), begin, &n, &err), PL_E_TIMEOUT);
	fetch_document(s);
	pl_stream_close(s);
}

/* Setting 0 is not selected anew, so nothing but the lease's own listening clears the pipe. */
static void an_answer_nobody_read_does_not_come_back(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	struct pl_error err;
	char few[100];
	size_t n;

	(void)state;
	for (int round = 0; round < 5; round++) {
		struct pl_stream *s = lease(&dev, 1, 0);

		ask(s, DOCUMENT);
		assert_int_equal(read_until(s, few, sizeof(few), pl_clock_in_ms(SOON_MS), &n, &err),
				 PL_OK);
		pl_stream_close(s);
		s = lease(&dev, 1, 0);
		fetch_document(s);
		pl_stream_close(s);
	}
}

/* Late enough that the transfer under way has more than a second to go. */
static void *interrupt_soon(void *arg)
{
	usleep(1300 * 1000);
	pl_usb_interrupt(arg);
	return NULL;
}

static void a_stop_ends_a_read(void **state)
{
	struct pl_usb_device dev = the("Plain Printer");
	struct pl_usb *first = usb;
	struct pl_error err;
	struct pl_stream *s;
	int64_t begin;
	pthread_t thread;
	char buf[100];
	size_t n;

	(void)state;
	assert_int_equal(pl_usb_create(&usb, &err), PL_OK);
	s = lease(&dev, 1, 0);
	begin = pl_clock_now_ms();
	assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, usb), 0);
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), PL_FOREVER, &n, &err), PL_E_CANCELLED);
	assert_in_range(pl_clock_now_ms() - begin, 1290, 2300);
	assert_int_equal(pl_stream_write(s, "x", 1, PL_FOREVER, &err), PL_E_CANCELLED);
	pthread_join(thread, NULL);
	pl_stream_close(s);
	pl_usb_destroy(usb);
	usb = first;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_is_plugged_in),
		cmocka_unit_test(reads_id_and_port_status),
		cmocka_unit_test(leases_one_interface_after_the_other),
		cmocka_unit_test(two_threads_talk_at_once),
		cmocka_unit_test(the_print_pipe_is_never_taken),
		cmocka_unit_test(another_program_makes_it_busy),
		cmocka_unit_test(silence_times_out_and_the_stream_lives_on),
		cmocka_unit_test(an_answer_nobody_read_does_not_come_back),
		cmocka_unit_test(a_stop_ends_a_read),
	};

	return run_usb_tests(argc, argv, "usb talk", tests, sizeof(tests) / sizeof(tests[0]));
}
