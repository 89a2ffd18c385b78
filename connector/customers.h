/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CUSTOMERS_H
#define PL_CUSTOMERS_H

/*
 * Customers and their sites, as rows. Threads: the store's, or a command's. Memory: the caller's.
 */

#include "db.h"
#include "keyring.h"
#include "web.h"

/* Makes a customer with a key of its own and one site; writes their ids. PL_E_REFUSED: the name is
 * taken. */
enum pl_result pl_customer_create(struct pl_db *db, struct pl_keyring *ring, const char *name,
				  const char *site_name, char ret_customer_id[static PL_MAX_ID],
				  char ret_site_id[static PL_MAX_ID], struct pl_error *err);

enum pl_result pl_site_create(struct pl_db *db, const char *customer_id, const char *name,
			      char ret_site_id[static PL_MAX_ID], struct pl_error *err);

/* The customer a site belongs to; of NULL: the first site there is. PL_E_NOT_FOUND: no such site.
 */
enum pl_result pl_site_find(struct pl_db *db, const char *site_id,
			    char ret_site_id[static PL_MAX_ID],
			    char ret_customer_id[static PL_MAX_ID], struct pl_error *err);

/* Changes; NULL name and active < 0 leave what is there. PL_E_NOT_FOUND | PL_E_REFUSED (the name is
 * taken). */
enum pl_result pl_customer_change(struct pl_db *db, const char *customer_id, const char *name,
				  int active, struct pl_error *err);

/* Erases a customer that is not active: its key goes, its rows go; agents stay as revoked numbers
 * for the revocation list. PL_E_REFUSED: it is active. */
enum pl_result pl_customer_erase(struct pl_db *db, const char *customer_id, struct pl_error *err);

enum pl_result pl_site_rename(struct pl_db *db, const char *site_id, const char *name,
			      struct pl_error *err);

/* Removes a site. PL_E_REFUSED: PCs or printers belong to it. */
enum pl_result pl_site_remove(struct pl_db *db, const char *site_id, struct pl_error *err);

#endif
