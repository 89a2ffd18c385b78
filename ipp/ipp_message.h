/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_MESSAGE_H
#define IPP_MESSAGE_H

/*
 * The IPP message between bytes and libcups, and the readers of its values.
 * Only ipp_*.c know libcups. Threads: pure. Memory: an answer owns its message.
 */

#include <cups/ipp.h>

#include "platen/bytes.h"
#include "platen/ipp.h"

struct pl_ipp_answer {
	ipp_t *message;
	bool cut; /* the bytes went wrong; what came before counts */
};

/* How many bytes at the beginning of a message are attributes in good order, none nested deeper
 * than IPP_MAX_DEPTH: libcups decodes collections by recursion, 32 KiB a level, and would follow a
 * hostile message to any depth. Ends behind the last whole attribute of the top level; *ret_whole
 * says whether the end-of-attributes tag came there. 0 when not even a header is there. */
#define IPP_MAX_DEPTH 16
size_t ipp_scan(const uint8_t *bytes, size_t size, bool *ret_whole);

/* Encodes a request. PL_OK | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result ipp_encode(ipp_t *request, struct pl_bytes *out);

/* True when the answer brings attributes of a printer. */
bool ipp_has_printer(const struct pl_ipp_answer *a);

/* Values of the attribute `name`, empty or PL_UNKNOWN where it or its `i`-th value is missing or of
 * another kind. Text, names, keywords, URIs and octet strings are all texts. */
int ipp_count(const struct pl_ipp_answer *a, const char *name);
struct pl_span ipp_text(const struct pl_ipp_answer *a, const char *name, int i);
int64_t ipp_integer(const struct pl_ipp_answer *a, const char *name, int i);

/* The sum of integer members of the collection `name`; PL_UNKNOWN where none of them is there. */
int64_t ipp_member_sum(const struct pl_ipp_answer *a, const char *name, const char *const members[],
		       size_t count);

#endif
