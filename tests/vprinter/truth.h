/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_TRUTH_H
#define VP_TRUTH_H

/*
 * Truth: what a printer is, as platen.snapshot/1, with the languages in which it tells each field:
 *
 *     {"schema":"platen.snapshot/1","printers":[{"name":"…","identity":{…}, …
 * ,"told_by":{"counters.impressions":["ledm","ipp"]}}]}
 *
 * Made from the facts alone; README.md says how to compare.
 * Threads: any. Memory: trees are the caller's.
 */

#include <cjson/cJSON.h>

#include "printer.h"

/* One printer. */
cJSON *vp_truth_printer(struct vp_printer *p);

/* All printers that are plugged in. */
cJSON *vp_truth(struct vp_printer *const *printers, int count);

#endif
