/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths, and opening what lies there.
 */
#include "place.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrations.h"
#include "store.h"

enum pl_result pl_place_become_owner(const struct pl_place *place, struct pl_error *err)
{
	struct stat s;

	if (geteuid() != 0 || stat(place->data_dir, &s) < 0 || s.st_uid == 0)
		return PL_OK;
	if (setgroups(0, NULL) < 0 || setgid(s.st_gid) < 0 || setuid(s.st_uid) < 0)
		return pl_error_set(err, PL_E_DENIED, "the owner of %s cannot be acted for: %s",
				    place->data_dir, strerror(errno));
	return PL_OK;
}

static int key_path(const struct pl_place *place, const char *data, size_t data_size, char *out,
		    size_t cap)
{
	if (place->key)
		return snprintf(out, cap, "%s", place->key);
	if (!place->data && access(PL_PACKAGE_KEY_DIR, F_OK) == 0)
		return snprintf(out, cap, "%s", PL_PACKAGE_KEY_DIR "/master.key");
	return snprintf(out, cap, "%.*s.key", (int)data_size, data);
}

enum pl_result pl_place_settle(struct pl_place *place, struct pl_error *err)
{
	const char *data = place->data ? place->data : PL_DEFAULT_DATA;
	size_t n = strlen(data);
	int key;

	while (n > 1 && data[n - 1] == '/')
		n--;
	if (n == 0 || n > PL_MAX_PATH - 32)
		return pl_error_set(err, PL_E_INVALID, "--data must name a folder");
	snprintf(place->data_dir, sizeof place->data_dir, "%.*s", (int)n, data);
	key = key_path(place, data, n, place->key_path, sizeof place->key_path);
	if (key < 0 || (size_t)key >= sizeof place->key_path)
		return pl_error_set(err, PL_E_INVALID, "--key is too long");
	if (place->store)
		snprintf(place->where, sizeof place->where, "%s", place->store);
	else
		snprintf(place->where, sizeof place->where, "sqlite:%s/platen.db", place->data_dir);
	return PL_OK;
}

enum pl_result pl_place_open(struct pl_place *place, struct pl_error *err)
{
	enum pl_result r = pl_place_settle(place, err);

	if (r != PL_OK)
		return r;
	if (access(place->data_dir, F_OK) < 0)
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "%s does not exist; make it with: platen-connector init --data "
				    "%s --name NAME",
				    place->data_dir, place->data_dir);
	r = pl_place_become_owner(place, err);
	if (r != PL_OK)
		return r;
	r = pl_store_connect(place->where, false, false, &place->db, err);
	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r,
				    "%s holds no connector; make one with: platen-connector init "
				    "--data %s --name NAME",
				    place->data_dir, place->data_dir);
	if (r == PL_OK)
		r = pl_migrate(place->db, err);
	if (r == PL_OK)
		r = pl_keyring_open(place->key_path, false, &place->ring, err);
	if (r != PL_OK)
		pl_place_close(place);
	return r;
}

enum pl_result pl_place_hand_over(const struct pl_place *place, struct pl_error *err)
{
	static const char *const FILES[] = { "platen.db", "platen.db-wal", "platen.db-shm" };
	struct stat folder;
	char path[PL_MAX_PATH + 32];

	if (geteuid() != 0 || stat(place->data_dir, &folder) < 0 || folder.st_uid == 0)
		return PL_OK;
	if (lchown(place->key_path, folder.st_uid, folder.st_gid) < 0 && errno != ENOENT)
		return pl_error_set(err, PL_E_IO, "%s cannot be given to the owner of %s: %s",
				    place->key_path, place->data_dir, strerror(errno));
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", place->data_dir, FILES[i]);
		if (lchown(path, folder.st_uid, folder.st_gid) < 0 && errno != ENOENT)
			return pl_error_set(err, PL_E_IO,
					    "%s cannot be given to the owner of %s: %s", path,
					    place->data_dir, strerror(errno));
	}
	return PL_OK;
}

void pl_place_close(struct pl_place *place)
{
	pl_db_close(place->db);
	pl_keyring_close(place->ring);
	place->db = NULL;
	place->ring = NULL;
}

enum pl_result pl_place_setting(struct pl_db *db, const char *name, char *out, size_t cap,
				struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(db, &rows, "SELECT value FROM settings WHERE customer_id='' AND name=?1",
		      PL_ARGS(pl_db_text(name)), err);
	if (r != PL_OK)
		return r;
	pl_db_copy_at(rows, 0, out, cap);
	pl_db_done(rows);
	return PL_OK;
}

enum pl_result pl_place_set(struct pl_db *db, const char *name, const char *value,
			    struct pl_error *err)
{
	return pl_db_run(db,
			 "INSERT INTO settings (customer_id, name, value) VALUES ('',?1,?2)"
			 " ON CONFLICT (customer_id, name) DO UPDATE SET value=excluded.value",
			 PL_ARGS(pl_db_text(name), pl_db_text(value)), err);
}
