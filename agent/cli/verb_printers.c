/* SPDX-License-Identifier: Apache-2.0 */
/* platen printers: what the agent knows of its printers, a line each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "platen/json.h"

#define COLUMNS	  6
#define CELL_SIZE 160

static const char *told(const cJSON *o, const char *path)
{
	const char *text = pl_json_text(o, path);

	return text ? text : "-";
}

static void name_of(const cJSON *printer, char *ret, size_t cap)
{
	const char *make = pl_json_text(printer, "identity.make");
	const char *model = told(printer, "identity.model");

	if (make && strncmp(model, make, strlen(make)) != 0)
		snprintf(ret, cap, "%s %s", make, model);
	else
		snprintf(ret, cap, "%s", model);
}

static void state_of(const cJSON *printer, char *ret, size_t cap)
{
	bool asleep = false;

	pl_json_bool(printer, "state.asleep", &asleep);
	snprintf(ret, cap, "%s", asleep ? "asleep" : told(printer, "state.printer_state"));
}

/* The supply that ends first is the one that matters. */
static void lowest_supply(const cJSON *printer, char *ret, size_t cap)
{
	const cJSON *supply;
	int64_t lowest = INT64_MAX;

	snprintf(ret, cap, "-");
	cJSON_ArrayForEach(supply, pl_json_at(printer, "supplies"))
	{
		const char *colorant = pl_json_text(supply, "colorant");
		int64_t percent;

		if (!pl_json_int(supply, "level_percent", 0, 100, &percent) || percent >= lowest)
			continue;
		lowest = percent;
		snprintf(ret, cap, "%s %" PRId64 " %%", colorant ? colorant : told(supply, "type"),
			 percent);
	}
}

static void alerts_of(const cJSON *printer, char *ret, size_t cap)
{
	const cJSON *alert;
	size_t n = 0;

	snprintf(ret, cap, "-");
	cJSON_ArrayForEach(alert, pl_json_at(printer, "alerts"))
	{
		int added = snprintf(ret + n, cap - n, "%s%s", n ? ", " : "",
				     told(alert, "description"));

		if (added < 0 || (size_t)added >= cap - n)
			return;
		n += (size_t)added;
	}
}

static void impressions_of(const cJSON *printer, char *ret, size_t cap)
{
	int64_t n;

	if (pl_json_int(printer, "counters.impressions", 0, PL_MAX_JSON_INT, &n))
		snprintf(ret, cap, "%" PRId64, n);
	else
		snprintf(ret, cap, "-");
}

static enum cli_exit show_printers(const struct cli *cli, const cJSON *answer)
{
	static const char *const HEAD[COLUMNS] = { "PRINTER", "STATE",	"LOWEST",
						   "PAGES",   "ALERTS", "KEY" };
	const cJSON *list = pl_json_at(answer, "printers"), *printer;
	size_t rows = (size_t)cJSON_GetArraySize(list), n = 0;
	char(*text)[CELL_SIZE] = calloc(rows * COLUMNS + 1, sizeof(*text));
	const char **cells = calloc(rows * COLUMNS + 1, sizeof(*cells));

	if (rows == 0)
		fputs("platen: no USB printer is attached\n", stderr);
	if (!text || !cells) {
		free(text);
		free(cells);
		return CLI_FAILED;
	}
	cJSON_ArrayForEach(printer, list)
	{
		name_of(printer, text[n], CELL_SIZE);
		state_of(printer, text[n + 1], CELL_SIZE);
		lowest_supply(printer, text[n + 2], CELL_SIZE);
		impressions_of(printer, text[n + 3], CELL_SIZE);
		alerts_of(printer, text[n + 4], CELL_SIZE);
		snprintf(text[n + 5], CELL_SIZE, "%s", told(printer, "key"));
		n += COLUMNS;
	}
	for (size_t i = 0; i < n; i++)
		cells[i] = text[i];
	if (rows > 0)
		paper_table(&cli->paper, COLUMNS, HEAD, cells, rows);
	free(cells);
	free(text);
	return rows > 0 ? CLI_OK : CLI_NOTHING;
}

enum cli_exit verb_printers(const struct cli *cli)
{
	return cli_show(cli, "printers", false, show_printers);
}
