/* SPDX-License-Identifier: Apache-2.0 */
/* Asks ipp-usb over its control socket, and looks into its state files where the answer lacks the
 * port. */
#include "broker.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "local.h"
#include "platen/clock.h"
#include "platen/file.h"
#include "platen/http1.h"

#define CONTROL	   "/var/ipp-usb/ctrl"
#define STATES	   "/var/ipp-usb/dev"
#define ANSWER_MS  2000
#define MAX_STATUS (64 * 1024)
#define MAX_STATE  4096

static bool fetch_status(struct pl_bytes *page)
{
	struct pl_http_request request = {
		.method = "GET", .target = "/status", .host = "localhost", .close = true
	};
	struct pl_http_response response;
	struct pl_stream *s;
	struct pl_error err;
	enum pl_result r = pl_local_connect(CONTROL, &s, &err);

	if (r != PL_OK)
		return false;
	r = pl_http_fetch(s, &request, pl_clock_in_ms(ANSWER_MS), page, &response, &err);
	pl_stream_close(s);
	return r == PL_OK && response.status == 200;
}

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

static int find_port(const struct pl_usb_device *dev)
{
	DIR *dir = opendir(STATES);
	struct dirent *entry;
	int port = 0;

	while (dir && port == 0 && (entry = readdir(dir)))
		if (pl_ippusb_is_state_of(entry->d_name, dev))
			port = port_in_file(entry->d_name);
	if (dir)
		closedir(dir);
	return port;
}

void pl_broker_look(const struct pl_usb_device *dev, struct pl_broker *ret_broker)
{
	struct pl_ippusb_row row = { .listed = false };
	struct pl_bytes page;

	memset(ret_broker, 0, sizeof(*ret_broker));
	pl_bytes_init(&page, MAX_STATUS);
	if (fetch_status(&page))
		pl_ippusb_read_status(pl_bytes_span(&page), dev, &row);
	pl_bytes_finish(&page);
	if (!row.listed)
		return;
	ret_broker->holds = true;
	memcpy(ret_broker->status, row.status, sizeof(ret_broker->status));
	if (strcmp(row.status, "OK") == 0)
		ret_broker->port = row.port ? row.port : find_port(dev);
}
