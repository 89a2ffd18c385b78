/* SPDX-License-Identifier: Apache-2.0 */
/* The back-end of Windows on a driver that is played: what Plug and Play tells, the device ID, the
 * port status, a stream with its deadlines, and a printer that leaves or lies. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "platen/clock.h"
#include "played.h"

struct fixture {
	struct played *printer;
	struct pl_usb *usb;
	struct pl_usb_device dev;
	struct pl_usb_setting *pipe;
	struct pl_error err;
};

static size_t list(struct fixture *f)
{
	struct pl_usb_device *devices = calloc(PL_MAX_USB_DEVICES, sizeof(*devices));
	size_t n = 0;

	assert_int_equal(pl_usb_list(f->usb, devices, PL_MAX_USB_DEVICES, &n, &f->err), PL_OK);
	f->dev = devices[0];
	f->pipe = &f->dev.settings[0];
	free(devices);
	return n;
}

static int plug_in(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->printer = played_reset();
	assert_int_equal(usbprint_create(&PLAYED_SYSTEM, &f->usb, &f->err), PL_OK);
	assert_int_equal(list(f), 1);
	*state = f;
	return 0;
}

/* Every test ends with each pipe closed that it opened. */
static int take_apart(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->printer->opens, f->printer->closes);
	pl_usb_destroy(f->usb);
	free(f);
	return 0;
}

static void is_listed(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->dev.vendor_id, 0x03f0);
	assert_int_equal(f->dev.product_id, 0x2b17);
	assert_string_equal(f->dev.serial, "VNB3K12345");
	assert_string_equal(f->dev.port_path, "1400-2.3");
	assert_string_equal(f->dev.port_name, "USB001");
	assert_string_equal(f->dev.product, "HP LaserJet 400 M401n");
	assert_int_equal(f->dev.setting_count, 1);
	assert_true(pl_usb_is_print_pipe(f->pipe));
	assert_true(f->pipe->ep_in && f->pipe->ep_out);
}

/* Two interfaces of a composite device are one printer; one without a serial number has none. */
static void a_composite_device_is_one_printer(void **state)
{
	struct fixture *f = *state;
	struct usbprint_interface *both = f->printer->interfaces;

	snprintf(both[0].device, sizeof(both[0].device), "USB\\VID_04F9&PID_0027\\5&2AB1&0&2");
	both[1] = both[0];
	snprintf(both[1].path, sizeof(both[1].path), "\\\\?\\another");
	both[1].number = 1;
	f->printer->interface_count = 2;
	assert_int_equal(list(f), 1);
	assert_string_equal(f->dev.serial, "");
	assert_int_equal(f->dev.setting_count, 2);
	assert_int_equal(f->dev.settings[0].interface, 0);
	assert_int_equal(f->dev.settings[1].interface, 1);
}

/* Once per plug: Windows asks the device for it. */
static void the_protocol_is_asked_once_while_it_stays(void **state)
{
	struct fixture *f = *state;

	list(f);
	list(f);
	assert_int_equal(f->printer->protocol_asked, 1);
	f->printer->interface_count = 0;
	assert_int_equal(list(f), 0);
	f->printer->interface_count = 1;
	f->printer->protocol = 4;
	list(f);
	assert_int_equal(f->printer->protocol_asked, 2);
	assert_true(pl_usb_is_ipp(f->pipe));
}

static void an_old_driver_has_a_print_pipe(void **state)
{
	struct fixture *f = *state;

	pl_usb_destroy(f->usb);
	f->printer->protocol = 0;
	assert_int_equal(usbprint_create(&PLAYED_SYSTEM, &f->usb, &f->err), PL_OK);
	assert_int_equal(list(f), 1);
	assert_true(pl_usb_is_print_pipe(f->pipe));
}

static void the_device_id_comes_without_its_length(void **state)
{
	struct fixture *f = *state;
	char text[PL_MAX_USB_DEVICEID + 1];
	size_t n = 0;

	assert_int_equal(pl_usb_device_id(f->usb, &f->dev, f->pipe, pl_clock_in_ms(1000), text,
					  sizeof(text), &n, &f->err),
			 PL_OK);
	assert_int_equal(n, strlen(text));
	assert_memory_equal(text, "MFG:Hewlett-Packard;CMD:PJL", 27);
}

static enum pl_result ask_id(struct fixture *f, size_t cap)
{
	char text[PL_MAX_USB_DEVICEID + 1] = "";
	size_t n = 0;

	return pl_usb_device_id(f->usb, &f->dev, f->pipe, pl_clock_in_ms(100), text, cap, &n,
				&f->err);
}

static void a_device_id_that_is_none_is_refused(void **state)
{
	struct fixture *f = *state;

	f->printer->device_id_size = 0;
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_PROTOCOL);
	f->printer->device_id_size = 5;
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_PROTOCOL);
	memset(f->printer->device_id, 0xff, PLAYED_MAX); /* longer than what came */
	f->printer->device_id_size = 60;
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_OK);
	f->printer->device_id_size = PLAYED_MAX; /* as much as the driver gives */
	assert_int_equal(ask_id(f, 200), PL_E_TOO_BIG);
}

