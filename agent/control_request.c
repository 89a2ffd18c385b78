/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one line of a local caller. */
#include <string.h>

#include <cjson/cJSON.h>

#include "control.h"
#include "platen/json.h"

static const struct {
	const char *name;
	enum pl_control_right right;
} VERBS[PL_CONTROL_VERB_COUNT] = {
	[PL_CONTROL_STATUS] = { "status", PL_CONTROL_ANYBODY },
	[PL_CONTROL_PRINTERS] = { "printers", PL_CONTROL_ANYBODY },
	[PL_CONTROL_PROBE] = { "probe", PL_CONTROL_ANYBODY },
	[PL_CONTROL_SENT] = { "sent", PL_CONTROL_ANYBODY },
	[PL_CONTROL_DOCTOR] = { "doctor", PL_CONTROL_ANYBODY },
	[PL_CONTROL_DIAG] = { "diag", PL_CONTROL_TRUSTED },
	[PL_CONTROL_ENROLL] = { "enroll", PL_CONTROL_TRUSTED },
	[PL_CONTROL_WATCH] = { "watch", PL_CONTROL_ANYBODY },
	[PL_CONTROL_EWS] = { "ews", PL_CONTROL_ANYBODY },
	[PL_CONTROL_EWS_ALLOW] = { "ews_allow", PL_CONTROL_SEATED },
	[PL_CONTROL_EWS_DENY] = { "ews_deny", PL_CONTROL_SEATED },
	[PL_CONTROL_EWS_END] = { "ews_end", PL_CONTROL_SEATED },
};

enum pl_result pl_control_permit(enum pl_control_verb verb, const struct pl_control_caller *caller,
				 struct pl_error *err)
{
	switch (VERBS[verb].right) {
	case PL_CONTROL_ANYBODY: return PL_OK;
	case PL_CONTROL_SEATED:
		if (caller->trusted || caller->seated)
			return PL_OK;
		return pl_error_set(err, PL_E_DENIED,
				    "only who is logged in at this PC's own screen may answer");
	case PL_CONTROL_TRUSTED: break;
	}
	if (caller->trusted)
		return PL_OK;
	return pl_error_set(err, PL_E_DENIED, "only root may ask for this: say %s as root",
			    VERBS[verb].name);
}

static enum pl_result read_verb(const cJSON *doc, enum pl_control_verb *ret_verb,
				struct pl_error *err)
{
	const char *name = pl_json_text(doc, "do");

	for (int i = 0; name && i < PL_CONTROL_VERB_COUNT; i++) {
		if (strcmp(name, VERBS[i].name) != 0)
			continue;
		*ret_verb = (enum pl_control_verb)i;
		return PL_OK;
	}
	return pl_error_set(err, PL_E_UNSUPPORTED, "this agent does not know how to %.40s",
			    name ? name : "do nothing");
}

/* A member that is missing or null leaves the text empty. */
static enum pl_result read_text(const cJSON *doc, const char *name, char *ret_text, size_t cap,
				struct pl_error *err)
{
	const cJSON *member = pl_json_at(doc, name);

	ret_text[0] = '\0';
	if (!member || cJSON_IsNull(member) || pl_json_copy(doc, name, ret_text, cap))
		return PL_OK;
	return pl_error_set(err, PL_E_INVALID, "%s has to be a text of less than %zu bytes", name,
			    cap);
}

static enum pl_result read_members(const cJSON *doc, struct pl_control_request *q,
				   struct pl_error *err)
{
	int64_t version;
	enum pl_result r;

	if (!cJSON_IsObject(doc))
		return pl_error_set(err, PL_E_PROTOCOL, "a request is one JSON object");
	if (!pl_json_int(doc, "v", 0, INT32_MAX, &version) || version != PL_CONTROL_VERSION)
		return pl_error_set(err, PL_E_UNSUPPORTED, "this agent speaks version %d",
				    PL_CONTROL_VERSION);
	r = read_verb(doc, &q->verb, err);
	if (r == PL_OK)
		r = read_text(doc, "key", q->key, sizeof(q->key), err);
	if (r == PL_OK)
		r = read_text(doc, "token", q->token, sizeof(q->token), err);
	if (r == PL_OK)
		r = read_text(doc, "server", q->server, sizeof(q->server), err);
	if (r == PL_OK)
		r = read_text(doc, "ca_file", q->ca_file, sizeof(q->ca_file), err);
	if (r == PL_OK)
		r = read_text(doc, "id", q->id, sizeof(q->id), err);
	if (r == PL_OK && !pl_json_bool(doc, "raw", &q->raw))
		q->raw = false;
	return r;
}

enum pl_result pl_control_parse(struct pl_span line, struct pl_control_request *ret_request,
				struct pl_error *err)
{
	struct pl_control_request request;
	cJSON *doc = NULL;
	enum pl_result r;

	if (line.size > PL_MAX_CONTROL_REQUEST)
		return pl_error_set(err, PL_E_PROTOCOL, "a request is at most %d bytes long",
				    PL_MAX_CONTROL_REQUEST);
	memset(&request, 0, sizeof(request));
	r = pl_json_parse(pl_span_trim(line), &doc, err);
	if (r == PL_OK)
		r = read_members(doc, &request, err);
	cJSON_Delete(doc);
	if (r == PL_OK)
		*ret_request = request;
	return r;
}
