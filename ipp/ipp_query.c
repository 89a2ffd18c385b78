/* SPDX-License-Identifier: Apache-2.0 */
/* Questions to a printer in IPP: which attributes are asked for, one exchange, and what a refusal
 * means. */
#include <cups/cups.h>
#include <stdio.h>
#include <string.h>

#include "ipp_message.h"
#include "ipp_order.h"
#include "platen/http1.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

#define MAX_QUESTION 4096
#define NOTHING	     ((struct pl_span){ NULL, 0 })

/* Named attributes only: "all" takes some printers minutes and brings megabytes. */
#define STATE_NAMES                                                                                \
	"printer-state", "printer-state-reasons", "printer-state-message",                         \
		"printer-is-accepting-jobs", "printer-state-change-time",                          \
		"printer-config-change-time", "queued-job-count"

static const char *const STATE[] = { STATE_NAMES };
static const char *const FULL[] = {
	STATE_NAMES,
	"printer-alert",
	"printer-supply",
	"printer-supply-description",
	"printer-input-tray",
	"marker-names",
	"marker-types",
	"marker-colors",
	"marker-levels",
	"marker-low-levels",
	"marker-high-levels",
	"printer-impressions-completed",
	"printer-impressions-completed-col",
	"printer-media-sheets-completed",
	"printer-media-sheets-completed-col",
	"printer-pages-completed",
	"printer-pages-completed-col",
};
static const char *const IDENTITY[] = {
	"printer-make-and-model", "printer-uuid",
	"printer-device-id",	  "printer-serial-number",
	"printer-firmware-name",  "printer-firmware-string-version",
	"operations-supported",	  "identify-actions-supported",
	"ipp-versions-supported", "document-format-supported",
};
static const char *const SETTINGS[] = {
	"printer-settable-attributes-supported",
	"media-default",
	"media-supported",
	"sides-default",
	"sides-supported",
	"print-quality-default",
	"print-quality-supported",
	"natural-language-configured",
	"generated-natural-language-supported",
};

static const struct {
	const char *const *names;
	int count;
} QUESTIONS[] = {
	[PL_IPP_ASK_STATE] = { STATE, LENGTH(STATE) },
	[PL_IPP_ASK_FULL] = { FULL, LENGTH(FULL) },
	[PL_IPP_ASK_IDENTITY] = { IDENTITY, LENGTH(IDENTITY) },
	[PL_IPP_ASK_SETTINGS] = { SETTINGS, LENGTH(SETTINGS) },
};

/* ippNewRequest() would ask the C library for a locale; a printer is asked in English. */
ipp_t *ipp_new_request(int operation, const char *target)
{
	ipp_t *request = ippNew();
	char uri[PL_MAX_FACT];

	snprintf(uri, sizeof(uri), "ipp://localhost%s", target);
	ippSetVersion(request, 2, 0);
	ippSetOperation(request, (ipp_op_t)operation);
	ippSetRequestId(request, 1);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_CHARSET, "attributes-charset", NULL,
		     "utf-8");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_LANGUAGE, "attributes-natural-language",
		     NULL, "en");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	return request;
}

/* An HTTP status that is not 200, as a result. */
static enum pl_result refuse_http(const struct pl_http_response *http, const char *target,
				  struct pl_error *err)
{
	switch (http->status) {
	case 401:
	case 403:
		return pl_error_set(err, PL_E_DENIED,
				    "the printer wants a password for IPP (HTTP %d)", http->status);
	case 404: return pl_error_set(err, PL_E_NOT_FOUND, "the printer has no IPP at %s", target);
	case 429:
	case 503:
		return pl_error_set(err, PL_E_BUSY, "the printer is busy (HTTP %d)", http->status);
	default:
		return pl_error_set(err, PL_E_REFUSED, "the printer refused IPP with HTTP %d",
				    http->status);
	}
}

static enum pl_result refuse_ipp(ipp_status_t status, struct pl_error *err)
{
	const char *name = ippErrorString(status);

