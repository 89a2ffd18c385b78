/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SDA_H
#define PL_SDA_H

/*
 * SDA: the calls of agents on 12351 (WIRE.md). One file per call; this is the table of them and the
 * gate before it.
 *
 * Threads: handlers on the daemon's thread. Memory: requests own theirs.
 */

#include "server.h"

/* Starts the daemon. */
enum pl_result pl_sda_open(struct pl_server *server, const char *listen, uint16_t port,
			   struct pl_error *err);

/* Who calls: the agent whose certificate the connection showed. The gate has let it in, so it is
 * never NULL in a handler of a route that needs one. */
struct pl_roster_agent *pl_sda_agent(const struct pl_web_request *rq);

/* One handler per call. */
void pl_sda_enroll(struct pl_web_request *rq);
void pl_sda_renew(struct pl_web_request *rq);
void pl_sda_reports(struct pl_web_request *rq);
void pl_sda_work(struct pl_web_request *rq);
void pl_sda_action(struct pl_web_request *rq);
void pl_sda_bundle(struct pl_web_request *rq);
void pl_sda_package(struct pl_web_request *rq);
void pl_sda_config(struct pl_web_request *rq);
void pl_sda_crl(struct pl_web_request *rq);
void pl_sda_ews_next(struct pl_web_request *rq);
void pl_sda_ews_body(struct pl_web_request *rq);
void pl_sda_ews_answer(struct pl_web_request *rq); /* PL_WEB_STREAM */

/* Answers what a failing store means to an agent: 503 store_full or busy, else 500 internal. */
void pl_sda_store_failed(struct pl_web_request *rq, enum pl_result r, const struct pl_error *err);

#endif
