/* SPDX-License-Identifier: Apache-2.0 */
/* Stop requests from the console and from the service manager, and the terminal. */
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include <io.h>

#include "os/service_win32.h"
#include "platen/clock.h"

static HANDLE stop;

void pl_process_ask_stop(void)
{
	SetEvent(stop);
}

static BOOL WINAPI console_event(DWORD which)
{
	(void)which; /* Ctrl-C, the window closed, log-off, shut-down: all mean stop */
	pl_process_ask_stop();
	return TRUE;
}

void pl_process_hold_stops(void)
{
	if (stop)
		return; /* the service manager's thread was first */
	stop = CreateEventW(NULL, TRUE, FALSE, NULL);
	SetConsoleCtrlHandler(console_event, TRUE);
	SetConsoleOutputCP(CP_UTF8);
}

void pl_process_wait_stop(void)
{
	WaitForSingleObject(stop, INFINITE);
}

bool pl_process_pause(int64_t by_ms)
{
	return WaitForSingleObject(stop, (DWORD)pl_clock_left_ms(by_ms)) == WAIT_OBJECT_0;
}

bool pl_terminal_has_colour(void)
{
	HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
	const char *no = getenv("NO_COLOR"); /* no-color.org */
	DWORD mode;

	if (!_isatty(_fileno(stdout)) || (no && no[0]) || !GetConsoleMode(out, &mode))
		return false;
	return SetConsoleMode(out, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

int pl_terminal_columns(void)
{
	CONSOLE_SCREEN_BUFFER_INFO about;

	if (!_isatty(_fileno(stdout)))
		return 0;
	if (!GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &about))
		return 80;
	return about.srWindow.Right - about.srWindow.Left + 1;
}
