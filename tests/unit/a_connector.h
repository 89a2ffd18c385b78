/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_A_CONNECTOR_H
#define TESTS_A_CONNECTOR_H

/* A connector without its ports: a store and keys in a folder of the test's own, one customer, one
 * site, agents. */

#include "server.h"

struct a_connector {
	struct pl_server server;
	struct pl_db *db; /* the store, for questions; pl_store_write() for what writes */
	char where[600];
	char customer_id[PL_MAX_ID], site_id[PL_MAX_ID];
};

/* Made anew under `name`; ends the test when it cannot be. */
void a_connector_open(struct a_connector *c, const char *name);
void a_connector_close(struct a_connector *c);

/* One more agent of the customer, seen just now. */
struct pl_roster_agent *a_connector_agent(struct a_connector *c, const char *id);

/* The first number a query gives; ends the test when there is none. */
int64_t a_connector_number(struct a_connector *c, const char *sql);

#endif
