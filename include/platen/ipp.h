/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_IPP_H
#define PL_IPP_H

/*
 * IPP: asking a printer over HTTP on any stream, with libcups' codec (ippReadIO, ippWriteIO) and
 * nothing else of libcups. Attributes are always asked for by name: "all" takes some printers
 * minutes.
 *
 * Threads: one per stream; decoding is pure. Memory: answers are owned by the caller and finished
 * by it. Standards: RFC 8010, RFC 8011, PWG 5100.9, PWG 5100.13, PWG 5100.22 (counters), CUPS
 * marker-*.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/snapshot.h"
#include "platen/stream.h"

#define PL_MAX_IPP_ANSWER (256 * 1024) /* bytes */

/* Which attributes are asked for. */
enum pl_ipp_question {
	PL_IPP_ASK_STATE,    /* state, reasons, change times, queued-job-count: one small request */
	PL_IPP_ASK_FULL,     /* plus alerts, supplies, counters, trays */
	PL_IPP_ASK_IDENTITY, /* once per attach: make, uuid, device id, firmware, operations */
	PL_IPP_ASK_SETTINGS, /* what can be set, how it is set, and to what it may be (knob.h) */
};

struct pl_ipp_answer; /* a decoded answer */

/* Sends Get-Printer-Attributes to `target` ("/ipp/print") and decodes the answer. The answer counts
 * when it brings printer attributes, whatever its status code says: some printers report an
 * internal error and answer all the same. Returns PL_OK | PL_E_NOT_FOUND (404 or
 * client-error-not-found) | PL_E_BUSY (HTTP 503, server-error-busy) | PL_E_REFUSED | PL_E_PROTOCOL
 * | PL_E_TIMEOUT | PL_E_GONE | PL_E_TOO_BIG. */
enum pl_result pl_ipp_ask(struct pl_stream *s, const char *target, enum pl_ipp_question question,
			  int64_t by_ms, struct pl_ipp_answer **ret_answer, struct pl_error *err);

/* Decodes the bytes of an IPP message. Where they end or go wrong in the middle, the attributes
 * before that place count (pl_ipp_snapshot() complains). Returns PL_OK | PL_E_PROTOCOL (no printer
 * attributes) | PL_E_TOO_BIG. */
enum pl_result pl_ipp_decode(const void *bytes, size_t size, struct pl_ipp_answer **ret_answer,
			     struct pl_error *err);
void pl_ipp_answer_destroy(struct pl_ipp_answer *a); /* NULL allowed */

/* Adds what the answer tells to `s`, source ipp. Tolerant: a malformed attribute becomes an entry
 * in s->errors, the rest counts. */
void pl_ipp_snapshot(const struct pl_ipp_answer *a, struct pl_snapshot *s);

/* One value of one printer attribute. What is neither a number nor a truth is a text; the values of
 * a collection, a range or a date come as one. */
struct pl_ipp_value {
	const char *name;
	enum { PL_IPP_NUMBER, PL_IPP_BOOLEAN, PL_IPP_TEXT } kind;
	int64_t number;
	const char *text; /* any bytes; lives for the call */
};
struct pl_ipp_visitor {
	void (*value)(void *arg, const struct pl_ipp_value *v);
	void *arg;
};

/* Tells every printer attribute of the answer, at most 100 values of each. */
void pl_ipp_each(const struct pl_ipp_answer *a, const struct pl_ipp_visitor *visitor);

/* What decides when to ask again, and whether to leave the printer alone. */
struct pl_ipp_hints {
	int64_t queued_jobs;	   /* PL_UNKNOWN where not told */
	int64_t state_change_time; /* compared for inequality only: some printers send Unix time */
	int64_t config_change_time;
};
void pl_ipp_get_hints(const struct pl_ipp_answer *a, struct pl_ipp_hints *ret_hints);

/* IPP operation codes we may use (RFC 8011, PWG 5100.13, RFC 3998). */
#define PL_IPP_OP_PRINT_JOB		 0x0002
#define PL_IPP_OP_GET_PRINTER_ATTRIBUTES 0x000b
#define PL_IPP_OP_RESTART_PRINTER	 0x0029
#define PL_IPP_OP_IDENTIFY_PRINTER	 0x003c

/* True when operations-supported of this answer names `operation`. */
bool pl_ipp_supports(const struct pl_ipp_answer *a, int operation);

/* Identify-Printer (PWG 5100.13 section 4.2): flash, sound or display, as
 * identify-actions-supported of the printer allows; without a choice the printer takes its own
 * default. Returns as pl_ipp_ask, PL_E_UNSUPPORTED for server-error-operation-not-supported. */
enum pl_result pl_ipp_identify(struct pl_stream *s, const char *target, const char *identify_action,
			       int64_t by_ms, struct pl_error *err);

/* Restart-Printer (RFC 3998 section 4.2), which a printer does as if it were switched off and on.
 * Returns as pl_ipp_identify. */
enum pl_result pl_ipp_restart(struct pl_stream *s, const char *target, int64_t by_ms,
			      struct pl_error *err);

/* Print-Job of one small document, in a format that pl_ipp_takes() found. Returns as above; PL_OK:
 * the printer has taken the job. */
enum pl_result pl_ipp_print(struct pl_stream *s, const char *target, const char *format,
			    const char *name, struct pl_span document, int64_t by_ms,
			    struct pl_error *err);

/* True when document-format-supported names `format` ("application/pdf"). */
bool pl_ipp_takes(const struct pl_ipp_answer *a, const char *format);

/* True when identify-actions-supported names `action` ("flash", "sound", "display", "speak"). */
bool pl_ipp_identify_can(const struct pl_ipp_answer *a, const char *action);

#endif
