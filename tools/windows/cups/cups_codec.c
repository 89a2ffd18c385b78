/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the IPP codec of libcups (ipp.c, ipp-support.c, string.c, array.c, http-support.c) asks of
 * the rest of libcups, which is not built for Windows: thread-local globals, its locks, and the
 * network and language functions that no call of ours reaches.
 */
#include "cups-private.h"

#include <windows.h>

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static CRITICAL_SECTION lock;
static DWORD globals_key;

static void NTAPI free_globals(void *globals)
{
	free(globals);
}

static BOOL CALLBACK prepare(INIT_ONCE *o, void *arg, void **ret)
{
	(void)o, (void)arg, (void)ret;
	globals_key = FlsAlloc(free_globals);
	InitializeCriticalSection(&lock);
	return TRUE;
}

_cups_globals_t *_cupsGlobals(void)
{
	_cups_globals_t *globals;

	InitOnceExecuteOnce(&once, prepare, NULL, NULL);
	globals = FlsGetValue(globals_key);
	if (!globals) {
		globals = calloc(1, sizeof(*globals));
		if (!globals)
			abort(); /* its callers cannot be told */
		FlsSetValue(globals_key, globals);
	}
	return globals;
}

/* One lock for all: the codec takes them for moments and never two at once in a circle. */
void _cupsMutexLock(_cups_mutex_t *mutex)
{
	(void)mutex;
	InitOnceExecuteOnce(&once, prepare, NULL, NULL);
	EnterCriticalSection(&lock);
}

void _cupsMutexUnlock(_cups_mutex_t *mutex)
{
	(void)mutex;
	LeaveCriticalSection(&lock);
}

void _cupsSetDefaults(void)
{
}

void _cupsSetError(ipp_status_t status, const char *message, int localize)
{
}

void _cupsSetHTTPError(http_status_t status)
{
}

cups_lang_t *cupsLangDefault(void)
{
	static cups_lang_t language = { NULL, 1, CUPS_UTF8, "C" };

	return &language;
}

const char *_cupsLangString(cups_lang_t *language, const char *message)
{
	return message;
}

int _cupsLangPrintFilter(FILE *f, const char *prefix, const char *message, ...)
{
	return 0;
}

/* Text that names no charset of its own is taken as it is. */
int cupsCharsetToUTF8(cups_utf8_t *dest, const char *src, const int max, const cups_encoding_t e)
{
	snprintf((char *)dest, (size_t)max, "%s", src);
	return (int)strlen((char *)dest);
}

/* Only streams given to ippReadIO() and ippWriteIO() are used, never libcups' own connections. */
ssize_t httpRead2(http_t *http, char *buffer, size_t length)
{
	return -1;
}

ssize_t httpWrite2(http_t *http, const char *buffer, size_t length)
{
	return -1;
}

int httpWait(http_t *http, int ms)
{
	return 0;
}

void httpSetAuthString(http_t *http, const char *scheme, const char *data)
{
}

ssize_t cupsHashData(const char *algorithm, const void *data, size_t n, unsigned char *hash,
		     size_t size)
{
	return -1;
}

const char *cupsHashString(const unsigned char *hash, size_t n, char *buffer, size_t size)
{
	return NULL;
}

const char *cupsUser(void)
{
	return "anonymous";
}
