/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_PACKAGE_FETCH_H
#define PL_AGENT_PACKAGE_FETCH_H

/*
 * Package fetch: a firmware package from the connector into the data folder, in bounded pieces.
 * What is there stays there: after a cut, or a restart of the agent, it goes on where it ended.
 *
 *     STATE_DIR/package        the bytes, so far        STATE_DIR/package.sha256   of which package
 *
 * There is one place for a package, so the disk holds one at most, and one printer at a time is
 * given new firmware: pl_package_hold() first. Threads: whoever holds. Memory: 256 KB while it
 * runs.
 */

#include "os/lock.h"
#include "os/os.h"
#include "platen/file.h"
#include "platen/package.h"
#include "uplink.h"

struct pl_package_fetch {
	const char *state_dir;
	struct pl_uplink *uplink;
	struct pl_wake *wake; /* ends waits when the program stops */
	const struct pl_package *package;
	/* How far it is; asked often. PL_E_CANCELLED: stop. */
	enum pl_result (*progress)(void *arg, int64_t bytes, struct pl_error *err);
	/* Waits after a failure. PL_E_CANCELLED: stop. */
	enum pl_result (*pause)(void *arg, int64_t ms, struct pl_error *err);
	void *arg;
	int tries; /* failures in a row before it gives up */
};

/* Takes the place of the one package. PL_E_BUSY: another printer's update has it. */
enum pl_result pl_package_hold(struct pl_lock **ret_lock, struct pl_error *err);

/* Brings all of it, and proves size and hash on what lies on the disk. Returns PL_OK with the path
 * | PL_E_NOT_FOUND (the connector does not have it, or for us) | PL_E_UNTRUSTED (what came has
 * another hash; it is thrown away) | PL_E_FULL | PL_E_CANCELLED | PL_E_IO | how the last try
 * failed. */
enum pl_result pl_package_fetch(const struct pl_package_fetch *fetch,
				char ret_path[static PL_MAX_PATH], struct pl_error *err);

/* Frees the place: the package is not needed any more. */
void pl_package_drop(const char *state_dir);

#endif
