/* SPDX-License-Identifier: Apache-2.0 */
/* ProductConfigDyn.xml: who the printer is. */
#include <string.h>

#include "ledm_xml.h"
#include "make_model.h"

#define SOURCE PL_SOURCE_LEDM

struct config {
	struct pl_snapshot *s;
	char date[PL_MAX_FACT]; /* of the firmware; counts where no revision is told */
};

/* The first Revision of the document is the schema's ("SVN.50"); the firmware's stands here. */
static void on_leave(void *arg, const char *path, struct pl_span text)
{
	struct config *c = arg;
	const char *name = ledm_inside(path, "ProductConfigDyn/ProductInformation");

	if (!name)
		return;
	if (strcmp(name, "MakeAndModel") == 0)
		identify_make_and_model(c->s, text, SOURCE);
	else if (strcmp(name, "SerialNumber") == 0)
		pl_snapshot_identify(c->s, PL_ID_SERIAL_NUMBER, text, SOURCE);
	else if (strcmp(name, "UUID") == 0)
		pl_snapshot_identify(c->s, PL_ID_UUID, text, SOURCE);
	else if (strcmp(name, "Version/Revision") == 0)
		pl_snapshot_identify(c->s, PL_ID_FIRMWARE, text, SOURCE);
	else if (strcmp(name, "Version/Date") == 0)
		pl_span_copy(text, c->date, sizeof(c->date));
}

enum pl_result ledm_read_config(struct pl_span xml, struct pl_snapshot *s, struct pl_error *err)
{
	struct config c = { .s = s };
	struct ledm_visitor visitor = { .leave = on_leave, .arg = &c };
	enum pl_result r = ledm_walk(xml, "ProductConfigDyn", &visitor, err);

	/* M175nw tells only the date of its firmware. */
	if (r == PL_OK)
		pl_snapshot_identify(s, PL_ID_FIRMWARE, pl_span_of(c.date), SOURCE);
	return r;
}
