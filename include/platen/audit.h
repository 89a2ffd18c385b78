/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AUDIT_H
#define PL_AUDIT_H

/*
 * Audit: who did what, in a chain: each entry carries the hash of the one before, so that nothing
 * can be taken out or changed without breaking every hash that follows. The head travels in every
 * report, so that cutting off the end shows as well. A file of JSON lines:
 *
 *     {"seq":12,"at":"2026-01-31T08:20:00.450Z","who":"connector","what":"action 5e8b… identify",
 *      "outcome":"done","prev":"7d79…","head":"5d41…"}
 *
 * head = SHA-256 of prev LF seq LF at LF who LF what LF outcome; the first prev is 64 zeros.
 * Threads: any. Memory: flat; at max_bytes the file is renamed to ".1" and the chain goes on.
 */

#include <stdint.h>

#include "platen/hash.h"
#include "platen/result.h"

struct pl_audit;

struct pl_audit_entry {
	int64_t seq; /* from 1 */
	char at[32]; /* RFC 3339 */
	char who[64];
	char what[256];
	char outcome[256];
	char prev[PL_HASH_TEXT];
	char head[PL_HASH_TEXT];
};

/* Opens or makes the file and checks its chain. A last line cut short by a crash is taken off (it
 * was never reported). Returns PL_OK | PL_E_UNTRUSTED (the chain is broken; the sentence says at
 * which entry) | PL_E_DENIED | PL_E_FULL | PL_E_IO. */
enum pl_result pl_audit_open(const char *path, int64_t max_bytes, struct pl_audit **ret_audit,
			     struct pl_error *err);
void pl_audit_close(struct pl_audit *audit);

/* Appends one entry, durably; texts are cut to what fits and their control characters become
 * blanks. ret_entry may be NULL. Returns PL_OK | PL_E_FULL | PL_E_IO (nothing was added). */
enum pl_result pl_audit_add(struct pl_audit *audit, const char *who, const char *what,
			    const char *outcome, struct pl_audit_entry *ret_entry,
			    struct pl_error *err);

/* Where the chain ends now; seq 0 and 64 zeros before the first entry. */
void pl_audit_head(struct pl_audit *audit, int64_t *ret_seq, char ret_head[static PL_HASH_TEXT]);

/* Calls `each` for every entry still kept behind `after`, oldest first, until it says anything but
 * PL_OK, which is returned then. Returns PL_OK | PL_E_UNTRUSTED (the file changed meanwhile). */
enum pl_result pl_audit_replay(struct pl_audit *audit, int64_t after,
			       enum pl_result (*each)(void *arg, const struct pl_audit_entry *entry,
						      struct pl_error *err),
			       void *arg, struct pl_error *err);

/* The hash that an entry ought to have. */
void pl_audit_hash(const struct pl_audit_entry *entry, char ret_head[static PL_HASH_TEXT]);

#endif
