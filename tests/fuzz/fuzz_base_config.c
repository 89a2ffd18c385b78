/* SPDX-License-Identifier: Apache-2.0 */
/* A settings file with any content: what is accepted is within its bounds, what is refused has file
 * and line. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platen/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct target {
	char text[20];
	int64_t number;
	bool flag;
	int choice;
	unsigned set;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const WORDS[] = { "long_poll", "poll", "idle", NULL };
	static const struct pl_option OPTIONS[] = {
		{ "t", PL_OPTION_TEXT, offsetof(struct target, text), 0, 20, NULL },
		{ "n", PL_OPTION_INT, offsetof(struct target, number), -5, 1000, NULL },
		{ "f", PL_OPTION_BOOL, offsetof(struct target, flag), 0, 0, NULL },
		{ "s.c", PL_OPTION_CHOICE, offsetof(struct target, choice), 0, 0, WORDS },
		{ "s.s", PL_OPTION_SET, offsetof(struct target, set), 0, 0, WORDS },
	};
	struct target t = { .text = "" };
	struct pl_error err = { PL_OK, "" };
	struct pl_span text = { (const char *)data, size };
	enum pl_result r = pl_config_parse(OPTIONS, 5, &t, text, "agent.conf", &err);

	if (!memchr(t.text, 0, sizeof(t.text)) || t.number < -5 || t.number > 1000 ||
	    t.choice < 0 || t.choice > 2 || t.set > 7)
		abort();
	if (r != PL_OK && strncmp(err.text, "agent.conf line ", 16) != 0)
		abort();
	return 0;
}
