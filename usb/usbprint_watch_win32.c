/* SPDX-License-Identifier: Apache-2.0 */
/* Printers that come and go, told by the Plug and Play manager. CM_Register_Notification came with
 * Windows 8 and is missing from Wine: where it is, whoever watches is called every few seconds. */
#include "usbprint_win32.h"

#include <stdbool.h>

#include <cfgmgr32.h>

#define LOOK_MS 10000

typedef CONFIGRET(WINAPI *register_fn)(CM_NOTIFY_FILTER *filter, void *context,
				       PCM_NOTIFY_CALLBACK callback, HCMNOTIFICATION *ret_handle);
typedef CONFIGRET(WINAPI *unregister_fn)(HCMNOTIFICATION handle);

const GUID USBPRINT_GUID = {
	0x28d78fad, 0x5a12, 0x11d1, { 0xae, 0x5b, 0x00, 0x00, 0xf8, 0x03, 0xa8, 0xc2 }
};

static struct {
	HCMNOTIFICATION handle; /* NULL: not by notification */
	unregister_fn unregister;
	HANDLE thread, stop; /* of the look every few seconds; NULL: none */
	void (*changed)(void *arg);
	void *arg;
} watcher;

static DWORD CALLBACK notified(HCMNOTIFICATION handle, void *context, CM_NOTIFY_ACTION action,
			       CM_NOTIFY_EVENT_DATA *data, DWORD size)
{
	(void)handle, (void)context, (void)data, (void)size;
	if (action == CM_NOTIFY_ACTION_DEVICEINTERFACEARRIVAL ||
	    action == CM_NOTIFY_ACTION_DEVICEINTERFACEREMOVAL)
		watcher.changed(watcher.arg);
	return ERROR_SUCCESS;
}

static DWORD WINAPI look_again(void *unused)
{
	(void)unused;
	while (WaitForSingleObject(watcher.stop, LOOK_MS) == WAIT_TIMEOUT)
		watcher.changed(watcher.arg);
	return 0;
}

static enum pl_result watch_by_looking(struct pl_error *err)
{
	watcher.stop = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (watcher.stop)
		watcher.thread = CreateThread(NULL, 0, look_again, NULL, 0, NULL);
	if (watcher.thread)
		return PL_OK;
	usbprint_win32_unwatch();
	return pl_error_set(err, PL_E_NO_MEMORY, "cannot start a thread that watches for printers");
}

/* A function of cfgmgr32.dll that some systems lack; via void * as every C compiler allows. */
static void *look_up(const char *name)
{
	HMODULE module = GetModuleHandleW(L"cfgmgr32.dll");

	return module ? (void *)GetProcAddress(module, name) : NULL;
}

enum pl_result usbprint_win32_watch(void (*changed)(void *arg), void *arg, struct pl_error *err)
{
	register_fn begin = (register_fn)look_up("CM_Register_Notification");
	CM_NOTIFY_FILTER filter = { .cbSize = sizeof(filter),
				    .FilterType = CM_NOTIFY_FILTER_TYPE_DEVICEINTERFACE };
	CONFIGRET code;

	watcher.changed = changed;
	watcher.arg = arg;
	watcher.unregister = (unregister_fn)look_up("CM_Unregister_Notification");
	if (!begin || !watcher.unregister)
		return watch_by_looking(err);
	filter.u.DeviceInterface.ClassGuid = USBPRINT_GUID;
	code = begin(&filter, NULL, notified, &watcher.handle);
	if (code != CR_SUCCESS)
		return pl_error_set(err, PL_E_IO,
				    "cannot watch for printers: Plug and Play says %lu", code);
	return PL_OK;
}

void usbprint_win32_unwatch(void)
{
	if (watcher.handle)
		watcher.unregister(watcher.handle); /* waits for a call that runs */
	if (watcher.thread) {
		SetEvent(watcher.stop);
		WaitForSingleObject(watcher.thread, INFINITE);
		CloseHandle(watcher.thread);
	}
	if (watcher.stop)
		CloseHandle(watcher.stop);
	watcher.handle = NULL;
	watcher.thread = watcher.stop = NULL;
}
