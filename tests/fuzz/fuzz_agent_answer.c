/* SPDX-License-Identifier: Apache-2.0 */
/* Any JSON as the connector's answer to enrolment, and as a command key. Certificates and keys are
 * parsed on the way. */
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "enroll.h"
#include "platen/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *key_pem;
	struct pl_enrolment e;
	struct pl_command_key key;
	cJSON *doc = NULL;

	if (!key_pem && pl_key_create(&key_pem, NULL) != PL_OK)
		abort();
	if (pl_json_parse((struct pl_span){ (const char *)data, size }, &doc, NULL) != PL_OK)
		return 0;
	if (pl_enroll_read_answer(doc, "https://a", key_pem, &e, NULL) == PL_OK)
		abort(); /* nobody can know a certificate for a key made just now */
	if (pl_command_key_read(doc, "command_key", &key, NULL) == PL_OK && key.spki_size == 0)
		abort();
	cJSON_Delete(doc);
	return 0;
}
