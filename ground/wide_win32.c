/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 and UTF-16, and what Windows' error codes mean. */
#include "platen/wide.h"

#include <stdio.h>
#include <string.h>

#include <windows.h>

bool pl_wide_of(const char *text, wchar_t *ret_text, size_t cap)
{
	int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, ret_text, (int)cap);

	if (n <= 0)
		ret_text[0] = L'\0';
	return n > 0;
}

void pl_wide_to_utf8(const wchar_t *text, char *ret_text, size_t cap)
{
	size_t used = 0;

	for (const wchar_t *at = text; *at; at++) {
		bool pair = IS_HIGH_SURROGATE(at[0]) && IS_LOW_SURROGATE(at[1]);
		char bytes[8];
		int n = WideCharToMultiByte(CP_UTF8, 0, at, pair ? 2 : 1, bytes, sizeof(bytes),
					    NULL, NULL);

		if (n <= 0 || used + (size_t)n >= cap)
			break;
		memcpy(ret_text + used, bytes, (size_t)n);
		used += (size_t)n;
		at += pair;
	}
	ret_text[used] = '\0';
}

static enum pl_result result_of(DWORD code)
{
	switch (code) {
	case ERROR_FILE_NOT_FOUND:
	case ERROR_PATH_NOT_FOUND:
	case ERROR_INVALID_NAME: return PL_E_NOT_FOUND;
	case ERROR_ACCESS_DENIED:
	case ERROR_WRITE_PROTECT:
	case ERROR_PRIVILEGE_NOT_HELD: return PL_E_DENIED;
	case ERROR_DISK_FULL:
	case ERROR_HANDLE_DISK_FULL:
	case ERROR_FILE_TOO_LARGE: return PL_E_FULL;
	case ERROR_SHARING_VIOLATION:
	case ERROR_LOCK_VIOLATION:
	case ERROR_PIPE_BUSY:
	case ERROR_BUSY: return PL_E_BUSY;
	case ERROR_DEVICE_NOT_CONNECTED:
	case ERROR_BROKEN_PIPE:
	case ERROR_NO_DATA:
	case ERROR_PIPE_NOT_CONNECTED: return PL_E_GONE;
	case ERROR_OPERATION_ABORTED: return PL_E_CANCELLED;
	case ERROR_NOT_SUPPORTED:
	case ERROR_INVALID_FUNCTION: return PL_E_UNSUPPORTED;
	case ERROR_SEM_TIMEOUT:
	case WAIT_TIMEOUT: return PL_E_TIMEOUT;
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_OUTOFMEMORY: return PL_E_NO_MEMORY;
	default: return PL_E_IO;
	}
}

enum pl_result pl_wide_failed(unsigned long code, struct pl_error *err, const char *what,
			      const char *path)
{
	wchar_t wide[160];
	char text[200];
	DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
				 code, 0, wide, sizeof(wide) / sizeof(wide[0]), NULL);

	while (n > 0 && (wide[n - 1] <= L' ' || wide[n - 1] == L'.'))
		n--;
	wide[n] = L'\0';
	if (n > 0)
		pl_wide_to_utf8(wide, text, sizeof(text));
	else
		snprintf(text, sizeof(text), "error %lu", code);
	return pl_error_set(err, result_of(code), "cannot %s %s: %s", what, path, text);
}
