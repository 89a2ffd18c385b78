/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_SEAT_H
#define PL_OS_SEAT_H

/*
 * Seat: who sits at this PC's own screen now. A person who is logged in from elsewhere does not.
 *
 * Threads: any. Memory: none.
 */

#include <stdbool.h>
#include <stdint.h>

/* The user whose session is active at the local seat. False: nobody is logged in there (the log-in
 * screen is nobody), or this system has no seats. */
bool pl_seat_user(int64_t *ret_user);

#endif
