/* SPDX-License-Identifier: Apache-2.0 */
/* One question to the running agent. */
#include "ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "control.h"
#include "os/local.h"
#include "os/process.h"
#include "platen/clock.h"
#include "platen/json.h"

#define ASK_MS	   10000
#define WATCH_MS   2000
#define MAX_ANSWER (8 * 1024 * 1024)

static enum pl_result write_question(struct pl_stream *s, const struct cli *cli, const char *what,
				     int64_t by_ms, struct pl_error *err)
{
	cJSON *question = cJSON_CreateObject();
	struct pl_bytes line;
	enum pl_result r;

	cJSON_AddNumberToObject(question, "v", PL_CONTROL_VERSION);
	cJSON_AddStringToObject(question, "do", what);
	if (cli->key)
		cJSON_AddStringToObject(question, "key", cli->key);
	if (cli->token)
		cJSON_AddStringToObject(question, "token", cli->token);
	if (cli->server)
		cJSON_AddStringToObject(question, "server", cli->server);
	if (cli->ca)
		cJSON_AddStringToObject(question, "ca_file", cli->ca);
	if (cli->id)
		cJSON_AddStringToObject(question, "id", cli->id);
	if (cli->raw)
		cJSON_AddTrueToObject(question, "raw");
	pl_bytes_init(&line, PL_MAX_CONTROL_REQUEST);
	r = pl_json_print(question, &line);
	if (r == PL_OK)
		r = pl_bytes_add_text(&line, "\n");
	cJSON_Delete(question);
	if (r == PL_OK)
		r = pl_stream_write(s, line.at, line.size, by_ms, err);
	else
		r = pl_error_set(err, r, "the question is too long");
	pl_bytes_finish(&line);
	return r;
}

/* The answer is one line; the agent closes behind it. */
static enum pl_result read_answer(struct pl_stream *s, int64_t by_ms, struct pl_bytes *answer,
				  struct pl_error *err)
{
	char piece[4096];

	for (;;) {
		size_t n;
		enum pl_result r = pl_stream_read(s, piece, sizeof(piece), by_ms, &n, err);

		if (r != PL_OK)
			return r;
		if (n == 0)
			return PL_OK;
		r = pl_bytes_add(answer, piece, n);
		if (r != PL_OK)
			return pl_error_set(err, r, "the agent's answer is too long");
	}
}

/* {"v":1,"ok":true,"result":…} or {"v":1,"ok":false,"error":"denied","message":"…"}. */
static enum pl_result unwrap(cJSON *doc, cJSON **ret_answer, struct pl_error *err)
{
	const char *word = pl_json_text(doc, "error");
	const char *message = pl_json_text(doc, "message");
	bool ok = false;

	if (pl_json_bool(doc, "ok", &ok) && ok) {
		*ret_answer = cJSON_DetachItemFromObjectCaseSensitive(doc, "result");
		return PL_OK;
	}
	for (int r = PL_OK + 1; word && message && r < PL_RESULT_COUNT; r++)
		if (strcmp(word, pl_result_name((enum pl_result)r)) == 0)
			return pl_error_set(err, (enum pl_result)r, "%s", message);
	return pl_error_set(err, PL_E_PROTOCOL, "%s",
			    message ? message : "the agent's answer makes no sense");
}

enum pl_result cli_ask(const struct cli *cli, const char *what, int64_t by_ms, cJSON **ret_answer,
		       struct pl_error *err)
{
	struct pl_stream *s = NULL;
	struct pl_bytes answer;
	cJSON *doc = NULL;
	enum pl_result r = pl_local_connect(cli->socket, &s, err);

	if (r != PL_OK)
		return r;
	pl_bytes_init(&answer, MAX_ANSWER);
	r = write_question(s, cli, what, by_ms, err);
	if (r == PL_OK)
		r = read_answer(s, by_ms, &answer, err);
	if (r == PL_OK)
		r = pl_json_parse(pl_span_trim(pl_bytes_span(&answer)), &doc, err);
	if (r == PL_OK)
		r = unwrap(doc, ret_answer, err);
	cJSON_Delete(doc);
	pl_bytes_finish(&answer);
	pl_stream_close(s);
	return r;
}

void cli_print_json(const cJSON *doc)
{
	char *text = cJSON_Print(doc);

	if (text)
		puts(text);
	free(text);
}

static enum cli_exit show_once(const struct cli *cli, const char *what, bool shows_json,
			       enum cli_exit (*show)(const struct cli *cli, const cJSON *answer))
{
	enum cli_exit exit_code = CLI_OK;
	struct pl_error err;
	cJSON *answer;

	if (cli_ask(cli, what, pl_clock_in_ms(ASK_MS), &answer, &err) != PL_OK)
		return cli_fail(&err);
	if (cli->watch && cli->paper.columns > 0 && !cli->json)
		fputs("\033[H\033[2J", stdout);
	if (cli->json && !shows_json)
		cli_print_json(answer);
	else
		exit_code = show(cli, answer);
	cJSON_Delete(answer);
	fflush(stdout);
	return exit_code;
}

enum cli_exit cli_show(const struct cli *cli, const char *what, bool shows_json,
		       enum cli_exit (*show)(const struct cli *cli, const cJSON *answer))
{
	enum cli_exit exit_code = show_once(cli, what, shows_json, show);

	if (cli->watch)
		pl_process_hold_stops();
	/* Whoever read along may have gone; then there is nobody to go on for. */
	while (cli->watch && exit_code != CLI_FAILED && !ferror(stdout) &&
	       !pl_process_pause(pl_clock_in_ms(WATCH_MS)))
		exit_code = show_once(cli, what, shows_json, show);
	return exit_code;
}
