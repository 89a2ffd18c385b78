/* SPDX-License-Identifier: Apache-2.0 */
/* A seat's user on Windows is the number of a session: several people may be logged in at once, but
 * only one session is attached to the screen. local_win32.c knows callers by the same number. */
#include "seat.h"

#include <windows.h>

#include <wtsapi32.h>

bool pl_seat_user(int64_t *ret_user)
{
	DWORD session = WTSGetActiveConsoleSessionId(), size = 0;
	wchar_t *name = NULL;
	bool somebody;

	if (session == 0 || session == (DWORD)-1)
		return false;
	/* The log-on screen's session has no user. */
	somebody = WTSQuerySessionInformationW(WTS_CURRENT_SERVER_HANDLE, session, WTSUserName,
					       &name, &size) &&
		   name && name[0] != L'\0';
	WTSFreeMemory(name);
	*ret_user = session;
	return somebody;
}
