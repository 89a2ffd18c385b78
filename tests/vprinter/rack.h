/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_RACK_H
#define VP_RACK_H

/* Rack: all virtual printers of this program. Threads: read-only once filled. */

#include "printer.h"

#define VP_MAX_PRINTERS 64

struct vp_rack {
	struct vp_printer *printers[VP_MAX_PRINTERS];
	int count;
};

/* The printer of that name; NULL where there is none. */
struct vp_printer *vp_rack_find(const struct vp_rack *rack, const char *name);

#endif
