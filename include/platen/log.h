/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_LOG_H
#define PL_LOG_H

/*
 * Log: one line per event on stderr, for people; the journal or the service manager keeps it.
 *
 *     log_info(key, "printer attached port=%s model=\"%s\"", port, model);
 *     2026-01-31T08:15:30.123Z info  printer=usb-03f0-2b17-~345 printer attached port=1-2 …
 *
 * State changes are logged, not polls. Serial numbers and tokens go through pl_redact(); printer
 * keys, which end in a serial number, are redacted here. The last lines are kept in memory for the
 * diagnostics bundle.
 * Threads: any. Memory: a ring of 32 KiB.
 */

#include <stddef.h>

#include "platen/bytes.h"
#include "platen/result.h"

enum pl_log_level { PL_LOG_ERROR, PL_LOG_WARN, PL_LOG_INFO, PL_LOG_DEBUG, PL_LOG_LEVEL_COUNT };

#define PL_MAX_LOG_LINE 1024

/* printer_key may be NULL: the line is about the PC or the program. Control characters of the
 * message become blanks, so that nobody's text can forge a line. */
void log_error(const char *printer_key, const char *fmt, ...) PL_PRINTF(2, 3);
void log_warn(const char *printer_key, const char *fmt, ...) PL_PRINTF(2, 3);
void log_info(const char *printer_key, const char *fmt, ...) PL_PRINTF(2, 3);
void log_debug(const char *printer_key, const char *fmt, ...) PL_PRINTF(2, 3);

/* Lines of a level above this one are not written; the start value is PL_LOG_INFO. */
void pl_log_set_level(enum pl_log_level level);

/* "error", "warn", "info", "debug"; and back (PL_LOG_LEVEL_COUNT: no such word). */
const char *pl_log_level_name(enum pl_log_level level);
enum pl_log_level pl_log_level_of(const char *name);

/* Sends lines elsewhere than stderr (tests, a Windows event log); NULL restores stderr. */
void pl_log_use(void (*sink)(void *arg, enum pl_log_level level, const char *line), void *arg);

/* Adds the lines still in memory, oldest first, each ended by a newline. */
enum pl_result pl_log_recent(struct pl_bytes *out);

/* Masks a serial number or a secret: "~" and its last three characters, where that is at most a
 * third of it, else "~". Returns ret_text. */
#define PL_MAX_REDACTED 8
const char *pl_redact(const char *secret, char ret_text[static PL_MAX_REDACTED]);

#endif
