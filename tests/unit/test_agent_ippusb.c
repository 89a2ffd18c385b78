/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a printer is found in what ipp-usb leaves on disk, that it is seen to be served, and
 * that nothing else is taken for it. */
#include "ippusb.h"

#include "unit.h"

static struct pl_usb_device device(uint8_t bus, uint8_t address, uint16_t vendor, uint16_t product)
{
	return (struct pl_usb_device){
		.bus = bus, .address = address, .vendor_id = vendor, .product_id = product
	};
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

static bool confusable(const char *mine, const char *theirs, uint16_t product)
{
	struct pl_usb_device a = device(1, 2, 0x03f0, 0x822a), b = device(1, 3, 0x03f0, product);

	strcpy(a.serial, mine);
	strcpy(b.serial, theirs);
	return pl_ippusb_is_confusable(&a, &b);
}

static void a_twins_file_is_nobodys(void **state)
{
	(void)state;
	assert_true(confusable("0123456789", "0123456789", 0x822a));
	assert_true(confusable("", "", 0x822a));
	assert_true(confusable("", "CNB8147086", 0x822a));
	assert_true(confusable("CNB 1", "CNB-1-2", 0x822a)); /* "…-CNB-1-2-HP-….state" */
	assert_false(confusable("CNB8147086", "CNB8147087", 0x822a));
	assert_false(confusable("CNB8147086", "", 0x822a));
	assert_false(confusable("CNB1", "CNB12", 0x822a));
	assert_false(confusable("0123456789", "0123456789", 0x822b));
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

#define LISTENER(address, state, uid)                                                              \
	"   1: " address " 00000000:0000 " state " 00000000:00000000 00:00000000 00000000 " uid    \
	"        0 8124 1 0000000000000000 100 0 0 10 0\n"

static void a_served_port_is_a_listening_socket_of_roots(void **state)
{
	(void)state;
	assert_true(pl_ippusb_is_listener(SPAN(LISTENER("0100007F:EA60", "0A", "    0")), 60000));
	assert_true(pl_ippusb_is_listener(SPAN(LISTENER("00000000:EA60", "0A", "    0")), 60000));
	assert_true(pl_ippusb_is_listener(
		SPAN(LISTENER("00000000000000000000000000000000:EA60", "0A", "    0")), 60000));
	assert_false(pl_ippusb_is_listener(SPAN(LISTENER("0100007F:EA60", "0A", "    0")), 60001));
	assert_false(pl_ippusb_is_listener(SPAN(LISTENER("0100007F:EA60", "01", "    0")), 60000));
	assert_false(pl_ippusb_is_listener(SPAN(LISTENER("0100007F:EA60", "0A", " 1000")), 60000));
	assert_false(pl_ippusb_is_listener(
		SPAN("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when"), 60000));
	assert_false(pl_ippusb_is_listener(SPAN("1: 0100007F:EA60 0:0 0A"), 60000));
	assert_false(pl_ippusb_is_listener(SPAN(""), 60000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(state_files_are_known_by_their_names),
		cmocka_unit_test(a_twins_file_is_nobodys),
		cmocka_unit_test(the_port_stands_in_the_state_file),
		cmocka_unit_test(a_served_port_is_a_listening_socket_of_roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
