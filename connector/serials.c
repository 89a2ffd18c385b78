/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An array by devices.no, grown as numbers come.
 */
#include "serials.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/seal.h"

#define MARK_SIZE 20 /* of the sealed bytes: version, nonce, and what follows */

struct entry {
	uint8_t mark[MARK_SIZE];
	bool known;
	char text[PL_SERIAL_TEXT];
};

struct pl_serials {
	struct pl_keyring *ring;
	pthread_rwlock_t lock;
	struct entry *entries; /* by device number */
	size_t cap;
};

enum pl_result pl_serials_open(struct pl_keyring *ring, struct pl_serials **ret_serials,
			       struct pl_error *err)
{
	struct pl_serials *s = calloc(1, sizeof *s);

	if (!s)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	s->ring = ring;
	pthread_rwlock_init(&s->lock, NULL);
	*ret_serials = s;
	return PL_OK;
}

void pl_serials_forget(struct pl_serials *s)
{
	pthread_rwlock_wrlock(&s->lock);
	if (s->entries)
		explicit_bzero(s->entries, s->cap * sizeof *s->entries);
	free(s->entries);
	s->entries = NULL;
	s->cap = 0;
	pthread_rwlock_unlock(&s->lock);
}

void pl_serials_close(struct pl_serials *s)
{
	if (!s)
		return;
	pl_serials_forget(s);
	pthread_rwlock_destroy(&s->lock);
	free(s);
}

static bool find(struct pl_serials *s, int64_t device_no, struct pl_span sealed, char *out,
		 size_t cap)
{
	bool found = false;

	pthread_rwlock_rdlock(&s->lock);
	if ((size_t)device_no < s->cap) {
		const struct entry *e = &s->entries[device_no];

		found = e->known && !memcmp(e->mark, sealed.at, MARK_SIZE);
		if (found)
			snprintf(out, cap, "%s", e->text);
	}
	pthread_rwlock_unlock(&s->lock);
	return found;
}

/* With the lock held for writing. */
static bool grow(struct pl_serials *s, size_t device_no)
{
	size_t cap = s->cap ? s->cap : 256;
	struct entry *grown;

	while (cap <= device_no)
		cap *= 2;
	if (cap == s->cap)
		return true;
	grown = realloc(s->entries, cap * sizeof *grown);
	if (!grown)
		return false;
	memset(grown + s->cap, 0, (cap - s->cap) * sizeof *grown);
	s->entries = grown;
	s->cap = cap;
	return true;
}

static void keep(struct pl_serials *s, int64_t device_no, struct pl_span sealed, const char *text)
{
	if (device_no < 0 || device_no >= PL_MAX_SERIALS || strlen(text) >= PL_SERIAL_TEXT)
		return;
	pthread_rwlock_wrlock(&s->lock);
	if (grow(s, (size_t)device_no)) {
		struct entry *e = &s->entries[device_no];

		memcpy(e->mark, sealed.at, MARK_SIZE);
		snprintf(e->text, sizeof e->text, "%s", text);
		e->known = true;
	}
	pthread_rwlock_unlock(&s->lock);
}

void pl_serials_text(struct pl_serials *s, struct pl_db *db, int64_t device_no,
		     const char *customer_id, struct pl_span sealed, char *out, size_t cap)
{
	struct pl_bytes text;

	*out = '\0';
	if (sealed.size < PL_SEAL_OVERHEAD ||
	    (device_no >= 0 && find(s, device_no, sealed, out, cap)))
		return;
	pl_bytes_init(&text, 1024);
	if (pl_keyring_unwrap(s->ring, db, customer_id, "serial", sealed, &text, NULL) == PL_OK &&
	    text.size > 0) {
		snprintf(out, cap, "%s", (const char *)text.at);
		keep(s, device_no, sealed, (const char *)text.at);
	}
	pl_bytes_finish(&text);
}
