/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AUDIT_STORE_H
#define PL_AUDIT_STORE_H

/*
 * The connector's audit: every call that changes something, in one hash chain per customer
 * (platen/audit.h says how an entry is hashed). The chain of the server itself has the customer "".
 *
 * Threads: workers. Memory: the caller's.
 */

#include "api.h"

/* Appends what this call was and how it was answered, durably, before the answer leaves. */
void pl_audit_call(struct pl_api *api);

/* One entry, for what is not a call of the admin API. */
struct pl_audit_note {
	const char *customer_id; /* "": the server's own chain */
	const char *who, *what, *outcome;
	const char *address, *subject; /* may be NULL */
};
/* For pl_store_write(): `arg` is a struct pl_audit_note. */
enum pl_result pl_audit_append(struct pl_db *db, void *arg, struct pl_error *err);

/* Writes the line of an entry that is hashed: verb, subject, address. */
struct pl_audit_entry;
void pl_audit_write_what(const struct pl_audit_note *note, struct pl_audit_entry *entry);

#endif
