/* SPDX-License-Identifier: Apache-2.0 */
/* One question to the agent, without waiting for it. */
#include "answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "dial.h"
#include "platen/bytes.h"
#include "platen/json.h"
#include "platen/protocol.h"

#define ANSWER_US  10000000
#define MAX_ANSWER 65536

struct answer {
	int fd;
	sd_event_source *io, *late;
	struct pl_bytes told;
	void (*failed)(void *arg, const struct pl_error *err);
	void *arg;
};

static void finish(struct answer *a, const struct pl_error *err)
{
	sd_event_source_disable_unref(a->io);
	sd_event_source_disable_unref(a->late);
	close(a->fd);
	pl_bytes_finish(&a->told);
	if (err->code != PL_OK)
		a->failed(a->arg, err);
	free(a);
}

/* {"v":1,"ok":false,"error":"denied","message":"…"} */
static enum pl_result understand(const struct pl_bytes *told, struct pl_error *err)
{
	const char *message;
	cJSON *doc = NULL;
	bool ok = false;
	enum pl_result r = pl_json_parse(pl_span_trim(pl_bytes_span(told)), &doc, err);

	if (r != PL_OK)
		return r;
	message = pl_json_text(doc, "message");
	if (!pl_json_bool(doc, "ok", &ok) || !ok)
		r = pl_error_set(err, PL_E_REFUSED, "%s",
				 message ? message : "the agent's answer makes no sense");
	cJSON_Delete(doc);
	return r;
}

static int readable(sd_event_source *s, int fd, uint32_t events, void *arg)
{
	struct answer *a = arg;
	struct pl_error err = { PL_OK, "" };
	char piece[4096];
	ssize_t n = read(fd, piece, sizeof(piece));

	(void)s, (void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n > 0 && pl_bytes_add(&a->told, piece, (size_t)n) == PL_OK)
		return 0;
	if (n == 0)
		(void)!understand(&a->told, &err);
	else
		(void)pl_error_set(&err, PL_E_GONE, "the agent hung up");
	finish(a, &err);
	return 0;
}

static int late(sd_event_source *s, uint64_t usec, void *arg)
{
	struct pl_error err;

	(void)s, (void)usec;
	(void)pl_error_set(&err, PL_E_TIMEOUT, "the agent does not answer");
	finish(arg, &err);
	return 0;
}

static enum pl_result write_question(const char *what, const char *id, struct pl_bytes *line)
{
	cJSON *question = cJSON_CreateObject();
	enum pl_result r;

	cJSON_AddNumberToObject(question, "v", PL_CONTROL_VERSION);
	cJSON_AddStringToObject(question, "do", what);
	cJSON_AddStringToObject(question, "id", id);
	r = pl_json_print(question, line);
	cJSON_Delete(question);
	return r == PL_OK ? pl_bytes_add_text(line, "\n") : r;
}

void answer_send(sd_event *event, const char *socket, const char *what, const char *id,
		 void (*failed)(void *arg, const struct pl_error *err), void *arg)
{
	struct answer *a = calloc(1, sizeof(*a));
	struct pl_bytes line;
	struct pl_error err;
	int fd = -ENOMEM;

	pl_bytes_init(&line, PL_MAX_CONTROL_REQUEST);
	if (a && write_question(what, id, &line) == PL_OK)
		fd = dial(socket, (const char *)line.at);
	pl_bytes_finish(&line);
	if (fd < 0) {
		free(a);
		(void)pl_error_set(&err, PL_E_IO, "the agent cannot be reached: %s", strerror(-fd));
		failed(arg, &err);
		return;
	}
	a->fd = fd;
	a->failed = failed;
	a->arg = arg;
	pl_bytes_init(&a->told, MAX_ANSWER);
	if (sd_event_add_io(event, &a->io, fd, EPOLLIN, readable, a) >= 0 &&
	    sd_event_add_time_relative(event, &a->late, CLOCK_MONOTONIC, ANSWER_US, 0, late, a) >=
		    0)
		return;
	(void)pl_error_set(&err, PL_E_NO_MEMORY, "out of memory");
	finish(a, &err);
}
