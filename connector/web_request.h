/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_WEB_REQUEST_H
#define PL_WEB_REQUEST_H

/*
 * The stations of a request, as web.c calls them: begin, admit (route and gate), take (body), go on
 * (handler, answer), end. Threads: the daemon's. Memory: begin allocates, end frees.
 */

#include "web.h"

/* NULL when out of memory. */
struct pl_web_request *pl_web_request_begin(struct pl_web *web, const struct pl_web_config *config,
					    struct MHD_Connection *connection, const char *method,
					    const char *url);

/* Finds the route and asks the gate, before any of the body is read. */
enum MHD_Result pl_web_request_admit(struct pl_web_request *rq, const struct pl_web_config *config);

/* The answer goes out before all of the request has come: the connection's end waits for the peer
 * to notice. */
void pl_web_cut_short(const struct pl_web_request *rq);

/* The answer is on its way: the peer has so long to take it. */
void pl_web_answering(const struct pl_web_request *rq);

/* Takes a piece of the body, *n bytes; *n becomes what is left of it. False: the peer keeps sending
 * past every bound, cut it off. */
bool pl_web_request_take(struct pl_web_request *rq, const char *data, size_t *n);

/* The body is there, or the connection was resumed. */
enum MHD_Result pl_web_request_go_on(struct pl_web_request *rq, const struct pl_web_config *config);

void pl_web_request_end(struct pl_web_request *rq); /* NULL is allowed */

#endif
