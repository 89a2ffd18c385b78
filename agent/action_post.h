/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACTION_POST_H
#define PL_AGENT_ACTION_POST_H

/*
 * Action posts: which actions' states the connector has still to be told, and how far the running
 * ones are. Only a memory: what matters stands in the journal.
 * Threads: any. Memory: bounded; when the list is full the oldest entry goes, whose end travels as
 * a record anyway.
 */

#include <stdbool.h>

#include "enrolment.h"
#include "platen/bytes.h"

struct pl_posts;

struct pl_posts *pl_posts_create(void); /* NULL: out of memory */
void pl_posts_destroy(struct pl_posts *posts);

/* The action's state is to be told (again). */
void pl_posts_touch(struct pl_posts *posts, const char *id);

/* How far it is. False: nothing that is worth telling has changed. */
bool pl_posts_progress(struct pl_posts *posts, const char *id, int percent, const char *stage,
		       const char *message);

/* The next one to tell; false: none. */
bool pl_posts_next(struct pl_posts *posts, char ret_id[static PL_MAX_ID], int *ret_revision);

/* The body of POST /actions/{id}; `told` is remembered for pl_posts_done(). */
enum pl_result pl_posts_body(struct pl_posts *posts, const char *id, const char *state,
			     bool running, const char *reason, int told, struct pl_bytes *out);

/* It arrived, unless it changed meanwhile. Returns `told` of its body, 0 where there is none. */
int pl_posts_done(struct pl_posts *posts, const char *id, int revision);

#endif
