/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_DRIFT_H
#define PL_DRIFT_H

/*
 * Drift: how printers shall be set, as an administrator said for one printer or for all with a tag,
 * and where they are not. Compared whenever a printer tells its settings and whenever a wish
 * changes; nothing is ever written to a printer from here: that is an action somebody asks for.
 *
 * Threads: the store's for what writes. Memory: cJSON trees are the caller's.
 */

#include <cjson/cJSON.h>

#include "db.h"
#include "keyring.h"

/* What is wanted of a printer: {"sleep_timer_s":{"value","by":"tag"|"printer","tag"}}: the tags'
 * wishes in their order of name, over them the printer's own. */
enum pl_result pl_drift_wanted(struct pl_db *db, const char *customer_id, int64_t device_no,
			       cJSON **ret_wanted, struct pl_error *err);

/* The value a printer told of a setting; NULL: it tells none. `settings`: the section. */
const char *pl_drift_found(const cJSON *settings, const char *name);

/* Opens and closes the printer's drifts until they agree with its settings of now. */
enum pl_result pl_drift_settle(struct pl_db *db, const char *customer_id, int64_t device_no,
			       const cJSON *settings, int64_t now_ms, struct pl_error *err);

/* The same with the settings it told last, for a printer whose wishes or tags have changed; and for
 * all printers of a customer that have this tag. */
enum pl_result pl_drift_review(struct pl_db *db, struct pl_keyring *ring, const char *customer_id,
			       int64_t device_no, struct pl_error *err);
enum pl_result pl_drift_review_tag(struct pl_db *db, struct pl_keyring *ring,
				   const char *customer_id, const char *tag, struct pl_error *err);

/* Keeps a wish: `scope` is "printer" (target: its id) or "tag"; NULL settings: none any more. */
enum pl_result pl_drift_want(struct pl_db *db, const char *customer_id, const char *scope,
			     const char *target, const char *settings, const char *who,
			     struct pl_error *err);

/* True when a device's column `tags` (JSON) names this one. */
bool pl_drift_has_tag(const char *tags, const char *tag);

#endif
