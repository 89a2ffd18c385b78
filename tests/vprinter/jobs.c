/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: a file and a running SHA-256 each; a line of JSON when it is over. */

#include "jobs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <glib.h>

struct vp_jobs {
	pthread_mutex_t mutex;
	char *dir;
	int last_id;
	GPtrArray *lines;
};

struct vp_job {
	struct vp_jobs *jobs;
	int id;
	char *pipe, *file;
	FILE *out;
	GChecksum *sum;
	size_t bytes;
};

struct vp_jobs *vp_jobs_create(const char *dir)
{
	struct vp_jobs *jobs = calloc(1, sizeof(*jobs));

	if (!jobs)
		abort();
	pthread_mutex_init(&jobs->mutex, NULL);
	jobs->dir = g_strdup(dir);
	g_mkdir_with_parents(dir, 0755);
	jobs->lines = g_ptr_array_new_with_free_func(free);
	return jobs;
}

void vp_jobs_destroy(struct vp_jobs *jobs)
{
	if (!jobs)
		return;
	g_ptr_array_free(jobs->lines, TRUE);
	g_free(jobs->dir);
	pthread_mutex_destroy(&jobs->mutex);
	free(jobs);
}

struct vp_job *vp_job_begin(struct vp_jobs *jobs, const char *pipe)
{
	struct vp_job *job = calloc(1, sizeof(*job));
	gchar *path;

	if (!job)
		abort();
	pthread_mutex_lock(&jobs->mutex);
	job->id = ++jobs->last_id;
	pthread_mutex_unlock(&jobs->mutex);
	job->jobs = jobs;
	job->pipe = g_strdup(pipe);
	job->file = g_strdup_printf("job-%04d.prn", job->id);
	path = g_build_filename(jobs->dir, job->file, NULL);
	job->out = fopen(path, "we");
	g_free(path);
	job->sum = g_checksum_new(G_CHECKSUM_SHA256);
	return job;
}

void vp_job_add(struct vp_job *job, const void *data, size_t n)
{
	if (job->out)
		fwrite(data, 1, n, job->out);
	g_checksum_update(job->sum, data, (gssize)n);
	job->bytes += n;
}

int vp_job_id(const struct vp_job *job)
{
	return job->id;
}

static char *line_of(const struct vp_job *job, const char *ended)
{
	cJSON *line = cJSON_CreateObject();
	char *text;

	cJSON_AddNumberToObject(line, "id", job->id);
	cJSON_AddStringToObject(line, "pipe", job->pipe);
	cJSON_AddNumberToObject(line, "bytes", (double)job->bytes);
	cJSON_AddStringToObject(line, "sha256", g_checksum_get_string(job->sum));
	cJSON_AddStringToObject(line, "file", job->file);
	cJSON_AddStringToObject(line, "ended", ended);
	text = cJSON_PrintUnformatted(line);
	cJSON_Delete(line);
	return text;
}

void vp_job_end(struct vp_job *job, const char *ended)
{
	struct vp_jobs *jobs = job->jobs;

	if (job->out)
		fclose(job->out);
	pthread_mutex_lock(&jobs->mutex);
	g_ptr_array_add(jobs->lines, line_of(job, ended));
	pthread_mutex_unlock(&jobs->mutex);
	g_checksum_free(job->sum);
	g_free(job->pipe);
	g_free(job->file);
	free(job);
}

void vp_jobs_read(struct vp_jobs *jobs, struct pl_bytes *out)
{
	pthread_mutex_lock(&jobs->mutex);
	for (guint i = 0; i < jobs->lines->len; i++)
		if (pl_bytes_add_format(out, "%s\n", (const char *)jobs->lines->pdata[i]) != PL_OK)
			break;
	pthread_mutex_unlock(&jobs->mutex);
}
