/* SPDX-License-Identifier: Apache-2.0 */
/* IPP bridge: decode, forward, overlay, encode; with libcups' codec and client. */

#include "ipp_bridge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cups/cups.h>
#include <glib.h>

#include "ipp_live.h"
#include "ipp_server.h"
#include "json.h"
#include "settings.h"

#define RESOURCE "/ipp/print"

static ssize_t read_body(void *arg, ipp_uchar_t *buf, size_t n)
{
	struct vp_http *http = arg;
	size_t got = 0;

	while (got < n) {
		ssize_t r = vp_http_body(http, buf + got, n - got);

		if (r <= 0)
			return r < 0 ? -1 : (ssize_t)got;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

static ssize_t write_answer(void *arg, ipp_uchar_t *buf, size_t n)
{
	return pl_bytes_add(arg, buf, n) == PL_OK ? (ssize_t)n : -1;
}

static bool carries_document(ipp_op_t op)
{
	return op == IPP_OP_PRINT_JOB || op == IPP_OP_SEND_DOCUMENT;
}

/* Passes the document behind the request on, and keeps it. False: the pipe was reset. */
static bool pass_document(struct vp_printer *p, struct vp_http *from, http_t *to)
{
	struct vp_job *job = vp_job_begin(p->jobs, vp_pipe_name(from->pipe));
	char buf[8192];
	ssize_t n;

	vp_log_text(p->log, "job", "event", "begins", "pipe", vp_pipe_name(from->pipe), NULL);
	vp_state_job(p->state, true);
	while ((n = vp_http_body(from, buf, sizeof(buf))) > 0) {
		vp_job_add(job, buf, (size_t)n);
		cupsWriteRequestData(to, buf, (size_t)n);
	}
	vp_job_end(job, n == 0 ? "request" : "reset");
	vp_log_text(p->log, "job", "event", "ends", "why", n == 0 ? "request" : "reset", "pipe",
		    vp_pipe_name(from->pipe), NULL);
	if (n == 0)
		vp_state_print(p->state, 1, false);
	vp_state_job(p->state, false);
	return n == 0;
}

/* True when the request wants the attribute: named, in a group that holds it, or no names at all.
 */
static bool wanted(ipp_t *request, const char *name)
{
	ipp_attribute_t *list = ippFindAttribute(request, "requested-attributes", IPP_TAG_KEYWORD);

	return !list || ippContainsString(list, "all") ||
	       ippContainsString(list, "printer-description") || ippContainsString(list, name);
}

static ssize_t read_file(void *arg, ipp_uchar_t *buf, size_t n)
{
	return (ssize_t)fread(buf, 1, n, arg);
}

/* Copies an attribute; libcups' own copies of texts with a language are empty. */
static void copy_attribute(ipp_t *to, ipp_attribute_t *a)
{
	ipp_tag_t tag = ippGetValueTag(a);
	const char *language = NULL, **texts;
	int n = ippGetCount(a);

	if (tag != IPP_TAG_TEXTLANG && tag != IPP_TAG_NAMELANG) {
		ippCopyAttribute(to, a, 0);
		return;
	}
	texts = g_new(const char *, n);
	for (int i = 0; i < n; i++)
		texts[i] = ippGetString(a, i, &language);
	ippAddStrings(to, ippGetGroupTag(a), tag, ippGetName(a), n, language, texts);
	g_free(texts);
}

/* An answer captured from a real printer, ipp/answer.bin, as the answer to this request; NULL where
 * there is none. */
static ipp_t *captured(const struct vp_printer *p, ipp_t *request)
{
	gchar *path = g_build_filename(p->profile->dir, "ipp", "answer.bin", NULL);
	FILE *file = fopen(path, "rbe");
	ipp_t *all = file ? ippNew() : NULL, *answer = NULL;

	g_free(path);
	if (file && ippReadIO(file, read_file, 1, NULL, all) == IPP_STATE_DATA) {
		answer = ippNewResponse(request);
		for (ipp_attribute_t *a = ippFirstAttribute(all); a; a = ippNextAttribute(all))
			if (ippGetGroupTag(a) == IPP_TAG_PRINTER && ippGetName(a) &&
			    wanted(request, ippGetName(a)))
				copy_attribute(answer, a);
	}
	ippDelete(all);
	if (file)
		fclose(file);
	return answer;
}

/* What the real server says; NULL when the pipe was reset. */
static ipp_t *forward(struct vp_printer *p, struct vp_http *from, ipp_t *request)
{
	bool document = carries_document(ippGetOperation(request));
	http_t *to = p->ippserver ? vp_ippserver_connect(p->ippserver) : NULL;
	ipp_t *answer = NULL;
	bool ok = true;

	if (to) {
		cupsSendRequest(to, request, RESOURCE,
				document ? CUPS_LENGTH_VARIABLE : ippLength(request));
		if (document)
			ok = pass_document(p, from, to);
		if (ok)
			answer = cupsGetResponse(to, RESOURCE);
		httpClose(to);
	}
	if (!ok)
		return NULL;
	if (!answer)
		answer = ippNewResponse(request),
		ippSetStatusCode(answer, IPP_STATUS_ERROR_INTERNAL);
	return answer;
}

static void overlay(struct vp_printer *p, ipp_t *request, ipp_t *answer)
{
	ipp_t *live = vp_ipp_live(p);

	for (ipp_attribute_t *a = ippFirstAttribute(live); a; a = ippNextAttribute(live)) {
		ipp_attribute_t *old;

		/* ippeveprinter tells some twice: the profile's and its own. */
		while ((old = ippFindAttribute(answer, ippGetName(a), IPP_TAG_ZERO)))
			ippDeleteAttribute(answer, old);
		if (wanted(request, ippGetName(a)))
			ippCopyAttribute(answer, a, 0);
	}
	ippDelete(live);
}

static void add_values(cJSON *line, const char *key, ipp_attribute_t *attr)
{
	cJSON *list = attr ? cJSON_AddArrayToObject(line, key) : NULL;

	for (int i = 0; i < (attr ? ippGetCount(attr) : 0); i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(ippGetString(attr, i, NULL)));
}

static void log_exchange(struct vp_printer *p, struct vp_http *http, ipp_op_t op, ipp_t *request,
			 ipp_t *answer)
{
	cJSON *line = cJSON_CreateObject();

	cJSON_AddStringToObject(line, "pipe", vp_pipe_name(http->pipe));
	cJSON_AddStringToObject(line, "operation", ippOpString(op));
	cJSON_AddStringToObject(line, "status", ippErrorString(ippGetStatusCode(answer)));
	add_values(line, "requested",
		   ippFindAttribute(request, "requested-attributes", IPP_TAG_KEYWORD));
	if (op == IPP_OP_IDENTIFY_PRINTER) {
		ipp_attribute_t *a = ippFindAttribute(request, "identify-actions", IPP_TAG_KEYWORD);
		const char *flash = "flash"; /* PWG 5100.13: the printer's own choice */

		add_values(line, "actions", a);
		if (!a)
			cJSON_AddItemToObject(line, "actions", cJSON_CreateStringArray(&flash, 1));
	}
	vp_log_json(p->log, "ipp", line);
}

/* Restart-Printer, where behaviour.json has "ipp": {"restart_ms": 3000}. */
static ipp_t *restart(struct vp_printer *p, ipp_t *request)
{
	int ms = (int)vp_json_number(vp_profile_behaviour(p->profile, "ipp"), "restart_ms", -1);
	ipp_t *answer = ippNewResponse(request);

	if (ms < 0)
		ippSetStatusCode(answer, IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED);
	else
		vp_printer_reboot(p, "ipp", ms);
	return answer;
}

/* An attribute's one value as text; "" for a kind that cannot be set here. */
static void value_of(ipp_attribute_t *a, char *text, size_t cap)
{
	const char *word;

	text[0] = '\0';
	switch (ippGetValueTag(a)) {
	case IPP_TAG_INTEGER:
	case IPP_TAG_ENUM: snprintf(text, cap, "%d", ippGetInteger(a, 0)); break;
	case IPP_TAG_KEYWORD:
	case IPP_TAG_LANGUAGE:
		word = ippGetString(a, 0, NULL);
		snprintf(text, cap, "%s", word ? word : "");
		break;
	default: break;
	}
}

/* Set-Printer-Attributes (RFC 3380): all of them, or none. */
static ipp_t *set_attributes(struct vp_printer *p, struct vp_http *http, ipp_t *request)
{
	ipp_t *answer = ippNewResponse(request);
	ipp_status_t status = IPP_STATUS_OK;
	char text[256];

	if (!vp_settings_by(p, "ipp"))
		status = IPP_STATUS_ERROR_OPERATION_NOT_SUPPORTED;
	else if (!vp_settings_authorized(p, http))
		status = IPP_STATUS_ERROR_NOT_AUTHENTICATED;
	for (int pass = 0; pass < 2 && status == IPP_STATUS_OK; pass++) {
		for (ipp_attribute_t *a = ippFirstAttribute(request); a;
		     a = ippNextAttribute(request)) {
			if (ippGetGroupTag(a) != IPP_TAG_PRINTER || !ippGetName(a))
				continue;
			value_of(a, text, sizeof(text));
			if (pass == 1)
				vp_setting_write(p, "ipp", ippGetName(a), text);
			else if (!vp_setting_exists(p, "ipp", ippGetName(a)))
				status = IPP_STATUS_ERROR_ATTRIBUTES_NOT_SETTABLE;
			else if (!vp_setting_takes(p, "ipp", ippGetName(a), text))
				status = IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES;
		}
	}
	ippSetStatusCode(answer, status);
	return answer;
}

bool vp_ipp_bridge(struct vp_printer *printer, struct vp_http *http, struct pl_bytes *answer)
{
	ipp_t *request = ippNew(), *response = NULL;
	ipp_op_t op;
	bool ok = true;

	if (ippReadIO(http, read_body, 1, NULL, request) != IPP_STATE_DATA) {
		ippDelete(request);
		return true;
	}
	op = ippGetOperation(request);
	if (op == IPP_OP_GET_PRINTER_ATTRIBUTES)
		response = captured(printer, request);
	if (op == IPP_OP_RESTART_PRINTER)
		response = restart(printer, request);
	if (op == IPP_OP_SET_PRINTER_ATTRIBUTES)
		response = set_attributes(printer, http, request);
	if (!response)
		response = forward(printer, http, request);
	if (!response) {
		ippDelete(request);
		return false;
	}
	if (op == IPP_OP_GET_PRINTER_ATTRIBUTES)
		overlay(printer, request, response);
	log_exchange(printer, http, op, request, response);
	ippSetState(response, IPP_STATE_IDLE);
	ok = ippWriteIO(answer, write_answer, 1, NULL, response) == IPP_STATE_DATA;
	ippDelete(response);
	ippDelete(request);
	if (!ok)
		pl_bytes_clear(answer);
	return true;
}
