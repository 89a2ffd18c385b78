/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_FLAPS_H
#define PL_FLAPS_H

/*
 * Flaps: a printer with a loose plug comes and goes ten times a second, and nobody wants to read
 * that. Somebody who pulls a plug and puts it back is told of as ever; a third coming or going too
 * many within a minute waits until the printer has stayed, or stayed away, for 5 seconds:
 *
 *     attached, detached, attached, detached | attached, detached, … attached  ->  one attached
 *
 * Threads: under the caller's lock. Memory: owns what is held back; the 16 printers seen last.
 */

#include <stdbool.h>
#include <stdint.h>

#include "reading.h"

#define PL_MAX_FLAPS 16

struct cJSON;

struct pl_flaps {
	struct pl_flap {
		char key[PL_MAX_KEY];
		bool told;	   /* attached, as it was told last */
		bool is;	   /* and as it is */
		bool held;	   /* something waits */
		int64_t since_ms;  /* since when it is so */
		int64_t minute_ms; /* when the minute began, and how often it was told of since */
		int count;
		const char *kind; /* what waits: one of the words that it was given as */
		struct cJSON *body;
	} list[PL_MAX_FLAPS];
	size_t count;
};

void pl_flaps_finish(struct pl_flaps *f);

/* It came (`attached`) or went. True: tell it. False: it is kept here, with a copy of `body`;
 * `kind` lives for ever. */
bool pl_flaps_pass(struct pl_flaps *f, const char *key, bool attached, const char *kind,
		   const struct cJSON *body, int64_t now_ms);

/* Takes out one that has been calm and is otherwise than told; false: none. The caller deletes
 * *ret_body. */
bool pl_flaps_take(struct pl_flaps *f, int64_t now_ms, char ret_key[static PL_MAX_KEY],
		   const char **ret_kind, struct cJSON **ret_body);

/* When pl_flaps_take() is worth a look; PL_FOREVER: nothing waits. */
int64_t pl_flaps_due_ms(const struct pl_flaps *f);

#endif
