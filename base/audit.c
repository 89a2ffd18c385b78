/* SPDX-License-Identifier: Apache-2.0 */
/* The chain as a file of JSON lines. On opening, every line is read and every hash computed anew;
 * after that only the head stays in memory. */
#include "platen/audit.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "json_check.h"
#include "platen/bytes.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/file.h"
#include "platen/json.h"

#define MAX_LINE   2048
#define FIRST_PREV "0000000000000000000000000000000000000000000000000000000000000000"

struct pl_audit {
	pthread_mutex_t lock;
	struct pl_append_file *file;
	int64_t size, max_bytes;
	int64_t seq;
	char head[PL_HASH_TEXT];
	char path[PL_MAX_PATH], old_path[PL_MAX_PATH];
};

void pl_audit_hash(const struct pl_audit_entry *entry, char ret_head[static PL_HASH_TEXT])
{
	uint8_t digest[PL_HASH_SIZE];
	struct pl_hash h;
	char seq[32];
	const char *const parts[] = { entry->prev, seq,		entry->at,
				      entry->who,  entry->what, entry->outcome };

	snprintf(seq, sizeof(seq), "%" PRId64, entry->seq);
	pl_hash_init(&h);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		pl_hash_add(&h, "\n", i > 0 ? 1 : 0);
		pl_hash_add(&h, parts[i], strlen(parts[i]));
	}
	pl_hash_end(&h, digest);
	pl_hex_write(digest, sizeof(digest), ret_head);
}

static enum pl_result entry_read(struct pl_span line, struct pl_audit_entry *ret,
				 struct pl_error *err)
{
	struct pl_audit_entry e = { 0 };
	cJSON *doc = NULL;
	enum pl_result r = pl_json_parse(line, &doc, err);

	if (r != PL_OK)
		return r;
	if (!pl_json_int(doc, "seq", 1, PL_MAX_JSON_INT, &e.seq) ||
	    !pl_json_copy(doc, "at", e.at, sizeof(e.at)) ||
	    !pl_json_copy(doc, "who", e.who, sizeof(e.who)) ||
	    !pl_json_copy(doc, "what", e.what, sizeof(e.what)) ||
	    !pl_json_copy(doc, "outcome", e.outcome, sizeof(e.outcome)) ||
	    !pl_json_copy(doc, "prev", e.prev, sizeof(e.prev)) ||
	    !pl_json_copy(doc, "head", e.head, sizeof(e.head)))
		r = pl_error_set(err, PL_E_PROTOCOL, "a member is missing");
	cJSON_Delete(doc);
	*ret = e;
	return r;
}

/* A walk along the chain: how far it has come, and who wants to see the entries. */
struct walk {
	int64_t seq;
	char head[PL_HASH_TEXT];
	int64_t after;
	enum pl_result (*each)(void *arg, const struct pl_audit_entry *entry, struct pl_error *err);
	void *arg;
};

/* Checks one line against the head so far and moves the head on. */
static enum pl_result follow(struct walk *w, struct pl_span line, struct pl_error *err)
{
	struct pl_audit_entry e;
	char head[PL_HASH_TEXT];
	enum pl_result r = entry_read(line, &e, err);

	if (r != PL_OK)
		return r;
	pl_audit_hash(&e, head);
	/* The oldest file that is kept may begin anywhere; within, each must follow the last. */
	if (strcmp(head, e.head) != 0 ||
	    (w->seq > 0 && (e.seq != w->seq + 1 || strcmp(e.prev, w->head) != 0)) ||
	    (e.seq == 1 && strcmp(e.prev, FIRST_PREV) != 0))
		return pl_error_set(err, PL_E_UNTRUSTED, "entry %" PRId64 " does not follow",
				    e.seq);
	w->seq = e.seq;
	memcpy(w->head, e.head, sizeof(w->head));
	return w->each && e.seq > w->after ? w->each(w->arg, &e, err) : PL_OK;
}

