/* SPDX-License-Identifier: Apache-2.0 */
/* The wake as an event that stays signalled until it is cleared. */
#include "os/os.h"

#include <stdlib.h>

#include <windows.h>

#include "os/wait.h"
#include "platen/clock.h"
#include "platen/wide.h"

struct pl_wake {
	HANDLE event;
};

enum pl_result pl_wake_create(struct pl_wake **ret_wake, struct pl_error *err)
{
	struct pl_wake *w = malloc(sizeof(*w));

	if (!w)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	w->event = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (!w->event) {
		free(w);
		return pl_wide_failed(GetLastError(), err, "make", "an event");
	}
	*ret_wake = w;
	return PL_OK;
}

void pl_wake_destroy(struct pl_wake *wake)
{
	if (!wake)
		return;
	CloseHandle(wake->event);
	free(wake);
}

void pl_wake_set(struct pl_wake *wake)
{
	SetEvent(wake->event);
}

void pl_wake_clear(struct pl_wake *wake)
{
	ResetEvent(wake->event);
}

bool pl_wake_is_set(struct pl_wake *wake)
{
	return WaitForSingleObject(wake->event, 0) == WAIT_OBJECT_0;
}

intptr_t pl_wake_handle(const struct pl_wake *wake)
{
	return (intptr_t)wake->event;
}

enum pl_result pl_wait(intptr_t handle, int64_t by_ms, struct pl_wake *wake, struct pl_error *err)
{
	/* The wake first: of two that are signalled, the lower index is told. */
	HANDLE handles[2] = { wake ? wake->event : (HANDLE)handle, (HANDLE)handle };
	DWORD count = wake ? 2 : 1, n;

	do {
		DWORD ms = by_ms == PL_FOREVER ? INFINITE : (DWORD)pl_clock_left_ms(by_ms);

		n = WaitForMultipleObjects(count, handles, FALSE, ms);
	} while (n == WAIT_TIMEOUT && (by_ms == PL_FOREVER || pl_clock_left_ms(by_ms) > 0));
	if (n == WAIT_FAILED)
		return pl_wide_failed(GetLastError(), err, "wait for", "an event");
	if (n == WAIT_TIMEOUT)
		return pl_error_set(err, PL_E_TIMEOUT, "no answer in time");
	if (wake && n == WAIT_OBJECT_0)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	return PL_OK;
}
