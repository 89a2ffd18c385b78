/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_TEST_PAGE_H
#define PL_AGENT_TEST_PAGE_H

/*
 * Test page: one small page that says who printed it and when, in the languages that printers and
 * queues take without a driver. Nothing of the PC or its users stands on it.
 * Threads: pure. Memory: the caller's.
 */

#include "platen/bytes.h"

struct pl_ipp_answer;

#define PL_MAX_TEST_PAGE (8 * 1024) /* bytes */

/* The first of our formats that the printer takes by IPP ("application/pdf"); NULL: none. */
const char *pl_test_page_format(const struct pl_ipp_answer *answer);

/* Adds the page in this format: application/pdf, application/postscript, application/vnd.hp-PCL or
 * text/plain. `printer` is its model. Returns PL_OK | PL_E_INVALID (another format) | PL_E_TOO_BIG
 * | PL_E_NO_MEMORY. */
enum pl_result pl_test_page(const char *format, const char *printer, int64_t wall_ms,
			    struct pl_bytes *page);

/* The same for the bare print pipe: in a PJL job of its own, as PostScript or PCL. */
enum pl_result pl_test_page_job(bool postscript, const char *printer, int64_t wall_ms,
				struct pl_bytes *job);

#endif
