/* SPDX-License-Identifier: Apache-2.0 */
/* Live attributes: a small reader for ATTR lines. */

#include "ipp_live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <glib.h>

#include "template.h"
#include "view.h"

#define MAX_WORD   2048
#define MAX_VALUES 64

struct reader {
	const char *at;
	char word[MAX_WORD];
	bool quoted;
};

/* Reads the next word; a comma and a brace are words of their own. False at the end of the text. */
static bool next(struct reader *r)
{
	size_t n = 0;

	r->quoted = false;
	r->at += strspn(r->at, " \t\r\n");
	if (*r->at == '\0')
		return false;
	if (strchr(",{}", *r->at)) {
		r->word[0] = *r->at++;
		r->word[1] = '\0';
		return true;
	}
	if (*r->at == '"') {
		r->quoted = true;
		for (r->at++; *r->at && *r->at != '"'; r->at++)
			if (n + 1 < sizeof(r->word))
				r->word[n++] = *r->at;
		r->at += *r->at == '"';
	} else {
		for (; *r->at && !strchr(" \t\r\n,{}", *r->at); r->at++)
			if (n + 1 < sizeof(r->word))
				r->word[n++] = *r->at;
	}
	r->word[n] = '\0';
	return true;
}

static ipp_t *read_collection(struct reader *r);

/* The values of one attribute; those of a collection are messages. */
struct values {
	char *texts[MAX_VALUES];
	ipp_t *collections[MAX_VALUES];
	int count;
};

static void free_values(struct values *v)
{
	for (int i = 0; i < v->count; i++) {
		g_free(v->texts[i]);
		ippDelete(v->collections[i]);
	}
}

/* Reads "a,b,c" up to the next word that no comma leads to. */
static void read_values(struct reader *r, bool collection, struct values *v)
{
	struct reader before;
	bool again;

	do {
		before = *r;
		if (!next(r) ||
		    (!r->quoted && (strcmp(r->word, "ATTR") == 0 ||
				    strcmp(r->word, "MEMBER") == 0 || strcmp(r->word, "}") == 0))) {
			*r = before;
			return;
		}
		if (v->count < MAX_VALUES) {
			v->texts[v->count] = g_strdup(r->word);
			v->collections[v->count++] = collection ? read_collection(r) : NULL;
		}
		before = *r;
		again = next(r) && !r->quoted && strcmp(r->word, ",") == 0;
		if (!again)
			*r = before;
	} while (again);
}

static void add_value(ipp_t *ipp, ipp_attribute_t **attr, ipp_tag_t tag, const char *name,
		      const char *text, ipp_t *collection)
{
	ipp_tag_t group = IPP_TAG_PRINTER;
	int n = *attr ? ippGetCount(*attr) : 0, low, high;

	switch (tag) {
	case IPP_TAG_INTEGER:
	case IPP_TAG_ENUM:
		if (*attr)
			ippSetInteger(ipp, attr, n, atoi(text));
		else
			*attr = ippAddInteger(ipp, group, tag, name, atoi(text));
		break;
	case IPP_TAG_BOOLEAN:
		*attr = ippAddBoolean(ipp, group, name, strcmp(text, "true") == 0);
		break;
	case IPP_TAG_RANGE:
		if (sscanf(text, "%d-%d", &low, &high) == 2)
			*attr = ippAddRange(ipp, group, name, low, high);
		break;
	case IPP_TAG_STRING:
		if (*attr)
			ippSetOctetString(ipp, attr, n, text, (int)strlen(text));
		else
			*attr = ippAddOctetString(ipp, group, name, text, (int)strlen(text));
		break;
	case IPP_TAG_BEGIN_COLLECTION:
		if (*attr)
			ippSetCollection(ipp, attr, n, collection);
		else
			*attr = ippAddCollection(ipp, group, name, collection);
		break;
	case IPP_TAG_DATE: *attr = ippAddDate(ipp, group, name, ippTimeToDate(atol(text))); break;
	default:
		if (*attr)
			ippSetString(ipp, attr, n, text);
		else
			*attr = ippAddString(ipp, group, tag, name, NULL, text);
	}
}

/* Reads "TYPE name values" after ATTR or MEMBER. False: the type is unknown. */
static bool read_attribute(struct reader *r, ipp_t *ipp)
{
	struct values v = { .count = 0 };
	ipp_attribute_t *attr = NULL;
	ipp_tag_t tag;
	char *name;

	if (!next(r))
		return false;
	tag = ippTagValue(r->word);
	if (tag == IPP_TAG_ZERO || !next(r))
		return false;
	name = g_strdup(r->word);
	read_values(r, tag == IPP_TAG_BEGIN_COLLECTION, &v);
	for (int i = 0; i < v.count; i++)
		add_value(ipp, &attr, tag, name, v.texts[i], v.collections[i]);
	free_values(&v);
	g_free(name);
	return true;
}

/* Reads "MEMBER … }" after the opening brace. */
static ipp_t *read_collection(struct reader *r)
{
	ipp_t *col = ippNew();

	while (next(r) && strcmp(r->word, "}") != 0)
		if (strcmp(r->word, "MEMBER") == 0)
			read_attribute(r, col);
	return col;
}

ipp_t *vp_ipp_live(struct vp_printer *printer)
{
	gchar *path = g_build_filename(printer->profile->dir, "ipp", "live.conf", NULL);
	gchar *text = NULL;
	struct reader r = { 0 };
	char *rendered;
	ipp_t *ipp;

	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		g_free(path);
		return NULL;
	}
	rendered = vp_view_text(printer->profile, printer->state, "ipp", text);
	ipp = ippNew();
	r.at = rendered;
	while (next(&r)) {
		if (strcmp(r.word, "ATTR") != 0 || !read_attribute(&r, ipp))
			vp_log_text(printer->log, "profile", "bad", r.word, "file", path, NULL);
	}
	g_free(rendered);
	g_free(text);
	g_free(path);
	return ipp;
}
