/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a certificate's extensions: what comes out are http:// addresses that cannot break
 * out of a request line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crl_place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char urls[PL_MAX_CRL_PLACES][PL_MAX_CRL_URL];
	size_t n = pl_crl_places((struct pl_span){ (const char *)data, size }, urls);

	if (n > PL_MAX_CRL_PLACES)
		abort();
	for (size_t i = 0; i < n; i++)
		if (strncmp(urls[i], "http://", 7) != 0 || strpbrk(urls[i], " \t\r\n"))
			abort();
	return 0;
}
