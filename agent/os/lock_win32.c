/* SPDX-License-Identifier: Apache-2.0 */
/* A named event that nobody waits for: while it exists, its maker has the lock. The kernel takes it
 * away with the last handle, however its process ends. */
#include "lock.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include "platen/wide.h"

struct pl_lock {
	HANDLE event;
};

enum pl_result pl_lock_take(const char *name, struct pl_lock **ret_lock, struct pl_error *err)
{
	struct pl_lock *lock = malloc(sizeof(*lock));
	char path[160];
	wchar_t wide[160];
	DWORD code;

	if (!lock)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	snprintf(path, sizeof(path), "Global\\platen-%s", name);
	SetLastError(ERROR_SUCCESS);
	lock->event = pl_wide_of(path, wide, 160) ? CreateEventW(NULL, TRUE, FALSE, wide) : NULL;
	code = GetLastError();
	if (lock->event && code != ERROR_ALREADY_EXISTS) {
		*ret_lock = lock;
		return PL_OK;
	}
	if (lock->event)
		CloseHandle(lock->event);
	free(lock);
	/* Another user's event may be seen but not opened. */
	if (code == ERROR_ALREADY_EXISTS || code == ERROR_ACCESS_DENIED)
		return pl_error_set(err, PL_E_BUSY, "another platen reads this printer just now");
	return pl_wide_failed(code, err, "make the lock", path);
}

void pl_lock_release(struct pl_lock *lock)
{
	if (!lock)
		return;
	CloseHandle(lock->event);
	free(lock);
}
