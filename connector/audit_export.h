/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AUDIT_EXPORT_H
#define PL_AUDIT_EXPORT_H

/*
 * Audit export: sends every entry of the audit to a log collector, in order, as RFC 5424 messages.
 * How far it has come stands in the store, so that a collector that was away, or a server that was
 * stopped, misses nothing; after an interruption the last few may come twice.
 *
 *     <109>1 2026-01-31T08:15:30.123Z print platen-connector 4711 audit - chain=server seq=17
 *     who="admin" what="POST /api/v1/users" subject="…" address=192.0.2.7 outcome=201 head=…
 *
 * Threads: one of its own. Memory: its own.
 */

#include "store.h"

struct pl_audit_export;

struct pl_audit_export_options {
	const char *to, *ca_file; /* as pl_syslog_link_make() takes them */
	const char *trace;	  /* file that gets a copy of all that leaves; NULL: none */
};

/* Starts it; a collector that is not there is waited for. `where`: the store's name. */
enum pl_result pl_audit_export_open(const struct pl_audit_export_options *options,
				    const char *where, struct pl_store *store,
				    struct pl_audit_export **ret_export, struct pl_error *err);
void pl_audit_export_close(struct pl_audit_export *ex); /* NULL is allowed */

#endif
