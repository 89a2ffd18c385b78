/* SPDX-License-Identifier: Apache-2.0 */
/* PJL: questions from pjl.json, USTATUS from the state. */

#include "pjl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glib.h>

#include <platen/clock.h>

#include "json.h"
#include "settings.h"
#include "template.h"
#include "view.h"

#define CRLF	 "\r\n"
#define MAX_WORD 64

void vp_pjl_init(struct vp_pjl *pjl, struct vp_printer *printer)
{
	*pjl = (struct vp_pjl){ .printer = printer };
}

static const cJSON *spec(const struct vp_pjl *pjl)
{
	return pjl->printer->profile->pjl;
}

static void end_answer(struct vp_pjl *pjl, struct pl_bytes *out)
{
	if (vp_json_true(spec(pjl), "form_feed", true))
		(void)!pl_bytes_add(out, "\f", 1);
}

/* The rendered lines of an answer; a line that renders to nothing is left out. */
static void add_lines(const cJSON *lines, const cJSON *view, struct pl_bytes *out)
{
	const cJSON *line;

	cJSON_ArrayForEach(line, lines)
	{
		char *text = vp_template_text(line->valuestring, view);

		if (*text)
			(void)!pl_bytes_add_format(out, "%s" CRLF, text);
		g_free(text);
	}
}

/* Answers the question `name` ("STATUS") of a group ("info", "inquire", "dinquire"). */
static void answer(struct vp_pjl *pjl, const char *group, const char *name, const char *line,
		   struct pl_bytes *out)
{
	const cJSON *lines = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(spec(pjl), group), name);

	if (vp_json_true(spec(pjl), "echo_commands", true))
		(void)!pl_bytes_add_format(out, "%s" CRLF, line);
	if (lines) {
		cJSON *view = vp_view(pjl->printer->profile, pjl->printer->state, "pjl");

		add_lines(lines, view, out);
		cJSON_Delete(view);
	} else {
		(void)!pl_bytes_add_format(out, "%s" CRLF,
					   vp_json_text(spec(pjl), "unsupported", "\"?\""));
	}
	end_answer(pjl, out);
}

/* "DEVICE = VERBOSE" -> name "DEVICE", value "VERBOSE"; blanks around the sign are allowed. */
static void split(const char *text, char name[static MAX_WORD], char value[static MAX_WORD])
{
	struct pl_span rest = pl_span_of(text), head = pl_span_take(&rest, '=');

	pl_span_copy(pl_span_trim(head), name, MAX_WORD);
	pl_span_copy(pl_span_trim(rest), value, MAX_WORD);
}

static void ustatus(struct vp_pjl *pjl, const char *what)
{
	char name[MAX_WORD], value[MAX_WORD];
	bool on;

	split(what, name, value);
	on = strcasecmp(value, "OFF") != 0;
	if (strcasecmp(name, "DEVICE") == 0) {
		pjl->device = on;
		pjl->verbose = strcasecmp(value, "VERBOSE") == 0;
	} else if (strcasecmp(name, "JOB") == 0) {
		pjl->job = on;
	} else if (strcasecmp(name, "PAGE") == 0) {
		pjl->page = on;
	} else if (strcasecmp(name, "TIMED") == 0) {
		pjl->timed_s = atoi(value);
		if (pjl->timed_s > 0 && pjl->timed_s < 5)
			pjl->timed_s = 5;
		if (pjl->timed_s > 300)
			pjl->timed_s = 300;
		pjl->timed_by_ms = pl_clock_in_ms(pjl->timed_s * 1000LL);
	}
}

/* Commands with an effect of their own, exact line -> {"do": "reboot", "return_ms": 3000}. */
static void act(struct vp_pjl *pjl, const char *line)
{
	const cJSON *action = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(spec(pjl), "actions"), line);

	if (!action)
		return;
	if (strcmp(vp_json_text(action, "do", ""), "reboot") == 0)
		vp_printer_reboot(pjl->printer, "pml",
				  (int)vp_json_number(action, "return_ms", 3000));
	else
		vp_log_text(pjl->printer->log, "action", "do", vp_json_text(action, "do", ""),
			    NULL);
}

/* The rest of `text` after the word `verb`, blanks skipped; NULL where it does not start with it.
 */
static const char *after(const char *text, const char *verb)
{
	size_t n = strlen(verb);

	if (strncasecmp(text, verb, n) != 0 || (text[n] != '\0' && text[n] != ' '))
		return NULL;
	while (text[n] == ' ')
		n++;
	return text + n;
}

