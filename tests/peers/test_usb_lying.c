/* SPDX-License-Identifier: Apache-2.0 */
/* Printers that lie about the length of their device ID or of their descriptors, each in one way.
 * Configuration: 9 bytes, then 0.0 with 9 + 7 + 7, then 1.0 at 32 and 1.1 at 55, each as long. */
#include <string.h>

#include "usb_world.h"

#define ID "MFG:Example;MDL:Lying Printer;CMD:PJL,PCL;SN:LYING00001;"

static enum pl_result ask_id(const char *product, char id[static PL_MAX_USB_DEVICEID],
			     struct pl_error *err)
{
	struct pl_usb_device dev;
	size_t size;

	if (!find(product, &dev))
		fail_msg("%s is not listed", product);
	return pl_usb_device_id(usb, &dev, &dev.settings[0], pl_clock_in_ms(SOON_MS), id,
				PL_MAX_USB_DEVICEID, &size, err);
}

static void a_lying_length_is_seen_through(void **state)
{
	static const char *const WAYS[] = {
		"little", "exclusive", "long", "zero", "padded", "total"
	};
	char id[PL_MAX_USB_DEVICEID];
	struct pl_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(WAYS) / sizeof(WAYS[0]); i++) {
		if (ask_id(WAYS[i], id, &err) != PL_OK)
			fail_msg("%s: %s", WAYS[i], err.text);
		if (strcmp(id, ID) != 0)
			fail_msg("%s: %s", WAYS[i], id);
	}
}

static void an_id_of_two_bytes_is_none(void **state)
{
	char id[PL_MAX_USB_DEVICEID];
	struct pl_error err;

	(void)state;
	assert_int_equal(ask_id("only", id, &err), PL_E_PROTOCOL);
	assert_string_equal(err.text, "the printer's device ID of 2 bytes is too short to be one");
}

static void descriptors_count_up_to_the_lie(void **state)
{
	static const struct {
		const char *product;
		size_t settings;
		int last_in; /* endpoint of the last one */
	} CASES[] = {
		{ "total", 3, 0x82 },  /* claims 65535 bytes in all */
		{ "cut", 3, 0 },       /* ends in the middle of the last endpoints */
		{ "broken", 1, 0x81 }, /* interface 1 is 1 byte long */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
		struct pl_usb_device dev;

		if (!find(CASES[i].product, &dev))
			fail_msg("%s is not listed", CASES[i].product);
		assert_int_equal(dev.setting_count, CASES[i].settings);
		assert_int_equal(dev.settings[dev.setting_count - 1].ep_in, CASES[i].last_in);
	}
}

static void what_is_left_of_a_liar_works(void **state)
{
	struct pl_usb_device dev = the("cut");
	struct pl_stream *s = lease(&dev, 1, 0);
	struct pl_error err;

	(void)state;
	fetch_document(s);
	pl_stream_close(s);
	assert_int_equal(try_lease(&dev, 1, 1, &err), PL_E_INVALID); /* its endpoints are unknown */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lying_length_is_seen_through),
		cmocka_unit_test(an_id_of_two_bytes_is_none),
		cmocka_unit_test(descriptors_count_up_to_the_lie),
		cmocka_unit_test(what_is_left_of_a_liar_works),
	};

	return run_usb_tests(argc, argv, "usb lying", tests, sizeof(tests) / sizeof(tests[0]));
}
