/* SPDX-License-Identifier: Apache-2.0 */
/* docs/data-use.md out of the table that decides: the page cannot say anything else than the
 * program does. */
#include <string.h>

#include "privacy.h"

#define HEAD                                                                                       \
	"<!-- SPDX-License-Identifier: Apache-2.0 -->\n"                                           \
	"<!-- Written by `platen-agent --print-data-use`; change agent/privacy_table.c instead. "  \
	"-->\n"                                                                                    \
	"# What leaves the PC\n\n"                                                                 \
	"Everything the agent reports is a record, and every record passes the table below on "    \
	"its "                                                                                     \
	"way out. What is not in\n"                                                                \
	"the table does not leave. A text is cut to the characters and the length that its row "   \
	"allows. `platen sent` shows every\n"                                                      \
	"message as it was sent.\n\n"                                                              \
	"The kinds that begin with `bundle` are what an action `diagnostics` or `agent_log` "      \
	"sends, "                                                                                  \
	"when an operator asks for it:\n"                                                          \
	"attributes of IPP, elements of LEDM, lines of PJL by their names. Of the agent's log "    \
	"leave the words that its own\n"                                                           \
	"messages are made of, short numbers, times and ids; everything else becomes `~`.\n\n"     \
	"**Never read, or never sent:** print jobs and their names, users, documents, e-mail "     \
	"addresses, fax numbers, network names\n"                                                  \
	"and addresses, the printer's location, contact and display text, tray names, links into " \
	"the printer's own pages.\n\n"                                                             \
	"**Besides the records** the connector learns, when this PC enrols: the public half of a " \
	"key made for this purpose, the\n"                                                         \
	"operating system and its version, the PC's name (`host_name = full`, `hash` or `none`) "  \
	"and a hash that stays the same\n"                                                         \
	"when the agent is installed again; and how each action it asked for stands. Each record " \
	"carries its number, kind, time,\n"                                                        \
	"an identifier of the PC's last start, and the printer's local key (USB numbers and "      \
	"serial number, or its socket).\n\n"                                                       \
	"Characters: **number**, **yes or no**, **time** (RFC 3339), **word** (letters, digits, "  \
	"`-_.:/`), **device text** and **own text** (printable\n"                                  \
	"ASCII without `@`; the first is told by the device, the second is written by Platen).\n"

static const char *chars_name(const struct pl_privacy_row *row)
{
	static const char *const NAMES[] = {
		[PL_CHARS_NUMBER] = "number",	   [PL_CHARS_BOOLEAN] = "yes or no",
		[PL_CHARS_TIME] = "time",	   [PL_CHARS_WORD] = "word",
		[PL_CHARS_DEVICE] = "device text", [PL_CHARS_OWN] = "own text",
	};

	return NAMES[row->chars];
}

static enum pl_result add_row(struct pl_bytes *out, const struct pl_privacy_row *row)
{
	if (!row->leaves)
		return pl_bytes_add_format(out, "| `%s` | **stays** | | %s |\n", row->path,
					   row->why);
	if (row->max == 0)
		return pl_bytes_add_format(out, "| `%s` | %s | | %s |\n", row->path,
					   chars_name(row), row->why);
	return pl_bytes_add_format(out, "| `%s` | %s | %zu | %s |\n", row->path, chars_name(row),
				   row->max, row->why);
}

enum pl_result pl_privacy_document(struct pl_bytes *out)
{
	enum pl_result r = pl_bytes_add_text(out, HEAD);
	const char *kind = "";

	for (size_t i = 0; i < PL_PRIVACY_COUNT && r == PL_OK; i++) {
		const struct pl_privacy_row *row = &PL_PRIVACY[i];

		if (strcmp(kind, row->kind) != 0)
			r = pl_bytes_add_format(out,
						"\n## `%s`\n\n| field | characters | bytes at most "
						"| why |\n|---|---|---|---|\n",
						row->kind);
		kind = row->kind;
		if (r == PL_OK)
			r = add_row(out, row);
	}
	return r;
}
