/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_ORDER_H
#define IPP_ORDER_H

/*
 * A request to a printer that changes it, for the files that make one. Threads: one per stream.
 */

#include <cups/ipp.h>

#include "platen/stream.h"

/* A request with what every one must begin with. */
ipp_t *ipp_new_request(int operation, const char *target);

/* Sends it, with further HTTP header lines (NULL: none), and takes it over; its answer brings
 * nothing but a status. Returns as pl_ipp_identify(). */
enum pl_result ipp_order(struct pl_stream *s, const char *target, const char *headers,
			 ipp_t *request, int64_t by_ms, struct pl_error *err);

#endif
