/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of packages, and which actions need which.
 */
#include "package_store.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "platen/json.h"

#define OPEN_STATES "('queued','delivered','running')"

void pl_stored_package_init(struct pl_stored_package *p)
{
	*p = (struct pl_stored_package){ .added_ms = 0 };
	pl_bytes_init(&p->manifest, PL_MAX_MANIFEST);
	pl_bytes_init(&p->signature, PL_MAX_PACKAGE_SIGNATURE);
}

void pl_stored_package_finish(struct pl_stored_package *p)
{
	pl_bytes_finish(&p->manifest);
	pl_bytes_finish(&p->signature);
}

enum pl_result pl_package_path(const char *data_dir, const char *sha256,
			       char ret_path[static PL_MAX_PATH], struct pl_error *err)
{
	char folder[PL_MAX_PATH];
	enum pl_result r = pl_file_join(data_dir, "packages", folder, err);

	return r == PL_OK ? pl_file_join(folder, sha256, ret_path, err) : r;
}

enum pl_result pl_package_add(struct pl_db *db, const struct pl_stored_package *p,
			      struct pl_error *err)
{
	enum pl_result r = pl_db_run(
		db,
		"INSERT INTO packages (sha256, name, version, size, manifest, signature, added_at, "
		"added_by) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
		PL_ARGS(pl_db_text(p->package.sha256), pl_db_text(p->package.name),
			pl_db_text(p->package.version), pl_db_int(p->package.size),
			pl_db_blob(p->manifest.at, p->manifest.size),
			pl_db_blob(p->signature.at, p->signature.size), pl_db_int(p->added_ms),
			pl_db_text(p->added_by)),
		err);

	return r == PL_E_REFUSED ? pl_error_set(err, r, "this package is there already") : r;
}

enum pl_result pl_package_find(struct pl_db *db, const char *sha256,
			       struct pl_stored_package *ret_package, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_span manifest, signature;
	enum pl_result r;

	r = pl_db_one(db, &rows,
		      "SELECT manifest, signature, added_at, added_by FROM packages WHERE "
		      "sha256=?1",
		      PL_ARGS(pl_db_text(sha256)), err);
	if (r != PL_OK)
		return r == PL_E_NOT_FOUND
			       ? pl_error_set(err, r, "the connector has no package %s", sha256)
			       : r;
	manifest = pl_db_blob_at(rows, 0);
	r = pl_package_read(manifest, &ret_package->package, err);
	if (r == PL_OK)
		r = pl_bytes_add(&ret_package->manifest, manifest.at, manifest.size);
	signature = pl_db_blob_at(rows, 1);
	if (r == PL_OK)
		r = pl_bytes_add(&ret_package->signature, signature.at, signature.size);
	ret_package->added_ms = pl_db_int_at(rows, 2);
	pl_db_copy_at(rows, 3, ret_package->added_by, sizeof ret_package->added_by);
	pl_db_done(rows);
	return r;
}

enum pl_result pl_package_forget(struct pl_db *db, const char *sha256, struct pl_error *err)
{
	int64_t users = 0;
	enum pl_result r;

	r = pl_db_number(
		db, &users,
		"SELECT (SELECT count(*) FROM actions WHERE package=?1 AND state IN " OPEN_STATES
		")"
		" + (SELECT count(*) FROM rollouts WHERE sha256=?1 AND state IN"
		" ('running','paused'))",
		PL_ARGS(pl_db_text(sha256)), err);
	if (r != PL_OK)
		return r;
	if (users > 0)
		return pl_error_set(err, PL_E_BUSY,
				    "the package is still needed; cancel its roll-out and actions "
				    "first");
	r = pl_db_change(db, "DELETE FROM packages WHERE sha256=?1", PL_ARGS(pl_db_text(sha256)),
			 err);
	return r == PL_E_NOT_FOUND ? pl_error_set(err, r, "there is no package %s", sha256) : r;
}

enum pl_result pl_package_parameters(struct pl_db *db, const char *sha256, bool force,
				     struct pl_bytes *out, struct pl_error *err)
{
	struct pl_stored_package p;
	cJSON *doc = cJSON_CreateObject();
	enum pl_result r;

	pl_stored_package_init(&p);
	r = pl_package_find(db, sha256, &p, err);
	if (r == PL_OK) {
		cJSON_AddStringToObject(doc, "package", sha256);
		cJSON_AddBoolToObject(doc, "force", force);
		r = pl_package_seal(pl_bytes_span(&p.manifest), pl_bytes_span(&p.signature), doc);
		if (r == PL_OK)
			r = pl_json_print(doc, out);
		if (r != PL_OK)
			r = pl_error_set(err, r, "out of memory");
	}
	cJSON_Delete(doc);
	pl_stored_package_finish(&p);
	return r;
}

enum pl_result pl_package_is_needed(struct pl_db *db, int64_t agent_no, const char *sha256,
				    struct pl_error *err)
{
	int64_t one;

	return pl_db_number(
		db, &one,
		"SELECT 1 FROM actions WHERE package=?1 AND agent_no=?2 AND state IN " OPEN_STATES
		" LIMIT 1",
		PL_ARGS(pl_db_text(sha256), pl_db_int(agent_no)), err);
}
