/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CONFIG_H
#define PL_CONFIG_H

/*
 * Config: INI files into a struct, by a table of options.
 *
 *     server = https://hp-print-mgmt:12351
 *     [tls]
 *     revocation = soft            the option "tls.revocation"
 *
 * A key that no option has, or a value that makes no sense, is an error that names file and line:
 * a mistyped setting must not be ignored in silence.
 * Threads: one at a time. Memory: the caller's struct.
 */

#include <stddef.h>
#include <stdint.h>

#include "platen/result.h"
#include "platen/span.h"

enum pl_option_kind {
	PL_OPTION_TEXT,	  /* char[max]: at most max - 1 bytes */
	PL_OPTION_INT,	  /* int64_t from min to max; may end in a unit letter of `units` */
	PL_OPTION_BOOL,	  /* bool: true/false, yes/no, on/off, 1/0 */
	PL_OPTION_CHOICE, /* int: position in `words` */
	PL_OPTION_SET,	  /* unsigned: bits by position in `words`, a list with commas or blanks */
};

struct pl_option {
	const char *name; /* "server", "tls.revocation" */
	enum pl_option_kind kind;
	size_t offset; /* of the member in the target struct */
	int64_t min, max;
	const char *const *words; /* ended by NULL */
};

/* Sets one option from text, as a file would. Returns PL_OK | PL_E_NOT_FOUND | PL_E_INVALID. */
enum pl_result pl_config_set(const struct pl_option *options, size_t count, void *target,
			     const char *name, const char *value, struct pl_error *err);

/* Reads one file. Returns PL_OK | PL_E_NOT_FOUND (no such file) | PL_E_INVALID ("agent.conf line 7:
 * …"; the target holds what was read before) | PL_E_DENIED | PL_E_IO. */
enum pl_result pl_config_read(const struct pl_option *options, size_t count, void *target,
			      const char *path, struct pl_error *err);

/* Reads text as a file of that name would be read; the parser behind pl_config_read(). */
enum pl_result pl_config_parse(const struct pl_option *options, size_t count, void *target,
			       struct pl_span text, const char *name, struct pl_error *err);

/* Reads every *.conf of a folder in order of name; a missing folder is PL_OK. */
enum pl_result pl_config_read_dir(const struct pl_option *options, size_t count, void *target,
				  const char *dir, struct pl_error *err);

#endif
