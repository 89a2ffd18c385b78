/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_UPLINK_H
#define PL_AGENT_UPLINK_H

/*
 * Uplink: everything the agent says to its connector, in two threads.
 * `report` enrols, renews, sends records and action states, on a connection that it closes after
 * 10 s without use; `work` keeps one long poll open, through which actions and settings arrive.
 * Both sleep in the kernel when there is nothing to do.
 *
 * Threads: its own two; the functions here from any. Memory: what is passed in outlives it.
 */

#include "action.h"
#include "enrolment.h"
#include "keys.h"
#include "settings.h"
#include "spool.h"

struct cJSON;
struct pl_uplink;

struct pl_uplink_options {
	const struct pl_settings *settings;
	const struct pl_seal *seal;
	struct pl_spool *spool;
	struct pl_audit *audit;
	struct pl_actions *actions;

	/* The connector's settings (body of GET /config): once at start when some are known, then
	 * whenever they change. `config` lives during the call. From the work or report thread. */
	void (*config_changed)(void *arg, const struct cJSON *config);
	/* Something of pl_uplink_status() changed that people care about. May be NULL. */
	void (*status_changed)(void *arg);
	void *arg;
};

enum pl_result pl_uplink_start(const struct pl_uplink_options *options,
			       struct pl_uplink **ret_uplink, struct pl_error *err);

/* Wakes both threads, waits for them, frees. Never longer than one TLS close. */
void pl_uplink_stop(struct pl_uplink *uplink); /* NULL is allowed */

enum pl_enrol_state {
	PL_ENROL_NONE,	   /* not enrolled, and no token nor leave to ask */
	PL_ENROL_DEFERRED, /* a golden image waits to be told */
	PL_ENROL_TRYING,   /* on its way; last_error says what is wrong, if anything */
	PL_ENROL_PENDING,  /* an administrator has to agree; fingerprint is to be compared */
	PL_ENROL_REFUSED,  /* the connector said no: a new token is needed */
	PL_ENROL_DONE,
	PL_ENROL_REVOKED /* the administrator removed this PC */
};
const char *pl_enrol_state_name(enum pl_enrol_state state); /* "none", "deferred", … */

struct pl_uplink_status {
	enum pl_enrol_state enrolment;
	char server[PL_MAX_URL];
	char agent_id[PL_MAX_ID], customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	char fingerprint[PL_FINGERPRINT_TEXT]; /* of our public key, "sha256:…"; "" none yet */
	int64_t certificate_not_after_ms;      /* wall time; 0 none */
	bool connected;			       /* the last call of either thread was answered */
	int64_t last_contact_ms;	       /* wall time of the last answer; 0 never */
	int64_t last_report_ms;
	int64_t acked_seq;	 /* of the last record that the connector has said it has; 0 none */
	int64_t next_try_ms;	 /* monotonic, when backing off; 0 not */
	int64_t clock_offset_ms; /* connector's clock minus ours */
	int64_t report_interval_s;
	char last_error[PL_MAX_ERROR]; /* "" none */
};
void pl_uplink_status(struct pl_uplink *uplink, struct pl_uplink_status *ret_status);

/* What it trusts and is trusted by. */
struct pl_uplink_trust {
	int64_t not_before_ms, not_after_ms, renew_at_ms; /* of this PC's certificate, wall time */
	int64_t ca_not_before_ms, ca_not_after_ms;	  /* of the CA that ends first; 0 unknown */
	char *ca_pem;					  /* certificates, nothing secret */
};

/* A copy of it; false: this PC is not enrolled. */
bool pl_uplink_trust(struct pl_uplink *uplink, struct pl_uplink_trust *ret_trust);
void pl_uplink_trust_finish(struct pl_uplink_trust *trust);

/* Enrols with this token or, when NULL, without one at `server` (NULL: the settings'); replaces
 * what there was once the connector agrees. Returns at once; the status tells how it goes. Returns
 * PL_OK | PL_E_INVALID (not a token, not a URL). */
/* Changes settings of this PC (overrides.h), which have been checked: stored, in force at once.
 * *ret_before, *ret_after: what the PC ran and runs with, the caller's. Returns PL_OK | PL_E_FULL |
 * PL_E_IO (nothing changed). */
struct cJSON;
enum pl_result pl_uplink_override(struct pl_uplink *uplink, const struct cJSON *changes,
				  struct cJSON **ret_before, struct cJSON **ret_after,
				  struct pl_error *err);

enum pl_result pl_uplink_enroll(struct pl_uplink *uplink, const char *token, const char *server,
				const char *ca_file, struct pl_error *err);

/* When to try again: full jitter, from 0 up to a bound that doubles from 2 s to 5 min with every
 * attempt; never before the peer's Retry-After (-1: not told). One that cannot help itself
 * (PL_E_UNTRUSTED, PL_E_DENIED, PL_E_INVALID) starts at 1 min. Milliseconds. */
int64_t pl_next_try_ms(enum pl_result why, int attempt, int64_t retry_after_s);

#endif
