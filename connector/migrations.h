/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_MIGRATIONS_H
#define PL_MIGRATIONS_H

/*
 * Migrations: the shape of the store, version by version. A released version is never edited; a
 * change is a new one behind it. Threads: one, before the server starts.
 */

#include "db.h"

/* Brings the store to the newest version, one transaction per step. Returns PL_OK |
 * PL_E_UNSUPPORTED (made by a newer program) | what the engine said. */
enum pl_result pl_migrate(struct pl_db *db, struct pl_error *err);

/* The version this program writes. */
int pl_migrate_newest(void);

#endif
