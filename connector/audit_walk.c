/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same hash as when it was written, entry by entry.
 */
#include "audit_walk.h"

#include <stdio.h>
#include <string.h>

#include "audit_store.h"
#include "platen/audit.h"
#include "platen/clock.h"

static void read_entry(struct pl_db_rows *rows, struct pl_audit_entry *entry)
{
	struct pl_audit_note note = {
		.what = pl_db_text_at(rows, 3),
		.address = pl_db_text_at(rows, 5),
		.subject = pl_db_text_at(rows, 6),
	};

	memset(entry, 0, sizeof *entry);
	entry->seq = pl_db_int_at(rows, 0);
	pl_clock_text(pl_db_int_at(rows, 1), entry->at);
	pl_db_copy_at(rows, 2, entry->who, sizeof entry->who);
	pl_db_copy_at(rows, 4, entry->outcome, sizeof entry->outcome);
	pl_db_copy_at(rows, 7, entry->prev, sizeof entry->prev);
	pl_audit_write_what(&note, entry);
}

/* One entry: does it follow, and is it what it was? */
static bool follows(struct pl_audit_state *s, struct pl_db_rows *rows)
{
	struct pl_audit_entry entry;
	char head[PL_HASH_TEXT];

	read_entry(rows, &entry);
	pl_audit_hash(&entry, head);
	if (entry.seq != s->entries + 1)
		snprintf(s->message, sizeof s->message, "Entry %lld is missing.",
			 (long long)s->entries + 1);
	else if (strcmp(entry.prev, s->head) != 0)
		snprintf(s->message, sizeof s->message,
			 "Entry %lld does not follow the one before.", (long long)entry.seq);
	else if (strcmp(head, pl_db_text_at(rows, 8)) != 0)
		snprintf(s->message, sizeof s->message, "Entry %lld was changed.",
			 (long long)entry.seq);
	else {
		s->entries = entry.seq;
		memcpy(s->head, head, sizeof s->head);
		return true;
	}
	return false;
}

enum pl_result pl_audit_walk(struct pl_db *db, const char *customer_id, const char *wanted,
			     struct pl_audit_state *ret_state, struct pl_error *err)
{
	struct pl_audit_state s = { .ok = true };
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	memset(s.head, '0', sizeof s.head - 1);
	r = pl_db_query(
		db, &rows,
		"SELECT seq, at, who, what, outcome, address, subject, prev, head FROM audit"
		" WHERE customer_id=?1 ORDER BY seq",
		PL_ARGS(pl_db_text(customer_id)), err);
	while (r == PL_OK && s.ok && (r = pl_db_next(rows, err)) == PL_OK) {
		s.ok = follows(&s, rows);
		s.has_head = s.has_head || (wanted && s.ok && !strcmp(wanted, s.head));
	}
	pl_db_done(rows);
	if (r != PL_OK && r != PL_E_NOT_FOUND)
		return r;
	if (s.ok)
		snprintf(s.message, sizeof s.message, "%lld entries, unbroken.",
			 (long long)s.entries);
	*ret_state = s;
	return PL_OK;
}
