/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_CLI_DOCTOR_H
#define PL_CLI_DOCTOR_H

/*
 * Doctor: why is a printer not seen, or not reported? A list of findings: what was looked at, how
 * it is, and where it is not well, what to do. Each part of the examination has a file of its own.
 *
 *     problem  access  usb 1-2   no permission to use /dev/bus/usb/001/004
 *                                -> plug it in again, or: udevadm trigger
 *
 * Threads: one. Memory: findings are values; documents belong to the doctor.
 */

#include "settings.h"
#include "verb.h"

struct cJSON;

enum finding_state {
	FINDING_OK,
	FINDING_NOTE,	 /* as somebody decided, or as it should be: worth knowing */
	FINDING_UNKNOWN, /* could not be checked; the text says why */
	FINDING_PROBLEM,
};

#define MAX_FINDINGS 256
#define MAX_SUBJECT  64

struct finding {
	const char *check; /* "certificate": stable, scripts rely on it */
	enum finding_state state;
	char subject[MAX_SUBJECT]; /* the printer it is about; "": the PC */
	char text[PL_MAX_ERROR];
	const char *advice; /* NULL: nothing to do */
};

struct doctor {
	const struct cli *cli;
	struct pl_settings settings;
	const char *config;	/* the settings' file */
	bool has_settings;	/* false: they cannot be read; the built-in ones stand here */
	struct cJSON *status;	/* the agent's answers; NULL: none runs */
	struct cJSON *agent;	/* its `doctor` */
	struct cJSON *printers; /* its `printers` */
	char server[PL_MAX_URL];
	char *ca_pem;	      /* what this PC trusts its connector by; NULL: not known */
	bool enrolled;	      /* as far as can be seen */
	struct finding *list; /* MAX_FINDINGS */
	size_t count;
};

/* Adds a finding. `subject` NULL: the PC. `advice` is a literal. */
void doctor_say(struct doctor *d, const char *check, enum finding_state state, const char *subject,
		const char *advice, const char *fmt, ...) PL_PRINTF(6, 7);

/* The parts of the examination, in this order: each adds its findings. */
void doctor_look_at_settings(struct doctor *d);
void doctor_look_at_agent(struct doctor *d); /* fills what the agent answers */
void doctor_look_at_printers(struct doctor *d);
void doctor_look_at_trust(struct doctor *d); /* enrolment, certificate; fills server and ca_pem */
void doctor_look_at_way(struct doctor *d);   /* proxy, DNS, TCP, TLS, who answers, clock */
void doctor_look_at_spool(struct doctor *d);

/* Frees what a doctor holds. */
void doctor_finish(struct doctor *d);

/* Writes the findings as a page, or with --json as platen.doctor/1. */
void doctor_show(const struct doctor *d);

#endif
