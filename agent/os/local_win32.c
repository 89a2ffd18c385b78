/* SPDX-License-Identifier: Apache-2.0 */
/* The agent's local socket on Windows: a named pipe. Nobody else can make its first instance,
 * nobody reaches it from another PC, the caller is known by the system's word, and the caller makes
 * sure that the pipe is the agent's before it says anything. */
#include "local.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include "os/wait.h"
#include "platen/clock.h"
#include "platen/file_acl.h"
#include "platen/wide.h"

#define BUFFER	    16384
#define CONNECT_MS  2000
/* The agent owns it, by which callers know it; everybody who is logged in at this PC may talk; only
 * the agent may make instances. */
#define PIPE_ACCESS L"O:%lsD:P(D;;FA;;;NU)(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)(A;;FRFW;;;AU)"

struct local_stream {
	struct pl_stream stream;
	HANDLE pipe;
	HANDLE done; /* an overlapped call has ended */
	struct pl_wake *wake;
	bool is_server;
};

struct pl_listener {
	char path[128];
	HANDLE next; /* the instance that waits for a caller */
	HANDLE done;
};

static enum pl_result failed(struct pl_error *err, const char *what, const char *path)
{
	return pl_wide_failed(GetLastError(), err, what, path);
}

/* Waits for the end of what was begun on `pipe`; what does not end in time is called off, so that
 * the buffer is the caller's again. */
static enum pl_result finish(HANDLE pipe, OVERLAPPED *o, int64_t by_ms, struct pl_wake *wake,
			     DWORD *ret_n, struct pl_error *err)
{
	enum pl_result r = pl_wait((intptr_t)o->hEvent, by_ms, wake, err);

	if (r != PL_OK)
		CancelIoEx(pipe, o);
	if (GetOverlappedResult(pipe, o, ret_n, TRUE))
		return PL_OK; /* it may have ended just before it was called off */
	return r != PL_OK ? r : failed(err, "use", "the agent's pipe");
}

static enum pl_result local_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
				 size_t *ret_n, struct pl_error *err)
{
	struct local_stream *l = (struct local_stream *)s;
	OVERLAPPED o = { .hEvent = l->done };
	DWORD n = 0;
	enum pl_result r = PL_OK;

	if (!ReadFile(l->pipe, buf, cap < BUFFER ? (DWORD)cap : BUFFER, &n, &o)) {
		if (GetLastError() == ERROR_IO_PENDING)
			r = finish(l->pipe, &o, by_ms, l->wake, &n, err);
		else
			r = failed(err, "read", "the agent's pipe");
	}
	if (r == PL_E_GONE) { /* hung up: a clean end */
		*ret_n = 0;
		return PL_OK;
	}
	*ret_n = n;
	return r;
}

static enum pl_result local_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
				  struct pl_error *err)
{
	struct local_stream *l = (struct local_stream *)s;
	const char *at = buf;

	while (n > 0) {
		OVERLAPPED o = { .hEvent = l->done };
		DWORD done = 0;
		enum pl_result r = PL_OK;

		if (!WriteFile(l->pipe, at, n < BUFFER ? (DWORD)n : BUFFER, &done, &o)) {
			if (GetLastError() != ERROR_IO_PENDING)
				return failed(err, "write", "the agent's pipe");
			r = finish(l->pipe, &o, by_ms, l->wake, &done, err);
		}
		if (r != PL_OK)
			return r;
		at += done;
		n -= done;
	}
	return PL_OK;
}

/* What was written stays readable for the other side until it hangs up. */
static void local_close(struct pl_stream *s)
{
	struct local_stream *l = (struct local_stream *)s;

	CloseHandle(l->pipe);
	CloseHandle(l->done);
	free(l);
}

static const struct pl_stream_ops LOCAL_OPS = {
	.name = "local",
	.read = local_read,
	.write = local_write,
	.close = local_close,
};

/* Takes `pipe` over, also where it fails. */
static enum pl_result wrap(HANDLE pipe, struct pl_wake *wake, struct pl_stream **ret_stream,
			   struct pl_error *err)
{
	struct local_stream *l = malloc(sizeof(*l));
	HANDLE done = CreateEventW(NULL, TRUE, FALSE, NULL);

