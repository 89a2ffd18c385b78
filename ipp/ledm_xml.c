/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over a hostile XML document with expat: no DTD, hence no entities; bounded in depth and
 * size; names without their prefixes. */
#include "ledm_xml.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

struct walk {
	XML_Parser parser;
	const struct ledm_visitor *visitor;
	const char *root; /* NULL: any */
	char path[LEDM_MAX_XPATH];
	size_t path_size;
	size_t ends[LEDM_MAX_DEPTH]; /* of the path, before each element's name */
	int depth;
	char text[LEDM_MAX_TEXT];
	size_t text_size;
	enum pl_result result;
	const char *complaint;
};

static void stop(struct walk *w, enum pl_result result, const char *complaint)
{
	w->result = result;
	w->complaint = complaint;
	XML_StopParser(w->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static void XMLCALL on_start(void *arg, const XML_Char *name, const XML_Char **attributes)
{
	struct walk *w = arg;
	const char *local = local_name(name);
	size_t n = strlen(local), slash = w->depth > 0;

	(void)attributes;
	if (w->result != PL_OK)
		return;
	if (w->depth == LEDM_MAX_DEPTH || w->path_size + slash + n >= LEDM_MAX_XPATH) {
		stop(w, PL_E_TOO_BIG, "the LEDM document is nested too deeply");
		return;
	}
	if (w->depth == 0 && w->root && strcmp(local, w->root) != 0) {
		stop(w, PL_E_PROTOCOL, "the LEDM document is another one than it should be");
		return;
	}
	w->ends[w->depth++] = w->path_size;
	if (slash)
		w->path[w->path_size++] = '/';
	memcpy(w->path + w->path_size, local, n + 1);
	w->path_size += n;
	w->text_size = 0;
	if (w->visitor->enter)
		w->visitor->enter(w->visitor->arg, w->path);
}

static void XMLCALL on_end(void *arg, const XML_Char *name)
{
	struct walk *w = arg;
	struct pl_span text = { w->text, w->text_size };

	(void)name;
	if (w->result != PL_OK)
		return; /* expat still ends an empty element that made us stop */
	w->visitor->leave(w->visitor->arg, w->path, pl_span_trim(text));
	w->path_size = w->ends[--w->depth];
	w->path[w->path_size] = '\0';
	w->text_size = 0;
}

static void XMLCALL on_text(void *arg, const XML_Char *text, int n)
{
	struct walk *w = arg;
	size_t room = LEDM_MAX_TEXT - w->text_size;
	size_t size = (size_t)n < room ? (size_t)n : room;

	memcpy(w->text + w->text_size, text, size);
	w->text_size += size;
}

static void XMLCALL on_doctype(void *arg, const XML_Char *name, const XML_Char *system_id,
			       const XML_Char *public_id, int has_subset)
{
	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	stop(arg, PL_E_PROTOCOL, "the LEDM document has a DTD, which is refused");
}

enum pl_result ledm_walk(struct pl_span xml, const char *root, const struct ledm_visitor *visitor,
			 struct pl_error *err)
{
	struct walk w = { .visitor = visitor, .root = root };
	enum XML_Status status;

	if (xml.size > PL_MAX_LEDM_DOCUMENT)
		return pl_error_set(err, PL_E_TOO_BIG, "the LEDM document is longer than %d bytes",
				    PL_MAX_LEDM_DOCUMENT);
	w.parser = XML_ParserCreate(NULL);
	if (!w.parser)
		return pl_error_set(err, PL_E_NO_MEMORY, "no memory for an LEDM document");
	XML_SetUserData(w.parser, &w);
	XML_SetElementHandler(w.parser, on_start, on_end);
	XML_SetCharacterDataHandler(w.parser, on_text);
	XML_SetStartDoctypeDeclHandler(w.parser, on_doctype);
	xml = pl_span_trim(xml);
	status = XML_Parse(w.parser, xml.size ? xml.at : "", (int)xml.size, XML_TRUE);
	if (w.result != PL_OK)
		w.result = pl_error_set(err, w.result, "%s", w.complaint);
	else if (status != XML_STATUS_OK)
		w.result = pl_error_set(err, PL_E_PROTOCOL,
					"the LEDM document is no well-formed XML (line %lu: %s)",
					(unsigned long)XML_GetCurrentLineNumber(w.parser),
					XML_ErrorString(XML_GetErrorCode(w.parser)));
	XML_ParserFree(w.parser);
	return w.result;
}

const char *ledm_inside(const char *path, const char *parent)
{
	size_t n = strlen(parent);

	return strncmp(path, parent, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}
