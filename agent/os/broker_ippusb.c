/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the loopback port of a printer in ipp-usb's state files, and whether it is served just now.
 */
#include "broker.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ippusb.h"
#include "platen/file.h"

#define STATES	  "/var/ipp-usb/dev"
#define SOCKETS	  "/proc/net/tcp"  /* listening ones come first */
#define SOCKETS6  "/proc/net/tcp6" /* one of these may take IPv4 as well */
#define MAX_STATE 4096
#define MAX_LINES 4096

static int port_in_file(const char *name)
{
	char path[sizeof(STATES) + NAME_MAX + 2];
	struct pl_bytes text;
	struct pl_error err;
	int port = 0;

	snprintf(path, sizeof(path), "%s/%s", STATES, name);
	pl_bytes_init(&text, MAX_STATE);
	if (pl_file_read(path, PL_FILE_SHARED, &text, &err) == PL_OK)
		port = pl_ippusb_read_port(pl_bytes_span(&text));
	pl_bytes_finish(&text);
	return port;
}

static bool is_in_table(const char *path, int port)
{
	FILE *table = fopen(path, "re");
	char line[256];
	bool found = false;

	for (int n = 0; table && !found && n < MAX_LINES && fgets(line, sizeof(line), table); n++)
		found = pl_ippusb_is_listener(pl_span_of(line), port);
	if (table)
		fclose(table);
	return found;
}

/* No connection is made for it: the daemon does not notice. */
static bool is_served(int port)
{
	return is_in_table(SOCKETS, port) || is_in_table(SOCKETS6, port);
}

/* Files stay when their printers are gone, so only those count whose port is served. Two of them:
 * which is this device's is not told. */
int pl_broker_port(const struct pl_usb_device *dev)
{
	DIR *dir = opendir(STATES);
	struct dirent *entry;
	bool several = false;
	int found = 0;

	while (dir && !several && (entry = readdir(dir))) {
		int port =
			pl_ippusb_is_state_of(entry->d_name, dev) ? port_in_file(entry->d_name) : 0;

		if (port == 0 || port == found || !is_served(port))
			continue;
		several = found > 0;
		found = port;
	}
	if (dir)
		closedir(dir);
	return several ? 0 : found;
}