	if (!l || !done) {
		CloseHandle(pipe);
		if (done)
			CloseHandle(done);
		free(l);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	*l = (struct local_stream){
		.stream = { .ops = &LOCAL_OPS }, .pipe = pipe, .done = done, .wake = wake
	};
	*ret_stream = &l->stream;
	return PL_OK;
}

/* True when the pipe belongs to the system, to a service, or to this very user: not to somebody who
 * was there before the agent. */
static bool is_agents(HANDLE pipe)
{
	PSECURITY_DESCRIPTOR descriptor = NULL;
	PSID owner = NULL;
	wchar_t *text = NULL;
	bool is = false;

	if (GetSecurityInfo(pipe, SE_KERNEL_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL,
			    NULL, &descriptor) != ERROR_SUCCESS)
		return false;
	if (IsWellKnownSid(owner, WinLocalSystemSid) ||
	    IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
	    IsWellKnownSid(owner, WinNetworkServiceSid) ||
	    IsWellKnownSid(owner, WinLocalServiceSid) || pl_file_is_this_user(owner))
		is = true;
	else if (ConvertSidToStringSidW(owner, &text))
		is = wcsncmp(text, L"S-1-5-80-", 9) == 0; /* a service's own account */
	LocalFree(text);
	LocalFree(descriptor);
	return is;
}

/* A read of no bytes ends when there are some, or when the caller hangs up. Each stream has an
 * event for it; which of them was first, the system tells. */
enum pl_result pl_local_wait(struct pl_stream *const *callers, size_t count, struct pl_wake *stop,
			     struct pl_wake *news, size_t *ret_which, struct pl_error *err)
{
	HANDLE handles[PL_MAX_LOCAL_WAIT + 2] = { (HANDLE)pl_wake_handle(stop) };
	OVERLAPPED reads[PL_MAX_LOCAL_WAIT] = { 0 };
	DWORD which, n;

	for (size_t i = 0; i < count; i++) {
		struct local_stream *l = (struct local_stream *)callers[i];

		handles[i + 1] = reads[i].hEvent = l->done;
		if (!ReadFile(l->pipe, NULL, 0, NULL, &reads[i]) &&
		    GetLastError() != ERROR_IO_PENDING)
			SetEvent(l->done); /* he has hung up */
	}
	handles[count + 1] = (HANDLE)pl_wake_handle(news);
	which = WaitForMultipleObjects((DWORD)count + 2, handles, FALSE, INFINITE);
	for (size_t i = 0; i < count; i++) {
		struct local_stream *l = (struct local_stream *)callers[i];

		CancelIoEx(l->pipe, &reads[i]);
		GetOverlappedResult(l->pipe, &reads[i], &n, TRUE);
	}
	if (which == WAIT_OBJECT_0)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	if (which == WAIT_FAILED)
		return failed(err, "wait for", "local callers");
	*ret_which = which - WAIT_OBJECT_0 - 1;
	return PL_OK;
}

enum pl_result pl_local_connect(const char *path, struct pl_stream **ret_stream,
				struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE];
	HANDLE pipe;

	if (!pl_wide_of(path, wide, PL_MAX_WIDE))
		return pl_error_set(err, PL_E_INVALID, "%.100s is no name of a pipe", path);
	for (int tries = 0;; tries++) {
		/* The agent may know who calls, but never act in the caller's name. */
		pipe = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
				   FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT |
					   SECURITY_IDENTIFICATION,
				   NULL);
		if (pipe != INVALID_HANDLE_VALUE)
			break;
		if (GetLastError() != ERROR_PIPE_BUSY || tries > 0 ||
		    !WaitNamedPipeW(wide, CONNECT_MS))
			break;
	}
	if (pipe == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILE_NOT_FOUND)
		return pl_error_set(err, PL_E_NOT_FOUND, "no agent listens at %s", path);
	if (pipe == INVALID_HANDLE_VALUE)
		return failed(err, "reach the agent at", path);
	if (!is_agents(pipe)) {
		CloseHandle(pipe);
		return pl_error_set(err, PL_E_DENIED,
				    "the pipe %s is not the agent's: some program has taken its "
				    "name",
				    path);
	}
	return wrap(pipe, NULL, ret_stream, err);
}

