/* SPDX-License-Identifier: Apache-2.0 */
/* The stream over usblp's node, with one end of a socket in the node's place: packets keep their
 * borders there, zero-length ones too. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "platen/clock.h"
#include "stream_usblp.h"

struct fixture {
	struct pl_usb *usb;
	struct pl_usb_device dev;
	struct pl_stream *stream;
	int printer; /* the other end */
};

static int open_node(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct pl_error err;
	int ends[2];

	strcpy(f->dev.port_path, "99-99"); /* nowhere in sysfs: an error looks like an unplug */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends), 0);
	f->printer = ends[1];
	assert_int_equal(pl_usb_create(&f->usb, &err), PL_OK);
	assert_int_equal(usb_lp_stream(f->usb, &f->dev, ends[0], &f->stream, &err), PL_OK);
	*state = f;
	return 0;
}

static int close_node(void **state)
{
	struct fixture *f = *state;

	pl_stream_close(f->stream);
	pl_usb_destroy(f->usb);
	if (f->printer >= 0)
		close(f->printer);
	free(f);
	return 0;
}

static void assert_sent(struct fixture *f, const char *text)
{
	assert_int_equal(send(f->printer, text, strlen(text), 0), strlen(text));
}

static void talks_both_ways(void **state)
{
	struct fixture *f = *state;
	struct pl_error err;
	char buf[64];
	size_t n;

	assert_int_equal(
		pl_stream_write(f->stream, "@PJL INFO ID\r\n", 14, pl_clock_in_ms(1000), &err),
		PL_OK);
	assert_int_equal(recv(f->printer, buf, sizeof(buf), 0), 14);
	assert_memory_equal(buf, "@PJL INFO ID\r\n", 14);

	assert_sent(f, "\"HL-5170DN\"");
	assert_int_equal(
		pl_stream_read(f->stream, buf, sizeof(buf), pl_clock_in_ms(1000), &n, &err), PL_OK);
	assert_int_equal(n, 11);
	assert_string_equal(f->stream->ops->name, "usblp");
}

static void a_silent_printer_times_out_and_may_speak_later(void **state)
{
	struct fixture *f = *state;
	int64_t begin = pl_clock_now_ms();
	struct pl_error err;
	char buf[8];
	size_t n = 99;

	assert_int_equal(pl_stream_read(f->stream, buf, sizeof(buf), pl_clock_in_ms(80), &n, &err),
			 PL_E_TIMEOUT);
	assert_in_range(pl_clock_now_ms() - begin, 75, 2000);
	assert_int_equal(n, 99);

	assert_sent(f, "late");
	assert_int_equal(
		pl_stream_read(f->stream, buf, sizeof(buf), pl_clock_in_ms(1000), &n, &err), PL_OK);
	assert_int_equal(n, 4);
}

static void a_zero_length_packet_is_no_end(void **state)
{
	struct fixture *f = *state;
	struct pl_error err;
	char buf[8];
	size_t n;

	for (int i = 0; i < 3; i++)
		assert_int_equal(send(f->printer, "", 0, 0), 0);
	assert_sent(f, "ready");
	assert_int_equal(
		pl_stream_read(f->stream, buf, sizeof(buf), pl_clock_in_ms(1000), &n, &err), PL_OK);
	assert_int_equal(n, 5);
}

static void a_printer_that_takes_nothing_times_out(void **state)
{
	struct fixture *f = *state;
	char packet[512] = "", big[4096];
	struct pl_error err;
	enum pl_result r = PL_OK;

	for (int i = 0; r == PL_OK && i < 10000; i++)
		r = pl_stream_write(f->stream, packet, sizeof(packet), pl_clock_in_ms(30), &err);
	assert_int_equal(r, PL_E_TIMEOUT);
	while (recv(f->printer, big, sizeof(big), 0) > 0)
		;
}

static void an_unplugged_printer_is_gone(void **state)
{
	struct fixture *f = *state;
	struct pl_error err;

	close(f->printer);
	f->printer = -1;
	assert_int_equal(pl_stream_write(f->stream, "x", 1, pl_clock_in_ms(1000), &err), PL_E_GONE);
	assert_string_equal(err.text, "the printer was unplugged");
}

static void *interrupt_soon(void *arg)
{
	usleep(50 * 1000);
	pl_usb_interrupt(arg);
	return NULL;
}

static void a_stop_ends_the_wait(void **state)
{
	struct fixture *f = *state;
	int64_t begin = pl_clock_now_ms();
	struct pl_error err;
	pthread_t thread;
	char buf[8];
	size_t n;

	assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, f->usb), 0);
	assert_int_equal(
		pl_stream_read(f->stream, buf, sizeof(buf), pl_clock_in_ms(20000), &n, &err),
		PL_E_CANCELLED);
	assert_in_range(pl_clock_now_ms() - begin, 45, 5000);
	pthread_join(thread, NULL);
	assert_int_equal(pl_stream_write(f->stream, "x", 1, PL_FOREVER, &err), PL_E_CANCELLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(talks_both_ways, open_node, close_node),
		cmocka_unit_test_setup_teardown(a_silent_printer_times_out_and_may_speak_later,
						open_node, close_node),
		cmocka_unit_test_setup_teardown(a_zero_length_packet_is_no_end, open_node,
						close_node),
		cmocka_unit_test_setup_teardown(a_printer_that_takes_nothing_times_out, open_node,
						close_node),
		cmocka_unit_test_setup_teardown(an_unplugged_printer_is_gone, open_node,
						close_node),
		cmocka_unit_test_setup_teardown(a_stop_ends_the_wait, open_node, close_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
