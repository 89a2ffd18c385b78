/* SPDX-License-Identifier: Apache-2.0 */
/* What guards the agent on Windows: access lists of secret files, the key under DPAPI, the pipe. */
#include <pthread.h>

#include "os/local.h"
#include "platen/clock.h"
#include "platen/file.h"
#include "platen/seal.h"

#include "scratch.h"
#include "unit.h"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#define PIPE "\\\\.\\pipe\\platen-test"

static struct pl_error err;

/* Gives a file an access list of its own. */
static void allow(const char *path, const char *list)
{
	PSECURITY_DESCRIPTOR descriptor = NULL;
	BOOL present, defaulted;
	PACL acl = NULL;

	assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(list, SDDL_REVISION_1,
									 &descriptor, NULL));
	assert_true(GetSecurityDescriptorDacl(descriptor, &present, &acl, &defaulted));
	assert_int_equal(SetNamedSecurityInfoA((char *)path, SE_FILE_OBJECT,
					       DACL_SECURITY_INFORMATION |
						       PROTECTED_DACL_SECURITY_INFORMATION,
					       NULL, NULL, acl, NULL),
			 ERROR_SUCCESS);
	LocalFree(descriptor);
}

static void a_secret_that_others_may_read_is_refused(void **state)
{
	struct pl_bytes text;
	char path[400];

	(void)state;
	pl_bytes_init(&text, 100);
	scratch_path("secret", path, sizeof(path));
	assert_result(pl_file_write(path, PL_FILE_SECRET, "secret", 6, &err), PL_OK);
	assert_result(pl_file_read(path, PL_FILE_SECRET, &text, &err), PL_OK);
	assert_span(pl_bytes_span(&text), "secret");
	pl_bytes_clear(&text);
	allow(path, "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;OW)(A;;FR;;;WD)");
	assert_result(pl_file_read(path, PL_FILE_SECRET, &text, &err), PL_E_DENIED);
	assert_int_equal(text.size, 0);
	assert_result(pl_file_read(path, PL_FILE_SHARED, &text, &err), PL_OK);
	pl_bytes_finish(&text);
}

static void the_key_comes_back_and_is_not_in_its_file(void **state)
{
	struct pl_seal *first = NULL, *again = NULL;
	struct pl_bytes sealed, plain, file;
	char path[400];

	(void)state;
	pl_bytes_init(&sealed, 100);
	pl_bytes_init(&plain, 100);
	pl_bytes_init(&file, 4096);
	scratch_path("key", path, sizeof(path));
	assert_result(pl_seal_open(path, &first, &err), PL_OK);
	assert_result(pl_seal_wrap(first, SPAN("here"), "hello", 5, &sealed), PL_OK);
	assert_result(pl_seal_open(path, &again, &err), PL_OK);
	assert_result(pl_seal_unwrap(again, SPAN("here"), sealed.at, sealed.size, &plain), PL_OK);
	assert_span(pl_bytes_span(&plain), "hello");
	pl_seal_close(first);
	pl_seal_close(again);

	assert_result(pl_file_read(path, PL_FILE_SECRET, &file, &err), PL_OK);
	assert_true(file.size > PL_SEAL_KEY_SIZE);
	file.at[file.size - 5] ^= 1;
	assert_result(pl_file_write(path, PL_FILE_SECRET, file.at, file.size, &err), PL_OK);
	assert_result(pl_seal_open(path, &first, &err), PL_E_UNTRUSTED);
	pl_bytes_finish(&sealed);
	pl_bytes_finish(&plain);
	pl_bytes_finish(&file);
}

static bool is_wine(void)
{
	return GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version") != NULL;
}

static void *call_up(void *arg)
{
	struct pl_stream *s = NULL;
	struct pl_error mine;

	(void)arg;
	if (pl_local_connect(PIPE, &s, &mine) == PL_OK)
		(void)!pl_stream_write(s, "hello", 5, pl_clock_in_ms(5000), &mine);
	return s;
}

static void the_pipe_is_one_agents_and_knows_its_callers(void **state)
{
	struct pl_listener *listener = NULL, *second = NULL;
	struct pl_stream *s = NULL;
	struct pl_peer peer = { 0 };
	pthread_t thread;
	void *caller;
	char text[8] = "";
	size_t n = 0;

	(void)state;
	assert_result(pl_local_connect(PIPE, &s, &err), PL_E_NOT_FOUND);
	assert_result(pl_local_listen(PIPE, &listener, &err), PL_OK);
	if (!is_wine()) /* Wine 8 makes every instance the first */
		assert_result(pl_local_listen(PIPE, &second, &err), PL_E_BUSY);
	assert_int_equal(pthread_create(&thread, NULL, call_up, NULL), 0);
	assert_result(pl_local_accept(listener, NULL, &s, &peer, &err), PL_OK);
	assert_true(peer.trusted); /* this very user */
	assert_result(pl_stream_read(s, text, sizeof(text), pl_clock_in_ms(5000), &n, &err), PL_OK);
	assert_int_equal(n, 5);
	assert_memory_equal(text, "hello", 5);
	assert_result(pl_stream_read(s, text, sizeof(text), pl_clock_in_ms(50), &n, &err),
		      PL_E_TIMEOUT);
	pthread_join(thread, &caller);
	pl_stream_close(caller);
	pl_stream_close(s);
	pl_local_close(listener);
}

/* A pipe that no agent made: its owner is nobody in particular. */
static void a_pipe_of_somebody_else_is_not_spoken_to(void **state)
{
	SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes) };
	struct pl_stream *s = NULL;
	HANDLE pipe;

	(void)state;
	assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
		"O:S-1-5-21-1-2-3-1234D:(A;;FA;;;WD)", SDDL_REVISION_1,
		&attributes.lpSecurityDescriptor, NULL));
	pipe = CreateNamedPipeA(PIPE, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 100, 100, 0,
				&attributes);
	LocalFree(attributes.lpSecurityDescriptor);
	if (pipe == INVALID_HANDLE_VALUE)
		skip(); /* Windows lets nobody give away what is his; Wine does */
	assert_result(pl_local_connect(PIPE, &s, &err), PL_E_DENIED);
	CloseHandle(pipe);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_that_others_may_read_is_refused),
		cmocka_unit_test(the_key_comes_back_and_is_not_in_its_file),
		cmocka_unit_test(the_pipe_is_one_agents_and_knows_its_callers),
		cmocka_unit_test(a_pipe_of_somebody_else_is_not_spoken_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
