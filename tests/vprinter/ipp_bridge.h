/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_IPP_BRIDGE_H
#define VP_IPP_BRIDGE_H

/*
 * IPP bridge: an IPP request from the pipe goes to a real IPP server (ippeveprinter) and its answer
 * comes back with the attributes that live laid over it: ippeveprinter cannot change its state on
 * command.
 *
 * Threads: any number of pipes at once. Memory: the answer is appended to the caller's buffer.
 */

#include "http.h"
#include "printer.h"

/* Handles the request whose body waits in `http`; appends the encoded answer to `answer` (empty: it
 * was no IPP). False: the pipe was reset. */
bool vp_ipp_bridge(struct vp_printer *printer, struct vp_http *http, struct pl_bytes *answer);

#endif
