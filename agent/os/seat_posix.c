/* SPDX-License-Identifier: Apache-2.0 */
/* The local seat as systemd-logind tells it: /run/systemd/seats/seat0 has ACTIVE_UID=1000 while
 * somebody's session is on the screen. */
#include "seat.h"

#include <inttypes.h>
#include <stdio.h>

#define SEAT_FILE "/run/systemd/seats/seat0"

bool pl_seat_user(int64_t *ret_user)
{
	FILE *file = fopen(SEAT_FILE, "re");
	char line[256];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "ACTIVE_UID=%" SCNd64, ret_user) == 1;
	fclose(file);
	return found;
}
