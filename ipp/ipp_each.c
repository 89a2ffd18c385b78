/* SPDX-License-Identifier: Apache-2.0 */
/* Every attribute of an answer, one value at a time, for people who look for what is wrong. */
#include <cups/cups.h>

#include "ipp_message.h"

#define MAX_VALUES 100 /* of one attribute */
#define MAX_WORDS  1024

static void tell_one(ipp_attribute_t *attr, int i, const struct pl_ipp_visitor *visitor)
{
	struct pl_ipp_value v = { .name = ippGetName(attr), .kind = PL_IPP_TEXT };
	char words[MAX_WORDS];

	switch (ippGetValueTag(attr)) {
	case IPP_TAG_INTEGER:
	case IPP_TAG_ENUM:
		v.kind = PL_IPP_NUMBER;
		v.number = ippGetInteger(attr, i);
		break;
	case IPP_TAG_BOOLEAN:
		v.kind = PL_IPP_BOOLEAN;
		v.number = ippGetBoolean(attr, i) != 0;
		break;
	case IPP_TAG_TEXT:
	case IPP_TAG_NAME:
	case IPP_TAG_TEXTLANG:
	case IPP_TAG_NAMELANG:
	case IPP_TAG_KEYWORD:
	case IPP_TAG_URI:
	case IPP_TAG_MIMETYPE:
	case IPP_TAG_LANGUAGE:
	case IPP_TAG_CHARSET: v.text = ippGetString(attr, i, NULL); break;
	case IPP_TAG_STRING: {
		int n = 0;
		const void *octets = ippGetOctetString(attr, i, &n);
		struct pl_span span = { octets, octets && n > 0 ? (size_t)n : 0 };

		pl_span_copy(span, words, sizeof(words));
		v.text = words;
		break;
	}
	default: /* collections, ranges, dates: all values as one text */
		if (i > 0)
			return;
		ippAttributeString(attr, words, sizeof(words));
		v.text = words;
	}
	if (v.kind != PL_IPP_TEXT || v.text)
		visitor->value(visitor->arg, &v);
}

void pl_ipp_each(const struct pl_ipp_answer *a, const struct pl_ipp_visitor *visitor)
{
	for (ipp_attribute_t *attr = ippFirstAttribute(a->message); attr;
	     attr = ippNextAttribute(a->message)) {
		const char *name = ippGetName(attr);

		if (ippGetGroupTag(attr) != IPP_TAG_PRINTER || !name || !name[0])
			continue;
		for (int i = 0; i < ippGetCount(attr) && i < MAX_VALUES; i++)
			tell_one(attr, i, visitor);
	}
}
