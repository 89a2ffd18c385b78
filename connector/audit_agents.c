/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agents' chains, as far as they are stored here.
 */
#include "audit_agents.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "platen/audit.h"
#include "platen/json.h"
#include "record.h"

#define MAX_SEQ INT64_C(9007199254740991)

/* One agent's chain, entry after entry. */
struct walk {
	struct pl_agent_audit *audit;
	struct pl_audit_entry last; /* seq 0: none yet */
	int begun;		    /* how often it began with entry 1 */
	bool has_told;		    /* the head that the agent told stands in the chain */
	const char *told;
};

static void complain(struct walk *w, int64_t seq, const char *what)
{
	if (!w->audit->ok)
		return;
	w->audit->ok = false;
	snprintf(w->audit->message, sizeof w->audit->message, "entry %" PRId64 " %s", seq, what);
}

static bool read_entry(const cJSON *body, struct pl_audit_entry *e)
{
	return pl_json_int(body, "seq", 1, MAX_SEQ, &e->seq) &&
	       pl_json_copy(body, "at", e->at, sizeof e->at) &&
	       pl_json_copy(body, "who", e->who, sizeof e->who) &&
	       pl_json_copy(body, "what", e->what, sizeof e->what) &&
	       pl_json_copy(body, "outcome", e->outcome, sizeof e->outcome) &&
	       pl_json_copy(body, "prev", e->prev, sizeof e->prev) &&
	       pl_json_copy(body, "head", e->head, sizeof e->head);
}

/* An agent that was not sure of its last report tells an entry again: the same one is no fault. */
static void follow(struct walk *w, const struct pl_audit_entry *e)
{
	char head[PL_HASH_TEXT];

	if (e->seq == w->last.seq && strcmp(e->head, w->last.head) == 0)
		return;
	pl_audit_hash(e, head);
	if (strcmp(head, e->head) != 0)
		complain(w, e->seq, "was changed: its hash is another one");
	else if (e->seq == 1)
		w->begun++;
	else if (w->last.seq > 0 &&
		 (e->seq != w->last.seq + 1 || strcmp(e->prev, w->last.head) != 0))
		complain(w, e->seq, "does not follow the one before it: something was left out");
	w->has_told = w->has_told || strcmp(e->head, w->told) == 0;
	w->audit->entries++;
	w->last = *e;
}

static enum pl_result walk_records(struct pl_db *db, struct pl_keyring *ring, int64_t agent_no,
				   struct walk *w, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(db, &rows,
			"SELECT customer_id, sealed FROM records WHERE agent_no=?1 AND"
			" kind='audit' ORDER BY no",
			PL_ARGS(pl_db_int(agent_no)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		struct pl_audit_entry entry = { 0 };
		char key[PL_MAX_KEY];
		cJSON *body = NULL;

		r = pl_record_unwrap(ring, db, pl_db_text_at(rows, 0), pl_db_blob_at(rows, 1), key,
				     &body, err);
		if (r == PL_OK && read_entry(body, &entry))
			follow(w, &entry);
		else
			complain(w, w->last.seq + 1, "cannot be read");
		cJSON_Delete(body);
		r = PL_OK;
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* The head that came with the last report may be ahead of the records, never apart from them. */
static void compare_heads(struct walk *w, int64_t told_seq)
{
	struct pl_agent_audit *a = w->audit;

	if (!a->ok)
		return;
	if (told_seq > w->last.seq)
		snprintf(a->message, sizeof a->message,
			 "%" PRId64 " entries; %" PRId64 " more are still on the PC", a->entries,
			 told_seq - w->last.seq);
	else if (told_seq > 0 && !w->has_told)
		complain(w, told_seq,
			 "is not what the PC says: one of the two was cut off or rewritten");
	else
		snprintf(a->message, sizeof a->message, "%" PRId64 " entries%s", a->entries,
			 w->begun > 1 ? "; the PC has begun its chain anew" : "");
}

enum pl_result pl_audit_agent(struct pl_db *db, struct pl_keyring *ring, int64_t agent_no,
			      struct pl_agent_audit *ret_audit, struct pl_error *err)
{
	struct walk w = { .audit = ret_audit };
	struct pl_db_rows *rows = NULL;
	char told[PL_HASH_TEXT] = "";
	int64_t told_seq;
	enum pl_result r;

	*ret_audit = (struct pl_agent_audit){ .ok = true };
	memset(ret_audit->head, '0', sizeof ret_audit->head - 1);
	r = pl_db_one(db, &rows, "SELECT audit_seq, audit_head FROM agents WHERE no=?1",
		      PL_ARGS(pl_db_int(agent_no)), err);
	if (r != PL_OK)
		return r;
	told_seq = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, told, sizeof told);
	pl_db_done(rows);
	w.told = told;
	r = walk_records(db, ring, agent_no, &w, err);
	if (r != PL_OK)
		return r;
	compare_heads(&w, told_seq);
	if (w.last.seq > 0)
		memcpy(ret_audit->head, w.last.head, sizeof ret_audit->head);
	return PL_OK;
}
