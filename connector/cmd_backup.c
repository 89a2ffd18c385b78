/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backup and restore: the store as one file. A backup may be made while the server runs; it holds
 * no key that opens it: the master key is kept apart.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "identity.h"
#include "place.h"

static enum pl_result one_file(const struct pl_words *words, const char *command,
			       struct pl_error *err)
{
	return words->count == 1
		       ? PL_OK
		       : pl_error_set(err, PL_E_INVALID, "%s needs the name of one file", command);
}

/* Makes the empty file, which nobody else may read; it must not be there yet. */
static enum pl_result make_new(const char *path, struct pl_error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return pl_error_set(err, PL_E_REFUSED, "%s is there already", path);
	if (fd < 0)
		return pl_error_set(err, pl_file_reason(errno),
				    "%s cannot be made by the data folder's owner, whom this runs "
				    "as: %s",
				    path, strerror(errno));
	close(fd);
	return PL_OK;
}

static enum pl_result backup(struct pl_place *place, const char *to, struct pl_error *err)
{
	enum pl_result r = make_new(to, err);

	if (r != PL_OK)
		return r;
	r = place->db->ops->copy_to(place->db, to, err);
	if (r == PL_E_FULL)
		r = pl_error_set(err, r, "there is no room for the backup where %s is", to);
	if (r != PL_OK)
		(void)unlink(to); /* not half a backup */
	return r;
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
	if (r == PL_OK)
		r = backup(&place, words.at[0], err);
	if (r == PL_OK)
		printf("%s holds the store of %s; it opens only with the master key %s\n",
		       words.at[0], place.data_dir, place.key_path);
	pl_place_close(&place);
	return r;
}

/* Copies the open backup, durably, to a place where none is. */
static enum pl_result copy_file(FILE *in, const char *to, struct pl_error *err)
{
	char block[64 * 1024];
	FILE *out = fopen(to, "wbx");
	bool ok = out != NULL;
	int number;
	size_t n;

	while (ok && (n = fread(block, 1, sizeof block, in)) > 0)
		ok = fwrite(block, 1, n, out) == n;
	ok = ok && !ferror(in) && fflush(out) == 0 && fsync(fileno(out)) == 0;
	number = errno;
	if (out && fclose(out) != 0 && ok)
		ok = false, number = errno;
	if (ok)
		return PL_OK;
	if (out)
		(void)unlink(to);
	return pl_error_set(err, pl_file_reason(number), "the backup cannot be copied to %s: %s",
			    to, strerror(number));
}

/* Is it whole, and does the key open it? */
static enum pl_result check(struct pl_place *place, struct pl_error *err)
{
	struct pl_identity identity = { 0 };
	enum pl_result r = place->db->ops->check(place->db, true, err);

	if (r == PL_OK)
		r = pl_identity_load(place->db, place->ring, &identity, err);
	pl_identity_finish(&identity);
	return r;
}

/* The place must be empty; *ret_made: its folder was made. */
static enum pl_result make_room(const struct pl_place *place, const char *path, bool *ret_made,
				struct pl_error *err)
{
	*ret_made = mkdir(place->data_dir, 0700) == 0;
	if (!*ret_made && errno != EEXIST)
		return pl_error_set(err, PL_E_DENIED, "%s cannot be made: %s", place->data_dir,
				    strerror(errno));
	if (access(path, F_OK) == 0)
		return pl_error_set(err, PL_E_REFUSED,
				    "%s holds a connector already; move it away first",
				    place->data_dir);
	return PL_OK;
}

static void take_away(const char *path)
{
	static const char *const ENDS[] = { "", "-wal", "-shm" };
	char name[PL_MAX_PATH + 32];

	for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
		snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
		(void)unlink(name);
	}
}

/* The backup is opened by whoever runs this; all else is done as the folder's owner. */
static enum pl_result restore(struct pl_place *place, FILE *from, struct pl_error *err)
{
	char path[PL_MAX_PATH + 16];
	bool made = false;
	enum pl_result r;

	snprintf(path, sizeof path, "%s/platen.db", place->data_dir);
	r = make_room(place, path, &made, err);
	if (r == PL_OK)
		r = pl_place_hand_over(place, err);
	if (r == PL_OK)
		r = pl_place_become_owner(place, err);
	if (r == PL_OK) {
		r = copy_file(from, path, err);
		if (r == PL_OK)
			r = pl_place_open(place, err);
		if (r == PL_OK)
			r = check(place, err);
		if (r != PL_OK) {
			pl_place_close(place);
			take_away(path); /* not half a restoration */
		}
	}
	if (r != PL_OK && made)
		(void)rmdir(place->data_dir);
	return r;
}

enum pl_result pl_cmd_restore(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	const struct pl_cli_option options[] = { PL_PLACE_OPTIONS(&place) };
	FILE *from = NULL;
	enum pl_result r;

	umask(077);
	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = one_file(&words, "restore", err);
	if (r == PL_OK && place.store)
		r = pl_error_set(
			err, PL_E_INVALID,
			"restore puts the store into the folder of --data; leave out --store");
	if (r == PL_OK)
		r = pl_place_settle(&place, err);
	if (r == PL_OK && !(from = fopen(words.at[0], "rb")))
		r = pl_error_set(err, pl_file_reason(errno), "%s cannot be read: %s", words.at[0],
				 strerror(errno));
	if (r == PL_OK)
		r = restore(&place, from, err);
	if (from)
		fclose(from);
	if (r == PL_OK)
		printf("restored %s from %s; PCs that enrolled since must enrol again\n",
		       place.data_dir, words.at[0]);
	pl_place_close(&place);
	return r;
}
