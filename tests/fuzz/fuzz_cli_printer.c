/* SPDX-License-Identifier: Apache-2.0 */
/* The command's page about a printer: whatever the answer says, the page is made, and no control
 * character of a printer's texts reaches the terminal. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "platen/json.h"
#include "platen/span.h"
#include "show_printer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *page, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((uint8_t)page[i] < ' ' && page[i] != '\n') || page[i] == 0x7f)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct paper paper = { .utf8 = size % 2, .columns = size % 3 ? 80 : 0 };
	struct pl_span text = { (const char *)data, size };
	FILE *terminal = stdout;
	char *page = NULL;
	size_t page_size = 0;
	cJSON *printer = NULL;

	if (pl_json_parse(text, &printer, NULL) != PL_OK)
		return 0;
	stdout = open_memstream(&page, &page_size);
	if (!stdout)
		abort();
	show_printer(&paper, printer);
	fclose(stdout);
	stdout = terminal;
	check(page, page_size);
	free(page);
	cJSON_Delete(printer);
	return 0;
}
