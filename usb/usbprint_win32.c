/* SPDX-License-Identifier: Apache-2.0 */
/* The real calls: SetupAPI and the Plug and Play manager for what is there, overlapped I/O with
 * usbprint.sys for the rest. */
#include "usbprint_system.h"

#include <stdio.h>
#include <stdlib.h>

#include <initguid.h>
#include <windows.h>

#include <cfgmgr32.h>
#include <devpkey.h>
#include <setupapi.h>
#include <winioctl.h>

#include "platen/clock.h"
#include "platen/wide.h"
#include "usbprint_names.h"
#include "usbprint_win32.h"

/* usbprint.h of the Windows SDK; mingw-w64's is guarded wrongly and lacks GET_PROTOCOL, which came
 * with Windows 10 1903. */
#define USBPRINT_IOCTL(number)                                                                     \
	CTL_CODE(FILE_DEVICE_UNKNOWN, number, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_GET_LPT_STATUS USBPRINT_IOCTL(12)
#define IOCTL_GET_1284_ID    USBPRINT_IOCTL(13)
#define IOCTL_SOFT_RESET     USBPRINT_IOCTL(16)
#define IOCTL_GET_PROTOCOL   USBPRINT_IOCTL(17)

struct usbprint_pipe {
	HANDLE file;
	HANDLE done; /* an overlapped call has ended */
	HANDLE stop; /* stays signalled: no wait any more */
};

/* ---- What is there ---- */

static void device_text(HDEVINFO set, SP_DEVINFO_DATA *device, const DEVPROPKEY *key,
			char *ret_text, size_t cap)
{
	wchar_t value[512] = L"";
	DEVPROPTYPE type;

	ret_text[0] = '\0';
	if (SetupDiGetDevicePropertyW(set, device, key, &type, (BYTE *)value,
				      sizeof(value) - sizeof(wchar_t), NULL, 0) &&
	    (type == DEVPROP_TYPE_STRING || type == DEVPROP_TYPE_STRING_LIST))
		pl_wide_to_utf8(value, ret_text, cap); /* of a list, the first */
}

static enum pl_usb_power power_of(HDEVINFO set, SP_DEVINFO_DATA *device)
{
	CM_POWER_DATA data = { .PD_Size = sizeof(data) };
	DEVPROPTYPE type;

	if (!SetupDiGetDevicePropertyW(set, device, &DEVPKEY_Device_PowerData, &type, (BYTE *)&data,
				       sizeof(data), NULL, 0) ||
	    data.PD_MostRecentPowerState == PowerDeviceUnspecified)
		return PL_USB_POWER_UNKNOWN;
	return data.PD_MostRecentPowerState == PowerDeviceD0 ? PL_USB_POWER_ACTIVE
							     : PL_USB_POWER_SUSPENDED;
}

/* "USB001": two values under the device interface's key, which the port monitor reads too. */
static void port_name(HDEVINFO set, SP_DEVICE_INTERFACE_DATA *about, char ret_name[static 32])
{
	HKEY key = SetupDiOpenDeviceInterfaceRegKey(set, about, 0, KEY_QUERY_VALUE);
	wchar_t base[16] = L"";
	char text[20];
	DWORD number = 0, size = sizeof(base);

	ret_name[0] = '\0';
	if (key == INVALID_HANDLE_VALUE)
		return;
	if (RegGetValueW(key, NULL, L"Base Name", RRF_RT_REG_SZ, NULL, base, &size) ==
	    ERROR_SUCCESS) {
		size = sizeof(number);
		RegGetValueW(key, NULL, L"Port Number", RRF_RT_REG_DWORD, NULL, &number, &size);
		pl_wide_to_utf8(base, text, sizeof(text));
		snprintf(ret_name, 32, "%s%03lu", text, number);
	}
	RegCloseKey(key);
}

/* Of an interface of a composite device the parent is the USB device. */
static void name_device(DEVINST instance, struct usbprint_interface *ret)
{
	wchar_t wide[MAX_DEVICE_ID_LEN] = L"";
	DEVINST parent;
	char own[sizeof(ret->device)];

	CM_Get_Device_IDW(instance, wide, MAX_DEVICE_ID_LEN, 0);
	pl_wide_to_utf8(wide, own, sizeof(own));
	ret->number = usbprint_interface_number(own);
	if (wcsstr(wide, L"&MI_") && CM_Get_Parent(&parent, instance, 0) == CR_SUCCESS &&
	    CM_Get_Device_IDW(parent, wide, MAX_DEVICE_ID_LEN, 0) == CR_SUCCESS)
		pl_wide_to_utf8(wide, own, sizeof(own));
	snprintf(ret->device, sizeof(ret->device), "%s", own);
}

static bool describe(HDEVINFO set, SP_DEVICE_INTERFACE_DATA *about, struct usbprint_interface *ret)
{
	union {
		SP_DEVICE_INTERFACE_DETAIL_DATA_W data;
		uint8_t room[sizeof(SP_DEVICE_INTERFACE_DETAIL_DATA_W) +
			     USBPRINT_MAX_PATH * sizeof(wchar_t)];
	} detail;
	SP_DEVINFO_DATA device = { .cbSize = sizeof(device) };
	char compatible[64];

	*ret = (struct usbprint_interface){ .number = 0 };
	detail.data.cbSize = sizeof(detail.data);
	if (!SetupDiGetDeviceInterfaceDetailW(set, about, &detail.data, sizeof(detail), NULL,
					      &device))
		return false;
	pl_wide_to_utf8(detail.data.DevicePath, ret->path, sizeof(ret->path));
	name_device(device.DevInst, ret);
	device_text(set, &device, &DEVPKEY_Device_LocationPaths, ret->location,
		    sizeof(ret->location));
	device_text(set, &device, &DEVPKEY_Device_BusReportedDeviceDesc, ret->product,
		    sizeof(ret->product));
	device_text(set, &device, &DEVPKEY_Device_CompatibleIds, compatible, sizeof(compatible));
	ret->protocol = usbprint_protocol(compatible);
	ret->power = power_of(set, &device);
	port_name(set, about, ret->port_name);
	return true;
}

static enum pl_result win32_list(struct usbprint_interface *ret, size_t cap, size_t *ret_count,
				 struct pl_error *err)
{
	HDEVINFO set = SetupDiGetClassDevsW(&USBPRINT_GUID, NULL, NULL,
					    DIGCF_PRESENT | DIGCF_DEVICEINTERFACE);
	SP_DEVICE_INTERFACE_DATA about = { .cbSize = sizeof(about) };

	*ret_count = 0;
	if (set == INVALID_HANDLE_VALUE)
		return pl_wide_failed(GetLastError(), err, "list", "the printers of this PC");
	for (DWORD i = 0;
	     *ret_count < cap && SetupDiEnumDeviceInterfaces(set, NULL, &USBPRINT_GUID, i, &about);
	     i++)
		if (describe(set, &about, &ret[*ret_count]))
			(*ret_count)++;
	SetupDiDestroyDeviceInfoList(set);
	return PL_OK;
}

/* ---- A conversation ---- */

static void win32_close(struct usbprint_pipe *pipe)
{
	if (pipe->file != INVALID_HANDLE_VALUE)
		CloseHandle(pipe->file);
	if (pipe->done)
		CloseHandle(pipe->done);
	if (pipe->stop)
		CloseHandle(pipe->stop);
	free(pipe);
}

static enum pl_result win32_open(const char *path, bool alone, struct usbprint_pipe **ret_pipe,
				 struct pl_error *err)
{
	struct usbprint_pipe *pipe = calloc(1, sizeof(*pipe));
	wchar_t wide[USBPRINT_MAX_PATH];
	enum pl_result r;

	if (!pipe || !pl_wide_of(path, wide, USBPRINT_MAX_PATH)) {
		free(pipe);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	pipe->done = CreateEventW(NULL, TRUE, FALSE, NULL);
	pipe->stop = CreateEventW(NULL, TRUE, FALSE, NULL);
	pipe->file = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE,
				 alone ? 0 : FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
				 OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
	if (pipe->file != INVALID_HANDLE_VALUE && pipe->done && pipe->stop) {
		*ret_pipe = pipe;
		return PL_OK;
	}
	r = pl_wide_failed(GetLastError(), err, "open", "the printer");
	win32_close(pipe);
	/* The device interface is gone with the printer. */
	return r == PL_E_NOT_FOUND ? pl_error_set(err, PL_E_GONE, "the printer was unplugged") : r;
}

/* Waits for the end of what was begun; what does not end in time is called off first, so that the
 * buffer is the caller's again. *ret_n is true in every case. */
static enum pl_result finish(struct usbprint_pipe *pipe, BOOL begun, OVERLAPPED *o, int64_t by_ms,
			     size_t *ret_n, struct pl_error *err)
{
	HANDLE handles[] = { pipe->stop, pipe->done };
	DWORD n = 0, which = WAIT_OBJECT_0 + 1;

	*ret_n = 0;
	if (!begun && GetLastError() != ERROR_IO_PENDING)
		return pl_wide_failed(GetLastError(), err, "reach", "the printer");
	if (!begun)
		which = WaitForMultipleObjects(2, handles, FALSE, (DWORD)pl_clock_left_ms(by_ms));
	if (which != WAIT_OBJECT_0 + 1)
		CancelIoEx(pipe->file, o);
	if (GetOverlappedResult(pipe->file, o, &n, TRUE)) {
		*ret_n = n;
		return PL_OK; /* it may have ended just before it was called off */
	}
	*ret_n = n;
	if (which == WAIT_OBJECT_0)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	if (which == WAIT_TIMEOUT)
		return pl_error_set(err, PL_E_TIMEOUT, "the printer did not answer in time");
	return pl_wide_failed(GetLastError(), err, "reach", "the printer");
}

static enum pl_result win32_ask(struct usbprint_pipe *pipe, enum usbprint_question question,
				void *ret_data, size_t cap, int64_t by_ms, size_t *ret_n,
				struct pl_error *err)
{
	static const DWORD CODES[] = {
		[USBPRINT_DEVICE_ID] = IOCTL_GET_1284_ID,
		[USBPRINT_PORT_STATUS] = IOCTL_GET_LPT_STATUS,
		[USBPRINT_SOFT_RESET] = IOCTL_SOFT_RESET,
		[USBPRINT_PROTOCOL] = IOCTL_GET_PROTOCOL,
	};
	OVERLAPPED o = { .hEvent = pipe->done };
	BOOL begun = DeviceIoControl(pipe->file, CODES[question], NULL, 0, ret_data, (DWORD)cap,
				     NULL, &o);

	return finish(pipe, begun, &o, by_ms, ret_n, err);
}

static enum pl_result win32_read(struct usbprint_pipe *pipe, void *ret_data, size_t cap,
				 int64_t by_ms, size_t *ret_n, struct pl_error *err)
{
	OVERLAPPED o = { .hEvent = pipe->done };

	return finish(pipe, ReadFile(pipe->file, ret_data, (DWORD)cap, NULL, &o), &o, by_ms, ret_n,
		      err);
}

static enum pl_result win32_write(struct usbprint_pipe *pipe, const void *data, size_t n,
				  int64_t by_ms, size_t *ret_n, struct pl_error *err)
{
	OVERLAPPED o = { .hEvent = pipe->done };

	return finish(pipe, WriteFile(pipe->file, data, (DWORD)n, NULL, &o), &o, by_ms, ret_n, err);
}

static void win32_interrupt(struct usbprint_pipe *pipe)
{
	SetEvent(pipe->stop);
}

static const struct usbprint_system SYSTEM = {
	.list = win32_list,
	.open = win32_open,
	.close = win32_close,
	.ask = win32_ask,
	.read = win32_read,
	.write = win32_write,
	.interrupt = win32_interrupt,
	.watch = usbprint_win32_watch,
	.unwatch = usbprint_win32_unwatch,
};

enum pl_result pl_usb_create(struct pl_usb **ret_usb, struct pl_error *err)
{
	return usbprint_create(&SYSTEM, ret_usb, err);
}
