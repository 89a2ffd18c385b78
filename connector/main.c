/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platen-connector: the server of a site, and its administration from a shell.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"

static const struct {
	const char *name;
	enum pl_result (*run)(int argc, char **argv, struct pl_error *err);
	const char *usage;
} COMMANDS[] = {
	{ "init", pl_cmd_init,
	  "init --data DIR [--name NAME…] [--customer NAME] [--site NAME]\n"
	  "      makes a connector: its keys, its certificate for these names, its first customer "
	  "and site" },
	{ "serve", pl_cmd_serve,
	  "serve --data DIR [--listen ADDRESS] [--sda-port 12351] [--admin-port 12352] [--ews-port "
	  "12353] [--log "
	  "LEVEL]\n"
	  "        [--tls-cert FILE --tls-key FILE] [--agent-rate 100] [--discard-reports]\n"
	  "        [--syslog unix:/dev/log|tcp:HOST:PORT|tls:HOST:PORT [--syslog-ca FILE] "
	  "[--trace-outgoing FILE]]\n"
	  "      runs it in the foreground; port 0 takes a free one. The files' certificate is "
	  "shown on the admin\n"
	  "      port instead of our own CA's; SIGHUP reads them again.\n"
	  "      --agent-rate: calls a second that one PC may make on average, 0 for any number.\n"
	  "      --discard-reports: acknowledges reports without storing them; for measuring "
	  "only.\n"
	  "      --syslog: sends the audit to a log collector; --trace-outgoing notes all that so "
	  "leaves" },
	{ "token", pl_cmd_token,
	  "token create --data DIR [--site ID] [--uses 1] [--expires 7d] [--url URL] [--note "
	  "TEXT]\n"
	  "  token list | token revoke ID\n"
	  "      enrolment tokens for PCs" },
	{ "user", pl_cmd_user,
	  "user add NAME --data DIR [--role viewer|operator|admin] [--customer ID] [--site ID] "
	  "[--password-stdin]\n"
	  "  user passwd NAME [--password-stdin] | user list | user remove NAME\n"
	  "      administrators" },
	{ "package", pl_cmd_package,
	  "package keygen NAME | package sign FILE --signing-key NAME.key --title TEXT --version "
	  "VERSION --model MODEL…\n"
	  "      [--manifest FILE.manifest]: for the machine that holds the package key; no server "
	  "is needed\n"
	  "  package add FILE --data DIR [--manifest FILE.manifest] [--package-keys DIR]\n"
	  "  package list | package remove SHA256\n"
	  "      firmware of printers, for actions and roll-outs" },
	{ "key", pl_cmd_key,
	  "key rotate [--overlap 30d] | key list\n"
	  "      a new command key, which signs actions: the old one hands over to it and is "
	  "refused "
	  "by the PCs\n"
	  "      after the overlap; which of them have the new one" },
	{ "audit", pl_cmd_audit,
	  "audit verify [--head HASH] [--customer ID] | audit export [--customer ID]\n"
	  "      walks the hash chains of who did what; writes one out with a signed end" },
	{ "export", pl_cmd_export,
	  "export audit [--customer ID]\n"
	  "      writes out all chains, or one, each with a signed end" },
	{ "backup", pl_cmd_backup,
	  "backup FILE\n"
	  "      copies the store, also while the server runs; the master key is not in it" },
	{ "restore", pl_cmd_restore,
	  "restore FILE\n"
	  "      makes the data folder from a backup and the master key" },
	{ "doctor", pl_cmd_doctor,
	  "doctor\n"
	  "      looks at all that may be wrong, and says what to do" },
};
#define COMMAND_COUNT (sizeof COMMANDS / sizeof COMMANDS[0])

/* Exit codes, as the help tells them. */
static int exit_code(enum pl_result r)
{
	switch (r) {
	case PL_OK: return 0;
	case PL_E_INVALID: return 2;
	case PL_E_NOT_FOUND: return 3;
	case PL_E_DENIED: return 4;
	case PL_E_BUSY: return 5;
	case PL_E_REFUSED: return 6;
	default: return 1;
	}
}

static void print_help(void)
{
	printf("usage: platen-connector COMMAND …\n\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		printf("  %s\n", COMMANDS[i].usage);
	printf("\nevery command: --data DIR (default /var/lib/platen-connector), --key FILE (the "
	       "master key,\n"
	       "default DIR.key, a package's: /etc/platen-connector/master.key), --store "
	       "sqlite:PATH (default sqlite:DIR/platen.db)\n\n"
	       "exit: 0 done, 1 failed, 2 wrong usage, 3 not there (not initialised, no such "
	       "user), 4 not permitted,\n"
	       "5 in use (a port, the data folder), 6 is there already\n");
}

int main(int argc, char **argv)
{
	struct pl_error err = { 0 };
	enum pl_result r;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))) {
		print_help();
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("platen-connector %s\n", PL_VERSION);
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < COMMAND_COUNT; i++) {
		if (strcmp(COMMANDS[i].name, argv[1]) != 0)
			continue;
		r = COMMANDS[i].run(argc - 2, argv + 2, &err);
		if (r != PL_OK)
			fprintf(stderr, "platen-connector: %s\n",
				*err.text ? err.text : pl_result_name(r));
		return exit_code(r);
	}
	fprintf(stderr, "platen-connector: %s; see platen-connector --help\n",
		argc > 1 ? "there is no such command" : "a command is missing");
	return 2;
}
