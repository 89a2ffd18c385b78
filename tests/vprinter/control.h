/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_CONTROL_H
#define VP_CONTROL_H

/*
 * Control: a Unix socket on which commands come, one line each (words quoted as in a shell), and go
 * back as text, ended by a line "ok" or "error: one sentence".
 *
 * Threads: one of its own for serving. Memory: vp_control_stop().
 */

#include <platen/result.h>

#include "rack.h"

struct vp_control;

/* Serves `rack` on a socket at `path`. Returns PL_OK | PL_E_IO. */
enum pl_result vp_control_start(const char *path, struct vp_rack *rack,
				struct vp_control **ret_control, struct pl_error *err);
void vp_control_stop(struct vp_control *c);

/* The other side: sends the words to a running program and prints its answer to stdout. Returns the
 * exit code. */
int vp_control_do(const char *path, char **words, int count);

#endif
