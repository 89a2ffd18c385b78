/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLI_VERB_H
#define PL_CLI_VERB_H

/*
 * Verb: one word of the command line, `platen probe`. A file per verb, a row per verb in main.c.
 *
 * Threads: one. Memory: arguments live as long as the program.
 */

#include <stdbool.h>

#include "paper.h"
#include "platen/result.h"

/* What `platen` returns to the shell. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,	 /* it did not work; the reason is on stderr */
	CLI_USAGE = 2,	 /* the command line makes no sense */
	CLI_NOTHING = 3, /* it worked, and there is nothing: no printer, nothing sent */
};

/* Options; which of them a verb takes stands in its row. */
#define CLI_JSON   (1u << 0)
#define CLI_WATCH  (1u << 1)
#define CLI_RAW	   (1u << 2)
#define CLI_KEY	   (1u << 3)
#define CLI_TOKEN  (1u << 4)
#define CLI_SERVER (1u << 5)
#define CLI_CA	   (1u << 6)
#define CLI_SOCKET (1u << 7)
#define CLI_CONFIG (1u << 8)
#define CLI_OUT	   (1u << 10)
#define CLI_WORDS  (1u << 9) /* a word and an id, not options */

/* Not an option: the verb runs also where the settings cannot be read. */
#define CLI_TOLERANT (1u << 31)

struct cli {
	bool json, watch, raw;
	const char *key, *token, *server, *ca, *socket, *config; /* NULL: not given; config
									    never */
	const char *out;       /* where a file goes; NULL: not given */
	const char *word, *id; /* what stands behind the verb: "allow", and which */
	struct paper paper;
};

struct verb {
	const char *name;
	unsigned options;
	const char *usage; /* "[--json] [--key KEY]" */
	const char *help;  /* one line */
	enum cli_exit (*run)(const struct cli *cli);
};

enum cli_exit verb_probe(const struct cli *cli);
enum cli_exit verb_status(const struct cli *cli);
enum cli_exit verb_printers(const struct cli *cli);
enum cli_exit verb_sent(const struct cli *cli);
enum cli_exit verb_enroll(const struct cli *cli);
enum cli_exit verb_ews(const struct cli *cli);
enum cli_exit verb_diag(const struct cli *cli);
enum cli_exit verb_doctor(const struct cli *cli);

/* Writes "platen: <sentence>" to stderr; returns CLI_FAILED. */
enum cli_exit cli_fail(const struct pl_error *err);

#endif
