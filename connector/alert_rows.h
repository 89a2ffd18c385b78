/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_ALERT_ROWS_H
#define PL_ALERT_ROWS_H

/*
 * Alerts as answers. Threads: workers. Memory: cJSON.
 */

#include "api.h"

/* Adds a printer's open alerts to a list, the worst first. */
enum pl_result pl_alerts_of_printer(struct pl_api *api, int64_t device_no, struct cJSON *list,
				    struct pl_error *err);

#endif
