/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_LOG_H
#define VP_LOG_H

/*
 * Log: what was asked of a printer and what was done to it, one JSON object per line:
 *
 *     {"ms":1234567,"wall":"2026-01-31T23:59:59.123Z","what":"ipp","operation":"Identify-Printer",
 *      "status":"successful-ok","actions":["flash"]}
 *
 * `ms` is the machine's monotonic clock, comparable between programs on it.
 * Threads: any. Memory: the last 20,000 lines are kept; all go to the file.
 */

#include <cjson/cJSON.h>

#include <platen/bytes.h>

struct vp_log;

/* Keeps lines, and appends them to `path` (NULL: no file). */
struct vp_log *vp_log_create(const char *path);
void vp_log_destroy(struct vp_log *log);

/* Adds an event with text members: vp_log_text(log, "power", "event", "resume", NULL). NULL values
 * are left out. */
void vp_log_text(struct vp_log *log, const char *what, ...) __attribute__((sentinel));

/* Adds an event with members of any kind; `members` (an object) is taken over. */
void vp_log_json(struct vp_log *log, const char *what, cJSON *members);

/* Appends all lines kept to `out`, each ended by a newline. */
void vp_log_read(struct vp_log *log, struct pl_bytes *out);

#endif