	switch (status) {
	case IPP_STATUS_ERROR_NOT_FOUND:
		return pl_error_set(err, PL_E_NOT_FOUND, "the printer says %s", name);
	case IPP_STATUS_ERROR_BUSY:
	case IPP_STATUS_ERROR_SERVICE_UNAVAILABLE:
	case IPP_STATUS_ERROR_TEMPORARY:
		return pl_error_set(err, PL_E_BUSY, "the printer says %s", name);
	case IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED:
		return pl_error_set(err, PL_E_UNSUPPORTED, "the printer says %s", name);
	case IPP_STATUS_ERROR_FORBIDDEN:
	case IPP_STATUS_ERROR_NOT_AUTHENTICATED:
	case IPP_STATUS_ERROR_NOT_AUTHORIZED:
		return pl_error_set(err, PL_E_DENIED, "the printer says %s", name);
	default: return pl_error_set(err, PL_E_REFUSED, "the printer says %s", name);
	}
}

/* One exchange: the request's bytes and a document's out, the answer's bytes decoded. */
static enum pl_result exchange(struct pl_stream *s, const char *target, const char *headers,
			       ipp_t *request, struct pl_span document, int64_t by_ms,
			       struct pl_ipp_answer **ret_answer, struct pl_error *err)
{
	struct pl_bytes question, body;
	struct pl_http_response http;
	enum pl_result r;

	pl_bytes_init(&question, MAX_QUESTION + document.size);
	pl_bytes_init(&body, PL_MAX_IPP_ANSWER);
	r = ipp_encode(request, &question);
	if (r != PL_OK) {
		r = pl_error_set(err, r, "an IPP request longer than %d bytes", MAX_QUESTION);
		goto out;
	}
	r = pl_bytes_add(&question, document.at, document.size);
	if (r != PL_OK)
		goto out;
	r = pl_http_fetch(s,
			  &(struct pl_http_request){
				  .method = "POST",
				  .target = target,
				  .host = "localhost",
				  .content_type = "application/ipp",
				  .headers = headers,
				  .body = question.at,
				  .body_size = question.size,
			  },
			  by_ms, &body, &http, err);
	if (r == PL_OK && http.status != 200)
		r = refuse_http(&http, target, err);
	if (r == PL_OK)
		r = pl_ipp_decode(body.at, body.size, ret_answer, err);
out:
	pl_bytes_finish(&body);
	pl_bytes_finish(&question);
	return r;
}

/* Sends the request, in IPP 1.1 once more where the printer knows no 2.0. `wants_printer`: an
 * answer with printer attributes counts whatever its status. */
static enum pl_result ask(struct pl_stream *s, const char *target, const char *headers,
			  ipp_t *request, struct pl_span document, bool wants_printer,
			  int64_t by_ms, struct pl_ipp_answer **ret_answer, struct pl_error *err)
{
	struct pl_ipp_answer *a = NULL;
	ipp_status_t status;
	enum pl_result r = exchange(s, target, headers, request, document, by_ms, &a, err);

	if (r == PL_OK && ippGetStatusCode(a->message) == IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED &&
	    !ipp_has_printer(a)) {
		pl_ipp_answer_destroy(a);
		a = NULL;
		ippSetVersion(request, 1, 1);
		r = exchange(s, target, headers, request, document, by_ms, &a, err);
	}
	if (r != PL_OK)
		return r;
	status = ippGetStatusCode(a->message);
	if (wants_printer ? !ipp_has_printer(a) : status >= IPP_STATUS_REDIRECTION_OTHER_SITE) {
		r = status >= IPP_STATUS_REDIRECTION_OTHER_SITE
			    ? refuse_ipp(status, err)
			    : pl_error_set(err, PL_E_PROTOCOL,
					   "the IPP answer tells nothing of a printer");
		pl_ipp_answer_destroy(a);
		return r;
	}
	*ret_answer = a;
	return PL_OK;
}

