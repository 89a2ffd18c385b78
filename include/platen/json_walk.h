/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_JSON_WALK_H
#define PL_JSON_WALK_H

/*
 * JSON walk: where in a text a value stands, for who keeps it as it came instead of printing it
 * again. One pass, no tree:
 *
 *     struct pl_span at = text, name;
 *     for (bool more = pl_json_walk_in(&at, '{'); more && pl_json_walk_member(&at, &name);)
 *             if (pl_span_is(name, "body"))
 *                     body = pl_json_walk_value(&at);
 *             else
 *                     (void)pl_json_walk_value(&at);
 *
 * Only for texts that pl_json_parse() has taken: nothing is checked here, but whatever the text is,
 * a walk ends and stays inside of it. Threads: pure. Memory: all spans point into the text.
 */

#include <stdbool.h>

#include "platen/span.h"

/* Enters the object ('{') or list ('[') that comes next; false where something else does. */
bool pl_json_walk_in(struct pl_span *at, char bracket);

/* Steps to the value of the object's next member; false at its end, behind which the walk goes on.
 * *ret_name: as it is written, escapes and all. */
bool pl_json_walk_member(struct pl_span *at, struct pl_span *ret_name);

/* Steps to the list's next entry; false at its end, behind which the walk goes on. */
bool pl_json_walk_entry(struct pl_span *at);

/* Takes the value that comes next, whole. */
struct pl_span pl_json_walk_value(struct pl_span *at);

#endif
