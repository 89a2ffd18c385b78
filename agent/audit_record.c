/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain's way into the spool. The chain is written first: an entry without a record can
 * be made good, a record without an entry would be a lie. */
#include "audit_record.h"

#include <cjson/cJSON.h>

#include "platen/json.h"
#include "spool_db.h"

#define META_SEQ "audit_seq" /* the last entry that became a record */

static enum pl_result spool_entry(void *arg, const struct pl_audit_entry *e, struct pl_error *err)
{
	struct pl_spool *spool = arg;
	cJSON *body = cJSON_CreateObject();
	enum pl_result r;

	if (!body)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_json_add_int(body, "seq", e->seq);
	cJSON_AddStringToObject(body, "at", e->at);
	cJSON_AddStringToObject(body, "who", e->who);
	cJSON_AddStringToObject(body, "what", e->what);
	cJSON_AddStringToObject(body, "outcome", e->outcome);
	cJSON_AddStringToObject(body, "prev", e->prev);
	cJSON_AddStringToObject(body, "head", e->head);
	r = pl_spool_add_locked(spool, "audit", NULL, body, err);
	cJSON_Delete(body);
	return r == PL_OK ? pl_spool_meta_set_int(spool, META_SEQ, e->seq, err) : r;
}

enum pl_result pl_audit_record_locked(struct pl_spool *spool, struct pl_audit *audit,
				      const char *who, const char *what, const char *outcome,
				      struct pl_error *err)
{
	struct pl_audit_entry entry;
	enum pl_result r = pl_audit_add(audit, who, what, outcome, &entry, err);
	int64_t told = pl_spool_meta_get_int(spool, META_SEQ);

	if (r != PL_OK)
		return r;
	/* An earlier entry may have lost its record to a full disk. */
	if (told != entry.seq - 1)
		return pl_audit_replay(audit, told, spool_entry, spool, err);
	return spool_entry(spool, &entry, err);
}

enum pl_result pl_audit_record(struct pl_spool *spool, struct pl_audit *audit, const char *who,
			       const char *what, const char *outcome, struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(spool);
	r = pl_spool_begin(spool, err);
	if (r == PL_OK) {
		r = pl_audit_record_locked(spool, audit, who, what, outcome, err);
		r = pl_spool_end(spool, r, err);
	}
	pl_spool_unlock(spool);
	return r;
}

enum pl_result pl_audit_catch_up(struct pl_spool *spool, struct pl_audit *audit,
				 struct pl_error *err)
{
	enum pl_result r;

	pl_spool_lock(spool);
	r = pl_spool_begin(spool, err);
	if (r == PL_OK) {
		r = pl_audit_replay(audit, pl_spool_meta_get_int(spool, META_SEQ), spool_entry,
				    spool, err);
		r = pl_spool_end(spool, r, err);
	}
	pl_spool_unlock(spool);
	return r;
}
