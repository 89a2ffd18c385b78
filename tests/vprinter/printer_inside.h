/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_PRINTER_INSIDE_H
#define VP_PRINTER_INSIDE_H

/*
 * The inside of a printer, shared by its files:
 *     printer.c         puts the parts together, plugs in and out
 *     printer_device.c  what the device asks of the rest
 *     drowse.c          falling asleep by itself
 */

#include "printer.h"

extern const struct vp_device_ops VP_PRINTER_DEVICE_OPS; /* their `arg` is the printer */

void vp_drowse_start(struct vp_printer *p);
void vp_drowse_stop(struct vp_printer *p);
void vp_drowse_stir(struct vp_printer *p); /* somebody wanted something: the time starts again */

#endif
