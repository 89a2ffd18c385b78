/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_CHECK_WORLD_H
#define VP_CHECK_WORLD_H

/*
 * World: one virtual printer of a profile in a test, without any front end.
 * Memory: world_finish() takes all of it down, its spool too.
 */

#include "printer.h"

struct world {
	struct vp_printer *printer;
	char *spool;
};

/* The profile folder is below the one named by the environment variable VPRINTER_PROFILES. */
struct world world_of(const char *profile);
void world_finish(struct world *w);

/* The pipe of an interface and alternate setting. */
struct vp_pipe *world_pipe(struct world *w, unsigned interface, unsigned alternate);

/* Sends a question and collects the answer until `ms` pass without another byte; NUL-terminated,
 * free() it. */
char *world_ask(struct vp_pipe *p, const void *question, size_t n, int ms, size_t *ret_n);

/* The lines of the job list; free() it. */
char *world_jobs(struct world *w);

#endif
