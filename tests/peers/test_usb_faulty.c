/* SPDX-License-Identifier: Apache-2.0 */
/* A printer with one fault on each interface: every conversation ends in bounded time, with what
 * came until then. */
#include <stdlib.h>

#include "usb_world.h"

/* Interface 1 ends its answer on a full packet and sends no empty one behind it. */
static void an_answer_of_full_packets_is_seen(void **state)
{
	struct pl_usb_device dev = the("Faulty Printer");
	struct pl_stream *s = lease(&dev, 1, 0);
	int64_t begin = pl_clock_now_ms();
	struct pl_error err;
	char buf[4096];
	size_t n;

	(void)state;
	ask(s, DOCUMENT);
	assert_int_equal(pl_stream_read(s, buf, sizeof(buf), pl_clock_in_ms(SOON_MS), &n, &err),
			 PL_OK);
	assert_int_equal(n, 1024);
	assert_in_range(pl_clock_now_ms() - begin, 0, 3000);
	pl_stream_close(s);
}

/* Interface 2 sends empty packets in the middle of its answers. */
static void empty_packets_are_no_end(void **state)
{
	struct pl_usb_device dev = the("Faulty Printer");
	struct pl_stream *s = lease(&dev, 2, 0);

	(void)state;
	fetch_document(s);
	fetch_document(s);
	pl_stream_close(s);
}

/* Interface 3 sends a packet larger than any packet. */
static void babble_is_malformed(void **state)
{
	struct pl_usb_device dev = the("Faulty Printer");
	struct pl_stream *s = lease(&dev, 3, 0);
	static char buf[DOCUMENT_SIZE];
	struct pl_error err;
	size_t n;

	(void)state;
	ask(s, DOCUMENT);
	assert_int_equal(read_until(s, buf, sizeof(buf), pl_clock_in_ms(SOON_MS), &n, &err),
			 PL_E_PROTOCOL);
	pl_stream_close(s);
}

/* Interface 4 stalls once, in mid-answer; the next lease finds it well again. */
static void a_stall_ends_one_conversation_only(void **state)
{
	struct pl_usb_device dev = the("Faulty Printer");
	struct pl_stream *s = lease(&dev, 4, 0);
	static char buf[DOCUMENT_SIZE];
	struct pl_error err;
	size_t n;

	(void)state;
	ask(s, DOCUMENT);
	assert_int_equal(read_until(s, buf, sizeof(buf), pl_clock_in_ms(SOON_MS), &n, &err),
			 PL_E_PROTOCOL);
	assert_true(n <= 700);
	pl_stream_close(s);
	s = lease(&dev, 4, 0);
	fetch_document(s);
	pl_stream_close(s);
}

/* Interface 5 takes ten bytes and then nothing any more. */
static void a_printer_that_takes_nothing_times_out(void **state)
{
	struct pl_usb_device dev = the("Faulty Printer");
	struct pl_stream *s = lease(&dev, 5, 0);
	int64_t begin = pl_clock_now_ms();
	struct pl_error err;

	(void)state;
	assert_int_equal(pl_stream_write(s, "GET / HTTP/1.1\r\n", 16, pl_clock_in_ms(300), &err),
			 PL_E_TIMEOUT);
	assert_in_range(pl_clock_now_ms() - begin, 290, 2000);
	pl_stream_close(s);
}

/* Interface 6 falls silent after 300 bytes: these count. */
static void bytes_before_a_silence_are_kept(void **state)
{
	struct pl_usb_device dev = the("Faulty Printer");
	struct pl_stream *s = lease(&dev, 6, 0);
	static char buf[DOCUMENT_SIZE];
	struct pl_error err;
	size_t n;

	(void)state;
	ask(s, DOCUMENT);
	assert_int_equal(read_until(s, buf, sizeof(buf), pl_clock_in_ms(900), &n, &err),
			 PL_E_TIMEOUT);
	assert_int_equal(n, 300);
	assert_memory_equal(buf, "HTTP/1.1 200", 12);
	pl_stream_close(s);
}

/* Interface 7 drips, so that the plug can be pulled at any byte. */
static void unplugged_at_any_byte(void **state)
{
	static char buf[2048];

	(void)state;
	srand(20);
	for (int round = 0; round < 20; round++) {
		struct pl_usb_device dev = the("Faulty Printer");
		struct pl_stream *s = lease(&dev, 7, 0);
		size_t wanted = (size_t)rand() % sizeof(buf) + 1, n;
		struct pl_error err;
		enum pl_result r;

		ask(s, DOCUMENT);
		assert_int_equal(read_until(s, buf, wanted, pl_clock_in_ms(SOON_MS), &n, &err),
				 PL_OK);
		assert_int_equal(n, wanted);
		control("unplug faulty");
		do
			r = pl_stream_read(s, buf, sizeof(buf), pl_clock_in_ms(SOON_MS), &n, &err);
		while (r == PL_OK);
		assert_int_equal(r, PL_E_GONE);
		pl_stream_close(s);
		control("plug faulty");
	}
	assert_int_equal(open_files("/dev/bus/usb"), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_of_full_packets_is_seen),
		cmocka_unit_test(empty_packets_are_no_end),
		cmocka_unit_test(babble_is_malformed),
		cmocka_unit_test(a_stall_ends_one_conversation_only),
		cmocka_unit_test(a_printer_that_takes_nothing_times_out),
		cmocka_unit_test(bytes_before_a_silence_are_kept),
		cmocka_unit_test(unplugged_at_any_byte),
	};

	return run_usb_tests(argc, argv, "usb faulty", tests, sizeof(tests) / sizeof(tests[0]));
}
