/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_INSTALL_H
#define PL_OS_INSTALL_H

/*
 * Install: what the Windows installer asks of the program that it has just put there, because its
 * own tables cannot say it: folders and registry keys that only the system and the service's
 * account may open, what the administrator told it, and how the service manager picks the service
 * up again. Called by the installer as the system; other systems' packages have scripts for this.
 *
 * Threads: main only. Memory: none.
 */

#include "platen/result.h"

/* Makes the places (again) and keeps `settings`, "name=value" up to NULL, where
 * PL_POLICY_INSTALLED finds them; what has no value stays as it was. Nothing is changed where one
 * of them makes no sense. A failure is written to the event log, too: an installer shows no stderr.
 * Returns PL_OK | PL_E_INVALID | PL_E_UNTRUSTED (somebody else has made a place before) | PL_E_IO |
 * PL_E_UNSUPPORTED. */
enum pl_result pl_install_prepare(char *const *settings, struct pl_error *err);

/* Removes settings, identity, spool and log: this PC has never been one of ours. Does nothing while
 * another version is installed, which goes on with them. Returns PL_OK |
 * PL_E_IO | PL_E_UNSUPPORTED. */
enum pl_result pl_install_clean(struct pl_error *err);

#endif
