/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONSOLE_SERVE_H
#define PL_CONSOLE_SERVE_H

/*
 * Console: answers GETs outside of the API with the web pages that are compiled in
 * (console/embed/). Threads: the daemon's. Memory: the pages are constants.
 */

#include "web.h"

void pl_console_serve(struct pl_web_request *rq);

#endif
