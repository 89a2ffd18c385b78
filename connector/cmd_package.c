/* SPDX-License-Identifier: Apache-2.0 */
/*
 * package: firmware from a shell. keygen and sign need no connector: they are for the machine that
 * holds the package key, which should not be this one. add, list and remove work beside a running
 * server.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "package_file.h"
#include "package_key.h"
#include "package_store.h"
#include "place.h"
#include "platen/clock.h"
#include "platen/json.h"

#define MAX_KEY	     8192
#define MAX_ENVELOPE (4 * PL_MAX_MANIFEST)

struct wish {
	struct pl_place place;
	struct pl_words words; /* the verb, then a name, a file or a hash */
	const char *key, *title, *version, *manifest, *keys;
	struct pl_words models;
};

static enum pl_result write_new(const char *name, const char *end, enum pl_file_access access,
				const struct pl_bytes *pem, struct pl_error *err)
{
	char path[PL_MAX_PATH];

	if (snprintf(path, sizeof path, "%s%s", name, end) >= PL_MAX_PATH)
		return pl_error_set(err, PL_E_INVALID, "the name is too long");
	if (faccessat(AT_FDCWD, path, F_OK, 0) == 0)
		return pl_error_set(err, PL_E_REFUSED, "%s is there already; take another name",
				    path);
	return pl_file_write(path, access, pem->at, pem->size, err);
}

static enum pl_result keygen(const struct wish *w, struct pl_error *err)
{
	const char *name = w->words.at[1];
	struct pl_bytes secret, public;
	enum pl_result r;

	pl_bytes_init(&secret, MAX_KEY);
	pl_bytes_init(&public, MAX_KEY);
	r = pl_package_key_make(&secret, &public, err);
	if (r == PL_OK)
		r = write_new(name, ".key", PL_FILE_SECRET, &secret, err);
	if (r == PL_OK)
		r = write_new(name, ".pem", PL_FILE_SHARED, &public, err);
	if (secret.at)
		explicit_bzero(secret.at, secret.size);
	pl_bytes_finish(&secret);
	pl_bytes_finish(&public);
	if (r == PL_OK)
		printf("%s.key  signs packages: keep it off line\n"
		       "%s.pem  goes to every PC, into %s\n",
		       name, name, PL_PACKAGE_KEYS);
	return r;
}

/* FILE.manifest beside the file where none is named. */
static enum pl_result manifest_path(const struct wish *w, char ret_path[static PL_MAX_PATH],
				    struct pl_error *err)
{
	int n = w->manifest ? snprintf(ret_path, PL_MAX_PATH, "%s", w->manifest)
			    : snprintf(ret_path, PL_MAX_PATH, "%s.manifest", w->words.at[1]);

	return n < PL_MAX_PATH ? PL_OK : pl_error_set(err, PL_E_INVALID, "the path is too long");
}

static enum pl_result describe(const struct wish *w, struct pl_package *p, struct pl_error *err)
{
	bool fits = w->title && w->version && w->models.count > 0;

	if (!fits)
		return pl_error_set(err, PL_E_INVALID,
				    "sign needs --title TEXT, --version VERSION and --model MODEL");
	fits = pl_span_copy(pl_span_of(w->title), p->name, sizeof p->name) &&
	       pl_span_copy(pl_span_of(w->version), p->version, sizeof p->version) &&
	       w->models.count <= PL_MAX_PACKAGE_MODELS;
	for (size_t i = 0; fits && i < w->models.count; i++)
		fits = pl_span_copy(pl_span_of(w->models.at[i]), p->models[p->model_count++],
				    PL_MAX_PACKAGE_TEXT);
	return fits ? PL_OK
		    : pl_error_set(err, PL_E_INVALID,
				   "a title, version or model is too long, or there are more than "
				   "%d models",
				   PL_MAX_PACKAGE_MODELS);
}

static enum pl_result write_envelope(const char *path, struct pl_span manifest,
				     struct pl_span signature, struct pl_error *err)
{
	cJSON *envelope = cJSON_CreateObject();
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, MAX_ENVELOPE);
	r = pl_package_seal(manifest, signature, envelope);
	if (r == PL_OK)
		r = pl_json_print(envelope, &text);
	if (r == PL_OK)
		r = pl_bytes_add_text(&text, "\n");
	if (r == PL_OK)
		r = pl_file_write(path, PL_FILE_SHARED, text.at, text.size, err);
	cJSON_Delete(envelope);
	pl_bytes_finish(&text);
	return r;
}

