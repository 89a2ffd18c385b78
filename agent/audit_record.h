/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_AUDIT_RECORD_H
#define PL_AGENT_AUDIT_RECORD_H

/*
 * Audit record: an entry of the audit chain and the record that tells the connector of it.
 * The chain is a file, the spool a database; a crash between them is made good at the next start,
 * when entries that never became records do.
 * Threads: any. Memory: none.
 */

#include "platen/audit.h"
#include "spool.h"

/* `who` is "connector", "local" or "agent". Returns PL_OK | PL_E_FULL | PL_E_IO. */
enum pl_result pl_audit_record(struct pl_spool *spool, struct pl_audit *audit, const char *who,
			       const char *what, const char *outcome, struct pl_error *err);

/* The same within a transaction of the spool, with its lock held. */
enum pl_result pl_audit_record_locked(struct pl_spool *spool, struct pl_audit *audit,
				      const char *who, const char *what, const char *outcome,
				      struct pl_error *err);

/* At start: makes records of the entries that have none yet. */
enum pl_result pl_audit_catch_up(struct pl_spool *spool, struct pl_audit *audit,
				 struct pl_error *err);

#endif
