/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors, true and lying: what can be trusted is read, the rest is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "descriptors.h"
#include "usb_bytes.h"

static struct pl_usb_device read_ok(const uint8_t *bytes, size_t size, uint8_t configuration)
{
	struct pl_usb_device dev = { 0 };

	assert_int_equal(usb_read_descriptors(bytes, size, configuration, &dev), PL_OK);
	return dev;
}

static void assert_setting(const struct pl_usb_setting *s, int interface, int alternate, int in,
			   int out)
{
	assert_int_equal(s->interface, interface);
	assert_int_equal(s->alternate, alternate);
	assert_int_equal(s->ep_in, in);
	assert_int_equal(s->ep_out, out);
}

static void reads_a_composite_printer(void **state)
{
	static const uint8_t bytes[] = { DEVICE(0x03f0, 0x0f2a, 1), MFP_CONFIGURATION(1) };
	struct pl_usb_device dev = read_ok(bytes, sizeof(bytes), 1);

	(void)state;
	assert_int_equal(dev.vendor_id, 0x03f0);
	assert_int_equal(dev.product_id, 0x0f2a);
	assert_int_equal(dev.configuration, 1);
	assert_int_equal(dev.configuration_index, 0);
	assert_int_equal(dev.setting_count, 4);
	assert_setting(&dev.settings[0], 0, 0, 0x81, 0x01);
	assert_setting(&dev.settings[1], 0, 1, 0x81, 0x01);
	assert_setting(&dev.settings[2], 1, 0, 0x82,
		       0x02); /* the interrupt endpoint is passed over */
	assert_setting(&dev.settings[3], 1, 1, 0x82, 0x02);
	assert_int_equal(dev.settings[3].in_packet_size, 512);
	assert_true(pl_usb_is_print_pipe(&dev.settings[0]));
	assert_true(pl_usb_is_ipp(&dev.settings[1]));
	assert_true(pl_usb_is_vendor_http(&dev.settings[2]));
	assert_true(usb_is_printer(&dev));
}

static void reads_the_configuration_in_force(void **state)
{
	static const uint8_t bytes[] = { DEVICE(0x1209, 1, 2), CONFIGURATION(1, 1, 18),
					 INTERFACE(0, 0, 8, 6, 80), MFP_CONFIGURATION(5) };
	struct pl_usb_device dev = read_ok(bytes, sizeof(bytes), 5);

	(void)state;
	assert_int_equal(dev.configuration, 5);
	assert_int_equal(dev.configuration_index, 1); /* what GET_DEVICE_ID is asked with */
	assert_int_equal(dev.setting_count, 4);

	dev = read_ok(bytes, sizeof(bytes), 1);
	assert_int_equal(dev.setting_count, 1);
	assert_false(usb_is_printer(&dev));
}

static void a_value_nobody_bears_means_the_only_one(void **state)
{
	static const uint8_t one[] = { DEVICE(0x03f0, 1, 1), MFP_CONFIGURATION(1) };
	static const uint8_t two[] = { DEVICE(0x03f0, 1, 2), MFP_CONFIGURATION(1),
				       MFP_CONFIGURATION(2) };
	struct pl_usb_device dev = read_ok(one, sizeof(one), 199);

	(void)state;
	assert_int_equal(dev.configuration, 1);
	assert_int_equal(dev.setting_count, 4);

	dev = read_ok(two, sizeof(two), 199);
	assert_int_equal(dev.setting_count, 0);
}

static void believes_nothing_behind_a_broken_length(void **state)
{
	uint8_t bytes[] = { DEVICE(0x03f0, 1, 1), MFP_CONFIGURATION(1) };
	const size_t second = 18 + 9 + 9 + 7 + 7; /* where setting 0.1 begins */
	struct pl_usb_device dev;

	(void)state;
	bytes[second] = 1; /* would never end */
	dev = read_ok(bytes, sizeof(bytes), 1);
	assert_int_equal(dev.setting_count, 1);
	assert_setting(&dev.settings[0], 0, 0, 0x81, 0x01);

	bytes[second] = 255; /* reaches over the end */
	dev = read_ok(bytes, sizeof(bytes), 1);
	assert_int_equal(dev.setting_count, 1);

	bytes[second] = 8; /* too short for an interface: what follows is out of step */
	dev = read_ok(bytes, sizeof(bytes), 1);
	assert_int_equal(dev.settings[0].ep_in, 0x81);
	assert_int_equal(dev.setting_count, 1);
}

