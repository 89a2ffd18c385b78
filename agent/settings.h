/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_SETTINGS_H
#define PL_AGENT_SETTINGS_H

/*
 * Settings: what the PC's administrator decided, from /etc/platen/agent.conf and then each .conf
 * file of /etc/platen/agent.conf.d (in order of name, later files win); on Windows also from the
 * registry (os/policy.h).
 * They are read once at start. What the connector may change at run time is not here: it travels as
 * the body of GET /config, and can never touch policy, trust, server, keys or the allow-list.
 *
 * Threads: read-only after pl_settings_load(). Memory: plain.
 */

#include <stdbool.h>
#include <stdint.h>

#include "platen/file.h"
#include "platen/log.h"
#include "platen/result.h"

#define PL_MAX_URL   256
#define PL_MAX_TOKEN 1025 /* with NUL; WIRE.md: at most 1,024 characters */

enum pl_action_type {
	PL_ACTION_PROBE_NOW,
	PL_ACTION_IDENTIFY,
	PL_ACTION_REBOOT,
	PL_ACTION_PRINT_TEST_PAGE,
	PL_ACTION_DIAGNOSTICS,
	PL_ACTION_CONFIGURE,
	PL_ACTION_FIRMWARE,
	PL_ACTION_EWS,
	PL_ACTION_AGENT_CONFIG,
	PL_ACTION_AGENT_LOG,
	PL_ACTION_TYPE_COUNT
};
extern const char *const PL_ACTION_WORDS[PL_ACTION_TYPE_COUNT + 1]; /* "probe_now", …, NULL */

enum pl_uplink_mode { PL_UPLINK_LONG_POLL, PL_UPLINK_POLL };
enum pl_host_name_mode { PL_HOST_NAME_FULL, PL_HOST_NAME_HASH, PL_HOST_NAME_NONE };
enum pl_consent { PL_CONSENT_ASK, PL_CONSENT_ALLOW };
enum pl_unattended { PL_UNATTENDED_DENY, PL_UNATTENDED_ASK, PL_UNATTENDED_ALLOW };
enum pl_pjl_policy { PL_PJL_IDLE, PL_PJL_NEVER };
enum pl_revocation_policy { PL_REVOCATION_SOFT, PL_REVOCATION_OFF, PL_REVOCATION_HARD };

struct pl_settings {
	char server[PL_MAX_URL];     /* "https://hp-print-mgmt:12351" */
	char ca_file[PL_MAX_PATH];   /* "" : pins of the token, or the system's store */
	int revocation;		     /* enum pl_revocation_policy: of servers' certificates */
	char token[PL_MAX_TOKEN];    /* "" : none */
	bool defer_enroll;	     /* a golden image: do not enrol until told */
	char proxy[PL_MAX_URL];	     /* "": from the environment; "none": none */
	char no_proxy[PL_MAX_URL];   /* hosts and ".domains", with commas */
	int uplink;		     /* enum pl_uplink_mode */
	char state_dir[PL_MAX_PATH]; /* "/var/lib/platen" */
	char socket[PL_MAX_PATH];    /* "/run/platen/agent.sock" */
	int host_name;		     /* enum pl_host_name_mode */
	int pjl;		     /* enum pl_pjl_policy */
	int64_t per_hour[PL_ACTION_TYPE_COUNT]; /* begun at most so often in an hour; 0: no limit */
	unsigned forbid; /* 1 << enum pl_action_type: refused whatever the server says */
	char package_keys[PL_MAX_PATH]; /* folder of the keys that may sign firmware */
	int ews_consent;		/* enum pl_consent: a remote page while somebody is here */
	int ews_unattended;  /* enum pl_unattended: and while nobody is logged in at the PC */
	bool trace_outgoing; /* write every byte sent to state_dir/outgoing.log */
	int64_t trace_max_bytes;
	int64_t spool_max_bytes;
	int64_t spool_max_age_s;
	int log_level; /* enum pl_log_level */
};

/* The built-in values. */
void pl_settings_init(struct pl_settings *s);

/* Built-in values, then `path`, then every *.conf of `path`.d. Returns PL_OK (a missing file is
 * fine) | PL_E_INVALID (file, line and reason in err) | PL_E_DENIED | PL_E_IO. */
enum pl_result pl_settings_load(const char *path, struct pl_settings *ret_settings,
				struct pl_error *err);

/* Sets one by its name in the file ("server"), as --set NAME=VALUE would. */
enum pl_result pl_settings_set(struct pl_settings *s, const char *name, const char *value,
			       struct pl_error *err);

#endif
