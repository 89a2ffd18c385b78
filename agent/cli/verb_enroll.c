/* SPDX-License-Identifier: Apache-2.0 */
/* platen enroll: makes this PC known to a connector, and says how it went. */
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "os/process.h"
#include "platen/clock.h"
#include "platen/json.h"

#define ASK_MS	10000
#define WAIT_MS 30000
#define LOOK_MS 300

/* How the enrolment stands now. True: it will not get any further by waiting. */
static bool look(const struct cli *cli, cJSON **ret_status, enum cli_exit *ret_exit)
{
	const struct cli plain = { .socket = cli->socket };
	struct pl_error err;
	const char *state;

	if (cli_ask(&plain, "status", pl_clock_in_ms(ASK_MS), ret_status, &err) != PL_OK) {
		*ret_exit = cli_fail(&err);
		return true;
	}
	state = pl_json_text(*ret_status, "enrolment");
	*ret_exit = state && strcmp(state, "done") == 0 ? CLI_OK : CLI_FAILED;
	return state && (strcmp(state, "done") == 0 || strcmp(state, "pending") == 0 ||
			 strcmp(state, "refused") == 0);
}

static void tell(const cJSON *status)
{
	const char *state = pl_json_text(status, "enrolment");
	const char *trouble = pl_json_text(status, "last_error");
	const char *fingerprint = pl_json_text(status, "fingerprint");

	if (state && strcmp(state, "done") == 0)
		printf("Enrolled with %s\n", pl_json_text(status, "server"));
	else if (state && strcmp(state, "pending") == 0)
		fprintf(stderr,
			"platen: an administrator has to agree; the fingerprint to compare is %s\n",
			fingerprint ? fingerprint : "not known yet");
	else
		fprintf(stderr, "platen: %s\n",
			trouble ? trouble
				: "the connector has not answered yet; the agent goes on trying");
}

enum cli_exit verb_enroll(const struct cli *cli)
{
	int64_t by_ms = pl_clock_in_ms(WAIT_MS);
	enum cli_exit exit_code = CLI_FAILED;
	cJSON *answer = NULL;
	struct pl_error err;

	if ((cli->token != NULL) == (cli->server != NULL)) {
		fputs("platen: enroll wants --token TOKEN, or --server URL to ask without one\n",
		      stderr);
		return CLI_USAGE;
	}
	if (cli_ask(cli, "enroll", pl_clock_in_ms(ASK_MS), &answer, &err) != PL_OK)
		return cli_fail(&err);
	cJSON_Delete(answer);
	for (;;) {
		bool settled;

		answer = NULL;
		settled = look(cli, &answer, &exit_code);
		if (settled || pl_clock_now_ms() >= by_ms)
			break;
		cJSON_Delete(answer);
		pl_process_pause(pl_clock_in_ms(LOOK_MS));
	}
	if (answer)
		tell(answer);
	cJSON_Delete(answer);
	return exit_code;
}
