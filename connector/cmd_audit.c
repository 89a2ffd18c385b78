/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: walks the hash chains, and writes one out with a signed end, so that cutting it off shows.
 */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "audit_agents.h"
#include "audit_walk.h"
#include "commands.h"
#include "identity.h"
#include "place.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/json.h"
#include "web.h"

struct wish {
	const char *customer, *head;
};

static enum pl_result verify_one(struct pl_place *place, const char *chain, const char *head,
				 bool *ok, bool *found, struct pl_error *err)
{
	struct pl_audit_state state;
	enum pl_result r = pl_audit_walk(place->db, chain, head, &state, err);

	if (r != PL_OK)
		return r;
	printf("%-36s  %s  %s  head %s\n", *chain ? chain : "server",
	       state.ok ? "ok    " : "BROKEN", state.message, state.head);
	*ok = *ok && state.ok;
	*found = *found || state.has_head;
	return PL_OK;
}

/* Every PC's own chain against what it told of it; of one customer, or of all. */
static enum pl_result verify_agents(struct pl_place *place, const char *customer, bool *ok,
				    struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(
		place->db, &rows,
		"SELECT no, id FROM agents WHERE (?1 IS NULL OR customer_id=?1) ORDER BY no",
		PL_ARGS(pl_db_word(customer)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		struct pl_agent_audit audit;

		r = pl_audit_agent(place->db, place->ring, pl_db_int_at(rows, 0), &audit, err);
		if (r != PL_OK)
			break;
		printf("PC %-33s  %s  %s  head %s\n", pl_db_text_at(rows, 1),
		       audit.ok ? "ok    " : "BROKEN", audit.message, audit.head);
		*ok = *ok && audit.ok;
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result verify(struct pl_place *place, const struct wish *wish, struct pl_error *err)
{
	bool ok = true, found = false;
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	if (wish->customer) {
		r = verify_one(place, wish->customer, wish->head, &ok, &found, err);
	} else {
		r = pl_db_query(place->db, &rows,
				"SELECT DISTINCT customer_id FROM audit ORDER BY customer_id",
				PL_NO_ARGS, err);
		while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
			r = verify_one(place, pl_db_text_at(rows, 0), wish->head, &ok, &found, err);
		pl_db_done(rows);
	}
	if (r == PL_OK || r == PL_E_NOT_FOUND)
		r = verify_agents(place, wish->customer, &ok, err);
	if (r != PL_OK)
		return r;
	if (!ok)
		return pl_error_set(err, PL_E_UNTRUSTED, "an audit chain is broken");
	if (wish->head && !found)
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "no chain has this head: it was cut off or written anew");
	return PL_OK;
}

static enum pl_result print_line(cJSON *doc, struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 16 * 1024);
	r = pl_json_print(doc, &text);
	if (r == PL_OK)
		printf("%s\n", (const char *)text.at);
	else
		r = pl_error_set(err, r, "an audit entry could not be written");
	pl_bytes_finish(&text);
	cJSON_Delete(doc);
	return r;
}

static enum pl_result print_entries(struct pl_place *place, const char *chain, struct pl_error *err)
{
	static const char *const NAMES[] = { "who",	"what", "outcome", "address",
					     "subject", "prev", "head" };
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(
		place->db, &rows,
		"SELECT seq, at, who, what, outcome, address, subject, prev, head FROM audit"
		" WHERE customer_id=?1 ORDER BY seq",
		PL_ARGS(pl_db_text(chain)), err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK) {
		cJSON *doc = cJSON_CreateObject();
		char at[PL_MAX_TIME_TEXT];

		pl_clock_text(pl_db_int_at(rows, 1), at);
		pl_json_add_int(doc, "seq", pl_db_int_at(rows, 0));
		cJSON_AddStringToObject(doc, "at", at);
		for (int i = 0; i < 7; i++)
			pl_json_add_text(doc, NAMES[i], pl_db_text_at(rows, 2 + i));
		r = print_line(doc, err);
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

/* Signs "chain LF entries LF head" with the command key, whose public half every agent has. */
static enum pl_result print_end(struct pl_place *place, const char *chain,
				const struct pl_audit_state *state, struct pl_error *err)
{
	struct pl_identity identity = { 0 };
	struct pl_bytes signature, text;
	char line[256], key_id[PL_KEY_ID_TEXT];
	cJSON *doc;
	enum pl_result r = pl_identity_load(place->db, place->ring, &identity, err);

	pl_bytes_init(&signature, 256);
	pl_bytes_init(&text, 512);
	snprintf(line, sizeof line, "%s\n%lld\n%s", chain, (long long)state->entries, state->head);
	if (r == PL_OK)
		r = pl_signer_sign(identity.signer, line, strlen(line), &signature, key_id, err);
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64, signature.at, signature.size, &text);
	if (r == PL_OK) {
		doc = cJSON_CreateObject();
		cJSON_AddStringToObject(doc, "chain", chain);
		pl_json_add_int(doc, "entries", state->entries);
		cJSON_AddStringToObject(doc, "head", state->head);
		cJSON_AddStringToObject(doc, "key_id", key_id);
		cJSON_AddStringToObject(doc, "signature", (const char *)text.at);
		r = print_line(doc, err);
	}
	pl_bytes_finish(&text);
	pl_bytes_finish(&signature);
	pl_identity_finish(&identity);
	return r;
}

static enum pl_result export_chain(struct pl_place *place, const char *chain, struct pl_error *err)
{
	struct pl_audit_state state;
	enum pl_result r = pl_audit_walk(place->db, chain, NULL, &state, err);

	if (r == PL_OK && !state.ok)
		return pl_error_set(err, PL_E_UNTRUSTED, "the chain is broken: %s", state.message);
	if (r == PL_OK)
		r = print_entries(place, chain, err);
	return r == PL_OK ? print_end(place, chain, &state, err) : r;
}

enum pl_result pl_cmd_audit(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	struct wish wish = { 0 };
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&place),
		{ "--customer", PL_FORM_TEXT, &wish.customer, 0, 0 },
		{ "--head", PL_FORM_TEXT, &wish.head, 0, 0 },
	};
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = pl_place_open(&place, err);
	if (r != PL_OK)
		return r;
	if (words.count == 1 && !strcmp(words.at[0], "verify"))
		r = verify(&place, &wish, err);
	else if (words.count == 1 && !strcmp(words.at[0], "export"))
		r = export_chain(&place, wish.customer ? wish.customer : "", err);
	else
		r = pl_error_set(err, PL_E_INVALID, "audit verify or audit export");
	pl_place_close(&place);
	return r;
}

/* All chains, or the wished one's. */
static enum pl_result export_all(struct pl_place *place, const char *customer, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	if (customer)
		return export_chain(place, customer, err);
	r = pl_db_query(place->db, &rows,
			"SELECT DISTINCT customer_id FROM audit ORDER BY customer_id", PL_NO_ARGS,
			err);
	while (r == PL_OK && (r = pl_db_next(rows, err)) == PL_OK)
		r = export_chain(place, pl_db_text_at(rows, 0), err);
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

enum pl_result pl_cmd_export(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	const char *customer = NULL;
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&place),
		{ "--customer", PL_FORM_TEXT, &customer, 0, 0 },
	};
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK && (words.count != 1 || strcmp(words.at[0], "audit") != 0))
		r = pl_error_set(err, PL_E_INVALID, "export audit");
	if (r == PL_OK)
		r = pl_place_open(&place, err);
	if (r != PL_OK)
		return r;
	r = export_all(&place, customer, err);
	pl_place_close(&place);
	return r;
}
