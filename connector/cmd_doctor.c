/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor: looks at everything that may keep a connector from working, and says of each what to do.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audit_walk.h"
#include "commands.h"
#include "identity.h"
#include "place.h"
#include "platen/clock.h"

#define LOW_DISK   (INT64_C(1) << 30)
#define GOOD_FILES 20000

struct findings {
	int bad;
};

static void tell(struct findings *f, bool good, const char *what, const char *todo)
{
	printf("%s  %s%s%s\n", good ? "ok " : "BAD", what, good ? "" : ": ", good ? "" : todo);
	f->bad += !good;
}

static void look_at_folder(struct findings *f, const struct pl_place *place)
{
	struct stat at = { 0 };
	struct statvfs disk = { 0 };
	bool there = stat(place->data_dir, &at) == 0;

	tell(f, there && access(place->data_dir, W_OK | X_OK) == 0,
	     "the data folder can be written",
	     "run this as the connector's user, or correct its owner");
	tell(f, there && (at.st_mode & 077) == 0, "nobody else may look into the data folder",
	     "chmod 700 it");
	statvfs(place->data_dir, &disk);
	tell(f, (int64_t)disk.f_bavail * (int64_t)disk.f_frsize > LOW_DISK,
	     "there is more than 1 GiB free beside it", "make room: a full disk stops reports");
	tell(f, stat(place->key_path, &at) == 0 && (at.st_mode & 077) == 0,
	     "the master key is readable by this user only",
	     "chmod 600 it, and think about who has read it");
	tell(f,
	     strncmp(place->key_path, place->data_dir, strlen(place->data_dir)) != 0 ||
		     place->key_path[strlen(place->data_dir)] != '/',
	     "the master key lies outside of the data folder",
	     "move it: a copy of the folder must not open by itself");
}

static void look_at_store(struct findings *f, struct pl_place *place)
{
	bool whole = place->db->ops->check(place->db, false, NULL) == PL_OK;

	tell(f, whole, "the store is whole", "restore the last backup");
}

static int64_t end_of(const char *pem)
{
	gnutls_datum_t text = { (unsigned char *)(uintptr_t)pem, (unsigned)strlen(pem) };
	gnutls_x509_crt_t crt = NULL;
	int64_t end = 0;

	if (gnutls_x509_crt_init(&crt) >= 0 &&
	    gnutls_x509_crt_import(crt, &text, GNUTLS_X509_FMT_PEM) >= 0)
		end = (int64_t)gnutls_x509_crt_get_expiration_time(crt) * 1000;
	gnutls_x509_crt_deinit(crt);
	return end;
}

static void look_at_keys(struct findings *f, struct pl_place *place)
{
	struct pl_identity identity = { 0 };
	struct pl_error err = { 0 };
	bool opens = pl_identity_load(place->db, place->ring, &identity, &err) == PL_OK;
	int64_t now = pl_clock_wall_ms();

	tell(f, opens, "the master key opens the store",
	     "use the key this store was made with (--key)");
	if (opens) {
		tell(f, end_of(identity.server_pem) > now, "the server's certificate is valid",
		     "start the server, or send it SIGHUP: it makes a new one");
		tell(f, end_of(identity.ca_pem) > now + INT64_C(365) * 86400000,
		     "the CA is valid for more than a year",
		     "make a new connector and enrol the PCs there");
	}
	pl_identity_finish(&identity);
}

static void look_at_chains(struct findings *f, struct pl_place *place)
{
	struct pl_audit_state state = { 0 };
	struct pl_db_rows *rows = NULL;
	bool ok = true;
	enum pl_result r = pl_db_query(place->db, &rows, "SELECT DISTINCT customer_id FROM audit",
				       PL_NO_ARGS, NULL);

	while (r == PL_OK && (r = pl_db_next(rows, NULL)) == PL_OK)
		ok = pl_audit_walk(place->db, pl_db_text_at(rows, 0), NULL, &state, NULL) ==
			     PL_OK &&
		     state.ok && ok;
	pl_db_done(rows);
	tell(f, ok, "the audit chains are unbroken",
	     "ask platen-connector audit verify where, and who had the store");
}

static void look_at_system(struct findings *f, const struct pl_place *place)
{
	struct rlimit files = { 0 };
	char path[PL_MAX_PATH + 16];
	int64_t now = pl_clock_wall_ms();
	int fd;

	getrlimit(RLIMIT_NOFILE, &files);
	tell(f, files.rlim_max >= GOOD_FILES, "20,000 files may be open at once",
	     "set LimitNOFILE=65536: every PC keeps one connection");
	tell(f, now > INT64_C(1735689600000) && now < INT64_C(4102444800000),
	     "the clock is plausible", "set the clock: certificates depend on it");
	snprintf(path, sizeof path, "%s/serve.lock", place->data_dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	printf("     the server %s\n",
	       fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 ? "runs" : "does not run");
	if (fd >= 0)
		close(fd);
}

enum pl_result pl_cmd_doctor(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	struct findings f = { 0 };
	const struct pl_cli_option options[] = { PL_PLACE_OPTIONS(&place) };
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = pl_place_settle(&place, err);
	if (r != PL_OK)
		return r;
	look_at_folder(&f, &place);
	r = pl_place_open(&place, err);
	tell(&f, r == PL_OK, "the store can be opened", err->text);
	if (r == PL_OK) {
		look_at_store(&f, &place);
		look_at_keys(&f, &place);
		look_at_chains(&f, &place);
	}
	look_at_system(&f, &place);
	pl_place_close(&place);
	return f.bad ? pl_error_set(err, PL_E_IO, "%d of these need you", f.bad) : PL_OK;
}
