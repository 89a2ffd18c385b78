/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init: a new connector. All or nothing: a folder that holds a connector already is left alone.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "customers.h"
#include "identity.h"
#include "migrations.h"
#include "place.h"
#include "store.h"

#define DNS_ALIAS                                                                                  \
	"hp-print-mgmt" /* where agents deployed without settings look for their connector */

static enum pl_result check_name(const char *name, struct pl_error *err)
{
	size_t n = strlen(name);

	if (n == 0 || n > 253 ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:*") != n)
		return pl_error_set(err, PL_E_INVALID,
				    "%.60s is neither a host name nor an IP address", name);
	return PL_OK;
}

/* Joins the names with commas, for the settings. */
static enum pl_result save_names(struct pl_db *db, const struct pl_words *names,
				 struct pl_error *err)
{
	struct pl_bytes text;
	char url[300];
	enum pl_result r = PL_OK;

	pl_bytes_init(&text, 16 * 1024);
	for (size_t i = 0; i < names->count && r == PL_OK; i++)
		r = pl_bytes_add_format(&text, "%s%s", i ? "," : "", names->at[i]);
	if (r == PL_OK)
		r = pl_place_set(db, "names", (const char *)text.at, err);
	snprintf(url, sizeof url,
		 strchr(names->at[0], ':') ? "https://[%s]:12351" : "https://%s:12351",
		 names->at[0]);
	if (r == PL_OK)
		r = pl_place_set(db, "sda_url", url, err);
	pl_bytes_finish(&text);
	return r;
}

static enum pl_result make_all(struct pl_place *place, const struct pl_words *names,
			       const char *customer, const char *site, struct pl_error *err)
{
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
	enum pl_result r = place->db->ops->script(place->db, "BEGIN", err);

	if (r == PL_OK)
		r = pl_identity_make(place->db, place->ring, names->at, names->count, err);
	if (r == PL_OK)
		r = pl_customer_create(place->db, place->ring, customer, site, customer_id, site_id,
				       err);
	if (r == PL_OK)
		r = save_names(place->db, names, err);
	if (r == PL_OK)
		r = place->db->ops->script(place->db, "COMMIT", err);
	return r;
}

static enum pl_result make_folder(const struct pl_place *place, struct pl_error *err)
{
	if (mkdir(place->data_dir, 0700) == 0 || errno == EEXIST) {
		if (access(place->data_dir, W_OK | X_OK) == 0)
			return PL_OK;
		return pl_error_set(err, PL_E_DENIED, "%s cannot be written by this user",
				    place->data_dir);
	}
	return pl_error_set(err, errno == EACCES || errno == EROFS ? PL_E_DENIED : PL_E_IO,
			    "%s cannot be made: %s", place->data_dir, strerror(errno));
}

static bool is_initialised(struct pl_db *db)
{
	int64_t n = 0;

	return pl_db_number(db, &n, "SELECT count(*) FROM keys WHERE name='ca'", PL_NO_ARGS,
			    NULL) == PL_OK &&
	       n > 0;
}

enum pl_result pl_cmd_init(int argc, char **argv, struct pl_error *err)
{
	struct pl_place place = { 0 };
	struct pl_words names = { 0 }, words = { 0 };
	const char *customer = "Default", *site = "Default";
	const struct pl_cli_option options[] = {
		PL_PLACE_OPTIONS(&place),
		{ "--name", PL_FORM_LIST, &names, 0, 0 },
		{ "--customer", PL_FORM_TEXT, &customer, 0, 0 },
		{ "--site", PL_FORM_TEXT, &site, 0, 0 },
	};
	char host[256] = "localhost";
	enum pl_result r;

	r = pl_options_read(argc, argv, options, sizeof options / sizeof options[0], &words, err);
	if (r == PL_OK && words.count > 0)
		r = pl_error_set(err, PL_E_INVALID, "init takes no word %s", words.at[0]);
	if (r == PL_OK && names.count == 0) {
		gethostname(host, sizeof host - 1);
		names.at[names.count++] = host;
		names.at[names.count++] = DNS_ALIAS;
	}
	for (size_t i = 0; i < names.count && r == PL_OK; i++)
		r = check_name(names.at[i], err);
	if (r == PL_OK)
		r = pl_place_settle(&place, err);
	if (r == PL_OK)
		r = make_folder(&place, err);
	if (r == PL_OK)
		r = pl_store_connect(place.where, true, false, &place.db, err);
	if (r == PL_OK)
		r = pl_migrate(place.db, err);
	if (r == PL_OK && is_initialised(place.db))
		r = pl_error_set(err, PL_E_REFUSED, "%s holds a connector already", place.data_dir);
	if (r == PL_OK)
		r = pl_keyring_open(place.key_path, true, &place.ring, err);
	if (r == PL_OK)
		r = make_all(&place, &names, customer, site, err);
	if (r == PL_OK)
		r = pl_place_hand_over(&place, err);
	if (r == PL_OK)
		printf("initialised %s for %s; the master key is %s: keep a copy of it apart from "
		       "the backups\n",
		       place.data_dir, names.at[0], place.key_path);
	pl_place_close(&place);
	return r;
}
