/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLI_ASK_H
#define PL_CLI_ASK_H

/*
 * Ask: one question to the running agent through its local socket (control.h says which there are).
 *
 * Threads: one. Memory: documents are the caller's to delete.
 */

#include "platen/result.h"
#include "verb.h"

struct cJSON;

/* Sends {"v":1,"do":"<what>"} with what the command line adds to it (key, token, …), and waits for
 * the answer. Returns PL_OK (*ret_answer is its "result") | PL_E_NOT_FOUND (no agent runs) |
 * PL_E_DENIED | what the agent says | PL_E_TIMEOUT | PL_E_PROTOCOL. */
enum pl_result cli_ask(const struct cli *cli, const char *what, int64_t by_ms,
		       struct cJSON **ret_answer, struct pl_error *err);

/* Prints a document and a newline. */
void cli_print_json(const struct cJSON *doc);

/* Runs `show` on the answer to `what`: once, or with --watch again and again until Ctrl-C, on a
 * fresh screen where there is a terminal. With --json the answer is printed instead of shown,
 * unless `show` does that itself (`shows_json`). */
enum cli_exit cli_show(const struct cli *cli, const char *what, bool shows_json,
		       enum cli_exit (*show)(const struct cli *cli, const struct cJSON *answer));

#endif
