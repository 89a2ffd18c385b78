/* SPDX-License-Identifier: Apache-2.0 */
/* The local seat as systemd-logind tells it. /run/systemd/seats/seat0 names who is on the screen,
 *
 *     ACTIVE=2
 *     ACTIVE_UID=1000
 *
 * and /run/systemd/sessions/2 says what that session is: a log-in screen is no person. */
#include "seat.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEAT_FILE   "/run/systemd/seats/seat0"
#define SESSION_DIR "/run/systemd/sessions/"
#define MAX_SESSION 64 /* bytes of a session's name, with NUL */

/* Copies the value of "NAME=" from a file of logind's; false where it has none that fits. */
static bool read_value(const char *path, const char *name, char *ret_value, size_t cap)
{
	FILE *file = fopen(path, "re");
	size_t size = strlen(name);
	char line[1024];
	bool found = false;

	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		if (strncmp(line, name, size) != 0 || line[size] != '=')
			continue;
		line[strcspn(line, "\n")] = '\0';
		found = (size_t)snprintf(ret_value, cap, "%s", line + size + 1) < cap;
	}
	fclose(file);
	return found;
}

/* True for a person's session at this PC: not the log-in screen's, not from elsewhere. */
static bool is_persons(const char *session)
{
	char path[sizeof(SESSION_DIR) + MAX_SESSION], value[32];

	if (strchr(session, '/') || session[0] == '.')
		return false;
	snprintf(path, sizeof(path), SESSION_DIR "%s", session);
	if (read_value(path, "REMOTE", value, sizeof(value)) && strcmp(value, "0") != 0)
		return false;
	return read_value(path, "CLASS", value, sizeof(value)) && strncmp(value, "user", 4) == 0;
}

bool pl_seat_user(int64_t *ret_user)
{
	char session[MAX_SESSION], user[24], *end;
	int64_t number;

	if (!read_value(SEAT_FILE, "ACTIVE", session, sizeof(session)) || !is_persons(session) ||
	    !read_value(SEAT_FILE, "ACTIVE_UID", user, sizeof(user)))
		return false;
	number = strtoll(user, &end, 10);
	if (end == user || *end)
		return false;
	*ret_user = number;
	return true;
}
