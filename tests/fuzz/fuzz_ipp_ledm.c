/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as each of the LEDM documents: read, or refused without a trace. */
#include "fuzz_ipp.h"
#include "platen/ledm.h"

static void count_leaf(void *arg, const char *path, struct pl_span text)
{
	must(path[0] && text.size <= 512);
	++*(size_t *)arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pl_snapshot s, empty;
	struct pl_span xml = { (const char *)data, size };
	struct pl_ledm_tree tree;
	struct pl_error err = { 0 };
	struct pl_knobs knobs;
	char mark[32];
	size_t leaves = 0;

	pl_snapshot_init(&empty);
	for (int i = PL_LEDM_DISCOVERY_TREE + 1; i < PL_LEDM_DOCUMENT_COUNT; i++) {
		pl_snapshot_init(&s);
		if (pl_ledm_read((enum pl_ledm_document)i, xml, &s, &err) != PL_OK)
			must(err.text[0] && memcmp(&s, &empty, sizeof(s)) == 0);
		else
			must_reconcile(&s);
	}
	if (pl_ledm_each(xml, count_leaf, &leaves, &err) == PL_OK)
		must(leaves > 0);
	if (pl_ledm_read_tree(xml, &tree, &err) == PL_OK)
		for (int i = 0; i < PL_LEDM_DOCUMENT_COUNT; i++)
			must(!tree.path[i][0] || tree.path[i][0] == '/');
	if (pl_ledm_read_alert_mark(xml, mark, &err) == PL_OK)
		MUST_BE_TEXT(mark);
	pl_knobs_init(&knobs);
	if (pl_ledm_knobs(xml, &knobs, &err) != PL_OK)
		must(!knobs.known);
	must_be_knobs(&knobs);
	return 0;
}