static enum pl_result sign(const struct wish *w, struct pl_error *err)
{
	struct pl_package p = { .model_count = 0 };
	struct pl_bytes secret, manifest, signature;
	char path[PL_MAX_PATH];
	enum pl_result r = manifest_path(w, path, err);

	pl_bytes_init(&secret, MAX_KEY);
	pl_bytes_init(&manifest, PL_MAX_MANIFEST);
	pl_bytes_init(&signature, PL_MAX_PACKAGE_SIGNATURE);
	if (r == PL_OK && !w->key)
		r = pl_error_set(err, PL_E_INVALID, "sign needs --signing-key FILE");
	if (r == PL_OK)
		r = describe(w, &p, err);
	if (r == PL_OK)
		r = pl_package_file_hash(w->words.at[1], p.sha256, &p.size, err);
	if (r == PL_OK)
		r = pl_package_write(&p, &manifest, err);
	if (r == PL_OK)
		r = pl_file_read(w->key, PL_FILE_SECRET, &secret, err);
	if (r == PL_OK)
		r = pl_package_key_sign(pl_bytes_span(&secret), pl_bytes_span(&manifest),
					&signature, err);
	if (r == PL_OK)
		r = write_envelope(path, pl_bytes_span(&manifest), pl_bytes_span(&signature), err);
	if (r == PL_OK)
		printf("%s\n", path);
	if (secret.at)
		explicit_bzero(secret.at, secret.size);
	pl_bytes_finish(&signature);
	pl_bytes_finish(&manifest);
	pl_bytes_finish(&secret);
	return r;
}

static enum pl_result read_envelope(const struct wish *w, struct pl_stored_package *p,
				    struct pl_error *err)
{
	char path[PL_MAX_PATH];
	struct pl_bytes text;
	cJSON *envelope = NULL;
	enum pl_result r = manifest_path(w, path, err);

	pl_bytes_init(&text, MAX_ENVELOPE);
	if (r == PL_OK)
		r = pl_file_read(path, PL_FILE_SHARED, &text, err);
	if (r == PL_OK)
		r = pl_json_parse(pl_bytes_span(&text), &envelope, err);
	if (r == PL_OK)
		r = pl_package_open(envelope, &p->manifest, &p->signature, err);
	if (r == PL_OK)
		r = pl_package_read(pl_bytes_span(&p->manifest), &p->package, err);
	if (r == PL_E_PROTOCOL)
		r = pl_error_prefix(err, "%s: ", path);
	cJSON_Delete(envelope);
	pl_bytes_finish(&text);
	return r;
}

/* PCs decide by their own keys; this one only warns, while the person who could repair it is still
 * there. */
static void warn_of_signature(const struct wish *w, const struct pl_stored_package *p)
{
	const char *dir = w->keys ? w->keys : PL_PACKAGE_KEYS;
	char name[PL_MAX_PATH];
	struct pl_error err = { 0 };

	if (pl_package_key_find(dir, pl_bytes_span(&p->manifest), pl_bytes_span(&p->signature),
				name, &err) == PL_OK)
		printf("signed by %s\n", name);
	else
		fprintf(stderr,
			"platen-connector: warning: %s; PCs will refuse this package unless they "
			"have the key that did\n",
			err.text);
}

static enum pl_result check_bytes(const struct wish *w, const struct pl_package *p,
				  struct pl_error *err)
{
	char sha256[PL_HASH_TEXT];
	int64_t size;
	enum pl_result r = pl_package_file_hash(w->words.at[1], sha256, &size, err);

	if (r != PL_OK)
		return r;
	if (size != p->size || strcmp(sha256, p->sha256) != 0)
		return pl_error_set(err, PL_E_INVALID,
				    "%s is not the file that was signed: it has %lld bytes and "
				    "hash %.12s…, the manifest says %lld and %.12s…",
				    w->words.at[1], (long long)size, sha256, (long long)p->size,
				    p->sha256);
	return PL_OK;
}

