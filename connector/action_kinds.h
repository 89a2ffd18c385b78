/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ACTION_KINDS_H
#define PL_ACTION_KINDS_H

/*
 * Action kinds: what may be ordered, of whom, with which parameters; and why something is not
 * offered. One table, which the console's buttons and POST …/actions both follow.
 *
 * Threads: pure. Memory: static rows; cJSON trees are the caller's.
 */

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct pl_action_kind {
	const char *type;
	bool printer, pc;  /* about a printer, about a PC */
	const char *lacks; /* the sentence for a printer that cannot do it; NULL: every one can */
	/* False: `why` gets a sentence about the parameter that is wrong. NULL: it takes none. */
	bool (*check)(const cJSON *parameters, char *why, size_t cap);
};

/* NULL: no such type, or not one this connector orders. */
const struct pl_action_kind *pl_action_kind(const char *type);
bool pl_action_is_type(const char *type);

/* True when every parameter is understood and has a value that makes sense. */
bool pl_action_check(const struct pl_action_kind *kind, const cJSON *parameters, char *why,
		     size_t cap);

/* The settings of a printer as they may be wanted: {"sleep_timer_s":"900"}. Results as above. */
bool pl_action_check_settings(const cJSON *settings, char *why, size_t cap);

#define PL_MAX_PASSWORD 100 /* bytes of a printer's password */

/* What is known of who would carry an action out. */
struct pl_action_facts {
	const char *hello; /* the agent's, JSON; NULL: none came yet */
	bool removed;	   /* the PC was */
	bool printer;	   /* it is about a printer, else about a PC */
	bool attached;
	const cJSON *access; /* of the printer's snapshot; NULL: nothing is known */
};

/* {"actions":{type:{"offered","reason"}}} of everything that fits a printer, or a PC. */
cJSON *pl_action_capabilities(const struct pl_action_facts *facts);

#endif
