/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_HOST_NAME_H
#define PL_HOST_NAME_H

/*
 * The PC's name as it may leave: whole, as a hash that only tells two PCs apart, or not at all
 * (setting host_name).
 *
 * Threads: any. Memory: the caller's.
 */

#include "settings.h"

#define PL_MAX_PUBLIC_HOST_NAME 256

/* "front-desk-07", "sha256:9f86…" (of the lower-case name), or "" for none. */
void pl_host_name_public(enum pl_host_name_mode mode,
			 char ret_text[static PL_MAX_PUBLIC_HOST_NAME]);

#endif
