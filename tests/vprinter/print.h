/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PRINT_H
#define VP_PRINT_H

/*
 * Print: the classic print pipe, 7/1/1 and 7/1/2: PJL lines are answered, everything else is a job.
 * Threads: runs on the pipe's own thread until the pipe ends.
 */

#include "pipe.h"
#include "printer.h"

void vp_print_serve(struct vp_printer *printer, struct vp_pipe *pipe);

#endif
