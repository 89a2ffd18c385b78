/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backup and restore: the store as one file. A backup may be made while the server runs; it holds
 * no key that opens it: the master key is kept apart.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "identity.h"
#include "migrations.h"
#include "place.h"
#include "store.h"

static enum pl_result one_file(const struct pl_words *words, const char *command,
			       struct pl_error *err)
{
	return words->count == 1
		       ? PL_OK
		       : pl_error_set(err, PL_E_INVALID, "%s needs the name of one file", command);
}

enum pl_result pl_cmd_backup(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	const struct pl_cli_option options[] = { PL_PLACE_OPTIONS(&place) };
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = one_file(&words, "backup", err);
	if (r == PL_OK)
		r = pl_place_open(&place, err);
	if (r != PL_OK)
		return r;
	umask(077);
	if (access(words.at[0], F_OK) == 0)
		r = pl_error_set(err, PL_E_REFUSED, "%s is there already", words.at[0]);
	else
		r = place.db->ops->copy_to(place.db, words.at[0], err);
	if (r == PL_OK)
		printf("%s holds the store of %s; it opens only with the master key %s\n",
		       words.at[0], place.data_dir, place.key_path);
	pl_place_close(&place);
	return r;
}

/* Copies a file, durably, to a place where none is. */
static enum pl_result copy_file(const char *from, const char *to, struct pl_error *err)
{
	char block[64 * 1024];
	FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wbx") : NULL;
	bool ok = out != NULL;
	size_t n;

	while (ok && (n = fread(block, 1, sizeof block, in)) > 0)
		ok = fwrite(block, 1, n, out) == n;
	ok = ok && !ferror(in) && fflush(out) == 0 && fsync(fileno(out)) == 0;
	if (in)
		fclose(in);
	if (out && fclose(out) != 0)
		ok = false;
	if (ok)
		return PL_OK;
	return pl_error_set(err, !in && errno == ENOENT ? PL_E_NOT_FOUND : PL_E_IO,
			    "copying %s to %s failed: %s", from, to, strerror(errno));
}

/* Is it whole, and does the key open it? */
static enum pl_result check(struct pl_place *place, struct pl_error *err)
{
	struct pl_identity identity = { 0 };
	struct pl_db_rows *rows = NULL;
	enum pl_result r = pl_db_one(place->db, &rows, "PRAGMA integrity_check", PL_NO_ARGS, err);

	if (r != PL_OK)
		return r;
	if (strcmp(pl_db_text_at(rows, 0), "ok") != 0)
		r = pl_error_set(err, PL_E_PROTOCOL, "the store is damaged: %s",
				 pl_db_text_at(rows, 0));
	pl_db_done(rows);
	if (r == PL_OK)
		r = pl_identity_load(place->db, place->ring, &identity, err);
	pl_identity_finish(&identity);
	return r;
}

static enum pl_result restore(struct pl_place *place, const char *from, struct pl_error *err)
{
	char path[PL_MAX_PATH + 16];
	enum pl_result r;

	snprintf(path, sizeof path, "%s/platen.db", place->data_dir);
	if (mkdir(place->data_dir, 0700) < 0 && errno != EEXIST)
		return pl_error_set(err, PL_E_DENIED, "%s cannot be made: %s", place->data_dir,
				    strerror(errno));
	if (access(path, F_OK) == 0)
		return pl_error_set(err, PL_E_REFUSED,
				    "%s holds a connector already; move it away first",
				    place->data_dir);
	r = copy_file(from, path, err);
	if (r != PL_OK)
		return r;
	r = pl_place_open(place, err);
	if (r == PL_OK)
		r = check(place, err);
	if (r == PL_OK)
		r = pl_place_hand_over(place, err);
	if (r != PL_OK)
		(void)unlink(path); /* not half a restoration */
	return r;
}

enum pl_result pl_cmd_restore(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	const struct pl_cli_option options[] = { PL_PLACE_OPTIONS(&place) };
	enum pl_result r;

	umask(077);
	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = one_file(&words, "restore", err);
	if (r == PL_OK)
		r = pl_place_settle(&place, err);
	if (r == PL_OK)
		r = restore(&place, words.at[0], err);
	if (r == PL_OK)
		printf("restored %s from %s; PCs that enrolled since must enrol again\n",
		       place.data_dir, words.at[0]);
	pl_place_close(&place);
	return r;
}
