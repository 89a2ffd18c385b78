/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as an enrolment token. The fuzzer's bytes are taken as they are, and once more as the
 * JSON inside, so that what lies behind the base64 is reached. */
#include <stdlib.h>
#include <string.h>

#include "enroll.h"
#include "platen/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct pl_span text)
{
	struct pl_token t;
	struct pl_error err = { PL_OK, "" };

	if (pl_token_parse(text, &t, &err) != PL_OK) {
		if (strncmp(err.text, "this is not an enrolment token", 30) != 0)
			abort();
		return;
	}
	if (t.pin_count < 1 || t.pin_count > PL_MAX_PINS || strlen(t.secret) != 43 ||
	    strncmp(t.server, "https://", 8) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_bytes wrapped;

	check((struct pl_span){ (const char *)data, size });
	pl_bytes_init(&wrapped, 1 << 20);
	if (pl_bytes_add_text(&wrapped, "plt1.") == PL_OK &&
	    pl_base64_write(PL_BASE64URL, data, size, &wrapped) == PL_OK)
		check(pl_bytes_span(&wrapped));
	pl_bytes_finish(&wrapped);
	return 0;
}
