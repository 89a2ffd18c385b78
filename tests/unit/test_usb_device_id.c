/* SPDX-License-Identifier: Apache-2.0 */
/* Replies to GET_DEVICE_ID whose length is true, turned round, short of itself or a lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "device_id.h"

#define TEXT "MFG:Brother;MDL:HL-5170DN series;CMD:PJL,PCL;"
#define SIZE (2 + sizeof(TEXT) - 1) /* 47: bytes of a true reply */

/* Reads TEXT behind `claimed`, with `padding` more bytes, from a block of exactly that size. */
static struct pl_span read_reply(unsigned claimed, size_t padding, char ret_text[static 256])
{
	size_t size = SIZE + padding;
	uint8_t *reply = calloc(1, size);
	struct pl_span text;

	reply[0] = (uint8_t)(claimed >> 8);
	reply[1] = (uint8_t)claimed;
	memcpy(reply + 2, TEXT, sizeof(TEXT) - 1);
	text = usb_device_id_text(reply, size);
	assert_true(pl_span_copy(text, ret_text, 256));
	free(reply);
	return (struct pl_span){ ret_text, text.size };
}

static void assert_whole(unsigned claimed, size_t padding)
{
	char text[256];
	struct pl_span span = read_reply(claimed, padding, text);

	if (!pl_span_is(span, TEXT))
		fail_msg("length 0x%04x with %zu bytes behind gave \"%s\"", claimed, padding, text);
}

static void reads_a_true_length(void **state)
{
	(void)state;
	assert_whole(SIZE, 0);
	assert_whole(SIZE, 40); /* bytes behind the claimed length are not the ID's */
}

static void reads_a_little_endian_length(void **state)
{
	(void)state;
	assert_whole(SIZE << 8, 0);
	assert_whole(SIZE << 8, 12);
}

static void reads_a_length_that_leaves_itself_out(void **state)
{
	(void)state;
	assert_whole(SIZE - 2, 0);
	assert_whole((SIZE - 2) << 8, 0);
}

static void takes_what_came_where_the_length_lies(void **state)
{
	(void)state;
	assert_whole(0xffff, 0);
	assert_whole(0x8000, 0);
	assert_whole(0, 0);
	assert_whole(2, 0);
	assert_whole(0xffff, 30); /* padded with zeros */
}

static void a_shorter_claim_cuts(void **state)
{
	char text[256];

	(void)state;
	assert_true(pl_span_is(read_reply(2 + 22, 0, text), "MFG:Brother;MDL:HL-517"));
}

static void refuses_what_is_too_short(void **state)
{
	static const uint8_t two[] = { 0, 2 }, empty[40] = { 0, 40 };
	static const uint8_t few[] = {
		0, 13, 'M', 'F', 'G', ':', 'A', ';', 'M', 'D', 'L', ':', 'B'
	};

	(void)state;
	assert_int_equal(usb_device_id_text(two, 0).size, 0);
	assert_int_equal(usb_device_id_text(two, 1).size, 0);
	assert_int_equal(usb_device_id_text(two, 2).size, 0);
	assert_int_equal(usb_device_id_text(few, sizeof(few)).size, 0);
	assert_int_equal(usb_device_id_text(empty, sizeof(empty)).size, 0);
}

static void cleans_text_of_others(void **state)
{
	(void)state;
	assert_true(pl_span_is(usb_device_id_clean(pl_span_of("\n " TEXT " \r\n")), TEXT));
	assert_int_equal(usb_device_id_clean(pl_span_of("MFG:A;")).size, 0);
	assert_int_equal(usb_device_id_clean((struct pl_span){ 0 }).size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_true_length),
		cmocka_unit_test(reads_a_little_endian_length),
		cmocka_unit_test(reads_a_length_that_leaves_itself_out),
		cmocka_unit_test(takes_what_came_where_the_length_lies),
		cmocka_unit_test(a_shorter_claim_cuts),
		cmocka_unit_test(refuses_what_is_too_short),
		cmocka_unit_test(cleans_text_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
