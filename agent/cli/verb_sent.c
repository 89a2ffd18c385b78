/* SPDX-License-Identifier: Apache-2.0 */
/* platen sent: every message that left this PC. With --raw the bodies, byte for byte. With --json
 * one message a line, so that long histories need not be read as a whole. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "platen/json.h"

#define COLUMNS	  5
#define CELL_SIZE 64

static const char *told(const cJSON *o, const char *path)
{
	const char *text = pl_json_text(o, path);

	return text ? text : "-";
}

static void print_lines(const cJSON *list)
{
	const cJSON *message;

	cJSON_ArrayForEach(message, list)
	{
		char *text = cJSON_PrintUnformatted(message);

		if (text)
			puts(text);
		free(text);
	}
}

/* Bodies are ours and JSON; base64 stands for what is not text. */
static void print_raw(const struct cli *cli, const cJSON *list)
{
	const cJSON *message;

	cJSON_ArrayForEach(message, list)
	{
		const char *body = pl_json_text(message, "body");

		paper_print(&cli->paper, INK_BOLD, "%s %s", told(message, "method"),
			    told(message, "target"));
		paper_print(&cli->paper, INK_DIM, "  %s", told(message, "at"));
		printf("\n%s\n\n", body ? body : told(message, "body_base64"));
	}
}

static void number(const cJSON *o, const char *path, const char *unknown, char *ret, size_t cap)
{
	int64_t n = 0;

	if (pl_json_int(o, path, 0, PL_MAX_JSON_INT, &n) && n > 0)
		snprintf(ret, cap, "%" PRId64, n);
	else
		snprintf(ret, cap, "%s", unknown);
}

static enum cli_exit print_table(const struct cli *cli, const cJSON *list)
{
	static const char *const HEAD[COLUMNS] = { "WHEN", "WHAT", "BYTES", "TIMES", "ANSWER" };
	size_t rows = (size_t)cJSON_GetArraySize(list), n = 0;
	char(*text)[CELL_SIZE] = calloc(rows * COLUMNS + 1, sizeof(*text));
	const char **cells = calloc(rows * COLUMNS + 1, sizeof(*cells));
	const cJSON *message;

	if (text && cells) {
		cJSON_ArrayForEach(message, list)
		{
			snprintf(text[n], CELL_SIZE, "%s", told(message, "at"));
			snprintf(text[n + 1], CELL_SIZE, "%s %s", told(message, "method"),
				 told(message, "target"));
			number(message, "size", "-", text[n + 2], CELL_SIZE);
			number(message, "count", "-", text[n + 3], CELL_SIZE);
			number(message, "status", "none", text[n + 4], CELL_SIZE);
			n += COLUMNS;
		}
		for (size_t i = 0; i < n; i++)
			cells[i] = text[i];
		paper_table(&cli->paper, COLUMNS, HEAD, cells, rows);
	}
	free(cells);
	free(text);
	return CLI_OK;
}

static enum cli_exit show_sent(const struct cli *cli, const cJSON *answer)
{
	const cJSON *list = pl_json_at(answer, "messages");

	if (cJSON_GetArraySize(list) == 0) {
		if (!cli->json)
			fputs("platen: nothing has been sent yet\n", stderr);
		return CLI_NOTHING;
	}
	if (cli->json)
		print_lines(list);
	else if (cli->raw)
		print_raw(cli, list);
	else
		return print_table(cli, list);
	return CLI_OK;
}

enum cli_exit verb_sent(const struct cli *cli)
{
	return cli_show(cli, "sent", true, show_sent);
}
