/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_UPLINK_CARRY_H
#define PL_AGENT_UPLINK_CARRY_H

/*
 * Uplink carry: one exchange with the connector for somebody else than the uplink's two threads: a
 * bundle up, a package down, a relayed page. It has a connection of its own, opened for it and
 * closed behind it, under the enrolment of now.
 *
 *     request = { .method = "GET", .target = "/sda/v1/packages/…", .headers = "Range: bytes=…\r\n"
 * } sink    = { .piece = into_file, .max = MAX_PACKAGE }
 *
 * Threads: any, each its own exchange. Memory: the caller's.
 */

#include "os/os.h"
#include "platen/http1.h"
#include "uplink.h"

/* `request` needs method, target and what it wants of headers (lines ended by CRLF), body or
 * produce; host and closing are filled in. `wake` ends every wait. An HTTP error status is PL_OK
 * with ret_response->status set. Returns PL_OK | PL_E_DENIED (not enrolled) | what pl_dial() and
 * pl_http_exchange() say. */
enum pl_result pl_uplink_carry(struct pl_uplink *uplink, struct pl_wake *wake,
			       const struct pl_http_request *request, int64_t by_ms,
			       const struct pl_http_sink *sink,
			       struct pl_http_response *ret_response, struct pl_error *err);

#endif
