/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PACKAGE_STORE_H
#define PL_PACKAGE_STORE_H

/*
 * Packages in the store: their manifests and signatures in the database, their bytes in
 * DIR/packages/SHA256. They belong to the connector, not to a customer: what a printer may get is
 * decided by its model, and by whom its PC believes.
 *
 * Threads: the store's, for whatever writes. Memory: plain values.
 */

#include "db.h"
#include "platen/file.h"
#include "platen/package.h"

/* A package as it is kept. */
struct pl_stored_package {
	struct pl_package package;
	struct pl_bytes manifest, signature; /* the exact bytes */
	int64_t added_ms;
	char added_by[128];
};
void pl_stored_package_init(struct pl_stored_package *p);
void pl_stored_package_finish(struct pl_stored_package *p);

/* Where its bytes lie: "DIR/packages/SHA256". Returns PL_OK | PL_E_TOO_BIG. */
enum pl_result pl_package_path(const char *data_dir, const char *sha256,
			       char ret_path[static PL_MAX_PATH], struct pl_error *err);

/* Notes a package whose bytes lie in place. PL_E_REFUSED: it is there already. */
enum pl_result pl_package_add(struct pl_db *db, const struct pl_stored_package *package,
			      struct pl_error *err);

/* Reads one into an initialised value. PL_E_NOT_FOUND: there is none of that hash. */
enum pl_result pl_package_find(struct pl_db *db, const char *sha256,
			       struct pl_stored_package *ret_package, struct pl_error *err);

/* Forgets one. PL_E_NOT_FOUND | PL_E_BUSY (an action or a roll-out still needs it). */
enum pl_result pl_package_forget(struct pl_db *db, const char *sha256, struct pl_error *err);

/* The parameters of a firmware action, as WIRE.md has them: what package, its manifest and
 * signature, whether an older version may be installed. Adds to `out`. PL_E_NOT_FOUND: no such
 * package. */
enum pl_result pl_package_parameters(struct pl_db *db, const char *sha256, bool force,
				     struct pl_bytes *out, struct pl_error *err);

/* PL_OK where an action of this PC that has not ended needs the package | PL_E_NOT_FOUND. */
enum pl_result pl_package_is_needed(struct pl_db *db, int64_t agent_no, const char *sha256,
				    struct pl_error *err);

#endif
