/* SPDX-License-Identifier: Apache-2.0 */
/* ipp.json: what the printer answers in IPP, attribute by attribute. */
#include "diag.h"

#include <cjson/cJSON.h>

#include "platen/clock.h"
#include "platen/ipp.h"
#include "platen/json.h"

#define IPP_MS	 10000
#define MAX_TEXT 1024

/* A printer's bytes as JSON can bear them. */
static cJSON *text_to_json(const char *text)
{
	char clean[MAX_TEXT];
	size_t n = 0;

	for (; *text && n + 1 < sizeof(clean); text++)
		clean[n++] = *text >= ' ' && *text <= '~' ? *text : '?';
	clean[n] = '\0';
	return cJSON_CreateString(clean);
}

static void add_value(void *arg, const struct pl_ipp_value *v)
{
	cJSON *doc = arg, *list = cJSON_GetObjectItemCaseSensitive(doc, v->name);

	if (!list)
		list = cJSON_AddArrayToObject(doc, v->name);
	if (v->kind == PL_IPP_NUMBER)
		cJSON_AddItemToArray(list, cJSON_CreateNumber((double)v->number));
	else if (v->kind == PL_IPP_BOOLEAN)
		cJSON_AddItemToArray(list, cJSON_CreateBool(v->number != 0));
	else
		cJSON_AddItemToArray(list, text_to_json(v->text));
}

static enum pl_result ask(struct pl_act *a, enum pl_ipp_question question, cJSON *doc,
			  struct pl_error *err)
{
	struct pl_ipp_visitor visitor = { .value = add_value, .arg = doc };
	struct pl_ipp_answer *answer = NULL;
	struct pl_stream *stream;
	enum pl_result r = pl_act_http(a, &stream, err);

	if (r != PL_OK)
		return r;
	r = pl_ipp_ask(stream, a->known->ipp_target, question, pl_clock_in_ms(IPP_MS), &answer,
		       err);
	if (r == PL_OK)
		pl_ipp_each(answer, &visitor);
	else
		pl_act_hang_up(a);
	pl_ipp_answer_destroy(answer);
	return r;
}

enum pl_result pl_diag_ipp(struct pl_act *a, struct pl_bundle *b, struct pl_error *err)
{
	cJSON *doc = cJSON_CreateObject();
	enum pl_result r = PL_E_UNSUPPORTED;

	*err = (struct pl_error){ PL_OK, "" };
	if (a->known->ipp == PL_SKILL_YES && a->known->ipp_target)
		r = ask(a, PL_IPP_ASK_IDENTITY, doc, err);
	if (r == PL_OK) /* what changes last, so that nothing stands twice */
		r = ask(a, PL_IPP_ASK_FULL, doc, err);
	if (r == PL_OK || cJSON_GetArraySize(doc) > 0)
		pl_bundle_json(b, "ipp.json", "bundle.ipp", doc);
	else
		pl_diag_missing(b, "ipp.json", r, err);
	cJSON_Delete(doc);
	return r == PL_E_GONE || r == PL_E_CANCELLED ? r : PL_OK;
}
