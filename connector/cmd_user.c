/* SPDX-License-Identifier: Apache-2.0 */
/*
 * user: administrators from a shell. Works beside a running server.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "commands.h"
#include "password.h"
#include "place.h"
#include "platen/clock.h"
#include "users.h"

struct wish {
	const char *role, *customer, *site;
	bool from_stdin;
};

static bool read_line(char *out, size_t cap)
{
	if (!fgets(out, (int)cap, stdin))
		return false;
	out[strcspn(out, "\r\n")] = '\0';
	return true;
}

/* Asks on the terminal without echo, or takes a line from stdin. */
static enum pl_result read_password(const struct wish *wish, char *out, size_t cap,
				    struct pl_error *err)
{
	struct termios before, quiet;
	bool got, hide = !wish->from_stdin && tcgetattr(STDIN_FILENO, &before) == 0;

	if (hide) {
		fprintf(stderr, "Password (at least %d characters): ", PL_MIN_PASSWORD);
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	}
	got = read_line(out, cap);
	if (hide) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	return got ? PL_OK : pl_error_set(err, PL_E_INVALID, "no password was given");
}

static enum pl_result hash_of(const struct wish *wish, char hash[static PL_PASSWORD_HASH_TEXT],
			      struct pl_error *err)
{
	char password[PL_MAX_PASSWORD + 3];
	enum pl_result r = read_password(wish, password, sizeof password, err);

	if (r == PL_OK)
		r = pl_password_hash(password, hash, err);
	explicit_bzero(password, sizeof password);
	return r;
}

static enum pl_result add(struct pl_place *place, const char *name, const struct wish *wish,
			  struct pl_error *err)
{
	struct pl_grant grant = { .role = pl_role_of(wish->role) };
	struct pl_new_user user = { .name = name, .grants = &grant, .grant_count = 1 };
	char hash[PL_PASSWORD_HASH_TEXT];
	enum pl_result r;

	if (grant.role == PL_ROLE_NONE)
		return pl_error_set(err, PL_E_INVALID, "--role must be viewer, operator or admin");
	if (!pl_user_name_is_valid(name))
		return pl_error_set(err, PL_E_INVALID,
				    "a user's name has 1 to 64 letters, digits or . _ @ -");
	if (wish->site && !wish->customer)
		return pl_error_set(err, PL_E_INVALID, "--site needs --customer");
	snprintf(grant.customer_id, sizeof grant.customer_id, "%s",
		 wish->customer ? wish->customer : "");
	snprintf(grant.site_id, sizeof grant.site_id, "%s", wish->site ? wish->site : "");
	r = hash_of(wish, hash, err);
	user.password_hash = hash;
	if (r == PL_OK)
		r = place->db->ops->script(place->db, "BEGIN IMMEDIATE", err);
	if (r == PL_OK)
		r = pl_user_create(place->db, &user, err);
	if (r == PL_OK)
		r = place->db->ops->script(place->db, "COMMIT", err);
	return r;
}

static enum pl_result list(struct pl_place *place, struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_query(place->db, &rows,
			"SELECT u.name, u.active, g.role, g.customer_id, g.site_id FROM users u"
			" LEFT JOIN grants g ON g.user_id=u.id ORDER BY u.name, g.no",
			PL_NO_ARGS, err);
	if (r != PL_OK)
		return r;
	while ((r = pl_db_next(rows, err)) == PL_OK) {
		const char *role = pl_db_text_at(rows, 2), *customer = pl_db_text_at(rows, 3);
		const char *site = pl_db_text_at(rows, 4);

		printf("%-24s %-9s %s%s%s%s\n", pl_db_text_at(rows, 0), role ? role : "nothing",
		       customer ? "customer " : "everything", customer ? customer : "",
		       site ? " site " : "", site ? site : "");
	}
	pl_db_done(rows);
	return r == PL_E_NOT_FOUND ? PL_OK : r;
}

static enum pl_result change(struct pl_place *place, const char *verb, const char *name,
			     const struct wish *wish, struct pl_error *err)
{
	char hash[PL_PASSWORD_HASH_TEXT], id[PL_MAX_ID];
	enum pl_result r = pl_user_id_of(place->db, name, id, err);

	if (r != PL_OK)
		return r;
	if (strcmp(verb, "remove") != 0) {
		r = hash_of(wish, hash, err);
		return r == PL_OK ? pl_user_set_password(place->db, id, hash, err) : r;
	}
	r = place->db->ops->script(place->db, "BEGIN IMMEDIATE", err);
	if (r == PL_OK)
		r = pl_user_remove(place->db, id, err);
	if (r == PL_OK)
		r = place->db->ops->script(place->db, "COMMIT", err);
	return r;
}

enum pl_result pl_cmd_user(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words words = { 0 };
	struct wish wish = { .role = "viewer" };
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&place),
		{ "--role", PL_FORM_TEXT, &wish.role, 0, 0 },
		{ "--customer", PL_FORM_TEXT, &wish.customer, 0, 0 },
		{ "--site", PL_FORM_TEXT, &wish.site, 0, 0 },
		{ "--password-stdin", PL_FORM_SWITCH, &wish.from_stdin, 0, 0 },
	};
	const char *verb;
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK)
		r = pl_place_open(&place, err);
	if (r != PL_OK)
		return r;
	verb = words.count > 0 ? words.at[0] : "";
	if (!strcmp(verb, "list") && words.count == 1)
		r = list(&place, err);
	else if (!strcmp(verb, "add") && words.count == 2)
		r = add(&place, words.at[1], &wish, err);
	else if ((!strcmp(verb, "passwd") || !strcmp(verb, "remove")) && words.count == 2)
		r = change(&place, verb, words.at[1], &wish, err);
	else
		r = pl_error_set(err, PL_E_INVALID,
				 "user add NAME, user passwd NAME, user remove NAME or user list");
	pl_place_close(&place);
	return r;
}
