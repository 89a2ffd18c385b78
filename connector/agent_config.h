/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_CONFIG_H
#define PL_AGENT_CONFIG_H

/*
 * Agents' settings, one document per customer (WIRE.md section 8), kept in memory with its ETag: a
 * long poll compares ETags without asking the store.
 *
 * Threads: any. Memory: copies go out.
 */

#include "db.h"
#include "platen/bytes.h"

#define PL_ETAG_TEXT 17 /* 16 hex digits, with NUL; on the wire in quotes */

struct pl_agent_configs;

enum pl_result pl_agent_configs_open(struct pl_db *db, struct pl_agent_configs **ret_configs,
				     struct pl_error *err);
void pl_agent_configs_close(struct pl_agent_configs *configs); /* NULL is allowed */

/* The customer's ETag; the default's where it has no settings of its own. */
void pl_agent_configs_etag(struct pl_agent_configs *configs, const char *customer_id,
			   char ret_etag[static PL_ETAG_TEXT]);

/* Adds the document's text to `out` and tells its ETag. */
enum pl_result pl_agent_configs_get(struct pl_agent_configs *configs, const char *customer_id,
				    struct pl_bytes *out, char ret_etag[static PL_ETAG_TEXT]);

/* Takes settings over after they were stored: `text` is a JSON object of the members that differ
 * from the default; NULL: back to the default. PL_E_INVALID names what makes no sense. */
enum pl_result pl_agent_configs_put(struct pl_agent_configs *configs, const char *customer_id,
				    const char *text, struct pl_error *err);

/* What the setting is called in the store (settings.name). */
#define PL_AGENT_CONFIG_SETTING "agent_config"

#endif
