/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_SERVICE_H
#define PL_OS_SERVICE_H

/*
 * Service: the agent under a service manager that calls it, which only Windows has: elsewhere a
 * service is a program like others.
 *
 * Threads: main only. Memory: none.
 */

#include <stdbool.h>

/* What the service manager knows the agent by. */
#define PL_SERVICE_NAME "platen-agent"

/* Hands this thread to the service manager, which calls `run` with `arg`; returns what it returned.
 * Meanwhile log lines go to the event log. -1: no service manager started this program. */
int pl_service_run(int (*run)(void *arg), void *arg);

/* True while the service manager runs this program: nobody reads its stderr then. */
bool pl_service_runs(void);

/* Tells the service manager that the service is up: `run` calls it. No service: nothing happens. */
void pl_service_ready(void);

#endif
