/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_TOLD_H
#define VP_TOLD_H

/* Told: which language tells which field of the truth now. Threads: any. */

#include <cjson/cJSON.h>

#include "printer.h"

/* Adds "told_by" to the truth of a printer, by the patterns of its profile. */
void vp_told(cJSON *truth, const struct vp_printer *p);

#endif
