/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ENGINE_DIAG_H
#define PL_ENGINE_DIAG_H

/*
 * Engine diag: the parts of every attached printer for a bundle that stays on this PC. Each printer
 * is borrowed from its worker for as long as it is asked.
 *
 * Threads: any. Memory: about 100 KB while it lasts.
 */

#include "bundle.h"
#include "engine.h"

/* Adds the printer of this key ("" all), each read anew first. A printer that cannot be had in time
 * is named as missing. Returns PL_OK | PL_E_NOT_FOUND (no printer of that key) | PL_E_NO_MEMORY |
 * PL_E_CANCELLED. */
enum pl_result pl_engine_diag(struct pl_engine *engine, const char *key, int64_t by_ms,
			      struct pl_bundle *bundle, struct pl_error *err);

#endif
