/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: the command key from a shell. Works beside a running server, which takes the new key over by
 * itself; all of a rotation is one transaction.
 */
#include <stdio.h>
#include <string.h>

#include "audit_store.h"
#include "commands.h"
#include "handover.h"
#include "place.h"
#include "platen/clock.h"

#define MAX_OVERLAP_S INT64_C(34560000) /* 400 days */

static enum pl_result rotate_all(struct pl_db *db, struct pl_rotation *rotation,
				 struct pl_error *err)
{
	char subject[2 * PL_KEY_ID_TEXT + 8];
	struct pl_audit_note note = {
		.customer_id = "",
		.who = "shell",
		.what = "key rotate",
		.outcome = "done",
		.subject = subject,
	};
	enum pl_result r = pl_handover_rotate(db, rotation, err);

	if (r != PL_OK)
		return r;
	snprintf(subject, sizeof subject, "%s to %s", rotation->before.id, rotation->after.id);
	return pl_audit_append(db, &note, err);
}

static enum pl_result rotate(struct pl_place *place, int64_t overlap_s, struct pl_error *err)
{
	struct pl_rotation rotation = { .ring = place->ring, .now_ms = pl_clock_wall_ms() };
	char until[PL_MAX_TIME_TEXT];
	enum pl_result r = place->db->ops->begin(place->db, true, err);

	rotation.old_until_ms = rotation.now_ms + overlap_s * 1000;
	if (r == PL_OK)
		r = rotate_all(place->db, &rotation, err);
	if (r == PL_OK)
		r = place->db->ops->script(place->db, "COMMIT", err);
	if (r != PL_OK)
		return r;
	pl_clock_text(rotation.old_until_ms, until);
	printf("the command key is %s; PCs learn of it when they ask for work, and refuse %s from "
	       "%s on\n",
	       rotation.after.id, rotation.before.id, until);
	if (rotation.signed_anew > 0)
		printf("queued actions signed anew: %d\n", rotation.signed_anew);
	printf("make a backup now: one from before this knows no key that the PCs will trust "
	       "then\n");
	return PL_OK;
}

static enum pl_result count(struct pl_db *db, const char *key, int64_t *ret_count,
			    struct pl_error *err)
{
	return pl_db_number(db, ret_count,
			    "SELECT count(*) FROM agents WHERE state='active'"
			    " AND command_key=?1",
			    PL_ARGS(pl_db_text(key)), err);
}

static enum pl_result list_present(struct pl_place *place, struct pl_error *err)
{
	struct pl_signer *signer = NULL;
	struct pl_signer_key key;
	char since[PL_MAX_TIME_TEXT];
	int64_t made_ms = 0, pcs = 0, all = 0;
	enum pl_result r = pl_signer_load(place->db, place->ring, &signer, err);

	if (r != PL_OK)
		return r;
	pl_signer_public(signer, &key);
	pl_signer_close(signer);
	r = pl_db_number(place->db, &made_ms, "SELECT created_at FROM keys WHERE name='command'",
			 PL_NO_ARGS, err);
	if (r == PL_OK)
		r = count(place->db, key.id, &pcs, err);
	if (r == PL_OK)
		r = pl_db_number(place->db, &all,
				 "SELECT count(*) FROM agents WHERE state='active'", PL_NO_ARGS,
				 err);
	if (r != PL_OK)
		return r;
	pl_clock_text(made_ms, since);
	printf("%s  signs since %s; %lld of %lld PCs have said that they trust it\n", key.id, since,
	       (long long)pcs, (long long)all);
	return PL_OK;
}

/* The keys before it, newest first, with the PCs that have not heard of its end. */
static enum pl_result list_old(struct pl_place *place, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(place->db, &rows,
			"SELECT old_id, max(old_until), max(no) AS newest FROM command_handovers"
			" GROUP BY old_id ORDER BY newest DESC",
			PL_NO_ARGS, err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		char until[PL_MAX_TIME_TEXT];
		int64_t pcs = 0;

		r = count(place->db, pl_db_text_at(rows, 0), &pcs, err);
		if (r != PL_OK)
			break;
		pl_clock_text(pl_db_int_at(rows, 1), until);
		printf("%s  refused from %s on; %lld PCs still have to fetch the next\n",
		       pl_db_text_at(rows, 0), until, (long long)pcs);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_cmd_key(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	int64_t overlap_s = PL_HANDOVER_OVERLAP * INT64_C(86400);
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&place),
		{ "--overlap", PL_FORM_NUMBER, &overlap_s, 0, MAX_OVERLAP_S },
	};
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = pl_place_open(&place, err);
	if (r != PL_OK)
		return r;
	if (words.count == 1 && !strcmp(words.at[0], "rotate")) {
		r = rotate(&place, overlap_s, err);
	} else if (words.count == 1 && !strcmp(words.at[0], "list")) {
		r = list_present(&place, err);
		if (r == PL_OK)
			r = list_old(&place, err);
	} else {
		r = pl_error_set(err, PL_E_INVALID, "key rotate [--overlap 30d] or key list");
	}
	pl_place_close(&place);
	return r;
}
