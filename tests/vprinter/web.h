/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_WEB_H
#define VP_WEB_H

/*
 * Web: what a printer serves over HTTP: its documents (LEDM, EWS), its actions, and IPP under
 * /ipp/. Threads: runs on the pipe's own thread until the pipe ends.
 */

#include "pipe.h"
#include "printer.h"

void vp_web_serve(struct vp_printer *printer, struct vp_pipe *pipe);

#endif
