/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and finding customers and sites.
 */
#include "customers.h"

#include "platen/clock.h"
#include "platen/random.h"

enum pl_result pl_site_create(struct pl_db *db, const char *customer_id, const char *name,
			      char ret_site_id[static PL_MAX_ID], struct pl_error *err)
{
	enum pl_result r;

	pl_random_uuid(ret_site_id);
	r = pl_db_run(db,
		      "INSERT INTO sites (id, customer_id, name, created_at) VALUES (?1,?2,?3,?4)",
		      PL_ARGS(pl_db_text(ret_site_id), pl_db_text(customer_id), pl_db_text(name),
			      pl_db_int(pl_clock_wall_ms())),
		      err);
	if (r == PL_E_REFUSED)
		return pl_error_set(err, r, "this customer has a site of that name");
	return r;
}

enum pl_result pl_customer_create(struct pl_db *db, struct pl_keyring *ring, const char *name,
				  const char *site_name, char ret_customer_id[static PL_MAX_ID],
				  char ret_site_id[static PL_MAX_ID], struct pl_error *err)
{
	struct pl_bytes sealed;
	int64_t same = 0;
	enum pl_result r;

	pl_bytes_init(&sealed, 256);
	pl_random_uuid(ret_customer_id);
	r = pl_db_number(db, &same, "SELECT count(*) FROM customers WHERE name=?1",
			 PL_ARGS(pl_db_text(name)), err);
	if (r == PL_OK && same > 0)
		r = pl_error_set(err, PL_E_REFUSED, "there is a customer of that name");
	if (r == PL_OK)
		r = pl_keyring_make(ring, ret_customer_id, &sealed, err);
	if (r == PL_OK)
		r = pl_db_run(db,
			      "INSERT INTO customers (id, name, key_sealed, created_at) VALUES "
			      "(?1,?2,?3,?4)",
			      PL_ARGS(pl_db_text(ret_customer_id), pl_db_text(name),
				      pl_db_blob(sealed.at, sealed.size),
				      pl_db_int(pl_clock_wall_ms())),
			      err);
	if (r == PL_OK && site_name)
		r = pl_site_create(db, ret_customer_id, site_name, ret_site_id, err);
	pl_bytes_finish(&sealed);
	return r;
}

enum pl_result pl_site_find(struct pl_db *db, const char *site_id,
			    char ret_site_id[static PL_MAX_ID],
			    char ret_customer_id[static PL_MAX_ID], struct pl_error *err)
{
	struct pl_db_rows *rows = NULL;
	enum pl_result r;

	r = pl_db_one(
		db, &rows,
		"SELECT s.id, s.customer_id FROM sites s JOIN customers c ON c.id=s.customer_id"
		" WHERE c.active=1 AND (s.id=?1 OR ?1 IS NULL) ORDER BY s.created_at, s.id LIMIT 1",
		PL_ARGS(pl_db_text(site_id)), err);
	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r, "there is no such site");
	if (r != PL_OK)
		return r;
	pl_db_copy_at(rows, 0, ret_site_id, PL_MAX_ID);
	pl_db_copy_at(rows, 1, ret_customer_id, PL_MAX_ID);
	pl_db_done(rows);
	return PL_OK;
}
