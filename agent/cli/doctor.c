/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings, and how it is shown. */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "platen/json.h"

#define SIGN_WIDTH  9
#define CHECK_WIDTH 14

static const struct {
	const char *word;
	enum ink ink;
} STATES[] = {
	[FINDING_OK] = { "ok", INK_GREEN },
	[FINDING_NOTE] = { "note", INK_PLAIN },
	[FINDING_UNKNOWN] = { "unknown", INK_YELLOW },
	[FINDING_PROBLEM] = { "problem", INK_RED },
};

void doctor_say(struct doctor *d, const char *check, enum finding_state state, const char *subject,
		const char *advice, const char *fmt, ...)
{
	struct finding *f;
	va_list args;

	if (d->count == MAX_FINDINGS)
		return;
	f = &d->list[d->count++];
	*f = (struct finding){ .check = check, .state = state, .advice = advice };
	snprintf(f->subject, sizeof(f->subject), "%s", subject ? subject : "");
	va_start(args, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, args);
	va_end(args);
}

void doctor_finish(struct doctor *d)
{
	cJSON_Delete(d->status);
	cJSON_Delete(d->agent);
	cJSON_Delete(d->printers);
	free(d->ca_pem);
	free(d->list);
}

static size_t count_of(const struct doctor *d, enum finding_state state)
{
	size_t n = 0;

	for (size_t i = 0; i < d->count; i++)
		n += d->list[i].state == state;
	return n;
}

static void print_json(const struct doctor *d)
{
	cJSON *doc = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(doc, "schema", "platen.doctor/1");
	cJSON_AddBoolToObject(doc, "well", count_of(d, FINDING_PROBLEM) == 0);
	list = cJSON_AddArrayToObject(doc, "checks");
	for (size_t i = 0; i < d->count; i++) {
		const struct finding *f = &d->list[i];
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "check", f->check);
		cJSON_AddStringToObject(o, "state", STATES[f->state].word);
		pl_json_add_text(o, "subject", f->subject);
		cJSON_AddStringToObject(o, "finding", f->text);
		pl_json_add_text(o, "advice", f->advice);
		cJSON_AddItemToArray(list, o);
	}
	cli_print_json(doc);
	cJSON_Delete(doc);
}

static void print_finding(const struct paper *p, const struct finding *f)
{
	int at = SIGN_WIDTH + CHECK_WIDTH;

	paper_blanks(SIGN_WIDTH - paper_text(p, STATES[f->state].ink, STATES[f->state].word, 0));
	paper_blanks(CHECK_WIDTH - paper_text(p, INK_DIM, f->check, 0));
	if (f->subject[0]) {
		paper_text(p, INK_BOLD, f->subject, p->columns > at ? p->columns - at : 0);
		fputc('\n', stdout);
		paper_blanks(at);
	}
	paper_paragraph(p, INK_PLAIN, f->text, at);
	if (!f->advice)
		return;
	paper_blanks(at);
	fputs(p->utf8 ? "→ " : "> ", stdout);
	paper_paragraph(p, INK_BOLD, f->advice, at + 2);
}

void doctor_show(const struct doctor *d)
{
	const struct paper *p = &d->cli->paper;
	size_t bad = count_of(d, FINDING_PROBLEM), unknown = count_of(d, FINDING_UNKNOWN);

	if (d->cli->json) {
		print_json(d);
		return;
	}
	for (size_t i = 0; i < d->count; i++)
		print_finding(p, &d->list[i]);
	fputc('\n', stdout);
	if (bad > 0)
		paper_print(p, INK_RED, "%zu %s", bad, bad == 1 ? "problem" : "problems");
	else
		paper_print(p, INK_GREEN, "All is well");
	if (unknown > 0)
		paper_print(p, INK_YELLOW, ", %zu not checked", unknown);
	fputc('\n', stdout);
}
