/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_FAULT_H
#define VP_FAULT_H

/*
 * Faults: what a pipe does wrong, as its profile says in behaviour.json.
 *
 *     "faults": [ { "pipe": "1-1", "direction": "in", "at": 700, "each": true, "do": "truncate" } ]
 *
 * `at` counts bytes: of each message where `each` is true, else of all the pipe's stream; with
 * `step`, since it last struck. README.md lists what `do` can be.
 *
 * Threads: one printer-side sender per pipe; the out functions and the restart under the pipe's
 * lock. Memory: created, destroyed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

struct vp_faults;
struct vp_pipe;

/* Takes from `list` (the array, may be NULL) what concerns pipe `name`; NULL when nothing does.
 * `unplug` is called for the fault of that name, `return_ms` < 0: for good. */
struct vp_faults *vp_faults_create(const cJSON *list, const char *name,
				   void (*unplug)(void *arg, int return_ms), void *arg);
void vp_faults_destroy(struct vp_faults *f);

/* Sends a message with everything that goes wrong in it. False: the conversation is void. */
bool vp_faults_send(struct vp_faults *f, struct vp_pipe *p, const void *data, size_t n);

/* A new conversation begins: what was silent may speak again. */
void vp_faults_restart(struct vp_faults *f);

/* True when the host's next byte meets a stall; where it meets an unplug, the printer goes. */
bool vp_faults_out_stalls(struct vp_faults *f, uint64_t taken);

/* How many of the next `n` bytes from the host are taken, after `taken` so far. */
size_t vp_faults_out_room(struct vp_faults *f, uint64_t taken, size_t n);

#endif
