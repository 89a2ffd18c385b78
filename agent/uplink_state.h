/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_UPLINK_STATE_H
#define PL_AGENT_UPLINK_STATE_H

/*
 * Uplink state: what the two threads of the uplink share. Values are copied in and out under
 * `lock`, which is never held while anything is sent, read or written. `altering` is held while the
 * enrolment file is written, and taken before `lock`.
 */

#include <pthread.h>

#include "call.h"
#include "enroll.h"
#include "uplink.h"

/* How this PC is to be enrolled. */
struct pl_ask {
	int number; /* rises with every wish, so that an answer is not taken for another's */
	bool wanted;
	bool has_token;
	struct pl_token token;
	char server[PL_MAX_URL];
	char ca_file[PL_MAX_PATH];
};

struct pl_uplink {
	struct pl_uplink_options options;
	pthread_t report_thread, work_thread;
	struct pl_wake *report_wake, *work_wake; /* end a wait on a socket */

	pthread_mutex_t altering;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t changed;
	bool stopping;
	struct pl_ask ask;
	struct pl_enrolment enrolment; /* meaningful when enrolled */
	bool enrolled;
	int generation; /* rises when server, certificate or CA change: call anew */
	bool renew_now;
	bool hurry; /* somebody acted: end the back-off */
	bool poll;  /* the connector wants plain polls */
	int64_t work_wait_s;
	struct pl_uplink_status status;
	struct cJSON *overrides; /* what agent_config has changed on this PC */
};

bool pl_uplink_is_stopping(struct pl_uplink *u);

/* True when there is an enrolment that is obeyed (not revoked). */
bool pl_uplink_is_enrolled(struct pl_uplink *u);

/* Makes `caller` fit the enrolment of now: a new dialer when *generation is old. Returns PL_OK |
 * what pl_dialer_create() says. */
enum pl_result pl_uplink_caller(struct pl_uplink *u, struct pl_wake *wake, struct pl_caller *caller,
				int *generation, struct pl_error *err);

/* Changes the enrolment: a copy of it is changed, stored, and then put in force; two changes do not
 * get in each other's way. Returns PL_OK | PL_E_NO_MEMORY | PL_E_FULL | PL_E_IO (nothing changed).
 */
enum pl_result pl_uplink_alter(struct pl_uplink *u,
			       enum pl_result (*change)(void *arg, struct pl_enrolment *e),
			       void *arg, struct pl_error *err);

/* After a change of server, certificate or CA: both threads connect anew. */
void pl_uplink_call_anew(struct pl_uplink *u);

/* Copies what people may see of the enrolment into the status. */
void pl_uplink_show_enrolment(struct pl_uplink *u);

/* What the connector told in an answer's error: revoked, expired. */
void pl_uplink_heed(struct pl_uplink *u, const struct pl_answer *answer);

/* For the status: a call was answered; a call failed (the first failure in a row is logged). */
void pl_uplink_contact(struct pl_uplink *u);
void pl_uplink_trouble(struct pl_uplink *u, const char *what, const struct pl_error *err,
		       int64_t retry_in_ms);
void pl_uplink_set_state(struct pl_uplink *u, enum pl_enrol_state state, const char *why);

/* Applies the body of GET /config: the uplink's own part of it, then the callback. */
void pl_uplink_apply_config(struct pl_uplink *u, const char *config);

/* The threads. */
void *pl_uplink_report(void *uplink);
void *pl_uplink_work(void *uplink);

#endif
