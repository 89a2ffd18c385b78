/* SPDX-License-Identifier: Apache-2.0 */
/* One vocabulary of failure: names, and the sentence that goes with a code. */
#include "platen/result.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const NAMES[PL_RESULT_COUNT] = {
	[PL_OK] = "ok",
	[PL_E_PROTOCOL] = "protocol",
	[PL_E_TOO_BIG] = "too-big",
	[PL_E_TIMEOUT] = "timeout",
	[PL_E_GONE] = "gone",
	[PL_E_BUSY] = "busy",
	[PL_E_DENIED] = "denied",
	[PL_E_NOT_FOUND] = "not-found",
	[PL_E_UNSUPPORTED] = "unsupported",
	[PL_E_UNTRUSTED] = "untrusted",
	[PL_E_REFUSED] = "refused",
	[PL_E_INVALID] = "invalid",
	[PL_E_FULL] = "full",
	[PL_E_CANCELLED] = "cancelled",
	[PL_E_NO_MEMORY] = "no-memory",
	[PL_E_IO] = "io",
};

const char *pl_result_name(enum pl_result r)
{
	return (unsigned)r < PL_RESULT_COUNT ? NAMES[r] : "unknown";
}

enum pl_result pl_error_set(struct pl_error *err, enum pl_result code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	return code;
}

enum pl_result pl_error_prefix(struct pl_error *err, const char *fmt, ...)
{
	char said[PL_MAX_ERROR];
	va_list args;
	size_t n;

	memcpy(said, err->text, sizeof(said));
	va_start(args, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	va_end(args);
	n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, ": %s", said);
	return err->code;
}
