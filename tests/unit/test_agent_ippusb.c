/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a printer is found in what ipp-usb says of itself, in the words of old and new
 * versions, and that nothing else is taken for it. */
#include "ippusb.h"

#include "unit.h"

#define OLD                                                                                        \
	"ipp-usb daemon: running\nipp-usb devices:\n"                                              \
	" Num  Device              Vndr:Prod  Model\n"                                             \
	"   1. Bus 001 Device 002  03f0:822a  \"HP Color LaserJet MFP M283\"\n"                    \
	"      status: OK\n"                                                                       \
	"   2. Bus 001 Device 012  03f0:822a  \"60001 Device 002\"\n"                              \
	"      status: device timed out\n"
#define NEW                                                                                        \
	" Num  Device              Vndr:Prod  Port  Model\n"                                       \
	"   1. Bus 003 Device 007  04f9:0abc  60017 \"Brother\"\n"                                 \
	"      status: OK"

static struct pl_usb_device device(uint8_t bus, uint8_t address, uint16_t vendor, uint16_t product)
{
	return (struct pl_usb_device){
		.bus = bus, .address = address, .vendor_id = vendor, .product_id = product
	};
}

static void reads(const char *page, struct pl_usb_device dev, bool listed, int port,
		  const char *status)
{
	struct pl_ippusb_row row;

	pl_ippusb_read_status(pl_span_of(page), &dev, &row);
	assert_int_equal(row.listed, listed);
	assert_int_equal(row.port, port);
	assert_string_equal(row.status, status);
}

static void old_and_new_tables_are_read(void **state)
{
	(void)state;
	reads(OLD, device(1, 2, 0x03f0, 0x822a), true, 0, "OK");
	reads(OLD, device(1, 12, 0x03f0, 0x822a), true, 0, "device timed out");
	reads(NEW, device(3, 7, 0x04f9, 0x0abc), true, 60017, "OK");
}

static void others_are_not_taken_for_it(void **state)
{
	(void)state;
	reads(OLD, device(1, 3, 0x03f0, 0x822a), false, 0, "");
	reads(OLD, device(2, 2, 0x03f0, 0x822a), false, 0, "");
	reads(OLD, device(1, 2, 0x03f0, 0x822b), false, 0, "");
	reads("", device(1, 2, 0x03f0, 0x822a), false, 0, "");
	reads("1. Bus", device(1, 2, 0x03f0, 0x822a), false, 0, "");
	reads("9999999999999999999999. Bus 1 Device 2 3f0:822a", device(1, 2, 0x3f0, 0x822a), false,
	      0, "");
	reads("1. Bus 1 Device 2 03f0:822a 99999 \"\"\n", device(1, 2, 0x03f0, 0x822a), true, 0,
	      "");
}

static void state_files_are_known_by_their_names(void **state)
{
	struct pl_usb_device dev = device(1, 2, 0x03f0, 0x822a);

	(void)state;
	strcpy(dev.serial, "00CNB 814.7086");
	assert_true(pl_ippusb_is_state_of("03f0-822a-00CNB-814-7086-HP-Color.state", &dev));
	assert_false(pl_ippusb_is_state_of("03f0-822a-00CNB-814-7087-HP-Color.state", &dev));
	assert_false(pl_ippusb_is_state_of("03f0-822a-00CNB-814-7086-HP-Color.state.tmp", &dev));
	assert_false(pl_ippusb_is_state_of("../../etc/passwd", &dev));
	dev.serial[0] = '\0';
	assert_true(pl_ippusb_is_state_of("03f0-822a-HP-Color.state", &dev));
}

static void the_port_stands_in_the_state_file(void **state)
{
	(void)state;
	assert_int_equal(pl_ippusb_read_port(SPAN("; c\n[device]\nhttp-port       = 60000\n")),
			 60000);
	assert_int_equal(pl_ippusb_read_port(SPAN("http-portal = 5\nhttp-port=7")), 7);
	assert_int_equal(pl_ippusb_read_port(SPAN("http-port = 99999\n")), 0);
	assert_int_equal(pl_ippusb_read_port(SPAN("http-port =")), 0);
	assert_int_equal(pl_ippusb_read_port(SPAN("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_and_new_tables_are_read),
		cmocka_unit_test(others_are_not_taken_for_it),
		cmocka_unit_test(state_files_are_known_by_their_names),
		cmocka_unit_test(the_port_stands_in_the_state_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