static void ignores_counts_and_total_lengths(void **state)
{
	uint8_t bytes[] = { DEVICE(0x03f0, 1, 9), MFP_CONFIGURATION(1) };
	struct pl_usb_device dev;

	(void)state;
	bytes[18 + 2] = bytes[18 + 3] = 0xff; /* wTotalLength */
	bytes[18 + 4] = 0;		      /* bNumInterfaces */
	dev = read_ok(bytes, sizeof(bytes), 1);
	assert_int_equal(dev.setting_count, 4);
}

static void keeps_the_first_of_two_and_sorts(void **state)
{
	static const uint8_t bytes[] = {
		DEVICE(0x04b8, 1, 1),	  CONFIGURATION(1, 2, 0),
		INTERFACE(3, 1, 7, 1, 4), BULK(0x83, 512),
		INTERFACE(3, 0, 7, 1, 2), BULK(0x84, 64),
		BULK(0x85, 64),		  INTERFACE(3, 1, 7, 1, 1),
		BULK(0x8f, 64),		  INTERFACE(40, 0, 7, 1, 2),
		BULK(0x01, 64),		  INTERFACE(1, 0, 255, 0, 0),
		BULK(0x80, 64),
	};
	struct pl_usb_device dev = read_ok(bytes, sizeof(bytes), 1);

	(void)state;
	assert_int_equal(dev.setting_count, 3);	      /* 40 cannot be claimed by anybody */
	assert_setting(&dev.settings[0], 1, 0, 0, 0); /* endpoint number 0 is no bulk pipe */
	assert_setting(&dev.settings[1], 3, 0, 0x84, 0);
	assert_setting(&dev.settings[2], 3, 1, 0x83, 0);
	assert_int_equal(dev.settings[2].protocol, 4);
}

static void holds_no_more_than_fit(void **state)
{
	uint8_t bytes[18 + 9 + 9 * 200] = { DEVICE(0x03f0, 1, 1), CONFIGURATION(1, 1, 0) };
	struct pl_usb_device dev;

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		const uint8_t interface[] = { INTERFACE(0, (uint8_t)i, 7, 1, 2) };

		memcpy(bytes + 27 + 9 * i, interface, sizeof(interface));
	}
	dev = read_ok(bytes, sizeof(bytes), 1);
	assert_int_equal(dev.setting_count, PL_MAX_USB_SETTINGS);
	assert_int_equal(dev.settings[PL_MAX_USB_SETTINGS - 1].alternate, PL_MAX_USB_SETTINGS - 1);
}

/* Every prefix, in a block of exactly its size so that a sanitizer sees one byte too many. */
static void survives_a_cut_at_every_byte(void **state)
{
	static const uint8_t bytes[] = { DEVICE(0x03f0, 1, 1), MFP_CONFIGURATION(1) };
	size_t last = 0;

	(void)state;
	for (size_t size = 0; size <= sizeof(bytes); size++) {
		uint8_t *cut = malloc(size + (size == 0));
		struct pl_usb_device dev = { .vendor_id = 7 };
		enum pl_result r;

		memcpy(cut, bytes, size);
		r = usb_read_descriptors(cut, size, 1, &dev);
		if (size < 18) {
			assert_int_equal(r, PL_E_PROTOCOL);
			assert_int_equal(dev.vendor_id, 7); /* untouched */
		} else {
			assert_int_equal(r, PL_OK);
			assert_true(dev.setting_count >= last);
			last = dev.setting_count;
		}
		free(cut);
	}
	assert_int_equal(last, 4);
}

static void vendor_interfaces_count_for_known_makers(void **state)
{
	static const uint8_t hp[] = { DEVICE(0x03f0, 1, 1), CONFIGURATION(1, 1, 0),
				      INTERFACE(0, 0, 0xff, 9, 1) };
	static const uint8_t other[] = { DEVICE(0x1234, 1, 1), CONFIGURATION(1, 1, 0),
					 INTERFACE(0, 0, 0xff, 9, 1) };
	struct pl_usb_device dev = read_ok(hp, sizeof(hp), 1);

	(void)state;
	assert_true(usb_is_printer(&dev));
	dev = read_ok(other, sizeof(other), 1);
	assert_false(usb_is_printer(&dev));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_composite_printer),
		cmocka_unit_test(reads_the_configuration_in_force),
		cmocka_unit_test(a_value_nobody_bears_means_the_only_one),
		cmocka_unit_test(believes_nothing_behind_a_broken_length),
		cmocka_unit_test(ignores_counts_and_total_lengths),
		cmocka_unit_test(keeps_the_first_of_two_and_sorts),
		cmocka_unit_test(holds_no_more_than_fit),
		cmocka_unit_test(survives_a_cut_at_every_byte),
		cmocka_unit_test(vendor_interfaces_count_for_known_makers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
