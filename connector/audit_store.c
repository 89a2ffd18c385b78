/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Appending to a chain: read its end, hash the new entry with it, insert. The store's thread is the
 * only writer, so nothing comes in between.
 */
#include "audit_store.h"

#include <stdio.h>
#include <string.h>

#include "platen/audit.h"
#include "platen/clock.h"
#include "platen/log.h"

static enum pl_result read_head(struct pl_db *db, const char *customer_id,
				struct pl_audit_entry *entry, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT seq, head FROM audit WHERE customer_id=?1 ORDER BY seq DESC LIMIT 1",
		      PL_ARGS(pl_db_text(customer_id)), err);
	if (r == PL_E_NOT_FOUND) {
		entry->seq = 1;
		memset(entry->prev, '0', sizeof entry->prev - 1);
		return PL_OK;
	}
	if (r != PL_OK)
		return r;
	entry->seq = pl_db_int_at(rows, 0) + 1;
	pl_db_copy_at(rows, 1, entry->prev, sizeof entry->prev);
	pl_db_done(rows);
	return PL_OK;
}

void pl_audit_write_what(const struct pl_audit_note *n, struct pl_audit_entry *entry)
{
	snprintf(entry->what, sizeof entry->what, "%s%s%s%s%s", n->what, n->subject ? " " : "",
		 n->subject ? n->subject : "", n->address ? " from " : "",
		 n->address ? n->address : "");
}

enum pl_result pl_audit_append(struct pl_db *db, void *arg, struct pl_error *err)
{
	const struct pl_audit_note *n = arg;
	struct pl_audit_entry entry = { 0 };
	int64_t now_ms = pl_clock_wall_ms();
	enum pl_result r = read_head(db, n->customer_id, &entry, err);

	if (r != PL_OK)
		return r;
	pl_clock_text(now_ms, entry.at);
	snprintf(entry.who, sizeof entry.who, "%s", n->who);
	snprintf(entry.outcome, sizeof entry.outcome, "%s", n->outcome);
	pl_audit_write_what(n, &entry);
	pl_audit_hash(&entry, entry.head);
	return pl_db_run(db,
			 "INSERT INTO audit (customer_id, seq, at, who, what, outcome, address, "
			 "subject, prev, head)"
			 " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
			 PL_ARGS(pl_db_text(n->customer_id), pl_db_int(entry.seq),
				 pl_db_int(now_ms), pl_db_text(entry.who), pl_db_text(n->what),
				 pl_db_text(entry.outcome), pl_db_text(n->address),
				 pl_db_text(n->subject), pl_db_text(entry.prev),
				 pl_db_text(entry.head)),
			 err);
}

void pl_audit_call(struct pl_api *api)
{
	struct pl_web_request *rq = api->rq;
	char verb[160], outcome[16], address[64];
	struct pl_audit_note note = {
		.customer_id = api->customer_id,
		.who = api->caller.name,
		.what = verb,
		.outcome = outcome,
		.address = address,
		.subject = *api->subject ? api->subject : NULL,
	};
	struct pl_error err = { 0 };

	snprintf(verb, sizeof verb, "%s %s", rq->method, rq->route->path);
	snprintf(outcome, sizeof outcome, "%d", rq->status);
	pl_web_address(rq, address, sizeof address);
	if (pl_store_write(api->server->store, pl_audit_append, &note, &err) != PL_OK)
		log_error(NULL, "an audit entry is lost verb=\"%s\" reason=\"%s\"", verb, err.text);
}
