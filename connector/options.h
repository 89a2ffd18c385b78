/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OPTIONS_H
#define PL_OPTIONS_H

/*
 * Options: `--name value` and plain words of a command line, by a table.
 * Threads: one. Memory: borrowed from argv.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"

#define PL_MAX_WORDS 32

enum pl_option_form {
	PL_FORM_TEXT,	/* const char ** */
	PL_FORM_NUMBER, /* int64_t *, min to max; may end in s m h d (seconds) when `max` allows */
	PL_FORM_LIST,	/* struct pl_words *: every word up to the next option */
	PL_FORM_SWITCH, /* bool * */
};

struct pl_words {
	const char *at[PL_MAX_WORDS];
	size_t count;
};

struct pl_cli_option {
	const char *name; /* "--data" */
	enum pl_option_form form;
	void *target;
	int64_t min, max;
};

/* Reads the command line behind the command; plain words go to ret_words. PL_E_INVALID names what
 * is wrong. */
enum pl_result pl_options_read(int argc, char **argv, const struct pl_cli_option *options,
			       size_t count, struct pl_words *ret_words, struct pl_error *err);

#endif