enum pl_result pl_ipp_ask(struct pl_stream *s, const char *target, enum pl_ipp_question question,
			  int64_t by_ms, struct pl_ipp_answer **ret_answer, struct pl_error *err)
{
	ipp_t *request = ipp_new_request(PL_IPP_OP_GET_PRINTER_ATTRIBUTES, target);
	enum pl_result r;

	ippAddStrings(request, IPP_TAG_OPERATION, IPP_CONST_TAG(IPP_TAG_KEYWORD),
		      "requested-attributes", QUESTIONS[question].count, NULL,
		      QUESTIONS[question].names);
	r = ask(s, target, NULL, request, NOTHING, true, by_ms, ret_answer, err);
	ippDelete(request);
	return r;
}

/* Sends an operation whose answer brings nothing but its status; takes the request over. */
static enum pl_result order(struct pl_stream *s, const char *target, const char *headers,
			    ipp_t *request, struct pl_span document, int64_t by_ms,
			    struct pl_error *err)
{
	struct pl_ipp_answer *answer = NULL;
	enum pl_result r = ask(s, target, headers, request, document, false, by_ms, &answer, err);

	pl_ipp_answer_destroy(answer);
	ippDelete(request);
	return r;
}

enum pl_result ipp_order(struct pl_stream *s, const char *target, const char *headers,
			 ipp_t *request, int64_t by_ms, struct pl_error *err)
{
	return order(s, target, headers, request, NOTHING, by_ms, err);
}

enum pl_result pl_ipp_identify(struct pl_stream *s, const char *target, const char *identify_action,
			       int64_t by_ms, struct pl_error *err)
{
	ipp_t *request = ipp_new_request(PL_IPP_OP_IDENTIFY_PRINTER, target);

	if (identify_action)
		ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "identify-actions", NULL,
			     identify_action);
	return order(s, target, NULL, request, NOTHING, by_ms, err);
}

enum pl_result pl_ipp_restart(struct pl_stream *s, const char *target, int64_t by_ms,
			      struct pl_error *err)
{
	return order(s, target, NULL, ipp_new_request(PL_IPP_OP_RESTART_PRINTER, target), NOTHING,
		     by_ms, err);
}

enum pl_result pl_ipp_print(struct pl_stream *s, const char *target, const char *format,
			    const char *name, struct pl_span document, int64_t by_ms,
			    struct pl_error *err)
{
	ipp_t *request = ipp_new_request(PL_IPP_OP_PRINT_JOB, target);

	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
		     "platen");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, format);
	return order(s, target, NULL, request, document, by_ms, err);
}

bool pl_ipp_takes(const struct pl_ipp_answer *a, const char *format)
{
	int count = ipp_count(a, "document-format-supported");

	for (int i = 0; i < count; i++)
		if (pl_span_is(ipp_text(a, "document-format-supported", i), format))
			return true;
	return false;
}

bool pl_ipp_supports(const struct pl_ipp_answer *a, int operation)
{
	int count = ipp_count(a, "operations-supported");

	for (int i = 0; i < count; i++)
		if (ipp_integer(a, "operations-supported", i) == operation)
			return true;
	return false;
}

bool pl_ipp_identify_can(const struct pl_ipp_answer *a, const char *action)
{
	int count = ipp_count(a, "identify-actions-supported");

	for (int i = 0; i < count; i++)
		if (pl_span_is(ipp_text(a, "identify-actions-supported", i), action))
			return true;
	return false;
}

void pl_ipp_get_hints(const struct pl_ipp_answer *a, struct pl_ipp_hints *ret_hints)
{
	*ret_hints = (struct pl_ipp_hints){
		.queued_jobs = ipp_integer(a, "queued-job-count", 0),
		.state_change_time = ipp_integer(a, "printer-state-change-time", 0),
		.config_change_time = ipp_integer(a, "printer-config-change-time", 0),
	};
}
