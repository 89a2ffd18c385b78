/* SPDX-License-Identifier: Apache-2.0 */
/* Every text of an LEDM document with its path, for people who look for what is wrong. */
#include "ledm_xml.h"

enum pl_result pl_ledm_each(struct pl_span xml,
			    void (*leaf)(void *arg, const char *path, struct pl_span text),
			    void *arg, struct pl_error *err)
{
	struct ledm_visitor visitor = { .leave = leaf, .arg = arg };

	return ledm_walk(xml, NULL, &visitor, err);
}
