/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_HOLDER_H
#define PL_OS_HOLDER_H

/*
 * Holder: which program of this PC has a USB device open: a scanner program, a virtual machine, the
 * back-end of a print job. For the person who asks why his printer is busy.
 *
 * Threads: any. Memory: none.
 */

#include <stdbool.h>
#include <stddef.h>

#include "platen/usb.h"

#define PL_MAX_PROGRAM 64

/* Names up to `cap` programs other than this one. Without root only programs of the same user are
 * seen: *ret_all says whether every program could be looked at. Returns how many. */
size_t pl_holders(const struct pl_usb_device *dev, char (*ret_programs)[PL_MAX_PROGRAM], size_t cap,
		  bool *ret_all);

/* Runs `check` as the installed agent's user, in a process of its own. False: there is no such
 * user, or this process may not become it. */
bool pl_as_agent_user(bool (*check)(void *arg), void *arg, bool *ret_good);

#endif
