/* SPDX-License-Identifier: Apache-2.0 */
/* Download with resume. The hash is taken from the disk at the end, so that it covers what earlier
 * runs of the agent wrote. */
#include "package_fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/http1.h"
#include "platen/log.h"
#include "uplink_carry.h"

#define PIECE	 (8LL * 1024 * 1024) /* of one request */
#define PIECE_MS (10 * 60 * 1000)
#define CHUNK	 (256 * 1024) /* written, and synced, at once */
#define LOCK	 "package"

/* One request on its way to the disk. */
struct piece {
	const struct pl_package_fetch *f;
	struct pl_append_file *file;
	int64_t have;	       /* bytes on the disk */
	struct pl_bytes head;  /* status line and headers, there before the first bytes */
	struct pl_bytes chunk; /* not yet on the disk */
	bool begun;
};

enum pl_result pl_package_hold(struct pl_lock **ret_lock, struct pl_error *err)
{
	enum pl_result r = pl_lock_take(LOCK, ret_lock, err);

	return r == PL_E_BUSY
		       ? pl_error_set(err, r, "another printer of this PC gets new firmware now")
		       : r;
}

static enum pl_result paths(const char *state_dir, char file[static PL_MAX_PATH],
			    char name[static PL_MAX_PATH], struct pl_error *err)
{
	enum pl_result r = pl_file_join(state_dir, "package", file, err);

	return r == PL_OK ? pl_file_join(state_dir, "package.sha256", name, err) : r;
}

void pl_package_drop(const char *state_dir)
{
	char file[PL_MAX_PATH], name[PL_MAX_PATH];
	struct pl_error err;

	if (paths(state_dir, file, name, &err) == PL_OK &&
	    (pl_file_remove(file, &err) != PL_OK || pl_file_remove(name, &err) != PL_OK))
		log_warn(NULL, "a package stays on the disk: %s", err.text);
}

/* True when what lies there is the beginning of this package. */
static bool is_of(const char *name, const struct pl_package *package)
{
	struct pl_bytes text;
	bool same;

	pl_bytes_init(&text, PL_HASH_TEXT);
	same = pl_file_read(name, PL_FILE_SECRET, &text, NULL) == PL_OK &&
	       pl_span_is(pl_bytes_span(&text), package->sha256);
	pl_bytes_finish(&text);
	return same;
}

/* Opens the place; what lies there of another package makes room. */
static enum pl_result open_place(const struct pl_package_fetch *f, const char *file,
				 const char *name, struct piece *p, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (!is_of(name, f->package)) {
		r = pl_file_remove(file, err);
		if (r == PL_OK)
			r = pl_file_write(name, PL_FILE_SECRET, f->package->sha256,
					  strlen(f->package->sha256), err);
	}
	if (r == PL_OK)
		r = pl_append_open(file, PL_FILE_SECRET, &p->file, &p->have, err);
	if (r == PL_OK && p->have > f->package->size) {
		r = pl_append_cut(p->file, 0, err);
		p->have = 0;
	}
	return r;
}

static enum pl_result flush(struct piece *p, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (p->chunk.size > 0)
		r = pl_append_add(p->file, p->chunk.at, p->chunk.size, err);
	if (r == PL_OK)
		p->have += (int64_t)p->chunk.size;
	pl_bytes_clear(&p->chunk);
	return r;
}

/* "HTTP/1.1 206 Partial Content" -> 206. */
static int status_of(const struct pl_bytes *head)
{
	struct pl_span rest = pl_bytes_span(head), word;
	int status = 0;

	(void)pl_span_take(&rest, ' ');
	word = pl_span_take(&rest, ' ');
	for (size_t i = 0; i < word.size && i < 3 && word.at[i] >= '0' && word.at[i] <= '9'; i++)
		status = status * 10 + (word.at[i] - '0');
	return status;
}

static enum pl_result take(void *arg, const void *data, size_t n, struct pl_error *err)
{
	struct piece *p = arg;
	int status = status_of(&p->head);
	enum pl_result r = PL_OK;

	if (status != 200 && status != 206)
		return PL_OK;				 /* an error's sentence, not the package */
	if (!p->begun && status == 200 && p->have > 0) { /* all of it, from its beginning */
		r = pl_append_cut(p->file, 0, err);
		p->have = 0;
	}
	p->begun = true;
	if (r == PL_OK && p->chunk.size + n > CHUNK)
		r = flush(p, err);
	if (r == PL_OK && p->have + (int64_t)(p->chunk.size + n) > p->f->package->size)
		r = pl_error_set(err, PL_E_TOO_BIG, "more came than the package has");
	if (r == PL_OK)
		r = pl_bytes_add(&p->chunk, data, n);
	return r == PL_OK ? p->f->progress(p->f->arg, p->have + (int64_t)p->chunk.size, err) : r;
}

