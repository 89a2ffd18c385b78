/* SPDX-License-Identifier: Apache-2.0 */
/* Walking DER, each length checked against what holds it. */
#include "crl_place.h"

#include <stdbool.h>
#include <string.h>

#define SEQUENCE	0x30
#define OBJECT_ID	0x06
#define OCTETS		0x04
#define DISTRIBUTION	0xa0 /* [0] distributionPoint */
#define FULL_NAME	0xa0 /* [0] within it */
#define URI		0x86 /* [6] of a GeneralName */
#define MAX_LENGTH_SIZE 3    /* bytes of a length; certificates are shorter than 16 MiB */

static const char CRL_DISTRIBUTION_POINTS[] = "\x55\x1d\x1f"; /* 2.5.29.31 */

/* Takes the next value off `at`. False: there is none, or it is cut. */
static bool take(struct pl_span *at, unsigned char *ret_tag, struct pl_span *ret_value)
{
	const unsigned char *p = (const unsigned char *)at->at;
	size_t n, head = 2;

	if (at->size < 2)
		return false;
	n = p[1];
	if (n >= 0x80) {
		size_t bytes = n & 0x7f;

		if (bytes == 0 || bytes > MAX_LENGTH_SIZE || at->size < 2 + bytes)
			return false;
		n = 0;
		for (size_t i = 0; i < bytes; i++)
			n = n << 8 | p[2 + i];
		head += bytes;
	}
	if (n > at->size - head)
		return false;
	*ret_tag = p[0];
	*ret_value = (struct pl_span){ at->at + head, n };
	at->at += head + n;
	at->size -= head + n;
	return true;
}

/* The same, of one kind; others are passed over. */
static bool take_kind(struct pl_span *at, unsigned char kind, struct pl_span *ret_value)
{
	unsigned char tag;

	while (take(at, &tag, ret_value))
		if (tag == kind)
			return true;
	return false;
}

/* The value of the extension that names the places. */
static bool find_extension(struct pl_span extensions, struct pl_span *ret_points)
{
	struct pl_span all, extension, id, octets;

	if (!take_kind(&extensions, SEQUENCE, &all))
		return false;
	while (take_kind(&all, SEQUENCE, &extension)) {
		if (!take_kind(&extension, OBJECT_ID, &id) || id.size != 3 ||
		    memcmp(id.at, CRL_DISTRIBUTION_POINTS, 3) != 0)
			continue;
		/* A BOOLEAN may stand between them: critical. */
		return take_kind(&extension, OCTETS, &octets) &&
		       take_kind(&octets, SEQUENCE, ret_points);
	}
	return false;
}

static bool is_usable(struct pl_span url)
{
	for (size_t i = 0; i < url.size; i++)
		if (url.at[i] <= ' ' || url.at[i] >= 0x7f)
			return false;
	return url.size < PL_MAX_CRL_URL && pl_span_starts(url, "http://");
}

size_t pl_crl_places(struct pl_span extensions,
		     char ret_urls[static PL_MAX_CRL_PLACES][PL_MAX_CRL_URL])
{
	struct pl_span points, point, name, names, url;
	size_t n = 0;

	if (!find_extension(extensions, &points))
		return 0;
	while (n < PL_MAX_CRL_PLACES && take_kind(&points, SEQUENCE, &point)) {
		if (!take_kind(&point, DISTRIBUTION, &name) || !take_kind(&name, FULL_NAME, &names))
			continue;
		while (n < PL_MAX_CRL_PLACES && take_kind(&names, URI, &url))
			if (is_usable(url))
				(void)pl_span_copy(url, ret_urls[n++], PL_MAX_CRL_URL);
	}
	return n;
}
