/* SPDX-License-Identifier: Apache-2.0 */
#ifndef USB_USBPRINT_WIN32_H
#define USB_USBPRINT_WIN32_H

/*
 * What the real calls of usbprint_win32.c share with the watch: the class of device interfaces, and
 * usbprint_system's watch() and unwatch().
 */

#include <windows.h>

#include "platen/result.h"

/* GUID_DEVINTERFACE_USBPRINT of the Windows SDK; mingw-w64's header is guarded wrongly. */
extern const GUID USBPRINT_GUID;

enum pl_result usbprint_win32_watch(void (*changed)(void *arg), void *arg, struct pl_error *err);
void usbprint_win32_unwatch(void);

#endif
