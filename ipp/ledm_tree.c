/* SPDX-License-Identifier: Apache-2.0 */
/* DiscoveryTree.xml: which documents this printer has, and where. */
#include <stdbool.h>
#include <string.h>

#include "ledm_xml.h"

/* "ProductUsageDyn.xml" of "/DevMgmt/ProductUsageDyn.xml": what the documents are known by, because
 * the folder may differ. */
static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* True for the same file name, of which one may lack the ".xml". */
static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, ".");

	return n == strcspn(b, ".") && strncmp(a, b, n) == 0 &&
	       (!a[n] || !b[n] || strcmp(a + n, b + n) == 0);
}

/* A path that can stand in a request line. */
static bool is_path(struct pl_span uri)
{
	if (uri.size == 0 || uri.size >= PL_MAX_LEDM_PATH || uri.at[0] != '/')
		return false;
	for (size_t i = 0; i < uri.size; i++)
		if (uri.at[i] <= ' ' || uri.at[i] == 0x7f)
			return false;
	return true;
}

static void on_leave(void *arg, const char *path, struct pl_span text)
{
	struct pl_ledm_tree *tree = arg;
	const char *name = ledm_inside(path, "DiscoveryTree/SupportedTree");
	char uri[PL_MAX_LEDM_PATH];

	if (!name || strcmp(name, "ResourceURI") != 0 || !is_path(text))
		return;
	pl_span_copy(text, uri, sizeof(uri));
	if (strcmp(uri, PL_LEDM_POWER_CYCLE) == 0)
		tree->has_power_cycle = true;
	for (int i = 0; i < PL_LEDM_DOCUMENT_COUNT; i++) {
		const char *known = pl_ledm_path((enum pl_ledm_document)i);

		if (!tree->path[i][0] && same_name(file_name(uri), file_name(known)))
			memcpy(tree->path[i], uri, sizeof(uri));
	}
}

enum pl_result pl_ledm_read_tree(struct pl_span xml, struct pl_ledm_tree *ret_tree,
				 struct pl_error *err)
{
	struct pl_ledm_tree tree = { 0 };
	struct ledm_visitor visitor = { .leave = on_leave, .arg = &tree };
	enum pl_result r = ledm_walk(xml, "DiscoveryTree", &visitor, err);

	if (r == PL_OK)
		*ret_tree = tree;
	return r;
}
