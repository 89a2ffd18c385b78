/* SPDX-License-Identifier: Apache-2.0 */
/* Proves what the connector may change, and that nonsense in it changes nothing. */
#include "orders.h"

#include <cjson/cJSON.h>

#include "unit.h"

static struct pl_orders orders;

static void read_config(const char *text, enum pl_pjl_policy policy)
{
	cJSON *config = cJSON_Parse(text);

	assert_non_null(config);
	pl_orders_read(&orders, policy, config);
	cJSON_Delete(config);
}

static struct pl_usb_device device(uint16_t vendor_id, uint16_t product_id, const char *product)
{
	struct pl_usb_device dev = { .vendor_id = vendor_id, .product_id = product_id };

	strcpy(dev.manufacturer, "HP");
	strcpy(dev.product, product);
	return dev;
}

static void intervals_only_grow(void **state)
{
	(void)state;
	read_config("{\"schedule\":{\"active_s\":1,\"idle_s\":600,\"busy_s\":\"soon\",\"x\":9}}",
		    PL_PJL_IDLE);
	assert_int_equal(orders.tuning.pace.active_s, 10);
	assert_int_equal(orders.tuning.pace.idle_s, 600);
	assert_int_equal(orders.tuning.pace.busy_s, 5);
}

static void the_pc_s_policy_stands(void **state)
{
	(void)state;
	read_config("{\"pjl\":\"idle\"}", PL_PJL_NEVER);
	assert_int_equal(orders.tuning.pjl, PL_PJL_NEVER);
	read_config("{\"pjl\":\"never\"}", PL_PJL_IDLE);
	assert_int_equal(orders.tuning.pjl, PL_PJL_NEVER);
	read_config("{}", PL_PJL_IDLE);
	assert_int_equal(orders.tuning.pjl, PL_PJL_IDLE);
}

static void models_are_switched_off(void **state)
{
	struct pl_usb_device m605 = device(0x03f0, 0x1234, "LaserJet M605dn");
	struct pl_usb_device other = device(0x03f0, 0x2b17, "LaserJet MFP M227");

	(void)state;
	read_config("{\"printers_off\":[{\"model\":\"hp laserjet m605*\"}]}", PL_PJL_IDLE);
	assert_true(pl_orders_off(&orders, &m605));
	assert_false(pl_orders_off(&orders, &other));
	read_config("{\"printers_off\":[{\"vendor_id\":\"03f0\",\"product_id\":\"2B17\"}]}",
		    PL_PJL_IDLE);
	assert_false(pl_orders_off(&orders, &m605));
	assert_true(pl_orders_off(&orders, &other));
	read_config("{\"printers_off\":[{\"vendor_id\":\"03f0\",\"product_id\":\"*\"}]}",
		    PL_PJL_IDLE);
	assert_true(pl_orders_off(&orders, &m605));
}

static void nonsense_switches_nothing_off(void **state)
{
	struct pl_usb_device dev = device(0, 0, "");

	(void)state;
	read_config("{\"printers_off\":[{},null,7,{\"vendor_id\":\"3f0\"},{\"vendor_id\":\"0000\"},"
		    "{\"vendor_id\":\"zzzz\",\"product_id\":\"*\"},{\"model\":\"\"}],"
		    "\"schedule\":[1,2],\"pjl\":3}",
		    PL_PJL_IDLE);
	assert_int_equal(orders.off_count, 0);
	assert_false(pl_orders_off(&orders, &dev));
}

static void globs_match_like_a_shell(void **state)
{
	(void)state;
	assert_true(pl_glob_match("*", ""));
	assert_true(pl_glob_match("HP*M?05*", "hp laserjet m605dn"));
	assert_true(pl_glob_match("*a*b", "xaabab"));
	assert_false(pl_glob_match("HP", "HP LaserJet"));
	assert_false(pl_glob_match("?", ""));
	assert_false(pl_glob_match("*a*b", "xaaba"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_only_grow),
		cmocka_unit_test(the_pc_s_policy_stands),
		cmocka_unit_test(models_are_switched_off),
		cmocka_unit_test(nonsense_switches_nothing_off),
		cmocka_unit_test(globs_match_like_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
