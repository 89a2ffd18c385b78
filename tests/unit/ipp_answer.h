/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_IPP_ANSWER_H
#define TESTS_IPP_ANSWER_H

/*
 * Answers of printers, made with libcups' own encoder: what our decoder gets is somebody else's
 * work.
 *
 *     ipp_t *ipp = answer_begin(IPP_STATUS_OK);
 *     add_enum(ipp, "printer-state", 3);
 *     bytes = answer_end(ipp);          malloc()ed; the message is gone
 */

#include <stdlib.h>

#include <cups/cups.h>

#include "platen/bytes.h"
#include "unit.h"

static inline ipp_t *answer_begin(ipp_status_t status)
{
	ipp_t *ipp = ippNew();

	ippSetVersion(ipp, 2, 0);
	ippSetStatusCode(ipp, status);
	ippSetRequestId(ipp, 1);
	ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_CHARSET, "attributes-charset", NULL, "utf-8");
	ippAddString(ipp, IPP_TAG_OPERATION, IPP_TAG_LANGUAGE, "attributes-natural-language", NULL,
		     "en");
	return ipp;
}

static inline void add_enum(ipp_t *ipp, const char *name, int value)
{
	ippAddInteger(ipp, IPP_TAG_PRINTER, IPP_TAG_ENUM, name, value);
}

static inline void add_integer(ipp_t *ipp, const char *name, int value)
{
	ippAddInteger(ipp, IPP_TAG_PRINTER, IPP_TAG_INTEGER, name, value);
}

static inline void add_integers(ipp_t *ipp, const char *name, int count, const int *values)
{
	ippAddIntegers(ipp, IPP_TAG_PRINTER, IPP_TAG_INTEGER, name, count, values);
}

static inline void add_strings(ipp_t *ipp, ipp_tag_t tag, const char *name, int count,
			       const char *const *values)
{
	ippAddStrings(ipp, IPP_TAG_PRINTER, tag, name, count, NULL, values);
}

static inline void add_text(ipp_t *ipp, const char *name, const char *value)
{
	ippAddString(ipp, IPP_TAG_PRINTER, IPP_TAG_TEXT, name, NULL, value);
}

static inline void add_octets(ipp_t *ipp, const char *name, int count, const char *const *values)
{
	ipp_attribute_t *attr =
		ippAddOctetString(ipp, IPP_TAG_PRINTER, name, values[0], (int)strlen(values[0]));

	for (int i = 1; i < count; i++)
		ippSetOctetString(ipp, &attr, i, values[i], (int)strlen(values[i]));
}

static inline ssize_t answer_take(void *context, ipp_uchar_t *buffer, size_t n)
{
	return pl_bytes_add(context, buffer, n) == PL_OK ? (ssize_t)n : -1;
}

/* The message as bytes; finish them with pl_bytes_finish(). */
static inline struct pl_bytes answer_end(ipp_t *ipp)
{
	struct pl_bytes bytes;

	pl_bytes_init(&bytes, 1024 * 1024);
	assert_int_equal(ippWriteIO(&bytes, answer_take, 1, NULL, ipp), IPP_STATE_DATA);
	ippDelete(ipp);
	return bytes;
}

#endif
