/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_URL_H
#define PL_AGENT_URL_H

/*
 * URL: where a server is: "https://hp-print-mgmt:12351". Only that much of a URL is understood.
 * Threads: pure. Memory: plain.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/result.h"
#include "platen/span.h"
#include "settings.h"

struct pl_url {
	char host[PL_MAX_URL]; /* without brackets */
	int port;
};

/* Reads "https://host[:port]" (12351 where no port is told), nothing behind it but "/". Returns
 * PL_OK | PL_E_INVALID (plain http is refused by name). */
enum pl_result pl_url_parse(const char *url, struct pl_url *ret_url, struct pl_error *err);

/* Reads "host", "host:port" or "[address]:port"; false for anything else. */
bool pl_authority_parse(struct pl_span text, int default_port, char *ret_host, size_t cap,
			int *ret_port);

#endif
