/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platen-load: thousands of PCs against one connector.
 *
 *     platen-load --sda PORT --admin PORT --token plt1.… --session plb1.… --pid PID --agents 10000
 * PHASE…
 *
 * Phases: enrol (always first), poll (and wake), storm, report, half_load=RATE, filter, and at
 * other servers post=PORT and mqtt=PORT,PID. One line of JSON per phase on stdout.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "load.h"

/* The secret inside of a token: base64url of JSON. */
static char *secret_of(const char *token)
{
	static unsigned char text[2048];
	char plain[2048];
	size_t n = 0;
	char *at;

	for (token += 5; *token && n + 4 < sizeof plain; token++)
		plain[n++] = *token == '-' ? '+' : *token == '_' ? '/' : *token;
	while (n % 4)
		plain[n++] = '=';
	EVP_DecodeBlock(text, (unsigned char *)plain, (int)n);
	at = strstr((char *)text, "\"secret\":\"");
	if (!at)
		return NULL;
	at += 10;
	at[strcspn(at, "\"")] = '\0';
	return at;
}

static const char *option(int argc, char **argv, const char *name, const char *usual)
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], name))
			return argv[i + 1];
	return usual;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 1000000, 1000000 };
	struct plan plan = { .host = "localhost" };
	const char *token = option(argc, argv, "--token", "plt1.");

	signal(SIGPIPE, SIG_IGN);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	plan.secret = secret_of(token);
	plan.session = option(argc, argv, "--session", NULL);
	plan.pid = atoi(option(argc, argv, "--pid", "0"));
	plan.count = atoi(option(argc, argv, "--agents", "1000"));
	plan.at_once = atoi(option(argc, argv, "--at-once", "64"));
	plan.seconds = atof(option(argc, argv, "--seconds", "10"));
	if (!plan.secret || plan.count < 1) {
		fprintf(stderr, "platen-load: --token and --agents are needed\n");
		return 2;
	}
	loop_init(&plan.sda, "127.0.0.1", atoi(option(argc, argv, "--sda", "12351")));
	loop_init(&plan.admin, "127.0.0.1", atoi(option(argc, argv, "--admin", "12352")));
	plan.pcs = calloc((size_t)plan.count, sizeof *plan.pcs);
	for (int i = 0; plan.pcs && i < plan.count; i++)
		pc_make(&plan.pcs[i], i);
	phase_enrol(&plan);
	for (int i = 1; i < argc; i++) {
		fflush(stdout);
		if (!strcmp(argv[i], "poll"))
			phase_poll(&plan);
		else if (!strcmp(argv[i], "storm"))
			phase_storm(&plan);
		else if (!strcmp(argv[i], "report"))
			phase_report(&plan, "report", 0);
		else if (!strcmp(argv[i], "filter"))
			phase_filter(&plan);
		else if (!strncmp(argv[i], "post=", 5))
			phase_post(&plan, atoi(argv[i] + 5));
		else if (!strncmp(argv[i], "mqtt=", 5))
			phase_mqtt(&plan, atoi(argv[i] + 5), atoi(strchr(argv[i], ',') + 1));
		else if (!strncmp(argv[i], "half_load=", 10))
			phase_report(&plan, "half_load", atof(argv[i] + 10));
	}
	for (int i = 0; i < plan.count; i++)
		pc_finish(&plan.pcs[i]);
	free(plan.pcs);
	loop_finish(&plan.sda);
	loop_finish(&plan.admin);
	return 0;
}
