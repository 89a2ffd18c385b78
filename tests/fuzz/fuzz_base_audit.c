/* SPDX-License-Identifier: Apache-2.0 */
/* An audit file with any content: opened only if every hash in it is right, and then the chain goes
 * on. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "platen/audit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char path[64];
	struct pl_audit *audit = NULL;
	struct pl_audit_entry one;
	FILE *f;

	if (!path[0])
		snprintf(path, sizeof(path), "/dev/shm/platen-fuzz-audit-%d", (int)getpid());
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
	if (pl_audit_open(path, 1 << 20, &audit, NULL) == PL_OK) {
		if (pl_audit_add(audit, "who", "what", "outcome", &one, NULL) != PL_OK)
			abort();
		pl_audit_close(audit);
		if (pl_audit_open(path, 1 << 20, &audit, NULL) != PL_OK)
			abort();
		pl_audit_close(audit);
	}
	unlink(path);
	return 0;
}
