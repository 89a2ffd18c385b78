/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SYSLOG_LINK_H
#define PL_SYSLOG_LINK_H

/*
 * Syslog link: the way to a log collector.
 *
 *     unix:/dev/log          datagrams to this machine's own
 *     tcp:HOST:PORT          RFC 6587, each message with its length in front
 *     tls:HOST:PORT          the same in TLS (RFC 5425); the collector's name is verified
 *
 * Threads: one at a time. Every call ends within LINK_S seconds of the peer's silence.
 */

#include <stddef.h>

#include "platen/result.h"

struct pl_syslog_link;

/* Reads where to send to; `ca_file` (PEM) is who may vouch for a tls: collector, NULL the system's
 * store. Opens nothing yet. PL_E_INVALID says how it must be written. */
enum pl_result pl_syslog_link_make(const char *to, const char *ca_file,
				   struct pl_syslog_link **ret_link, struct pl_error *err);
void pl_syslog_link_destroy(struct pl_syslog_link *link); /* NULL is allowed */

/* Sends one message, opening the link where it is not. After a failure it is closed. */
enum pl_result pl_syslog_link_send(struct pl_syslog_link *link, const char *text, size_t n,
				   struct pl_error *err);

/* Waits until the peer's machine has confirmed all of it. PL_E_GONE: it may be lost, send again. */
enum pl_result pl_syslog_link_settle(struct pl_syslog_link *link, struct pl_error *err);

#endif
