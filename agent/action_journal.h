/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACTION_JOURNAL_H
#define PL_AGENT_ACTION_JOURNAL_H

/*
 * Action journal: what was asked of this PC and how far it came, in the spool's database, so that a
 * state and the record that tells of it become true in one commit. An id stays known long after
 * its action has expired: the same payload is never obeyed twice.
 * Threads: with the spool's lock held, within a transaction where something is written.
 */

#include "action.h"
#include "spool_db.h"

struct pl_journal_entry {
	char id[PL_MAX_ID];
	char type[32];
	enum pl_action_state state;
	int posted; /* the state that the connector was told, plus 1; 0: none */
	char reason[PL_MAX_ERROR];
	int64_t started_ms, finished_ms; /* wall time; 0: not yet */
	int64_t not_after_ms;
};

/* Returns PL_OK | PL_E_NOT_FOUND | PL_E_IO. */
enum pl_result pl_journal_get(struct pl_spool *spool, const char *id,
			      struct pl_journal_entry *ret_entry, struct pl_error *err);

/* Inserts an entry with the payload it came from, sealed. */
enum pl_result pl_journal_add(struct pl_spool *spool, const struct pl_journal_entry *entry,
			      struct pl_span payload, struct pl_error *err);

/* Writes state, posted, reason and times of an entry that is there. */
enum pl_result pl_journal_update(struct pl_spool *spool, const struct pl_journal_entry *entry,
				 struct pl_error *err);

/* The first id, in order, behind `after` whose state is `state`, or, with state -1, whose state was
 * not posted. Returns PL_OK | PL_E_NOT_FOUND | PL_E_IO. */
enum pl_result pl_journal_next(struct pl_spool *spool, int state, const char *after,
			       char ret_id[static PL_MAX_ID], struct pl_error *err);

/* Adds the payload as it was signed. Returns PL_OK | PL_E_NOT_FOUND | PL_E_UNTRUSTED. */
enum pl_result pl_journal_payload(struct pl_spool *spool, const char *id, struct pl_bytes *out,
				  struct pl_error *err);

/* How many of a type began after `since_ms` (wall time); those of a clock that was ahead count. */
enum pl_result pl_journal_count(struct pl_spool *spool, const char *type, int64_t since_ms,
				int64_t *ret_count, struct pl_error *err);

/* Forgets entries that ended and expired before `before_ms`. */
enum pl_result pl_journal_prune(struct pl_spool *spool, int64_t before_ms, struct pl_error *err);

#endif
