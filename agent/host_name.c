/* SPDX-License-Identifier: Apache-2.0 */
/* The PC's name as it may leave. */
#include "host_name.h"

#include <string.h>

#include "os/os.h"
#include "platen/encode.h"
#include "platen/hash.h"
#include "platen/span.h"

#define PREFIX "sha256:"

void pl_host_name_public(enum pl_host_name_mode mode, char ret_text[static PL_MAX_PUBLIC_HOST_NAME])
{
	uint8_t digest[PL_HASH_SIZE];

	ret_text[0] = '\0';
	if (mode == PL_HOST_NAME_NONE)
		return;
	pl_os_host_name(ret_text, PL_MAX_PUBLIC_HOST_NAME);
	if (mode == PL_HOST_NAME_FULL || !ret_text[0])
		return;
	for (char *c = ret_text; *c; c++)
		*c = pl_ascii_lower(*c);
	pl_sha256(ret_text, strlen(ret_text), digest);
	memcpy(ret_text, PREFIX, sizeof(PREFIX));
	pl_hex_write(digest, sizeof(digest), ret_text + strlen(PREFIX));
}
