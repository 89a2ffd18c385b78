/* SPDX-License-Identifier: Apache-2.0 */
/* platen ews: printers' own pages that are wanted or shown from afar, and the answer to that. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "page.h"
#include "platen/clock.h"
#include "platen/json.h"

#define COLUMNS	  5
#define ANSWER_MS 10000

static const char *told(const cJSON *o, const char *path)
{
	const char *text = pl_json_text(o, path);

	return text ? text : "-";
}

static enum cli_exit show_pages(const struct cli *cli, const cJSON *answer)
{
	static const char *const HEAD[COLUMNS] = { "ID", "STATE", "WHO", "SINCE", "PRINTER" };
	const char *cells[PL_MAX_PAGES * COLUMNS];
	const cJSON *page;
	size_t n = 0;

	cJSON_ArrayForEach(page, pl_json_at(answer, "pages"))
	{
		if (n == PL_MAX_PAGES * COLUMNS)
			break;
		cells[n++] = told(page, "id");
		cells[n++] = told(page, "state");
		cells[n++] = told(page, "user");
		cells[n++] = told(page, "since");
		cells[n++] = told(page, "key");
	}
	if (n > 0)
		paper_table(&cli->paper, COLUMNS, HEAD, cells, n / COLUMNS);
	else
		fputs("platen: no remote page is wanted or open\n", stderr);
	return n > 0 ? CLI_OK : CLI_NOTHING;
}

static enum cli_exit answer(const struct cli *cli, const char *what)
{
	struct pl_error err;
	cJSON *result = NULL;

	if (!cli->id) {
		fprintf(stderr, "platen: ews %s needs an ID (platen ews list shows them)\n",
			cli->word);
		return CLI_USAGE;
	}
	if (cli_ask(cli, what, pl_clock_in_ms(ANSWER_MS), &result, &err) != PL_OK)
		return cli_fail(&err);
	cJSON_Delete(result);
	return CLI_OK;
}

enum cli_exit verb_ews(const struct cli *cli)
{
	if (!cli->word || (strcmp(cli->word, "list") == 0 && !cli->id))
		return cli_show(cli, "ews", false, show_pages);
	if (strcmp(cli->word, "allow") == 0)
		return answer(cli, "ews_allow");
	if (strcmp(cli->word, "deny") == 0)
		return answer(cli, "ews_deny");
	if (strcmp(cli->word, "end") == 0)
		return answer(cli, "ews_end");
	fprintf(stderr, "platen: ews takes list, allow ID, deny ID or end ID, not %s\n", cli->word);
	return CLI_USAGE;
}
