/* SPDX-License-Identifier: Apache-2.0 */
/* The Filesystem Hierarchy Standard's places; a build may name another settings file. */
#include "places.h"

#ifndef PL_CONFIG_FILE
#define PL_CONFIG_FILE "/etc/platen/agent.conf"
#endif

const struct pl_places *pl_places(void)
{
	static const struct pl_places PLACES = {
		.config = PL_CONFIG_FILE,
		.state_dir = "/var/lib/platen",
		.socket = "/run/platen/agent.sock",
		.package_keys = "/etc/platen/package-keys.d",
		.quirks_dir = "/etc/platen/quirks.d",
	};

	return &PLACES;
}