static void a_question_ends_by_its_deadline(void **state)
{
	struct fixture *f = *state;
	int64_t began_ms = pl_clock_now_ms();

	f->printer->slow_ask = true;
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_TIMEOUT);
	assert_in_range(pl_clock_now_ms() - began_ms, 99, 60000);
}

static void refusals_are_told_as_they_are(void **state)
{
	static const enum pl_result RESULTS[] = { PL_E_BUSY, PL_E_DENIED, PL_E_IO };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(RESULTS) / sizeof(RESULTS[0]); i++) {
		f->printer->open_fails = RESULTS[i];
		assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), RESULTS[i]);
	}
	f->printer->open_fails = PL_OK;
	f->printer->ask_fails = PL_E_UNSUPPORTED;
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_UNSUPPORTED);
}

static void the_port_status_is_one_byte(void **state)
{
	struct fixture *f = *state;
	uint8_t bits = 0;

	f->printer->port_status = PL_USB_PORT_PAPER_EMPTY | PL_USB_PORT_SELECTED;
	assert_int_equal(
		pl_usb_port_status(f->usb, &f->dev, f->pipe, pl_clock_in_ms(1000), &bits, &f->err),
		PL_OK);
	assert_int_equal(bits, 0x30);
	f->printer->port_status_size = 0;
	assert_int_equal(
		pl_usb_port_status(f->usb, &f->dev, f->pipe, pl_clock_in_ms(1000), &bits, &f->err),
		PL_E_PROTOCOL);
}

static void a_sleeping_printer_is_not_opened(void **state)
{
	struct fixture *f = *state;
	int opens = f->printer->opens;
	uint8_t bits;

	f->printer->interfaces[0].power = PL_USB_POWER_SUSPENDED;
	assert_int_equal(pl_usb_power(f->usb, &f->dev), PL_USB_POWER_SUSPENDED);
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_BUSY);
	assert_int_equal(
		pl_usb_port_status(f->usb, &f->dev, f->pipe, pl_clock_in_ms(100), &bits, &f->err),
		PL_E_BUSY);
	list(f);
	assert_int_equal(f->printer->opens, opens);
}

static struct pl_stream *open_pipe(struct fixture *f)
{
	struct pl_stream *s = NULL;

	assert_int_equal(pl_usb_open_lp(f->usb, &f->dev, 0, &s, &f->err), PL_OK);
	return s;
}

static void talks_both_ways(void **state)
{
	static const char QUESTION[] = "\033%-12345X@PJL\r\n@PJL INFO ID\r\n\033%-12345X";
	struct fixture *f = *state;
	char text[64] = "";
	struct pl_stream *s;
	size_t n = 0;

	played_say("left over", 9); /* of somebody before us */
	s = open_pipe(f);
	assert_int_equal(
		pl_stream_write(s, QUESTION, strlen(QUESTION), pl_clock_in_ms(1000), &f->err),
		PL_OK);
	assert_int_equal(pl_stream_read(s, text, 12, pl_clock_in_ms(1000), &n, &f->err), PL_OK);
	assert_int_equal(n, 12);
	assert_memory_equal(text, "@PJL INFO ID", 12);
	assert_int_equal(pl_stream_read(s, text, sizeof(text), pl_clock_in_ms(1000), &n, &f->err),
			 PL_OK);
	assert_memory_equal(text, "\r\n\"HP LaserJet", 13);
	pl_stream_close(s);
	assert_int_equal(f->printer->opens_alone, 0);
}

static void silence_ends_by_the_deadline(void **state)
{
	struct fixture *f = *state;
	struct pl_stream *s = open_pipe(f);
	char text[8];
	size_t n = 0;

	for (int i = 0; i < 2; i++) { /* a driver that waits, and one that says "nothing yet" */
		f->printer->empty_packets = i == 1;
		assert_int_equal(pl_stream_read(s, text, 8, pl_clock_in_ms(50), &n, &f->err),
				 PL_E_TIMEOUT);
	}
	pl_stream_close(s);
}

/* A write that broke off leaves half a sentence in the printer: nothing more is written. */
static void after_a_failed_write_nothing_is_written(void **state)
{
	struct fixture *f = *state;
	struct pl_stream *s = open_pipe(f);

	f->printer->write_stalls = 4;
	assert_int_equal(pl_stream_write(s, "0123456789", 10, pl_clock_in_ms(50), &f->err),
			 PL_E_TIMEOUT);
	assert_string_equal(f->printer->written, "0123");
	f->printer->write_stalls = 0;
	assert_int_equal(pl_stream_write(s, "more", 4, pl_clock_in_ms(50), &f->err), PL_E_INVALID);
	assert_string_equal(f->printer->written, "0123");
	pl_stream_close(s);
}

static void a_printer_that_never_stops_sending_is_left(void **state)
{
	struct fixture *f = *state;
	struct pl_stream *s = NULL;

	f->printer->empty_packets = true; /* reads end at once, and never with "nothing there" */
	assert_int_equal(pl_usb_open_lp(f->usb, &f->dev, 0, &s, &f->err), PL_E_PROTOCOL);
	assert_null(s);
}

