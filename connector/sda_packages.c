/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /packages/{sha256}: the bytes of a package, whole or from where a cut download ended, to a PC
 * with an open action that needs them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "package_store.h"
#include "platen/encode.h"
#include "platen/log.h"
#include "sda.h"

/* What is asked for: bytes first to last of a file. */
struct download {
	int fd;
	int64_t size, first, last;
	bool is_part;
};

static void end_download(void *call)
{
	struct download *d = call;

	if (d->fd >= 0)
		close(d->fd);
	free(d);
}

/* The ETag is the hash itself, in quotes; an If-Range with another one means a whole answer. */
static bool is_current(const struct pl_web_request *rq)
{
	const char *tag = pl_web_header(rq, "If-Range");
	size_t n = strlen(rq->part[0]);

	return !tag || (strlen(tag) == n + 2 && tag[0] == '"' && tag[n + 1] == '"' &&
			strncmp(tag + 1, rq->part[0], n) == 0);
}

static bool read_number(const char **at, int64_t *ret_number)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	*ret_number = strtoll(*at, &end, 10); /* too much is LLONG_MAX: not satisfiable */
	*at = end;
	return true;
}

/* "bytes=1000-" or "bytes=1000-1999". Anything else is passed over, as RFC 9110 section 14.2
 * allows: then all of it is sent. False: the range begins behind the end. */
static bool read_range(const struct pl_web_request *rq, struct download *d)
{
	const char *at = pl_web_header(rq, "Range");
	int64_t first, last = d->size - 1;

	d->first = 0;
	d->last = d->size - 1;
	if (!at || strncmp(at, "bytes=", 6) != 0 || !is_current(rq))
		return true;
	at += 6;
	if (!read_number(&at, &first) || *at++ != '-' || (*at && !read_number(&at, &last)) || *at)
		return true;
	if (first >= d->size)
		return false;
	if (last < first)
		return true;
	d->is_part = true;
	d->first = first;
	d->last = last < d->size ? last : d->size - 1;
	return true;
}

/* On the daemon's thread again, with the file open. */
static void send_file(struct pl_web_request *rq)
{
	struct download *d = rq->call;
	struct MHD_Response *response;
	char text[128];

	response = MHD_create_response_from_fd_at_offset64((uint64_t)(d->last - d->first + 1),
							   d->fd, (uint64_t)d->first);
	if (!response) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	d->fd = -1; /* the response closes it */
	MHD_add_response_header(response, "Content-Type", "application/octet-stream");
	MHD_add_response_header(response, "Accept-Ranges", "bytes");
	snprintf(text, sizeof text, "\"%s\"", rq->part[0]);
	MHD_add_response_header(response, "ETag", text);
	if (d->is_part) {
		snprintf(text, sizeof text, "bytes %lld-%lld/%lld", (long long)d->first,
			 (long long)d->last, (long long)d->size);
		MHD_add_response_header(response, "Content-Range", text);
	}
	rq->queue_result = MHD_queue_response(rq->connection, d->is_part ? 206 : 200, response);
	rq->queued = true;
	MHD_destroy_response(response);
}

static void open_file(struct pl_web_request *rq, struct download *d)
{
	struct pl_server *server = pl_web_owner(rq);
	char path[PL_MAX_PATH];
	struct pl_error err = { 0 };
	struct stat about;

	if (pl_package_path(server->data_dir, rq->part[0], path, &err) == PL_OK)
		d->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (d->fd < 0 || fstat(d->fd, &about) < 0) {
		log_error(NULL, "a package cannot be read sha256=%s reason=\"%s\"", rq->part[0],
			  strerror(errno));
		pl_web_error(rq, 503, "package_missing",
			     "The connector has lost this package's file; add it anew");
		return;
	}
	d->size = about.st_size;
	if (!read_range(rq, d)) {
		pl_web_add_header(rq, "Content-Range", "bytes */%lld", (long long)d->size);
		pl_web_error(rq, 416, "bad_range", "The package ends before this range");
		return;
	}
	rq->resumed = send_file;
}

static void look(struct pl_db *reader, void *arg)
{
	struct pl_web_request *rq = arg;
	struct pl_error err = { 0 };
	enum pl_result r = pl_package_is_needed(reader, pl_sda_agent(rq)->no, rq->part[0], &err);

	if (r == PL_OK)
		open_file(rq, rq->call);
	else if (r == PL_E_NOT_FOUND)
		pl_web_error(rq, 404, "unknown_package",
			     "No open action of this PC needs such a package");
	else
		pl_sda_store_failed(rq, r, &err);
}

void pl_sda_package(struct pl_web_request *rq)
{
	struct pl_server *server = pl_web_owner(rq);
	uint8_t digest[PL_HASH_SIZE];
	struct download *d;

	if (!pl_hex_read(pl_span_of(rq->part[0]), digest, sizeof digest)) {
		pl_web_error(rq, 404, "unknown_package", "A package is named by its SHA-256");
		return;
	}
	d = calloc(1, sizeof *d);
	if (!d) {
		pl_web_error(rq, 500, "internal", "The server is out of memory");
		return;
	}
	d->fd = -1;
	rq->call = d;
	rq->free_call = end_download;
	pl_web_to_pool(rq, server->pool, look);
}
