/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_EWS_DOOR_H
#define PL_EWS_DOOR_H

/*
 * The door from inside: a visit is one request of a browser at a session's port.
 * Threads: the session's daemon. Memory: a visit lives from its first byte to the end of its
 * answer.
 */

#include "ews_inside.h"

#define VISIT_MAX_OWN_BODY 256 /* what the entrance takes */
#define VISIT_MAX_PAGE	   4096

struct visit {
	struct ews_session *session;
	struct MHD_Connection *connection;
	char target[2048], method[12], address[64];
	int64_t body_size; /* -1: not told */
	bool begun, too_long, queued;

	int status; /* of an answer of our own, or of the one that was queued; 0: none yet */
	char sentence[PL_EWS_MAX_REASON];

	/* The entrance. */
	enum { NO_STEP, STEP_ENTER, STEP_BEGIN } step;
	struct pl_bytes body;
	char ticket[PL_SECRET_TEXT]; /* to be sent on */
	char cookie[PL_SECRET_TEXT];
	bool keep_cookies; /* this browser is in another session too */

	/* The way to the printer. */
	struct ews_exchange *exchange; /* held */
	int64_t by_ms;
};

const char *visit_header(const struct visit *v, const char *name);

/* Answers with a page of our own. */
void visit_refuse(struct visit *v, int status, const char *sentence);
enum MHD_Result visit_answer_own(struct visit *v);

/* What every page of the printer carries. */
void visit_add_headers(const struct visit *v, struct MHD_Response *response);

/* ews_enter.c: with the relay's lock held, whether a step of the entrance begins; and, once its
 * body is there, the step itself. */
void visit_enter(struct visit *v);
void visit_step(struct visit *v);

/* ews_visit.c: with the lock held, sends the request on; the rest without. */
void visit_send(struct visit *v);
void visit_take(struct visit *v, const char *data, size_t *n);
enum MHD_Result visit_go_on(struct visit *v);
void visit_leave(struct visit *v);

#endif
