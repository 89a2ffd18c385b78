/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_RESULT_H
#define PL_RESULT_H

/*
 * Result and error: one vocabulary of failure for the whole project.
 * A result says what a program should do next; an error adds the one sentence that a person can act
 * on:
 *
 *     PL_E_BUSY, "interface 1 is held by another program (usblp)"
 *
 * Threads: pure. Memory: plain values, nothing to free.
 */

#include <stddef.h>

#if defined(__clang__)
#define PL_MUST_USE __attribute__((warn_unused_result))
#else
#define PL_MUST_USE /* GCC knows this attribute for functions only; clang checks the whole enum */
#endif

#if defined(__MINGW32__)
#define PL_PRINTF(fmt, args) __attribute__((format(gnu_printf, fmt, args)))
#else
#define PL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#endif

enum PL_MUST_USE pl_result {
	PL_OK = 0,
	PL_E_PROTOCOL,	  /* the peer sent something malformed */
	PL_E_TOO_BIG,	  /* over a bound that we set ourselves */
	PL_E_TIMEOUT,	  /* the deadline passed; bytes may have moved */
	PL_E_GONE,	  /* unplugged, or the peer closed: an ordinary end */
	PL_E_BUSY,	  /* somebody else holds it, or a job is on its way: try later */
	PL_E_DENIED,	  /* permission missing, or policy forbids it */
	PL_E_NOT_FOUND,	  /* no such thing, or the peer does not have it (404, "?") */
	PL_E_UNSUPPORTED, /* the peer or this platform cannot do it */
	PL_E_UNTRUSTED,	  /* certificate, pin or signature is wrong: never retried blindly */
	PL_E_REFUSED,	  /* the peer understood and said no (4xx, connection refused) */
	PL_E_INVALID,	  /* a setting or an argument makes no sense */
	PL_E_FULL,	  /* disk, queue or list is full */
	PL_E_CANCELLED,	  /* we were asked to stop */
	PL_E_NO_MEMORY,
	PL_E_IO, /* any other failure of the operating system */
	PL_RESULT_COUNT
};

#define PL_MAX_ERROR 256

struct pl_error {
	enum pl_result code;
	char text[PL_MAX_ERROR]; /* one sentence, UTF-8, no trailing full stop or newline */
};

/* Writes `code` and a printf-style sentence into `err` (which may be NULL) and returns `code`, so
 * that a failing function can end with `return pl_error_set(err, PL_E_GONE, "…")`. Long text is
 * cut. */
enum pl_result pl_error_set(struct pl_error *err, enum pl_result code, const char *fmt, ...)
	PL_PRINTF(3, 4);

/* Puts `context: ` in front of the sentence that `err` already holds; returns err->code. err may
 * not be NULL. */
enum pl_result pl_error_prefix(struct pl_error *err, const char *fmt, ...) PL_PRINTF(2, 3);

/* Names a result for logs ("timeout", "gone"); never NULL. */
const char *pl_result_name(enum pl_result r);

#endif
