/* SPDX-License-Identifier: Apache-2.0 */
/* The whole bundle, for who administers this PC. */
#include "control_diag.h"

#include <cjson/cJSON.h>

#include "diag.h"
#include "engine_diag.h"
#include "platen/clock.h"
#include "platen/encode.h"

#define ALL_MS	 60000 /* an agent that is asked to stop waits for it */
#define MAX_TEXT (PL_MAX_CONTROL_ANSWER - 256 * 1024)

enum pl_result pl_control_diag_result(struct pl_bundle *bundle, cJSON **ret_result,
				      struct pl_error *err)
{
	cJSON *o = cJSON_CreateObject();
	struct pl_bytes text;
	struct pl_span zip;
	enum pl_result r = pl_bundle_end(bundle, &zip, err);

	pl_bytes_init(&text, MAX_TEXT);
	if (r == PL_OK && pl_base64_write(PL_BASE64, zip.at, zip.size, &text) != PL_OK)
		r = pl_error_set(err, PL_E_TOO_BIG, "the bundle is too large for the local socket");
	if (r == PL_OK) {
		cJSON_AddStringToObject(o, "zip", (const char *)text.at);
		cJSON_AddItemToObject(o, "parts", cJSON_Duplicate(pl_bundle_parts(bundle), true));
		*ret_result = o;
	} else {
		cJSON_Delete(o);
	}
	pl_bytes_finish(&text);
	return r;
}

enum pl_result pl_control_diag(const struct pl_control_sources *sources, const char *key,
			       cJSON **ret_result, struct pl_error *err)
{
	struct pl_bundle *b = pl_bundle_create("local", true);
	enum pl_result r;

	if (!b)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_diag_agent(b, sources->uplink, sources->spool);
	r = pl_engine_diag(sources->engine, key, pl_clock_in_ms(ALL_MS), b, err);
	pl_diag_log(b);
	if (r == PL_OK)
		r = pl_control_diag_result(b, ret_result, err);
	pl_bundle_destroy(b);
	return r;
}
