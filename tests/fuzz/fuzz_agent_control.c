/* SPDX-License-Identifier: Apache-2.0 */
/* The local socket's reader: any local user may send it anything. What it accepts is bounded and
 * ended, and what it refuses has a sentence. */
#include <stdlib.h>
#include <string.h>

#include "control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_span line = { (const char *)data, size };
	struct pl_control_request q;
	const struct pl_control_caller anybody = { 0 }, root = { .trusted = true };
	struct pl_error err = { PL_OK, "" };

	if (pl_control_parse(line, &q, &err) != PL_OK) {
		if (err.code == PL_OK || !err.text[0])
			abort();
		return 0;
	}
	if (q.verb >= PL_CONTROL_VERB_COUNT || !memchr(q.key, 0, sizeof(q.key)) ||
	    !memchr(q.token, 0, sizeof(q.token)) || !memchr(q.server, 0, sizeof(q.server)) ||
	    !memchr(q.ca_file, 0, sizeof(q.ca_file)) || !memchr(q.id, 0, sizeof(q.id)))
		abort();
	if (pl_control_permit(q.verb, &root, &err) != PL_OK)
		abort();
	if (pl_control_permit(q.verb, &anybody, &err) != PL_OK && !err.text[0])
		abort();
	if (q.verb == PL_CONTROL_ENROLL && pl_control_permit(q.verb, &anybody, &err) == PL_OK)
		abort();
	return 0;
}
