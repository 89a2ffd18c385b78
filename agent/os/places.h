/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_PLACES_H
#define PL_OS_PLACES_H

/*
 * Places: where this kind of system keeps settings, state and the agent's local socket.
 *
 *                  Linux                        Windows
 *     config       /etc/platen/agent.conf       C:\ProgramData\Platen\agent.conf
 *     state_dir    /var/lib/platen              C:\ProgramData\Platen\state
 *     socket       /run/platen/agent.sock       \\.\pipe\platen-agent
 *     package_keys /etc/platen/package-keys.d   C:\ProgramData\Platen\package-keys.d
 *     quirks_dir   /etc/platen/quirks.d         C:\ProgramData\Platen\quirks.d
 *
 * Threads: any. Memory: lives as long as the program.
 */

struct pl_places {
	const char *config, *state_dir, *socket, *package_keys, *quirks_dir;
};

const struct pl_places *pl_places(void);

#endif
