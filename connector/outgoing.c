/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of what leaves.
 */
#include "outgoing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platen/clock.h"
#include "platen/file.h"
#include "platen/log.h"

#define MAX (10 * 1024 * 1024)

struct pl_outgoing {
	char path[PL_MAX_PATH], before[PL_MAX_PATH + 2];
	FILE *file;
};

static FILE *open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? NULL : fdopen(fd, "a");
}

enum pl_result pl_outgoing_open(const char *path, struct pl_outgoing **ret_out,
				struct pl_error *err)
{
	struct pl_outgoing *out = calloc(1, sizeof *out);

	if (!out || strlen(path) >= sizeof out->path) {
		free(out);
		return pl_error_set(err, PL_E_INVALID, "--trace-outgoing is too long");
	}
	snprintf(out->path, sizeof out->path, "%s", path);
	snprintf(out->before, sizeof out->before, "%s.1", path);
	out->file = open_file(path);
	if (!out->file) {
		free(out);
		return pl_error_set(err, PL_E_DENIED, "%s cannot be written: %s", path,
				    strerror(errno));
	}
	*ret_out = out;
	return PL_OK;
}

void pl_outgoing_close(struct pl_outgoing *out)
{
	if (!out)
		return;
	if (out->file)
		fclose(out->file);
	free(out);
}

static void turn_over(struct pl_outgoing *out)
{
	if (out->file && ftell(out->file) < MAX)
		return;
	if (out->file)
		fclose(out->file);
	(void)!rename(out->path, out->before);
	out->file = open_file(out->path);
}

void pl_outgoing_write(struct pl_outgoing *out, const char *to, struct pl_span message)
{
	char at[PL_MAX_TIME_TEXT];

	if (!out)
		return;
	turn_over(out);
	pl_clock_text(pl_clock_wall_ms(), at);
	if (!out->file ||
	    fprintf(out->file, "%s %s %.*s\n", at, to, (int)message.size,
		    (const char *)message.at) < 0 ||
	    fflush(out->file) != 0)
		log_warn(NULL, "what was sent could not be noted file=%s reason=\"%s\"", out->path,
			 strerror(errno));
}
