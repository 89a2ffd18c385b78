/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONTROL_DIAG_H
#define PL_CONTROL_DIAG_H

/*
 * Control diag: the answer to `diag`, and its form: {"zip": base64, "parts": [...]} (bundle.h).
 * Threads: a caller's. Memory: the caller's.
 */

#include "bundle.h"
#include "control.h"

struct cJSON;

/* Returns PL_OK | what pl_engine_diag() says | PL_E_TOO_BIG. */
enum pl_result pl_control_diag(const struct pl_control_sources *sources, const char *key,
			       struct cJSON **ret_result, struct pl_error *err);

/* Ends a bundle and makes that answer of it. */
enum pl_result pl_control_diag_result(struct pl_bundle *bundle, struct cJSON **ret_result,
				      struct pl_error *err);

#endif