/* "JOB PASSWORD=4711": what follows may change what is locked. */
static void begin_job(struct vp_pjl *pjl, const char *rest)
{
	char name[MAX_WORD], value[MAX_WORD];

	split(rest, name, value);
	pjl->trusted =
		strcasecmp(name, "PASSWORD") == 0 && vp_settings_password(pjl->printer, value);
}

/* "DEFAULT PAPER=A4": what cannot be, or is locked, is passed over in silence. */
static void set_default(struct vp_pjl *pjl, const char *rest)
{
	char name[MAX_WORD], value[MAX_WORD];

	split(rest, name, value);
	if ((pjl->trusted || vp_settings_password(pjl->printer, NULL)) &&
	    vp_setting_takes(pjl->printer, "pjl", name, value))
		vp_setting_write(pjl->printer, "pjl", name, value);
}

enum vp_pjl_line vp_pjl_line(struct vp_pjl *pjl, const char *line, struct pl_bytes *out)
{
	const char *text = after(line, "@PJL"), *rest;

	vp_log_text(pjl->printer->log, "pjl", "command", line, NULL);
	if (!text)
		return VP_PJL_COMMAND;
	if ((rest = after(text, "ECHO"))) {
		(void)!pl_bytes_add_format(out, "%s" CRLF, line);
		end_answer(pjl, out);
	} else if ((rest = after(text, "INFO"))) {
		answer(pjl, "info", rest, line, out);
	} else if ((rest = after(text, "INQUIRE"))) {
		answer(pjl, "inquire", rest, line, out);
	} else if ((rest = after(text, "DINQUIRE"))) {
		answer(pjl, "dinquire", rest, line, out);
	} else if ((rest = after(text, "USTATUS"))) {
		ustatus(pjl, rest);
	} else if (after(text, "USTATUSOFF")) {
		pjl->device = pjl->verbose = pjl->job = pjl->page = false;
		pjl->timed_s = 0;
	} else if ((rest = after(text, "DEFAULT"))) {
		set_default(pjl, rest);
	} else if (after(text, "ENTER")) {
		return VP_PJL_LANGUAGE;
	} else if ((rest = after(text, "JOB"))) {
		begin_job(pjl, rest);
		return VP_PJL_JOB;
	} else if (after(text, "EOJ")) {
		pjl->trusted = false;
		return VP_PJL_EOJ;
	} else {
		act(pjl, line);
	}
	return VP_PJL_COMMAND;
}

static void report(struct vp_pjl *pjl, const char *kind, const cJSON *view, struct pl_bytes *out)
{
	const cJSON *lines = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(spec(pjl), "info"), "STATUS");

	(void)!pl_bytes_add_format(out, "@PJL USTATUS %s" CRLF, kind);
	add_lines(lines, view, out);
	end_answer(pjl, out);
}

void vp_pjl_unasked(struct vp_pjl *pjl, struct pl_bytes *out)
{
	cJSON *view = vp_view(pjl->printer->profile, pjl->printer->state, "pjl");
	int code = (int)vp_json_number(vp_json_at(view, "shown.pjl"), "pjl_code", 0);
	char text[sizeof(pjl->code)];

	snprintf(text, sizeof(text), "%d", code);
	if (strcmp(text, pjl->code) != 0 && pjl->device && pjl->code[0])
		report(pjl, "DEVICE", view, out);
	snprintf(pjl->code, sizeof(pjl->code), "%s", text);
	if (pjl->timed_s > 0 && pl_clock_left_ms(pjl->timed_by_ms) == 0) {
		report(pjl, "TIMED", view, out);
		pjl->timed_by_ms = pl_clock_in_ms(pjl->timed_s * 1000LL);
	}
	cJSON_Delete(view);
}

void vp_pjl_job_done(struct vp_pjl *pjl, int job, int pages, struct pl_bytes *out)
{
	if (!pjl->job)
		return;
	(void)!pl_bytes_add_format(
		out, "@PJL USTATUS JOB" CRLF "END" CRLF "ID=%d" CRLF "PAGES=%d" CRLF, job, pages);
	end_answer(pjl, out);
}

int64_t vp_pjl_wakes_ms(const struct vp_pjl *pjl)
{
	return pjl->timed_s > 0 ? pjl->timed_by_ms : PL_FOREVER;
}