static enum pl_result add(struct wish *w, struct pl_error *err)
{
	struct pl_stored_package p;
	char folder[PL_MAX_PATH], path[PL_MAX_PATH];
	enum pl_result r;

	pl_stored_package_init(&p);
	r = read_envelope(w, &p, err);
	if (r == PL_OK)
		r = check_bytes(w, &p.package, err);
	if (r == PL_OK)
		r = pl_file_join(w->place.data_dir, "packages", folder, err);
	if (r == PL_OK)
		r = pl_file_make_dir(folder, err);
	if (r == PL_OK)
		r = pl_package_path(w->place.data_dir, p.package.sha256, path, err);
	if (r == PL_OK)
		r = pl_package_file_copy(w->words.at[1], path, err);
	p.added_ms = pl_clock_wall_ms();
	snprintf(p.added_by, sizeof p.added_by, "platen-connector package");
	if (r == PL_OK)
		r = pl_package_add(w->place.db, &p, err);
	if (r == PL_OK) {
		printf("%s  %s  version %s\n", p.package.sha256, p.package.name, p.package.version);
		warn_of_signature(w, &p);
	}
	pl_stored_package_finish(&p);
	return r;
}

static enum pl_result list(struct wish *w, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	struct pl_package p;
	char when[PL_MAX_TIME_TEXT];
	enum pl_result r;

	r = pl_db_query(w->place.db, &rows,
			"SELECT manifest, added_at FROM packages ORDER BY added_at", PL_NO_ARGS,
			err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK) {
		if (pl_package_read(pl_db_blob_at(rows, 0), &p, err) != PL_OK)
			continue;
		pl_clock_text(pl_db_int_at(rows, 1), when);
		printf("%s  %s  version %s  %lld bytes  added %s  for %s", p.sha256, p.name,
		       p.version, (long long)p.size, when, p.models[0]);
		for (size_t i = 1; i < p.model_count; i++)
			printf(", %s", p.models[i]);
		printf("\n");
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result drop(struct wish *w, struct pl_error *err)
{
	const char *sha256 = w->words.at[1];
	char path[PL_MAX_PATH];
	enum pl_result r = pl_package_forget(w->place.db, sha256, err);

	if (r == PL_OK)
		r = pl_package_path(w->place.data_dir, sha256, path, err);
	return r == PL_OK ? pl_file_remove(path, err) : r;
}

static enum pl_result in_place(struct wish *w, struct pl_error *err)
{
	const char *verb = w->words.at[0];
	enum pl_result r = pl_place_open(&w->place, err);

	if (r != PL_OK)
		return r;
	if (!strcmp(verb, "add"))
		r = add(w, err);
	else if (!strcmp(verb, "list"))
		r = list(w, err);
	else
		r = drop(w, err);
	pl_place_close(&w->place);
	return r;
}

enum pl_result pl_cmd_package(int argc, char **argv, struct pl_error *err)
{
	struct wish w = { .key = NULL };
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&w.place),
		{ "--signing-key", PL_FORM_TEXT, &w.key, 0, 0 },
		{ "--title", PL_FORM_TEXT, &w.title, 0, 0 },
		{ "--version", PL_FORM_TEXT, &w.version, 0, 0 },
		{ "--manifest", PL_FORM_TEXT, &w.manifest, 0, 0 },
		{ "--package-keys", PL_FORM_TEXT, &w.keys, 0, 0 },
		{ "--model", PL_FORM_LIST, &w.models, 0, 0 },
	};
	static const struct {
		const char *name;
		size_t words;
		enum pl_result (*alone)(const struct wish *w, struct pl_error *err);
	} VERBS[] = { { "keygen", 2, keygen },
		      { "sign", 2, sign },
		      { "add", 2, NULL },
		      { "list", 1, NULL },
		      { "remove", 2, NULL } };
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &w.words, err);
	if (r != PL_OK)
		return r;
	for (size_t i = 0; w.words.count > 0 && i < sizeof VERBS / sizeof VERBS[0]; i++)
		if (!strcmp(VERBS[i].name, w.words.at[0]) && VERBS[i].words == w.words.count)
			return VERBS[i].alone ? VERBS[i].alone(&w, err) : in_place(&w, err);
	return pl_error_set(
		err, PL_E_INVALID,
		"package keygen NAME, package sign FILE, package add FILE, package list "
		"or package remove SHA256");
}
