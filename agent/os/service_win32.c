/* SPDX-License-Identifier: Apache-2.0 */
/* The agent as a service of Windows. The manager calls service_main() in a thread of its own and
 * wants to hear of each state in time; the log goes to the event log, which has no stderr. */
#include "service.h"

#include <stdbool.h>

#include <windows.h>

#include "os/process.h"
#include "os/service_win32.h"
#include "platen/log.h"
#include "platen/wide.h"

#define WIDE_(text) L##text
#define WIDE(text)  WIDE_(text)
#define START_MS    30000 /* a full disk or a slow one: the database is opened first */
#define STOP_MS	    20000

static struct {
	int (*run)(void *arg);
	void *arg;
	int code;
	SERVICE_STATUS_HANDLE handle;
	SERVICE_STATUS status;
	HANDLE events; /* of the event log */
} service;

static void tell(DWORD state, DWORD wait_ms)
{
	SERVICE_STATUS *s = &service.status;
	bool may_stop = state == SERVICE_RUNNING;

	if (!service.handle)
		return;
	s->dwCheckPoint = state == s->dwCurrentState ? s->dwCheckPoint + 1 : 0;
	s->dwServiceType = SERVICE_WIN32_OWN_PROCESS;
	s->dwCurrentState = state;
	s->dwControlsAccepted = may_stop ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN : 0;
	s->dwWaitHint = wait_ms;
	/* An end with a code of our own lets the manager's recovery actions begin. */
	s->dwWin32ExitCode = state == SERVICE_STOPPED && service.code != 0
				     ? ERROR_SERVICE_SPECIFIC_ERROR
				     : NO_ERROR;
	s->dwServiceSpecificExitCode = (DWORD)service.code;
	SetServiceStatus(service.handle, s);
}

bool pl_service_runs(void)
{
	return service.handle != NULL;
}

void pl_service_ready(void)
{
	tell(SERVICE_RUNNING, 0);
}

static DWORD WINAPI control(DWORD which, DWORD type, void *data, void *arg)
{
	(void)type, (void)data, (void)arg;
	switch (which) {
	case SERVICE_CONTROL_STOP:
	case SERVICE_CONTROL_PRESHUTDOWN:
	case SERVICE_CONTROL_SHUTDOWN:
		tell(SERVICE_STOP_PENDING, STOP_MS);
		pl_process_ask_stop();
		return NO_ERROR;
	case SERVICE_CONTROL_INTERROGATE: return NO_ERROR;
	default: return ERROR_CALL_NOT_IMPLEMENTED;
	}
}

static void to_event_log(void *arg, enum pl_log_level level, const char *line)
{
	static const WORD TYPES[PL_LOG_LEVEL_COUNT] = {
		[PL_LOG_ERROR] = EVENTLOG_ERROR_TYPE,
		[PL_LOG_WARN] = EVENTLOG_WARNING_TYPE,
		[PL_LOG_INFO] = EVENTLOG_INFORMATION_TYPE,
		[PL_LOG_DEBUG] = EVENTLOG_INFORMATION_TYPE,
	};
	wchar_t wide[PL_MAX_LOG_LINE];
	const wchar_t *text = wide;

	(void)arg;
	if (pl_wide_of(line, wide, PL_MAX_LOG_LINE))
		ReportEventW(service.events, TYPES[level], 0, 1, NULL, 1, 0, &text, NULL);
}

static void WINAPI service_main(DWORD argc, wchar_t **argv)
{
	(void)argc, (void)argv;
	pl_process_hold_stops();
	service.handle = RegisterServiceCtrlHandlerExW(WIDE(PL_SERVICE_NAME), control, NULL);
	tell(SERVICE_START_PENDING, START_MS);
	service.events = RegisterEventSourceW(NULL, WIDE(PL_SERVICE_NAME));
	if (service.events)
		pl_log_use(to_event_log, NULL);
	service.code = service.run(service.arg);
	pl_log_use(NULL, NULL);
	if (service.events)
		DeregisterEventSource(service.events);
	tell(SERVICE_STOPPED, 0);
}

int pl_service_run(int (*run)(void *arg), void *arg)
{
	wchar_t name[] = WIDE(PL_SERVICE_NAME);
	const SERVICE_TABLE_ENTRYW table[] = { { name, service_main }, { NULL, NULL } };

	service.run = run;
	service.arg = arg;
	return StartServiceCtrlDispatcherW(table) ? service.code : -1;
}