static enum pl_result judge(const struct pl_http_response *http, struct pl_error *err)
{
	switch (http->status) {
	case 200:
	case 206: return PL_OK;
	case 403:
	case 404:
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "the connector does not have the package for this PC");
	case 416: /* its file ends before the package does */
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "The package that came is not the one that was signed");
	default: return pl_error_set(err, PL_E_BUSY, "the connector answered %d", http->status);
	}
}

/* One request for what is missing, or the next part of it. */
static enum pl_result fetch_piece(struct piece *p, struct pl_error *err)
{
	const struct pl_package *package = p->f->package;
	int64_t last = p->have + PIECE < package->size ? p->have + PIECE : package->size;
	char target[sizeof("/sda/v1/packages/") + PL_HASH_TEXT], headers[256];
	struct pl_http_request request = { .method = "GET", .target = target, .headers = headers };
	struct pl_http_sink sink = {
		.piece = take, .arg = p, .max = package->size, .head = &p->head
	};
	struct pl_http_response http;
	struct pl_error late;
	enum pl_result r;

	pl_bytes_clear(&p->head);
	p->begun = false;
	snprintf(target, sizeof(target), "/sda/v1/packages/%s", package->sha256);
	snprintf(headers, sizeof(headers),
		 "Range: bytes=%" PRId64 "-%" PRId64 "\r\nIf-Range: \"%s\"\r\n", p->have, last - 1,
		 package->sha256);
	r = pl_uplink_carry(p->f->uplink, p->f->wake, &request, pl_clock_in_ms(PIECE_MS), &sink,
			    &http, err);
	if (r == PL_OK)
		r = judge(&http, err);
	/* What came of it counts, also where the rest was cut. */
	if (flush(p, r == PL_OK ? err : &late) != PL_OK && r == PL_OK)
		r = err->code;
	return r;
}

static bool is_hopeless(enum pl_result r)
{
	return r == PL_E_CANCELLED || r == PL_E_NOT_FOUND || r == PL_E_TOO_BIG || r == PL_E_FULL ||
	       r == PL_E_UNTRUSTED;
}

static enum pl_result fetch_all(struct piece *p, struct pl_error *err)
{
	int64_t pause_ms = 1000;
	int tries = 0;
	enum pl_result r = PL_OK;

	while (p->have < p->f->package->size) {
		int64_t had = p->have;

		r = p->f->progress(p->f->arg, p->have, err);
		if (r == PL_OK)
			r = fetch_piece(p, err);
		if (is_hopeless(r))
			return r;
		if (p->have > had) {
			tries = 0;
			pause_ms = 1000;
		}
		if (r == PL_OK && p->have > had)
			continue;
		if (++tries >= p->f->tries)
			return r == PL_OK ? pl_error_set(err, PL_E_PROTOCOL, "nothing came") : r;
		log_info(NULL, "package download goes on later have=%" PRId64 " reason=\"%s\"",
			 p->have, err->text);
		r = p->f->pause(p->f->arg, pause_ms, err);
		if (r != PL_OK)
			return r;
		pause_ms = pause_ms < 60000 ? 2 * pause_ms : pause_ms;
	}
	return PL_OK;
}

static enum pl_result check_hash(const struct pl_package *package, const char *path,
				 struct pl_error *err)
{
	FILE *file = fopen(path, "rb");
	uint8_t buf[16 * 1024], digest[PL_HASH_SIZE];
	char text[PL_HASH_TEXT];
	struct pl_hash hash;
	bool read_all;
	size_t n;

	if (!file)
		return pl_error_set(err, PL_E_IO, "the package cannot be read from the disk");
	pl_hash_init(&hash);
	while ((n = fread(buf, 1, sizeof(buf), file)) > 0)
		pl_hash_add(&hash, buf, n);
	pl_hash_end(&hash, digest);
	read_all = ferror(file) == 0;
	fclose(file);
	if (!read_all)
		return pl_error_set(err, PL_E_IO, "the package cannot be read from the disk");
	pl_hex_write(digest, sizeof(digest), text);
	if (strcmp(text, package->sha256) == 0)
		return PL_OK;
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "The package that came is not the one that was signed");
}

enum pl_result pl_package_fetch(const struct pl_package_fetch *fetch,
				char ret_path[static PL_MAX_PATH], struct pl_error *err)
{
	char file[PL_MAX_PATH], name[PL_MAX_PATH];
	struct piece p = { .f = fetch };
	enum pl_result r = paths(fetch->state_dir, file, name, err);

	pl_bytes_init(&p.head, PL_MAX_HTTP_HEAD);
	pl_bytes_init(&p.chunk, CHUNK);
	if (r == PL_OK)
		r = open_place(fetch, file, name, &p, err);
	if (r == PL_OK)
		r = fetch_all(&p, err);
	pl_append_close(p.file);
	pl_bytes_finish(&p.chunk);
	pl_bytes_finish(&p.head);
	if (r == PL_OK)
		r = check_hash(fetch->package, file, err);
	if (r == PL_E_UNTRUSTED || r == PL_E_TOO_BIG)
		pl_package_drop(fetch->state_dir);
	if (r == PL_OK)
		memcpy(ret_path, file, sizeof(file));
	return r;
}
