/* SPDX-License-Identifier: Apache-2.0 */
/* platen: the command line. A verb, its options, and an exit code that scripts can rely on. */
#include <stdio.h>
#include <string.h>

#include "os/places.h"
#include "os/process.h"
#include "settings.h"
#include "verb.h"

static const struct verb VERBS[] = {
	{ "probe", CLI_JSON | CLI_KEY, "[--json] [--key KEY]",
	  "reads the attached USB printers now", verb_probe },
	{ "status", CLI_JSON | CLI_WATCH, "[--json] [--watch]",
	  "how the agent stands with its connector", verb_status },
	{ "printers", CLI_JSON | CLI_WATCH, "[--json] [--watch]",
	  "what the agent knows of its printers", verb_printers },
	{ "sent", CLI_JSON | CLI_WATCH | CLI_RAW, "[--json] [--raw] [--watch]",
	  "every message that left this PC, newest first; --raw: as it was sent", verb_sent },
	{ "diag", CLI_JSON | CLI_KEY | CLI_OUT, "[-o FILE] [--json] [--key KEY]",
	  "one zip of all that helps to find out what is wrong; it stays on this PC", verb_diag },
	{ "doctor", CLI_JSON | CLI_TOLERANT, "[--json]",
	  "why is a printer not seen, or not reported? Each check, and what to do", verb_doctor },
	{ "enroll", CLI_TOKEN | CLI_SERVER | CLI_CA, "--token TOKEN | --server URL [--ca FILE]",
	  "enrols this PC with a connector", verb_enroll },
	{ "ews", CLI_JSON | CLI_WATCH | CLI_WORDS,
	  "list [--json] [--watch] | allow ID | deny ID | end ID",
	  "printers' pages that somebody wants to see from afar: who, and your answer", verb_ews },
};
#define VERB_COUNT (sizeof(VERBS) / sizeof(VERBS[0]))

static const struct {
	const char *name;
	unsigned option;
	bool takes_value;
} OPTIONS[] = {
	{ "--json", CLI_JSON, false },	  { "--watch", CLI_WATCH, false },
	{ "--raw", CLI_RAW, false },	  { "--key", CLI_KEY, true },
	{ "--token", CLI_TOKEN, true },	  { "--server", CLI_SERVER, true },
	{ "--ca", CLI_CA, true },	  { "--socket", CLI_SOCKET, true },
	{ "--config", CLI_CONFIG, true }, { "--output", CLI_OUT, true },
	{ "-o", CLI_OUT, true },
};
#define OPTION_COUNT (sizeof(OPTIONS) / sizeof(OPTIONS[0]))

enum cli_exit cli_fail(const struct pl_error *err)
{
	fprintf(stderr, "platen: %s\n", err->text);
	return CLI_FAILED;
}

static void print_help(FILE *to)
{
	fputs("Platen reads every USB printer on this PC and connects it to fleet management.\n\n",
	      to);
	for (size_t i = 0; i < VERB_COUNT; i++)
		fprintf(to, "  platen %s %s\n      %s\n", VERBS[i].name, VERBS[i].usage,
			VERBS[i].help);
	fprintf(to,
		"\nEverywhere: --socket PATH  the agent's local socket\n"
		"            --config FILE  the agent's settings (%s)\n",
		pl_places()->config);
	fputs("            --help, --version\n\n"
	      "Exit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong usage,\n"
	      "            3 nothing there: no printer attached, nothing sent yet;\n"
	      "            doctor: 0 all well, 1 problems found\n",
	      to);
}

static enum cli_exit wrong(const char *what, const char *word)
{
	fprintf(stderr, "platen: %s: %s (platen --help shows what there is)\n", what, word);
	return CLI_USAGE;
}

static void set_option(struct cli *cli, unsigned option, const char *value)
{
	switch (option) {
	case CLI_JSON: cli->json = true; break;
	case CLI_WATCH: cli->watch = true; break;
	case CLI_RAW: cli->raw = true; break;
	case CLI_KEY: cli->key = value; break;
	case CLI_OUT: cli->out = value; break;
	case CLI_TOKEN: cli->token = value; break;
	case CLI_SERVER: cli->server = value; break;
	case CLI_CA: cli->ca = value; break;
	case CLI_SOCKET: cli->socket = value; break;
	case CLI_CONFIG: cli->config = value; break;
	}
}

/* Reads the words behind the verb. "--key=K" and "--key K" are the same. */
static enum cli_exit read_options(char **words, unsigned allowed, struct cli *cli)
{
	for (; (allowed & CLI_WORDS) && *words && (*words)[0] != '-'; words++) {
		if (cli->id)
			return wrong("one word too many", *words);
		*(cli->word ? &cli->id : &cli->word) = *words;
	}
	for (; *words; words++) {
		const char *equals = strchr(*words, '=');
		size_t size = equals ? (size_t)(equals - *words) : strlen(*words);
		size_t i = 0;

		while (i < OPTION_COUNT && !(strlen(OPTIONS[i].name) == size &&
					     memcmp(OPTIONS[i].name, *words, size) == 0))
			i++;
		if (i == OPTION_COUNT || !(OPTIONS[i].option & allowed))
			return wrong("not an option here", *words);
		if (!OPTIONS[i].takes_value && equals)
			return wrong("this option takes no value", *words);
		if (OPTIONS[i].takes_value && !equals && !words[1])
			return wrong("a value is missing behind", *words);
		if (!OPTIONS[i].takes_value)
			set_option(cli, OPTIONS[i].option, NULL);
		else
			set_option(cli, OPTIONS[i].option, equals ? equals + 1 : *++words);
	}
	return CLI_OK;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (strcmp(VERBS[i].name, name) == 0)
			return &VERBS[i];
	return NULL;
}

/* The socket stands in the agent's settings, unless the command line names it. */
static enum pl_result find_socket(struct cli *cli, bool tolerant, struct pl_settings *settings,
				  struct pl_error *err)
{
	enum pl_result r;

	if (cli->socket)
		return PL_OK;
	r = pl_settings_load(cli->config, settings, err);
	if (r == PL_E_DENIED || /* it may hold a proxy's password; the built-in socket will do */
	    (r != PL_OK && tolerant)) {
		pl_settings_init(settings);
		r = PL_OK;
	}
	cli->socket = settings->socket;
	return r;
}

int main(int argc, char **argv)
{
	static struct pl_settings settings;
	struct cli cli = { 0 };
	const struct verb *verb;
	struct pl_error err;
	enum cli_exit exit_code;

	if (argc < 2) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return CLI_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("platen " PL_VERSION);
		return CLI_OK;
	}
	verb = find_verb(argv[1]);
	if (!verb)
		return wrong("no such verb", argv[1]);
	exit_code = read_options(argv + 2,
				 (verb->options & ~CLI_TOLERANT) | CLI_SOCKET | CLI_CONFIG, &cli);
	if (exit_code != CLI_OK)
		return exit_code;
	if (!cli.config)
		cli.config = pl_places()->config;
	if (find_socket(&cli, verb->options & CLI_TOLERANT, &settings, &err) != PL_OK)
		return cli_fail(&err);
	paper_init(&cli.paper);
	return verb->run(&cli);
}
