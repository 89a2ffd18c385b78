/* SPDX-License-Identifier: Apache-2.0 */
/* Log: lines in a queue, and in a file. */

#include "log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

#include <platen/clock.h>

#define MAX_LINES 20000

struct vp_log {
	pthread_mutex_t mutex;
	GQueue lines;
	FILE *file;
};

struct vp_log *vp_log_create(const char *path)
{
	struct vp_log *log = calloc(1, sizeof(*log));

	if (!log)
		abort();
	pthread_mutex_init(&log->mutex, NULL);
	g_queue_init(&log->lines);
	log->file = path ? fopen(path, "ae") : NULL;
	return log;
}

void vp_log_destroy(struct vp_log *log)
{
	if (!log)
		return;
	g_queue_clear_full(&log->lines, free);
	if (log->file)
		fclose(log->file);
	pthread_mutex_destroy(&log->mutex);
	free(log);
}

static void keep(struct vp_log *log, char *line)
{
	pthread_mutex_lock(&log->mutex);
	g_queue_push_tail(&log->lines, line);
	if (log->lines.length > MAX_LINES)
		free(g_queue_pop_head(&log->lines));
	if (log->file) {
		fprintf(log->file, "%s\n", line);
		fflush(log->file);
	}
	pthread_mutex_unlock(&log->mutex);
}

void vp_log_json(struct vp_log *log, const char *what, cJSON *members)
{
	cJSON *line = cJSON_CreateObject();
	char wall[PL_MAX_TIME_TEXT];

	pl_clock_text(pl_clock_wall_ms(), wall);
	cJSON_AddNumberToObject(line, "ms", (double)pl_clock_now_ms());
	cJSON_AddStringToObject(line, "wall", wall);
	cJSON_AddStringToObject(line, "what", what);
	while (members && members->child) {
		cJSON *item = cJSON_DetachItemViaPointer(members, members->child);

		cJSON_AddItemToObject(line, item->string, item);
	}
	cJSON_Delete(members);
	keep(log, cJSON_PrintUnformatted(line));
	cJSON_Delete(line);
}

void vp_log_text(struct vp_log *log, const char *what, ...)
{
	cJSON *members = cJSON_CreateObject();
	const char *name, *value;
	va_list ap;

	va_start(ap, what);
	while ((name = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		if (value)
			cJSON_AddStringToObject(members, name, value);
	}
	va_end(ap);
	vp_log_json(log, what, members);
}

void vp_log_read(struct vp_log *log, struct pl_bytes *out)
{
	pthread_mutex_lock(&log->mutex);
	for (GList *l = log->lines.head; l; l = l->next)
		if (pl_bytes_add_format(out, "%s\n", (const char *)l->data) != PL_OK)
			break;
	pthread_mutex_unlock(&log->mutex);
}