static HANDLE make_instance(const char *path, bool first)
{
	SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes) };
	wchar_t wide[PL_MAX_WIDE], user[200], access[300];
	HANDLE pipe;
	DWORD code;

	if (!pl_wide_of(path, wide, PL_MAX_WIDE) || !pl_file_this_user(user, 200)) {
		SetLastError(ERROR_INVALID_NAME);
		return INVALID_HANDLE_VALUE;
	}
	swprintf(access, sizeof(access) / sizeof(access[0]), PIPE_ACCESS, user);
	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
		    access, SDDL_REVISION_1, &attributes.lpSecurityDescriptor, NULL))
		return INVALID_HANDLE_VALUE;
	pipe = CreateNamedPipeW(wide,
				PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED |
					(first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
				PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_REJECT_REMOTE_CLIENTS,
				PIPE_UNLIMITED_INSTANCES, BUFFER, BUFFER, 0, &attributes);
	code = GetLastError();
	LocalFree(attributes.lpSecurityDescriptor);
	SetLastError(code);
	return pipe;
}

enum pl_result pl_local_listen(const char *path, struct pl_listener **ret_listener,
			       struct pl_error *err)
{
	struct pl_listener *l = calloc(1, sizeof(*l));
	enum pl_result r;

	if (!l)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (snprintf(l->path, sizeof(l->path), "%s", path) >= (int)sizeof(l->path)) {
		free(l);
		return pl_error_set(err, PL_E_INVALID, "the name of the pipe is longer than %zu",
				    sizeof(l->path) - 1);
	}
	l->done = CreateEventW(NULL, TRUE, FALSE, NULL);
	l->next = make_instance(path, true);
	if (l->done && l->next != INVALID_HANDLE_VALUE) {
		*ret_listener = l;
		return PL_OK;
	}
	if (GetLastError() == ERROR_ACCESS_DENIED || GetLastError() == ERROR_PIPE_BUSY)
		r = pl_error_set(err, PL_E_BUSY, "another agent already listens at %s", path);
	else
		r = failed(err, "listen at", path);
	pl_local_close(l);
	return r;
}

void pl_local_close(struct pl_listener *listener)
{
	if (!listener)
		return;
	if (listener->next != INVALID_HANDLE_VALUE)
		CloseHandle(listener->next);
	if (listener->done)
		CloseHandle(listener->done);
	free(listener);
}

/* By session, as pl_seat_user() tells it; the token says whether an administrator calls. */
static bool identify_peer(HANDLE pipe, struct pl_peer *peer)
{
	ULONG session;
	HANDLE token;
	bool known;

	if (!GetNamedPipeClientSessionId(pipe, &session) || !ImpersonateNamedPipeClient(pipe))
		return false;
	known = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
	RevertToSelf();
	if (!known)
		return false;
	peer->user = session;
	peer->trusted = pl_file_is_trusted_token(token);
	CloseHandle(token);
	return true;
}

/* Waits until somebody has connected to the waiting instance. */
static enum pl_result wait_caller(struct pl_listener *l, struct pl_wake *wake, struct pl_error *err)
{
	OVERLAPPED o = { .hEvent = l->done };
	DWORD n = 0;

	if (ConnectNamedPipe(l->next, &o) || GetLastError() == ERROR_PIPE_CONNECTED)
		return PL_OK;
	if (GetLastError() == ERROR_IO_PENDING)
		return finish(l->next, &o, PL_FOREVER, wake, &n, err);
	/* He has hung up already: the instance is as good as new. */
	return failed(err, "accept callers at", l->path);
}

enum pl_result pl_local_accept(struct pl_listener *listener, struct pl_wake *wake,
			       struct pl_stream **ret_stream, struct pl_peer *ret_peer,
			       struct pl_error *err)
{
	for (;;) {
		HANDLE pipe = listener->next;
		enum pl_result r = PL_OK;

		if (pipe != INVALID_HANDLE_VALUE)
			r = wait_caller(listener, wake, err);
		if (r == PL_E_CANCELLED)
			return r;
		if (wake && pl_wake_is_set(wake))
			return pl_error_set(err, PL_E_CANCELLED, "stopped");
		/* The next one is there before this one goes, so that the name stays ours. */
		listener->next = make_instance(listener->path, false);
		if (pipe != INVALID_HANDLE_VALUE && r == PL_OK && identify_peer(pipe, ret_peer))
			return wrap(pipe, wake, ret_stream, err);
		if (pipe != INVALID_HANDLE_VALUE)
			CloseHandle(pipe); /* nobody we can name gets an answer */
		if (listener->next == INVALID_HANDLE_VALUE)
			return failed(err, "listen at", listener->path);
	}
}
