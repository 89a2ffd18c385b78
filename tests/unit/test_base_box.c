/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that a box opens for the key it was closed for, in its place and unchanged, and for nobody
 * else; and that the key lasts. */
#include <string.h>

#include "platen/box.h"
#include "platen/seal.h"

#include "scratch.h"
#include "unit.h"

static struct pl_box_key *open_key(const char *name)
{
	struct pl_box_key *key = NULL;
	struct pl_error err;
	char path[256];

	scratch_path(name, path, sizeof(path));
	assert_result(pl_box_key_open(path, &key, &err), PL_OK);
	return key;
}

static void opens_for_its_owner_alone(void **state)
{
	struct pl_box_key *mine = open_key("mine.key"), *other = open_key("other.key"), *again;
	struct pl_bytes box, secret;

	(void)state;
	pl_bytes_init(&box, PL_MAX_BOX);
	pl_bytes_init(&secret, 100);
	assert_int_equal(strlen(pl_box_public(mine)), PL_BOX_PUBLIC_TEXT - 1);
	assert_result(pl_box_close(pl_box_public(mine), SPAN("p"), SPAN("s3cret"), &box), PL_OK);
	assert_int_equal(box.size, PL_BOX_PUBLIC_SIZE + 6 + PL_SEAL_OVERHEAD);
	assert_result(pl_box_open(mine, SPAN("q"), pl_bytes_span(&box), &secret), PL_E_UNTRUSTED);
	assert_result(pl_box_open(other, SPAN("p"), pl_bytes_span(&box), &secret), PL_E_UNTRUSTED);
	for (size_t i = 0; i < box.size; i += 7) {
		box.at[i] ^= 1;
		assert_result(pl_box_open(mine, SPAN("p"), pl_bytes_span(&box), &secret),
			      PL_E_UNTRUSTED);
		box.at[i] ^= 1;
	}
	assert_int_equal(secret.size, 0);
	pl_box_key_close(mine);
	again = open_key("mine.key"); /* after a restart */
	assert_result(pl_box_open(again, SPAN("p"), pl_bytes_span(&box), &secret), PL_OK);
	assert_span(pl_bytes_span(&secret), "s3cret");
	pl_box_key_close(again);
	pl_box_key_close(other);
	pl_bytes_finish(&secret);
	pl_bytes_finish(&box);
}

static void closes_for_no_nonsense(void **state)
{
	static const char POINT_OFF_THE_CURVE[] =
		"BAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"
		"EBAQE";
	struct pl_bytes box;

	(void)state;
	pl_bytes_init(&box, PL_MAX_BOX);
	assert_result(pl_box_close("", SPAN("p"), SPAN("s"), &box), PL_E_INVALID);
	assert_result(pl_box_close("AAAA", SPAN("p"), SPAN("s"), &box), PL_E_INVALID);
	assert_result(pl_box_close(POINT_OFF_THE_CURVE, SPAN("p"), SPAN("s"), &box), PL_E_INVALID);
	assert_int_equal(box.size, 0);
	pl_bytes_finish(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_for_its_owner_alone),
		cmocka_unit_test(closes_for_no_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
