/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making and finding customers and sites.
 */
#include "customers.h"

#include "platen/clock.h"
#include "platen/random.h"
#include "projector.h"

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

static enum pl_result check_name(struct pl_db *db, const char *customer_id, const char *name,
				 struct pl_error *err)
{
	int64_t same = 0;
	enum pl_result r =
		pl_db_number(db, &same, "SELECT count(*) FROM customers WHERE name=?1 AND id<>?2",
			     PL_ARGS(pl_db_text(name), pl_db_text(customer_id)), err);

	if (r == PL_OK && same > 0)
		return pl_error_set(err, PL_E_REFUSED, "there is a customer of that name");
	return r;
}

enum pl_result pl_customer_change(struct pl_db *db, const char *customer_id, const char *name,
				  int active, struct pl_error *err)
{
	enum pl_result r = name ? check_name(db, customer_id, name, err) : PL_OK;

	if (r != PL_OK)
		return r;
	return pl_db_change(
		db,
		"UPDATE customers SET name=coalesce(?2, name), active=coalesce(?3, active),"
		" inactive_since=CASE WHEN ?3=0 THEN coalesce(inactive_since, ?4) WHEN ?3=1 THEN "
		"NULL"
		" ELSE inactive_since END WHERE id=?1 AND key_sealed IS NOT NULL",
		PL_ARGS(pl_db_text(customer_id), pl_db_text(name),
			active >= 0 ? pl_db_int(active) : pl_db_null(),
			pl_db_int(pl_clock_wall_ms())),
		err);
}

enum pl_result pl_customer_erase(struct pl_db *db, const char *customer_id, struct pl_error *err)
{
	static const char *const STEPS[] = {
		"DELETE FROM rollout_printers WHERE customer_id=?1",
		"DELETE FROM rollouts WHERE customer_id=?1",
		"DELETE FROM bundles WHERE customer_id=?1",
		"DELETE FROM action_history WHERE customer_id=?1",
		"DELETE FROM actions WHERE customer_id=?1",
		"DELETE FROM command_handovers WHERE customer_id=?1",
		"DELETE FROM alerts WHERE customer_id=?1",
		"DELETE FROM drifts WHERE customer_id=?1",
		"DELETE FROM desired_settings WHERE customer_id=?1",
		"DELETE FROM counter_resets WHERE customer_id=?1",
		"DELETE FROM counters WHERE customer_id=?1",
		"DELETE FROM records WHERE customer_id=?1",
		"DELETE FROM device_keys WHERE customer_id=?1",
		"DELETE FROM devices WHERE customer_id=?1",
		"DELETE FROM spools WHERE customer_id=?1",
		"DELETE FROM enrolment_tokens WHERE customer_id=?1",
		"DELETE FROM grants WHERE customer_id=?1",
		"DELETE FROM settings WHERE customer_id=?1",
		"UPDATE agents SET state='revoked', hostname=NULL, machine_id=NULL, hello=NULL, "
		"health=NULL"
		" WHERE customer_id=?1",
		"UPDATE sites SET name=id WHERE customer_id=?1",
		"UPDATE customers SET key_sealed=NULL, name=id WHERE id=?1",
	};
	int64_t active = 0;
	enum pl_result r;

	r = pl_db_number(db, &active,
			 "SELECT active FROM customers WHERE id=?1 AND key_sealed IS NOT NULL",
			 PL_ARGS(pl_db_text(customer_id)), err);
	if (r == PL_OK && active)
		return pl_error_set(err, PL_E_REFUSED,
				    "deactivate this customer first; erasing cannot be undone");
	if (r == PL_OK)
		r = pl_db_run(db,
			      "UPDATE certificates SET revoked_at=?2 WHERE customer_id=?1 AND "
			      "revoked_at IS NULL",
			      PL_ARGS(pl_db_text(customer_id), pl_db_int(pl_clock_wall_ms())), err);
	for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0] && r == PL_OK; i++)
		r = pl_db_run(db, STEPS[i], PL_ARGS(pl_db_text(customer_id)), err);
	return r == PL_OK ? pl_projector_removed(db, err) : r;
}

enum pl_result pl_site_rename(struct pl_db *db, const char *site_id, const char *name,
			      struct pl_error *err)
{
	enum pl_result r = pl_db_change(db, "UPDATE sites SET name=?2 WHERE id=?1",
					PL_ARGS(pl_db_text(site_id), pl_db_text(name)), err);

	return r == PL_E_REFUSED ? pl_error_set(err, r, "this customer has a site of that name")
				 : r;
}

enum pl_result pl_site_remove(struct pl_db *db, const char *site_id, struct pl_error *err)
{
	int64_t used = 0;
	enum pl_result r = pl_db_number(db, &used,
					"SELECT (SELECT count(*) FROM agents WHERE site_id=?1) + "
					"(SELECT count(*) FROM devices"
					" WHERE site_id=?1)",
					PL_ARGS(pl_db_text(site_id)), err);

	if (r == PL_OK && used > 0)
		return pl_error_set(err, PL_E_REFUSED, "PCs or printers belong to this site");
	if (r == PL_OK)
		r = pl_db_run(db, "DELETE FROM enrolment_tokens WHERE site_id=?1",
			      PL_ARGS(pl_db_text(site_id)), err);
	if (r == PL_OK)
		r = pl_db_run(db, "DELETE FROM grants WHERE site_id=?1",
			      PL_ARGS(pl_db_text(site_id)), err);
	if (r == PL_OK)
		r = pl_db_run(db, "DELETE FROM settings WHERE name='ews.site.' || ?1",
			      PL_ARGS(pl_db_text(site_id)), err);
	return r == PL_OK ? pl_db_change(db, "DELETE FROM sites WHERE id=?1",
					 PL_ARGS(pl_db_text(site_id)), err)
			  : r;
}
