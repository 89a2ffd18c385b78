/* SPDX-License-Identifier: Apache-2.0 */
/* LEDM from outside: which documents there are, where they stand, and which reader each has. */
#include "platen/ledm.h"

#include <stdlib.h>
#include <string.h>

#include "ledm_xml.h"

static const struct {
	const char *path;
	enum pl_result (*read)(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err);
} DOCUMENTS[PL_LEDM_DOCUMENT_COUNT] = {
	[PL_LEDM_DISCOVERY_TREE] = { "/DevMgmt/DiscoveryTree.xml", NULL },
	[PL_LEDM_PRODUCT_CONFIG] = { "/DevMgmt/ProductConfigDyn.xml", ledm_read_config },
	[PL_LEDM_PRODUCT_STATUS] = { "/DevMgmt/ProductStatusDyn.xml", ledm_read_status },
	[PL_LEDM_PRODUCT_USAGE] = { "/DevMgmt/ProductUsageDyn.xml", ledm_read_usage },
	[PL_LEDM_CONSUMABLE_CONFIG] = { "/DevMgmt/ConsumableConfigDyn.xml", ledm_read_consumables },
	[PL_LEDM_MEDIA_HANDLING] = { "/DevMgmt/MediaHandlingDyn.xml", ledm_read_media },
	[PL_LEDM_EVENT_TABLE] = { "/EventMgmt/EventTable", NULL },
};

const char *pl_ledm_path(enum pl_ledm_document document)
{
	return DOCUMENTS[document].path;
}

enum pl_result pl_ledm_read(enum pl_ledm_document document, struct pl_span xml,
			    struct pl_snapshot *s, struct pl_error *err)
{
	struct pl_snapshot *before;
	enum pl_result r;

	if (!DOCUMENTS[document].read)
		return pl_error_set(err, PL_E_INVALID,
				    "this LEDM document tells nothing of the printer");
	/* A document may turn out malformed in its last line; nothing of it counts then. */
	before = malloc(sizeof(*before));
	if (!before)
		return pl_error_set(err, PL_E_NO_MEMORY, "no memory for an LEDM document");
	memcpy(before, s, sizeof(*s));
	r = DOCUMENTS[document].read(xml, s, err);
	if (r != PL_OK)
		memcpy(s, before, sizeof(*s));
	free(before);
	return r;
}
