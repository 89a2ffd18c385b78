/* SPDX-License-Identifier: Apache-2.0 */
/* A page for one of the PC's own queues, handed to CUPS over its local socket. */
#include <cups/cups.h>
#include <stdio.h>

#include "spooler.h"

#define CONNECT_MS 2000
#define ANSWER_S   20.0
#define SOCKET	   "/run/cups/cups.sock"

static int give_up(http_t *http, void *data)
{
	(void)http;
	(void)data;
	return 0;
}

static ipp_t *new_job(const char *queue, const char *name, const char *format)
{
	ipp_t *request = ippNewRequest(IPP_OP_PRINT_JOB);
	char uri[256];

	snprintf(uri, sizeof(uri), "ipp://localhost/printers/%s", queue);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, uri);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL,
		     "platen");
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, name);
	ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, format);
	return request;
}

/* Sends the request with its document; takes it over. */
static enum pl_result send_job(http_t *http, const char *resource, ipp_t *request,
			       struct pl_span document, struct pl_error *err)
{
	http_status_t status =
		cupsSendRequest(http, request, resource, ippLength(request) + document.size);
	ipp_t *answer = NULL;
	ipp_status_t said;

	if (status == HTTP_STATUS_CONTINUE)
		status = cupsWriteRequestData(http, document.at, document.size);
	ippDelete(request);
	if (status == HTTP_STATUS_CONTINUE || status == HTTP_STATUS_OK)
		answer = cupsGetResponse(http, resource);
	said = answer ? ippGetStatusCode(answer) : IPP_STATUS_ERROR_INTERNAL;
	ippDelete(answer);
	if (said >= IPP_STATUS_REDIRECTION_OTHER_SITE)
		return pl_error_set(err, PL_E_REFUSED, "CUPS did not take the page: %s",
				    ippErrorString(said));
	return PL_OK;
}

enum pl_result pl_spooler_print(const char *queue, const char *name, const char *format,
				struct pl_span document, struct pl_error *err)
{
	http_t *http =
		httpConnect2(SOCKET, 0, NULL, AF_LOCAL, HTTP_ENCRYPTION_NEVER, 1, CONNECT_MS, NULL);
	char resource[128];
	enum pl_result r;

	if (!http)
		return pl_error_set(err, PL_E_NOT_FOUND, "CUPS does not answer at " SOCKET);
	httpSetTimeout(http, ANSWER_S, give_up, NULL);
	snprintf(resource, sizeof(resource), "/printers/%s", queue);
	r = send_job(http, resource, new_job(queue, name, format), document, err);
	httpClose(http);
	return r;
}
