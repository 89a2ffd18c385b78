/* SPDX-License-Identifier: Apache-2.0 */
/* A system whose service manager starts programs and calls none of their functions. */
#include "service.h"

int pl_service_run(int (*run)(void *arg), void *arg)
{
	(void)run, (void)arg;
	return -1;
}

bool pl_service_runs(void)
{
	return false;
}

void pl_service_ready(void)
{
}