static void *unplug_soon(void *arg)
{
	struct fixture *f = arg;

	(void)!pl_usb_pause(f->usb, pl_clock_in_ms(30), &f->err);
	played_unplug();
	return NULL;
}

static void leaving_ends_a_read(void **state)
{
	struct fixture *f = *state;
	struct pl_stream *s = open_pipe(f);
	struct pl_error err;
	pthread_t thread;
	char text[8];
	size_t n = 0;

	assert_int_equal(pthread_create(&thread, NULL, unplug_soon, f), 0);
	assert_int_equal(pl_stream_read(s, text, 8, pl_clock_in_ms(60000), &n, &err), PL_E_GONE);
	pthread_join(thread, NULL);
	pl_stream_close(s);
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_GONE);
	assert_int_equal(list(f), 0);
}

static void *stop_soon(void *arg)
{
	struct fixture *f = arg;

	(void)!pl_usb_pause(f->usb, pl_clock_in_ms(30), &f->err);
	pl_usb_interrupt(f->usb);
	return NULL;
}

static void a_stop_ends_every_wait(void **state)
{
	struct fixture *f = *state;
	struct pl_stream *s = open_pipe(f), *later = NULL;
	struct pl_error err;
	pthread_t thread;
	char text[8];
	size_t n = 0;

	assert_int_equal(pthread_create(&thread, NULL, stop_soon, f), 0);
	assert_int_equal(pl_stream_read(s, text, 8, pl_clock_in_ms(60000), &n, &err),
			 PL_E_CANCELLED);
	pthread_join(thread, NULL);
	pl_stream_close(s);
	assert_int_equal(pl_usb_open_lp(f->usb, &f->dev, 0, &later, &err), PL_E_CANCELLED);
	assert_int_equal(ask_id(f, PL_MAX_USB_DEVICEID), PL_E_CANCELLED);
}

/* The driver speaks one protocol at a time: what it does not speak is not tried. */
static void only_what_the_driver_speaks_is_spoken(void **state)
{
	struct fixture *f = *state;
	struct pl_usb_setting ipp = *f->pipe;
	struct pl_stream *s = NULL;
	int64_t by_ms = pl_clock_in_ms(1000);

	ipp.protocol = 4;
	assert_int_equal(pl_usb_lease(f->usb, &f->dev, &ipp, false, by_ms, &s, &f->err),
			 PL_E_UNSUPPORTED);
	assert_int_equal(pl_usb_lease(f->usb, &f->dev, f->pipe, false, by_ms, &s, &f->err),
			 PL_E_INVALID);
	assert_null(s);
}

static void firmware_has_the_pipe_alone_and_afresh(void **state)
{
	struct fixture *f = *state;
	struct pl_stream *s = NULL;

	assert_int_equal(
		pl_usb_take_pipe(f->usb, &f->dev, f->pipe, true, pl_clock_in_ms(1000), &s, &f->err),
		PL_OK);
	pl_stream_close(s);
	assert_int_equal(f->printer->opens_alone, 1);
	assert_int_equal(f->printer->resets, 1);
}

static void count_call(void *arg)
{
	(*(int *)arg)++;
}

static void whoever_watches_is_called(void **state)
{
	struct fixture *f = *state;
	int calls = 0;

	assert_int_equal(pl_usb_watch(f->usb, count_call, &calls, &f->err), PL_OK);
	assert_int_equal(calls, 1); /* what is there already */
	played_unplug();
	assert_int_equal(calls, 2);
	pl_usb_unwatch(f->usb);
}

static void names_that_lie_are_no_printer(void **state)
{
	static const char *const NAMES[] = { "",
					     "USB",
					     "USB\\VID_03F0",
					     "USB\\VID_03F0&PID_\\1",
					     "USB\\VID_G3F0&PID_2B17\\1",
					     "VID_03F0&PID_2B17" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		snprintf(f->printer->interfaces[0].device, sizeof(f->printer->interfaces[0].device),
			 "%s", NAMES[i]);
		assert_int_equal(list(f), 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, plug_in, take_apart)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_listed),
		TEST(a_composite_device_is_one_printer),
		TEST(the_protocol_is_asked_once_while_it_stays),
		TEST(an_old_driver_has_a_print_pipe),
		TEST(the_device_id_comes_without_its_length),
		TEST(a_device_id_that_is_none_is_refused),
		TEST(a_question_ends_by_its_deadline),
		TEST(refusals_are_told_as_they_are),
		TEST(the_port_status_is_one_byte),
		TEST(a_sleeping_printer_is_not_opened),
		TEST(talks_both_ways),
		TEST(silence_ends_by_the_deadline),
		TEST(after_a_failed_write_nothing_is_written),
		TEST(a_printer_that_never_stops_sending_is_left),
		TEST(leaving_ends_a_read),
		TEST(a_stop_ends_every_wait),
		TEST(only_what_the_driver_speaks_is_spoken),
		TEST(firmware_has_the_pipe_alone_and_afresh),
		TEST(whoever_watches_is_called),
		TEST(names_that_lie_are_no_printer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
