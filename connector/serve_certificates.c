/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates at the start, at SIGHUP, and once a day.
 */
#include "serve_certificates.h"

#include <string.h>
#include <sys/stat.h>

#include "housekeeping.h"

static enum pl_result show_own(struct pl_server *server, struct pl_db *db, bool console,
			       struct pl_error *err)
{
	struct pl_identity now = { 0 };
	enum pl_result r = pl_housekeeping_certificate(db, server->ring, err);

	if (r == PL_OK)
		r = pl_identity_load(db, server->ring, &now, err);
	if (r == PL_OK)
		r = pl_web_use_certificate(server->sda, now.server_pem, now.server_key_pem, err);
	if (r == PL_OK && console)
		r = pl_web_use_certificate(server->api, now.server_pem, now.server_key_pem, err);
	pl_identity_finish(&now);
	return r;
}

/* A group may read it: that is how ACME clients and systemd's credentials hand keys over. */
static enum pl_result read_key(const char *path, struct pl_bytes *out, struct pl_error *err)
{
	struct stat about;

	if (stat(path, &about) == 0 && (about.st_mode & 07) != 0)
		return pl_error_set(err, PL_E_DENIED,
				    "%s may be read by everybody; chmod o= it, and think about "
				    "who has read it",
				    path);
	return pl_file_read(path, PL_FILE_SHARED, out, err);
}

static enum pl_result show_files(struct pl_server *server, const struct pl_certificate_files *files,
				 struct pl_error *err)
{
	struct pl_bytes certificate, key;
	struct pl_error why = { 0 };
	enum pl_result r;

	pl_bytes_init(&certificate, PL_MAX_PEM * 4);
	pl_bytes_init(&key, PL_MAX_PEM);
	r = pl_file_read(files->certificate, PL_FILE_SHARED, &certificate, err);
	if (r == PL_OK)
		r = read_key(files->key, &key, err);
	if (r == PL_OK) {
		r = pl_web_use_certificate(server->api, (const char *)certificate.at,
					   (const char *)key.at, &why);
		if (r != PL_OK)
			r = pl_error_set(err, r, "%s: %s", files->certificate, why.text);
	}
	if (key.size > 0)
		explicit_bzero(key.at, key.size);
	pl_bytes_finish(&key);
	pl_bytes_finish(&certificate);
	return r;
}

enum pl_result pl_serve_certificates(struct pl_server *server, struct pl_db *db,
				     const struct pl_certificate_files *files, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (files->certificate)
		r = show_files(server, files, err);
	if (r == PL_OK)
		r = show_own(server, db, !files->certificate, err);
	return r;
}
