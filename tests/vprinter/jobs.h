/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_JOBS_H
#define VP_JOBS_H

/*
 * Jobs: what a printer was given to print, kept byte by byte, with a checksum.
 *
 *     {"id":1,"pipe":"0-0","bytes":300000,"sha256":"…","file":"job-0001.prn","ended":"idle"}
 *
 * Threads: any; one job belongs to one thread. Memory: vp_job_end() frees the job.
 */

#include <stddef.h>

#include <platen/bytes.h>

struct vp_jobs;
struct vp_job;

/* Keeps jobs in `dir`, which is made. */
struct vp_jobs *vp_jobs_create(const char *dir);
void vp_jobs_destroy(struct vp_jobs *jobs);

struct vp_job *vp_job_begin(struct vp_jobs *jobs, const char *pipe);
void vp_job_add(struct vp_job *job, const void *data, size_t n);
int vp_job_id(const struct vp_job *job);

/* Closes the job and records it; `ended` says why: "uel", "idle", "reset", "request". */
void vp_job_end(struct vp_job *job, const char *ended);

/* Appends one JSON line per finished job. */
void vp_jobs_read(struct vp_jobs *jobs, struct pl_bytes *out);

#endif
