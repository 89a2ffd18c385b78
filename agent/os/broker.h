/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_BROKER_H
#define PL_OS_BROKER_H

/*
 * Broker: a program of this PC that owns a printer for good and passes HTTP on to it: ipp-usb on
 * Linux. Its way is used, not fought.
 *
 * Threads: any. Memory: values.
 */

#include "platen/usb.h"

/* Where a broker serves this device: a port of 127.0.0.1; 0: none does, or it cannot be told which
 * of several. To be asked of devices that
 * some program holds: a served port of one that nobody holds would be an earlier device's. */
int pl_broker_port(const struct pl_usb_device *dev);

#endif