/* Follows the chain through one file; *ret_good is where its last whole line ends. */
static enum pl_result follow_file(struct walk *w, const char *path, int64_t *ret_good,
				  struct pl_error *err)
{
	FILE *f = fopen(path, "rb");
	char line[MAX_LINE];
	enum pl_result r = PL_OK;

	*ret_good = 0;
	if (!f)
		return PL_OK; /* whether it may be made is told by the opening for writing */
	while (r == PL_OK && fgets(line, sizeof(line), f)) {
		size_t n = strlen(line);

		if (n == 0 || line[n - 1] != '\n')
			break;
		r = follow(w, (struct pl_span){ line, n - 1 }, err);
		*ret_good += (int64_t)n;
	}
	fclose(f);
	return r;
}

static enum pl_result follow_all(const struct pl_audit *a, struct walk *w, int64_t *ret_good,
				 struct pl_error *err)
{
	enum pl_result r;

	memcpy(w->head, FIRST_PREV, sizeof(FIRST_PREV));
	r = follow_file(w, a->old_path, ret_good, err);
	return r == PL_OK ? follow_file(w, a->path, ret_good, err) : r;
}

static enum pl_result damaged(const struct pl_audit *a, int64_t seq, const char *why,
			      struct pl_error *err)
{
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "the audit log %s was tampered with or damaged behind entry %" PRId64
			    ": %s",
			    a->path, seq, why);
}

static enum pl_result open_file(struct pl_audit *a, struct pl_error *err)
{
	struct walk w = { 0 };
	struct pl_error why = { 0 };
	int64_t good;
	enum pl_result r;

	r = follow_all(a, &w, &good, &why);
	if (r != PL_OK)
		return damaged(a, w.seq, why.text, err);
	a->seq = w.seq;
	memcpy(a->head, w.head, sizeof(a->head));
	r = pl_append_open(a->path, PL_FILE_SECRET, &a->file, &a->size, err);
	if (r != PL_OK || a->size == good)
		return r;
	/* Only the last line of an append can be torn; more than one line of rest is not ours. */
	if (a->size - good > MAX_LINE)
		return damaged(a, a->seq, "what follows is no entry", err);
	a->size = good;
	return pl_append_cut(a->file, good, err);
}

enum pl_result pl_audit_replay(struct pl_audit *audit, int64_t after,
			       enum pl_result (*each)(void *arg, const struct pl_audit_entry *entry,
						      struct pl_error *err),
			       void *arg, struct pl_error *err)
{
	struct walk w = { .after = after, .each = each, .arg = arg };
	int64_t good;
	enum pl_result r;

	pthread_mutex_lock(&audit->lock);
	r = follow_all(audit, &w, &good, err);
	pthread_mutex_unlock(&audit->lock);
	return r;
}

enum pl_result pl_audit_open(const char *path, int64_t max_bytes, struct pl_audit **ret_audit,
			     struct pl_error *err)
{
	struct pl_audit *a = calloc(1, sizeof(*a));
	enum pl_result r;

	if (!a)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pthread_mutex_init(&a->lock, NULL);
	a->max_bytes = max_bytes;
	if (strlen(path) + 3 > sizeof(a->path))
		r = pl_error_set(err, PL_E_INVALID, "the path %.100s… is too long", path);
	else {
		snprintf(a->path, sizeof(a->path), "%s", path);
		snprintf(a->old_path, sizeof(a->old_path), "%s.1", path);
		r = open_file(a, err);
	}
	if (r != PL_OK) {
		pl_audit_close(a);
		return r;
	}
	*ret_audit = a;
	return PL_OK;
}

void pl_audit_close(struct pl_audit *audit)
{
	if (!audit)
		return;
	pl_append_close(audit->file);
	pthread_mutex_destroy(&audit->lock);
	free(audit);
}

