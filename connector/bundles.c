/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of bundles.
 */
#include "bundles.h"

#include <string.h>

#include "action_store.h"

#define PLACE "bundle"

/* The action as a bundle sees it. */
struct subject {
	int64_t no;
	char customer_id[PL_MAX_ID];
	bool over, has_same, has_other;
};

static enum pl_result find(struct pl_db *db, const struct pl_bundle_put *put, struct subject *ret,
			   struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct subject s = { .no = 0 };
	const char *known;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT a.no, a.customer_id, a.state, b.sha256 FROM actions a"
		      " LEFT JOIN bundles b ON b.action_no=a.no WHERE a.id=?1 AND a.agent_no=?2"
		      " AND a.type IN ('diagnostics','agent_log')",
		      PL_ARGS(pl_db_text(put->action_id), pl_db_int(put->agent_no)), err);
	if (r != PL_OK)
		return r;
	s.no = pl_db_int_at(rows, 0);
	pl_db_copy_at(rows, 1, s.customer_id, sizeof s.customer_id);
	s.over = pl_action_is_final(pl_action_state_of(pl_db_text_at(rows, 2)));
	known = pl_db_text_at(rows, 3);
	s.has_same = known && strcmp(known, put->sha256) == 0;
	s.has_other = known && !s.has_same;
	pl_db_done(rows);
	*ret = s;
	return PL_OK;
}

static enum pl_result insert(struct pl_db *db, const struct pl_bundle_put *put,
			     const struct subject *s, struct pl_error *err)
{
	struct pl_bytes sealed;
	enum pl_result r;

	pl_bytes_init(&sealed, PL_MAX_BUNDLE_BYTES + 64);
	r = pl_keyring_wrap(put->ring, db, s->customer_id, PLACE, put->zip.at, put->zip.size,
			    &sealed, err);
	if (r == PL_OK)
		r = pl_db_run(
			db,
			"INSERT INTO bundles (action_no, customer_id, sha256, size, stored_at,"
			" sealed) VALUES (?1,?2,?3,?4,?5,?6)",
			PL_ARGS(pl_db_int(s->no), pl_db_text(s->customer_id),
				pl_db_text(put->sha256), pl_db_int((int64_t)put->zip.size),
				pl_db_int(put->now_ms), pl_db_blob(sealed.at, sealed.size)),
			err);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "DELETE FROM bundles WHERE customer_id=?1 AND action_no NOT IN"
			      " (SELECT action_no FROM bundles WHERE customer_id=?1"
			      " ORDER BY action_no DESC LIMIT ?2)",
			      PL_ARGS(pl_db_text(s->customer_id), pl_db_int(PL_MAX_BUNDLES)), err);
	pl_bytes_finish(&sealed);
	return r;
}

enum pl_result pl_bundle_store(struct pl_db *db, const struct pl_bundle_put *put,
			       struct pl_error *err)
{
	struct subject s;
	enum pl_result r = find(db, put, &s, err);

	if (r != PL_OK || s.has_same)
		return r;
	if (s.has_other)
		return pl_error_set(err, PL_E_REFUSED, "The action has another bundle already");
	if (s.over)
		return pl_error_set(err, PL_E_REFUSED, "The action has ended");
	return insert(db, put, &s, err);
}

enum pl_result pl_bundle_read(struct pl_db *db, struct pl_keyring *ring, const char *action_id,
			      struct pl_bundle_info *ret_info, struct pl_bytes *zip,
			      struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_bundle_info info = { .size = 0 };
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT b.sha256, b.size, b.stored_at, b.customer_id, b.sealed FROM bundles b"
		      " JOIN actions a ON a.no=b.action_no WHERE a.id=?1",
		      PL_ARGS(pl_db_text(action_id)), err);
	if (r != PL_OK)
		return r;
	pl_db_copy_at(rows, 0, info.sha256, sizeof info.sha256);
	info.size = pl_db_int_at(rows, 1);
	info.stored_ms = pl_db_int_at(rows, 2);
	if (zip)
		r = pl_keyring_unwrap(ring, db, pl_db_text_at(rows, 3), PLACE,
				      pl_db_blob_at(rows, 4), zip, err);
	pl_db_done(rows);
	if (r == PL_OK)
		*ret_info = info;
	return r;
}
