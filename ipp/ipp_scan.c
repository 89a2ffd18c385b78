/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over the bytes of an IPP message (RFC 8010 section 3) before libcups sees them. */
#include "ipp_message.h"

#define HEADER_SIZE    8
#define TAG_END	       0x03
#define TAG_VALUES     0x10 /* below: delimiters of groups */
#define TAG_COLLECTION 0x34
#define TAG_END_COLL   0x37

/* Reads a 16-bit length and passes over that many bytes. False where they are not all there. */
static bool skip_field(const uint8_t *bytes, size_t size, size_t *at, size_t *ret_length)
{
	size_t length;

	if (size - *at < 2)
		return false;
	length = (size_t)bytes[*at] << 8 | bytes[*at + 1];
	if (size - *at - 2 < length)
		return false;
	*at += 2 + length;
	*ret_length = length;
	return true;
}

size_t ipp_scan(const uint8_t *bytes, size_t size, bool *ret_whole)
{
	size_t at = HEADER_SIZE, good = HEADER_SIZE;
	int depth = 0;

	*ret_whole = false;
	if (size < HEADER_SIZE)
		return 0;
	while (at < size) {
		uint8_t tag = bytes[at++];
		size_t name, value;

		if (tag < TAG_VALUES) {
			if (depth > 0)
				break;
			*ret_whole = tag == TAG_END;
			good = tag == TAG_END ? at - 1 : at;
			if (tag == TAG_END)
				break;
			continue;
		}
		if (!skip_field(bytes, size, &at, &name) || !skip_field(bytes, size, &at, &value))
			break;
		depth += tag == TAG_COLLECTION ? 1 : tag == TAG_END_COLL ? -1 : 0;
		if (depth < 0 || depth > IPP_MAX_DEPTH)
			break;
		if (depth == 0)
			good = at;
	}
	return good;
}
