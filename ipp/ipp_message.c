/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to an IPP message and back through libcups' codec, and its values as spans and numbers. */
#include "ipp_message.h"

#include <stdlib.h>
#include <string.h>

#include <cups/cups.h>

/* What libcups reads: the good beginning of a message, and an end tag of our own. */
struct source {
	const uint8_t *bytes;
	size_t size, at;
};

static ssize_t give(void *context, ipp_uchar_t *buffer, size_t n)
{
	static const uint8_t END = IPP_TAG_END;
	struct source *s = context;
	size_t left = s->size - s->at;

	if (left == 0) {
		buffer[0] = END;
		return n > 0 ? 1 : 0;
	}
	if (n > left)
		n = left;
	memcpy(buffer, s->bytes + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static ssize_t take(void *context, ipp_uchar_t *buffer, size_t n)
{
	return pl_bytes_add(context, buffer, n) == PL_OK ? (ssize_t)n : -1;
}

enum pl_result ipp_encode(ipp_t *request, struct pl_bytes *out)
{
	/* A message that was written once would not be written again. */
	ippSetState(request, IPP_STATE_IDLE);
	if (ippWriteIO(out, take, 1, NULL, request) != IPP_STATE_DATA)
		return PL_E_TOO_BIG;
	return PL_OK;
}

enum pl_result pl_ipp_decode(const void *bytes, size_t size, struct pl_ipp_answer **ret_answer,
			     struct pl_error *err)
{
	struct source source = { .bytes = bytes };
	struct pl_ipp_answer *a;
	bool whole;

	if (size > PL_MAX_IPP_ANSWER)
		return pl_error_set(err, PL_E_TOO_BIG, "the IPP answer is longer than %d bytes",
				    PL_MAX_IPP_ANSWER);
	source.size = ipp_scan(bytes, size, &whole);
	if (source.size == 0)
		return pl_error_set(err, PL_E_PROTOCOL, "what came back is no IPP answer");
	a = calloc(1, sizeof(*a));
	if (!a)
		return pl_error_set(err, PL_E_NO_MEMORY, "no memory for an IPP answer");
	a->message = ippNew();
	a->cut = ippReadIO(&source, give, 1, NULL, a->message) != IPP_STATE_DATA || !whole;
	if (a->cut && !ipp_has_printer(a)) {
		pl_ipp_answer_destroy(a);
		return pl_error_set(err, PL_E_PROTOCOL, "the IPP answer is malformed");
	}
	*ret_answer = a;
	return PL_OK;
}

void pl_ipp_answer_destroy(struct pl_ipp_answer *a)
{
	if (!a)
		return;
	ippDelete(a->message);
	free(a);
}

bool ipp_has_printer(const struct pl_ipp_answer *a)
{
	for (ipp_attribute_t *attr = ippFirstAttribute(a->message); attr;
	     attr = ippNextAttribute(a->message))
		if (ippGetGroupTag(attr) == IPP_TAG_PRINTER && ippGetName(attr))
			return true;
	return false;
}

static ipp_attribute_t *find(const struct pl_ipp_answer *a, const char *name)
{
	return ippFindAttribute(a->message, name, IPP_TAG_ZERO);
}

int ipp_count(const struct pl_ipp_answer *a, const char *name)
{
	ipp_attribute_t *attr = find(a, name);

	return attr ? ippGetCount(attr) : 0;
}

static bool is_text(ipp_tag_t tag)
{
	switch (tag) {
	case IPP_TAG_TEXT:
	case IPP_TAG_NAME:
	case IPP_TAG_TEXTLANG:
	case IPP_TAG_NAMELANG:
	case IPP_TAG_KEYWORD:
	case IPP_TAG_URI:
	case IPP_TAG_MIMETYPE:
	case IPP_TAG_RESERVED_STRING: return true;
	default: return false;
	}
}

struct pl_span ipp_text(const struct pl_ipp_answer *a, const char *name, int i)
{
	ipp_attribute_t *attr = find(a, name);
	int size = 0;
	const void *octets;

	if (!attr || i >= ippGetCount(attr))
		return (struct pl_span){ 0 };
	if (is_text(ippGetValueTag(attr)))
		return pl_span_of(ippGetString(attr, i, NULL));
	octets = ippGetOctetString(attr, i, &size);
	return (struct pl_span){ octets, octets && size > 0 ? (size_t)size : 0 };
}

int64_t ipp_integer(const struct pl_ipp_answer *a, const char *name, int i)
{
	ipp_attribute_t *attr = find(a, name);
	ipp_tag_t tag = attr ? ippGetValueTag(attr) : IPP_TAG_ZERO;

	if (!attr || i >= ippGetCount(attr) || (tag != IPP_TAG_INTEGER && tag != IPP_TAG_ENUM))
		return PL_UNKNOWN;
	return ippGetInteger(attr, i);
}

int64_t ipp_member_sum(const struct pl_ipp_answer *a, const char *name, const char *const members[],
		       size_t count)
{
	ipp_attribute_t *attr = find(a, name);
	int64_t sum = PL_UNKNOWN;

	if (!attr || ippGetValueTag(attr) != IPP_TAG_BEGIN_COLLECTION)
		return PL_UNKNOWN;
	for (size_t i = 0; i < count; i++) {
		ipp_attribute_t *member =
			ippFindAttribute(ippGetCollection(attr, 0), members[i], IPP_TAG_INTEGER);
		int value = member ? ippGetInteger(member, 0) : -1;

		if (value >= 0)
			sum = (sum == PL_UNKNOWN ? 0 : sum) + value;
	}
	return sum;
}
