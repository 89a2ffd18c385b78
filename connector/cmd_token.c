/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: enrolment tokens from a shell. Works beside a running server.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "customers.h"
#include "enrolment_tokens.h"
#include "identity.h"
#include "place.h"
#include "platen/clock.h"

#define MAX_USES     100000
#define MAX_LIFE_S   31536000
#define USUAL_LIFE_S 604800

struct wish {
	const char *site, *url, *note;
	int64_t uses, life_s;
};

static enum pl_result check_url(const char *url, struct pl_error *err)
{
	if (strncmp(url, "https://", 8) != 0 || strlen(url) > 255 || strchr(url + 8, '/'))
		return pl_error_set(err, PL_E_INVALID, "--url must be https://HOST[:PORT]");
	return PL_OK;
}

/* What was given, else what the settings say, else where the server was last seen. */
static enum pl_result find_url(struct pl_place *place, const char *given, char *url, size_t cap,
			       struct pl_error *err)
{
	if (given) {
		snprintf(url, cap, "%s", given);
		return PL_OK;
	}
	if (pl_place_setting(place->db, "enrolment.server_url", url, cap, err) == PL_OK && *url)
		return PL_OK;
	return pl_place_setting(place->db, "sda_url", url, cap, err);
}

static enum pl_result create(struct pl_place *place, const struct wish *wish, struct pl_error *err)
{
	char site_id[PL_MAX_ID], customer_id[PL_MAX_ID], url[300] = "";
	struct pl_identity identity = { 0 };
	struct pl_new_token token = { .created_by = "platen-connector token", .note = wish->note };
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, 2 * PL_MAX_TOKEN);
	r = pl_site_find(place->db, wish->site, site_id, customer_id, err);
	if (r == PL_OK)
		r = pl_identity_load(place->db, place->ring, &identity, err);
	if (r == PL_OK)
		r = find_url(place, wish->url, url, sizeof url, err);
	if (r == PL_OK)
		r = check_url(url, err);
	token.site_id = site_id;
	token.customer_id = customer_id;
	token.uses = wish->uses;
	token.expires_ms = pl_clock_wall_ms() + wish->life_s * 1000;
	if (r == PL_OK)
		r = pl_enrolment_token_create(place->db, &token, err);
	if (r == PL_OK)
		r = pl_token_write(url, identity.ca_pin, token.secret, &text);
	if (r == PL_OK)
		printf("%s\n", (const char *)text.at);
	pl_bytes_finish(&text);
	pl_identity_finish(&identity);
	return r;
}

static enum pl_result list(struct pl_place *place, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	char until[PL_MAX_TIME_TEXT];
	enum pl_result r;

	r = pl_db_query(
		place->db, &rows,
		"SELECT t.id, t.used, t.uses, t.expires_at, t.revoked_at, s.name, t.note"
		" FROM enrolment_tokens t JOIN sites s ON s.id=t.site_id ORDER BY t.created_at",
		PL_NO_ARGS, err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK) {
		const char *note = pl_db_text_at(rows, 6);

		pl_clock_text(pl_db_int_at(rows, 3), until);
		printf("%s  %-8s  used %lld of %lld  until %s  site %s%s%s\n",
		       pl_db_text_at(rows, 0),
		       pl_enrolment_token_state(pl_db_int_at(rows, 1), pl_db_int_at(rows, 2),
						pl_db_int_at(rows, 3), !pl_db_null_at(rows, 4)),
		       (long long)pl_db_int_at(rows, 1), (long long)pl_db_int_at(rows, 2), until,
		       pl_db_text_at(rows, 5), note ? "  " : "", note ? note : "");
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result revoke_token(struct pl_place *place, const char *id, struct pl_error *err)
{
	enum pl_result r = pl_enrolment_token_revoke(place->db, id, NULL, err);

	return r == PL_E_NOT_FOUND
		       ? pl_error_set(err, r, "there is no such token, or it is revoked already")
		       : r;
}

enum pl_result pl_cmd_token(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	struct wish wish = { .uses = 1, .life_s = USUAL_LIFE_S };
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&place),
		{ "--site", PL_FORM_TEXT, &wish.site, 0, 0 },
		{ "--url", PL_FORM_TEXT, &wish.url, 0, 0 },
		{ "--note", PL_FORM_TEXT, &wish.note, 0, 0 },
		{ "--uses", PL_FORM_NUMBER, &wish.uses, 1, MAX_USES },
		{ "--expires", PL_FORM_NUMBER, &wish.life_s, 60, MAX_LIFE_S },
	};
	const char *verb;
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r != PL_OK)
		return r;
	verb = words.count > 0 ? words.at[0] : "";
	r = pl_place_open(&place, err);
	if (r != PL_OK)
		return r;
	if (!strcmp(verb, "create") && words.count == 1)
		r = create(&place, &wish, err);
	else if (!strcmp(verb, "list") && words.count == 1)
		r = list(&place, err);
	else if (!strcmp(verb, "revoke") && words.count == 2)
		r = revoke_token(&place, words.at[1], err);
	else
		r = pl_error_set(err, PL_E_INVALID, "token create, token list or token revoke ID");
	pl_place_close(&place);
	return r;
}