/* Copies what fits, at a character's edge; control characters and what is no UTF-8 become "?". */
static void copy_clean(const char *text, char *ret_text, size_t cap)
{
	size_t left = strlen(text), used = 0;

	while (left > 0) {
		size_t n = pl_utf8_length((const uint8_t *)text, left);
		bool clean = n > 0 && (unsigned char)text[0] >= ' ' && text[0] != 0x7f;

		if (n == 0)
			n = 1;
		if (used + n + 1 > cap)
			break;
		if (clean)
			memcpy(ret_text + used, text, n);
		else
			ret_text[used] = '?';
		used += clean ? n : 1;
		text += n;
		left -= n;
	}
	ret_text[used] = '\0';
}

static enum pl_result entry_write(const struct pl_audit_entry *e, struct pl_bytes *line)
{
	cJSON *doc = cJSON_CreateObject();
	enum pl_result r;

	if (!doc)
		return PL_E_NO_MEMORY;
	pl_json_add_int(doc, "seq", e->seq);
	cJSON_AddStringToObject(doc, "at", e->at);
	cJSON_AddStringToObject(doc, "who", e->who);
	cJSON_AddStringToObject(doc, "what", e->what);
	cJSON_AddStringToObject(doc, "outcome", e->outcome);
	cJSON_AddStringToObject(doc, "prev", e->prev);
	cJSON_AddStringToObject(doc, "head", e->head);
	r = pl_json_print(doc, line);
	cJSON_Delete(doc);
	return r == PL_OK ? pl_bytes_add_text(line, "\n") : r;
}

/* The full file becomes ".1" (the one before it is gone); the chain goes on in a new one. */
static enum pl_result rotate(struct pl_audit *a, struct pl_error *err)
{
	struct pl_append_file *fresh;
	enum pl_result r = pl_file_rename(a->path, a->old_path, err);

	if (r == PL_OK)
		r = pl_append_open(a->path, PL_FILE_SECRET, &fresh, &a->size, err);
	if (r != PL_OK)
		return r;
	pl_append_close(a->file);
	a->file = fresh;
	return PL_OK;
}

static enum pl_result append(struct pl_audit *a, const struct pl_audit_entry *e,
			     struct pl_error *err)
{
	struct pl_bytes line;
	enum pl_result r;

	pl_bytes_init(&line, MAX_LINE - 1);
	r = entry_write(e, &line);
	if (r == PL_OK && a->size + (int64_t)line.size > a->max_bytes && a->size > 0)
		r = rotate(a, err);
	if (r == PL_OK)
		r = pl_append_add(a->file, line.at, line.size, err);
	if (r == PL_OK)
		a->size += (int64_t)line.size;
	pl_bytes_finish(&line);
	return r;
}

enum pl_result pl_audit_add(struct pl_audit *audit, const char *who, const char *what,
			    const char *outcome, struct pl_audit_entry *ret_entry,
			    struct pl_error *err)
{
	struct pl_audit_entry e = { 0 };
	enum pl_result r;

	copy_clean(who, e.who, sizeof(e.who));
	copy_clean(what, e.what, sizeof(e.what));
	copy_clean(outcome, e.outcome, sizeof(e.outcome));
	pl_clock_text(pl_clock_wall_ms(), e.at);

	pthread_mutex_lock(&audit->lock);
	e.seq = audit->seq + 1;
	memcpy(e.prev, audit->head, sizeof(e.prev));
	pl_audit_hash(&e, e.head);
	r = append(audit, &e, err);
	if (r == PL_OK) {
		audit->seq = e.seq;
		memcpy(audit->head, e.head, sizeof(e.head));
	}
	pthread_mutex_unlock(&audit->lock);
	if (r == PL_OK && ret_entry)
		*ret_entry = e;
	return r;
}

void pl_audit_head(struct pl_audit *audit, int64_t *ret_seq, char ret_head[static PL_HASH_TEXT])
{
	pthread_mutex_lock(&audit->lock);
	*ret_seq = audit->seq;
	memcpy(ret_head, audit->head, PL_HASH_TEXT);
	pthread_mutex_unlock(&audit->lock);
}
