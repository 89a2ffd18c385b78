/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OVERRIDES_H
#define PL_OVERRIDES_H

/*
 * Overrides: what a signed agent_config action has changed of this PC's settings, over what GET
 * /config says for all. It can make the agent quieter or its log louder; who it trusts, what it
 * refuses and what may leave the PC is decided on the PC alone, and so is whatever its own file
 * says.
 *
 *     {"report_interval_s":300,"log_level":"debug","pjl":"never","schedule":{"idle_s":600},
 *      "printers_off":[{"vendor_id":"0924","product_id":"*"}]}
 *
 * Threads: pure. Memory: trees of cJSON, the caller's.
 */

#include "platen/result.h"
#include "settings.h"

struct cJSON;

/* Refuses what cannot be set from afar, makes no sense, or is said by the PC's own file (`local`
 * may be NULL: then not asked). `changes`: names and values, null for "as for all again". Returns
 * PL_OK | PL_E_INVALID | PL_E_DENIED; err is one sentence. */
enum pl_result pl_overrides_check(const struct pl_settings *local, const struct cJSON *changes,
				  struct pl_error *err);

/* Lays changes over earlier overrides; null takes one back. */
void pl_overrides_merge(struct cJSON *overrides, const struct cJSON *changes);

/* Lays overrides over the body of GET /config. */
void pl_overrides_apply(struct cJSON *config, const struct cJSON *overrides);

/* How often to report: as this PC was told, but never more often than the connector asks for now.
 */
int64_t pl_overrides_interval(const struct cJSON *overrides, int64_t asked_s);

/* Reads and writes them. A file that cannot be read is told in the log and counts as none; never
 * NULL but out of memory. */
struct cJSON *pl_overrides_load(const char *state_dir);
enum pl_result pl_overrides_store(const char *state_dir, const struct cJSON *overrides,
				  struct pl_error *err);

#endif
