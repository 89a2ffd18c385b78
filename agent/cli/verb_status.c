/* SPDX-License-Identifier: Apache-2.0 */
/* platen status: how the agent stands with its connector. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "platen/json.h"

#define LABEL_WIDTH 13

static void line(const struct cli *cli, const char *label, enum ink ink, const char *text)
{
	if (!text)
		return;
	paper_blanks(LABEL_WIDTH - paper_text(&cli->paper, INK_DIM, label, 0));
	paper_text(&cli->paper, ink, text, 0);
	fputc('\n', stdout);
}

/* What each state of enrolment means to a person, and what to do. */
static const char *explain(const char *state)
{
	static const struct {
		const char *state, *text;
	} TEXTS[] = {
		{ "none", "not enrolled: platen enroll --token TOKEN" },
		{ "deferred", "deferred: this is a golden image" },
		{ "trying", "enrolling" },
		{ "pending", "an administrator has to agree; the fingerprint below must match" },
		{ "refused", "refused by the connector: a new token is needed" },
		{ "done", "enrolled" },
		{ "revoked", "removed by an administrator: enrol anew" },
	};

	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
		if (state && strcmp(state, TEXTS[i].state) == 0)
			return TEXTS[i].text;
	return "unknown";
}

static void show_waiting(const struct cli *cli, const cJSON *answer)
{
	int64_t records = 0, dropped = 0;
	char text[80];

	pl_json_int(answer, "spool.records", 0, PL_MAX_JSON_INT, &records);
	pl_json_int(answer, "spool.dropped", 0, PL_MAX_JSON_INT, &dropped);
	snprintf(text, sizeof(text), "%" PRId64 " records, %" PRId64 " lost to the spool's bounds",
		 records, dropped);
	if (dropped == 0)
		snprintf(text, sizeof(text), "%" PRId64 " records", records);
	line(cli, "Waiting", dropped ? INK_YELLOW : INK_PLAIN, text);
}

static enum cli_exit show_status(const struct cli *cli, const cJSON *answer)
{
	const char *state = pl_json_text(answer, "enrolment");
	bool connected = false, done = state && strcmp(state, "done") == 0;
	int64_t printers = 0;
	char text[32];

	pl_json_bool(answer, "connected", &connected);
	pl_json_int(answer, "printers", 0, PL_MAX_JSON_INT, &printers);
	line(cli, "Connector", INK_BOLD, pl_json_text(answer, "server"));
	line(cli, "Enrolment", done ? INK_GREEN : INK_YELLOW, explain(state));
	if (done)
		line(cli, "Link", connected ? INK_GREEN : INK_RED,
		     connected ? "connected" : "not connected");
	line(cli, "Fingerprint", INK_PLAIN, pl_json_text(answer, "fingerprint"));
	line(cli, "Last contact", INK_PLAIN, pl_json_text(answer, "last_contact"));
	line(cli, "Trouble", INK_YELLOW, pl_json_text(answer, "last_error"));
	show_waiting(cli, answer);
	snprintf(text, sizeof(text), "%" PRId64, printers);
	line(cli, "Printers", INK_PLAIN, text);
	line(cli, "Agent", INK_DIM, pl_json_text(answer, "agent_version"));
	return CLI_OK;
}

enum cli_exit verb_status(const struct cli *cli)
{
	return cli_show(cli, "status", false, show_status);
}
