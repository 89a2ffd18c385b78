/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONTROL_H
#define PL_CONTROL_H

/*
 * Control: how programs of this PC (platen, the tray) talk to the running agent: one line of JSON
 * in, one line of JSON out, then the agent hangs up.
 *
 *     -> {"v":1,"do":"status"}
 *     <- {"v":1,"ok":true,"result":{"enrolment":"done",…}}
 *     -> {"v":1,"do":"enroll","token":"plt1.…"}
 *     <- {"v":1,"ok":false,"error":"denied","message":"only root may …"}
 *
 *     do         members                     who         result
 *     status     -                           anybody     the agent and its connector
 *     printers   -                           anybody     platen.snapshot/1, as last read
 *     probe      key (optional)              anybody     platen.snapshot/1, read now
 *     sent       raw (optional)              anybody     messages that left, newest first
 *     doctor     -                           anybody     what only the agent sees
 *     diag       key (optional)              root, the   a bundle of all that, whole: {"zip":
 *                                            agent's own base64, "parts": [...]} (bundle.h)
 *     enroll     token | server, ca_file     root, the   {}
 *                                            agent's own
 *     watch      -                           anybody     what people see of all this, at once and
 *                                                        whenever it changes, a line each; the
 *                                                        caller hangs up (watch.h)
 *     ews        -                           anybody     remote pages wanted and open
 *     ews_allow  id                          those, and  {}
 *     ews_deny   id                          whoever is
 *     ews_end    id                          at the screen
 * Unknown members are ignored; an unknown `do` or version is an error that says so.
 * Threads: its own: one that listens, one per caller, at most eight. Memory: what is passed in
 * outlives it.
 */

#include <stdint.h>

#include "engine.h"
#include "platen/bytes.h"
#include "platen/protocol.h"
#include "uplink.h"

enum pl_control_verb {
	PL_CONTROL_STATUS,
	PL_CONTROL_PRINTERS,
	PL_CONTROL_PROBE,
	PL_CONTROL_SENT,
	PL_CONTROL_DOCTOR,
	PL_CONTROL_DIAG,
	PL_CONTROL_ENROLL,
	PL_CONTROL_WATCH,
	PL_CONTROL_EWS,
	PL_CONTROL_EWS_ALLOW,
	PL_CONTROL_EWS_DENY,
	PL_CONTROL_EWS_END,
	PL_CONTROL_VERB_COUNT
};

struct pl_control_request {
	enum pl_control_verb verb;
	char key[PL_MAX_KEY]; /* "": all printers */
	char token[PL_MAX_TOKEN];
	char server[PL_MAX_URL];
	char ca_file[PL_MAX_PATH];
	char id[PL_MAX_ID]; /* of a remote page */
	bool raw;
};

/* Reads one line. Returns PL_OK | PL_E_PROTOCOL (no JSON object) | PL_E_UNSUPPORTED (a version or
 * verb that this agent does not know) | PL_E_INVALID (a member of the wrong kind or too long). */
enum pl_result pl_control_parse(struct pl_span line, struct pl_control_request *ret_request,
				struct pl_error *err);

/* What answers are made of. */
struct pl_control_sources {
	struct pl_engine *engine;
	struct pl_uplink *uplink;
	struct pl_spool *spool;
	const struct pl_settings *settings;
	int64_t started_ms; /* wall time of the agent's start */
};

/* Who asks, by the kernel's word. */
struct pl_control_caller {
	bool trusted; /* may change things */
	bool seated;  /* is at this PC's screen: may answer for a remote page */
};

/* Who may do what: every verb has one right, in one table. */
enum pl_control_right {
	PL_CONTROL_ANYBODY, /* it reads */
	PL_CONTROL_SEATED,  /* it answers for the person at the screen; root may, too */
	PL_CONTROL_TRUSTED, /* it changes settings, or shows all there is */
};

/* Asks that table. Returns PL_OK | PL_E_DENIED (with the sentence for the caller). */
enum pl_result pl_control_permit(enum pl_control_verb verb, const struct pl_control_caller *caller,
				 struct pl_error *err);

/* Carries one request out and writes the answer, without the newline. */
void pl_control_answer(const struct pl_control_sources *sources,
		       const struct pl_control_request *request,
		       const struct pl_control_caller *caller, struct pl_bytes *answer);

/* The result of `doctor`: what only the running agent sees. NULL: no memory. */
struct cJSON *pl_control_doctor(const struct pl_control_sources *sources);

/* Writes an answer that says no. */
void pl_control_refuse(const struct pl_error *why, struct pl_bytes *answer);

struct pl_control;

/* Listens at settings->socket. Returns PL_OK | what pl_local_listen() says. */
enum pl_result pl_control_start(const struct pl_control_sources *sources,
				struct pl_control **ret_control, struct pl_error *err);

/* Ends all conversations, waits for their threads, removes the socket. NULL is allowed. */
void pl_control_stop(struct pl_control *control);

#endif
